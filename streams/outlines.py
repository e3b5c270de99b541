"""Outlines: every zone, corridor's strip and claim of an agreement under a number of its own.

Place on the data's way: agreement → **outlines** → in force: terms say which places they speak of,
and the geofence answers by number.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from geo.zones import ZoneShape
from streams.agreement import Agreement, Derived, Validity, Where, Zone
from streams.draw import Baselines, Written, baselines_of, corridor_outline, draw
from streams.vocabulary import ZoneKind

CORRIDOR_PREFIX = "corridor:"
"""A corridor's strip is a zone of its own, under this prefix and the corridor's id."""


class Claimed(NamedTuple):
    """Whose claim a number stands for, and of which zone."""

    party: str
    agreed: int | None
    """The number of the agreed outline; None: there is none."""


class PartyClaims(NamedTuple):
    """A term's zones as one party draws them."""

    party: str
    agreed: frozenset[int]
    """As agreed; by the party's claims where nothing is agreed."""
    drawn: frozenset[int]
    """By the party's claims wherever it has one."""


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """Every outline under its number, without its geometry: what a term's places are found by."""

    ids: tuple[str, ...]
    """Agreed outlines, then corridors' strips, then claims."""
    kinds: tuple[ZoneKind, ...]
    valid: tuple[Validity | None, ...]
    claim_of: dict[int, Claimed]
    """Of the numbers that are claims."""

    def of(self, where: Where | None) -> frozenset[int]:
        """All outlines, claims too, of what a document names."""
        if where is None:
            return frozenset()
        named = {*where.zones, *(CORRIDOR_PREFIX + c for c in where.corridors)}
        return frozenset(
            number
            for number, (zone_id, kind) in enumerate(zip(self.ids, self.kinds, strict=True))
            if zone_id in named or kind in where.zone_kinds
        )

    def agreed(self, touched: frozenset[int]) -> frozenset[int]:
        """Those of the outlines that are no claims."""
        return touched.difference(self.claim_of)

    def undrawn(self, touched: frozenset[int]) -> frozenset[int]:
        """Claims of zones of which nothing is agreed."""
        claims = touched.intersection(self.claim_of)
        return frozenset(number for number in claims if self.claim_of[number].agreed is None)

    def claims(self, touched: frozenset[int]) -> tuple[PartyClaims, ...]:
        """The outlines as each party that claims one of them draws them."""
        agreed, undrawn = self.agreed(touched), self.undrawn(touched)
        by_party: defaultdict[str, set[int]] = defaultdict(set)
        for number in touched - agreed:
            by_party[self.claim_of[number].party].add(number)
        return tuple(
            PartyClaims(
                party,
                agreed | (undrawn & own),
                (agreed - {self.claim_of[number].agreed for number in own}) | own,
            )
            for party, own in sorted(by_party.items())
        )


class Numbered:
    """Every outline under its number, in columns: agreed ones, corridors' strips, claims."""

    def __init__(self, agreement: Agreement) -> None:
        self.ids: list[str] = []
        self.kinds: list[ZoneKind] = []
        self.valid: list[Validity | None] = []
        self.shapes: list[ZoneShape] = []
        self.claim_of: dict[int, Claimed] = {}
        baselines = baselines_of(agreement)
        agreed = [
            None if zone.geometry is None else self._zone(zone, zone.geometry, baselines)
            for zone in agreement.zones
        ]
        for corridor in agreement.corridors:
            shape = ZoneShape(f"{len(self.ids)}", corridor_outline(corridor))
            self._add(CORRIDOR_PREFIX + corridor.id, corridor.kind, corridor.valid, shape)
        for zone, number in zip(agreement.zones, agreed, strict=True):
            for claim in zone.claims:
                own = self._zone(zone, claim.geometry, baselines)
                self.claim_of[own] = Claimed(claim.party, number)

    def _zone(self, zone: Zone, geometry: Written, baselines: Baselines) -> int:
        geodesic = zone.edges == "geodesic"
        outline = draw(geometry, baselines, geodesic_edges=geodesic)
        straight = isinstance(geometry, Derived) or not geodesic
        # By number, not id: a zone that moved has two entries under one id.
        shape = ZoneShape(f"{len(self.ids)}", outline, geodesic_edges=not straight)
        return self._add(zone.id, zone.kind, zone.valid, shape)

    def _add(self, id_: str, kind: ZoneKind, valid: Validity | None, shape: ZoneShape) -> int:
        self.ids.append(id_)
        self.kinds.append(kind)
        self.valid.append(valid)
        self.shapes.append(shape)
        return len(self.ids) - 1

    def outlines(self) -> Outlines:
        """What terms are compiled by."""
        return Outlines(tuple(self.ids), tuple(self.kinds), tuple(self.valid), self.claim_of)
