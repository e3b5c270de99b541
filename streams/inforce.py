"""In force: which agreement and methodology judge a report, compiled for judging.

Place on the data's way: beside every stage from locate to judge. `compile_in_force` turns the two
documents into what the stages ask for (zone set, terms by kind); `Register` picks the versions in
force at an event's own time, whenever the event arrives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, TypeVar

import numpy as np

from geo.densify import Ints
from geo.zones import ZoneSet
from streams.addresses import Addresses
from streams.agreement import Agreement, Corridor, Exemption, Term, Validity
from streams.context.facts import TruceHeld
from streams.locate import Locator
from streams.measure_route import measure_routes
from streams.methodology import Methodology
from streams.outlines import CORRIDOR_PREFIX, Claimed, Numbered, Outlines, PartyClaims
from streams.signing import Signature, Signed, signed
from streams.source_keys import SourceKeys
from streams.traits import TraitReader
from streams.vocabulary import DETAILS_OF, Detail, Kind, Weapon, ZoneKind
from streams.when.calendar import Calendar
from streams.when.edges import Edges, Numbers, Observed


@dataclass(frozen=True, slots=True)
class ExemptionInForce:
    """An exception of a term, compiled."""

    exemption: Exemption
    outside: frozenset[int]
    """Numbers of the zones outside of which it must lie."""


@dataclass(frozen=True, slots=True, eq=False)
class TermInForce:
    """A term, compiled: the zone numbers it speaks of and the sets it is matched by.

    Equal to itself alone: the cases that rules are asked about are compared by the thousand.
    """

    term: Term
    zones: frozenset[int]
    """As agreed."""
    claims: tuple[PartyClaims, ...]
    """Of each party that draws one of its zones otherwise, by the party's id."""
    undrawn: bool
    """Of one of its zones nothing is agreed: the claims decide, where they are of one mind."""
    touched: frozenset[int]
    """Its zones and all claims of them."""
    weapons: frozenset[Weapon]
    binds: frozenset[str]
    """Empty: all parties."""
    spans: tuple[Validity, ...] | None
    """When one of its zones is in force; None: one of them always is."""
    calendar: Calendar | None
    """The hours in which it holds; None: all."""
    timeless: bool
    """Neither it nor any of its zones begins or ends, and it holds at all hours."""
    requires: bool
    """It is breached by what is not there, not by what is."""
    details: frozenset[Detail]
    """Of the kind that it is in force for; empty: whatever the detail."""
    anywhere: bool
    exemptions: tuple[ExemptionInForce, ...]
    """Sorted by name."""
    asks_more: bool
    """It names details, calibres, numbers or exceptions, or requires something."""
    truce: TruceHeld | None
    """The local truce whose terms these are; None: a clause's."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """The times between which nothing begins or ends: in each, dates alone say the same."""

    edges: Edges
    """When a term or a zone begins or ends."""
    kinds: frozenset[Kind]
    """Kinds of whose terms none asks for the hour or for the days of a phase."""
    finer: frozenset[Kind]
    """Kinds of whose terms one asks for details, calibres, numbers or exceptions."""

    @classmethod
    def of(
        cls,
        agreement: Agreement,
        terms_of: dict[Kind, tuple[TermInForce, ...]],
        zone_valid: Iterable[Validity | None],
    ) -> Stretches:
        """The stretches of an agreement's terms and zones."""
        spans = [valid for valid in (*(t.valid for t in agreement.terms), *zone_valid) if valid]
        edges = {it for span in spans for it in (span.from_, span.to) if it is not None}
        return cls(
            Edges(edges),
            frozenset(Kind) - _kinds_where(terms_of, lambda t: bool(t.calendar or t.term.during)),
            _kinds_where(terms_of, lambda t: t.asks_more),
        )

    def held(self, valid: Validity | None) -> tuple[int, int]:
        """From which number until before which something is in force."""
        if valid is None:
            return 0, _NEVER
        return self.edges.number(valid.from_), self.edges.number(valid.to) if valid.to else _NEVER


_NEVER = 1 << 62


def _kinds_where(
    terms_of: dict[Kind, tuple[TermInForce, ...]], holds: Callable[[TermInForce], bool]
) -> frozenset[Kind]:
    return frozenset(kind for kind, terms in terms_of.items() if any(map(holds, terms)))


@dataclass(frozen=True, slots=True, eq=False)
class InForce:
    """An agreement version under a methodology version, compiled once and never changed."""

    agreement: Agreement
    methodology: Methodology
    agreement_hash: str
    methodology_hash: str
    agreement_digest: bytes
    """The hash as 32 bytes, as the store has it."""
    methodology_digest: bytes
    signed: Signed
    """Who has signed the agreement version, by what is known."""
    locator: Locator
    trait_reader: TraitReader
    zone_set: ZoneSet
    zone_ids: tuple[str, ...]
    """By number: of agreed outlines, then of corridors' strips, then of claims."""
    claim_of: dict[int, Claimed]
    """Of the numbers that are claims."""
    zone_valid: tuple[Validity | None, ...]
    zone_times: tuple[Ints, Ints] | None
    """From which number of `stretches` and until before which each zone is in force; None where all
    always are."""
    terms_of: dict[Kind, tuple[TermInForce, ...]]
    stretches: Stretches
    outcomes: dict[object, object]
    """What `judge` remembers of reports that are alike; nothing is decided by it."""
    placed: dict[object, object]
    """What `place` remembers of places that are told again; nothing is decided by it."""
    kind_of_zone: dict[str, ZoneKind]
    terms: dict[str, Term]
    corridor_of: dict[str, str]
    """Zone id of a corridor's strip → corridor id."""
    outlines: Outlines
    """By which terms that are in no document, a truce's, are compiled as well."""
    truce_terms: dict[object, tuple[TermInForce, ...]]
    """Those that were compiled, by what they were made of; nothing is decided by it."""


def compile_in_force(
    agreement: Agreement,
    methodology: Methodology,
    signatures: Iterable[Signature] = (),
    addresses: Addresses | None = None,
) -> InForce:
    """Compile a checked agreement and methodology. Pure; the result may be shared by threads."""
    addresses = addresses or Addresses()
    agreement_hash, methodology_hash = addresses.of(agreement), addresses.of(methodology)
    numbered = Numbered(agreement)
    outlines = numbered.outlines()
    terms_of = _terms_by_kind(agreement, outlines)
    stretches = Stretches.of(agreement, terms_of, outlines.valid)
    return InForce(
        agreement=agreement,
        methodology=methodology,
        agreement_hash=agreement_hash,
        methodology_hash=methodology_hash,
        agreement_digest=bytes.fromhex(agreement_hash),
        methodology_digest=bytes.fromhex(methodology_hash),
        signed=signed(agreement, agreement_hash, signatures),
        locator=Locator(methodology, measure_routes(agreement.corridors)),
        trait_reader=TraitReader(methodology, frozenset(outlines.ids)),
        zone_set=ZoneSet.build(numbered.shapes),
        zone_ids=outlines.ids,
        claim_of=outlines.claim_of,
        zone_valid=outlines.valid,
        zone_times=_zone_times(stretches, outlines.valid),
        terms_of=terms_of,
        stretches=stretches,
        outcomes={},
        placed={},
        kind_of_zone=dict(zip(outlines.ids, outlines.kinds, strict=True)),
        terms={term.id: term for term in agreement.terms},
        corridor_of={CORRIDOR_PREFIX + c.id: c.id for c in agreement.corridors},
        outlines=outlines,
        truce_terms={},
    )


def compile_zones(agreement: Agreement) -> ZoneSet:
    """The agreement's outlines by number, as `compile_in_force` has them."""
    return ZoneSet.build(Numbered(agreement).shapes)


def _zone_times(
    stretches: Stretches, zone_valid: tuple[Validity | None, ...]
) -> tuple[Ints, Ints] | None:
    if all(valid is None for valid in zone_valid):
        return None
    begins, ends = np.array([stretches.held(valid) for valid in zone_valid], dtype=np.int64).T
    return begins, ends


def _terms_by_kind(agreement: Agreement, outlines: Outlines) -> dict[Kind, tuple[TermInForce, ...]]:
    by_kind: defaultdict[Kind, list[TermInForce]] = defaultdict(list)
    for term in sorted(agreement.terms, key=lambda term: term.id):
        compiled = compile_term(term, outlines)
        for kind in dict.fromkeys((*term.prohibits, *term.requires)):
            by_kind[kind].append(_for_kind(compiled, kind))
    return {kind: tuple(terms) for kind, terms in by_kind.items()}


def compile_term(term: Term, outlines: Outlines, truce: TruceHeld | None = None) -> TermInForce:
    """A term of a document, or what a local truce prohibits, with the outlines it speaks of."""
    touched = outlines.of(term.where)
    spans = tuple([valid for number in sorted(touched) if (valid := outlines.valid[number])])
    by_report = bool(term.details or term.calibres or term.at_most or term.requires)
    return TermInForce(
        term=term,
        zones=outlines.agreed(touched),
        claims=outlines.claims(touched),
        undrawn=bool(outlines.undrawn(touched)),
        touched=touched,
        weapons=frozenset(term.weapons),
        binds=frozenset(term.binds),
        spans=spans if spans and len(spans) == len(touched) else None,
        calendar=Calendar(term.when) if term.when else None,
        timeless=not (term.valid or spans or term.when or term.during),
        requires=bool(term.requires),
        details=frozenset(term.details),
        anywhere=term.where.everywhere,
        exemptions=tuple(
            ExemptionInForce(it, outlines.agreed(outside) | outlines.undrawn(outside))
            for it in sorted(term.exceptions, key=lambda it: it.name)
            for outside in [outlines.of(it.outside)]
        ),
        asks_more=by_report or bool(term.exceptions),
        truce=truce,
    )


def _for_kind(term: TermInForce, kind: Kind) -> TermInForce:
    """With the details that the kind has: "outgoing" says something of a round, not of a shot."""
    details = term.details & DETAILS_OF.get(kind, frozenset())
    return term if details == term.details else replace(term, details=details)


@dataclass(frozen=True, slots=True)
class Pick:
    """What judges an interval, and whether an amendment falls into it."""

    in_force: InForce
    straddles: bool
    """Not all of the interval is under these versions: by its time it cannot be decided."""


class CorridorInForce(NamedTuple):
    """A corridor with the documents that say how its events are read."""

    corridor: Corridor
    agreement: Agreement
    methodology: Methodology


class CorridorStretch(NamedTuple):
    """From `start` until before `end` one pair of versions says how a corridor is read."""

    start: datetime
    end: datetime | None
    rules: CorridorInForce | None
    """None: no agreement that names it is in force then, or no methodology."""


class VersionStretch(NamedTuple):
    """From `start` until before `end` one pair of versions is in force."""

    start: datetime
    end: datetime | None
    agreement: Agreement | None
    methodology: Methodology | None


Index = Callable[[ZoneSet, ZoneSet | None], ZoneSet]
"""Gives zones what makes them faster to ask and changes no answer.

It may take over what the second has already: the mission's zones before a version was loaded.
"""
Compiled = dict[tuple[int, int], InForce]
"""By the identity of agreement and methodology: two of one mission may both have a version 1."""


class Register:
    """All loaded versions of all missions; immutable, made anew when a version is loaded."""

    def __init__(
        self,
        agreements: Iterable[Agreement],
        methodologies: Iterable[Methodology],
        compiled: Compiled | None = None,
        signatures: Iterable[Signature] = (),
        addresses: Addresses | None = None,
    ) -> None:
        self.addresses = addresses or Addresses()
        self._agreements = _by_mission(agreements)
        self._methodologies = _by_mission(methodologies)
        self._signatures = tuple(signatures)
        self._timelines = {
            mission: _Timeline(
                self._agreements[mission],
                self._methodologies[mission],
                compiled or {},
                self._signatures,
                self.addresses,
            )
            for mission in self._agreements.keys() & self._methodologies.keys()
        }
        self._source_keys = {it: SourceKeys(group) for it, group in self._agreements.items()}
        self.signing_sources = frozenset(
            (mission, source) for mission, it in self._source_keys.items() for source in it.sources
        )
        """(mission, source) of those to which an agreement gives keys."""
        self._corridors = {
            mission: frozenset(c.id for a in self._agreements[mission] for c in a.corridors)
            for mission in self._timelines
        }

    def indexed(self, index: Index, before: Register | None = None) -> Register:
        """The same register, the zones of each mission's newest versions given to `index`.

        With those of the register `before`, as far as it has them.
        """
        compiled: Compiled = {}
        for mission, timeline in self._timelines.items():
            earlier = before._timelines.get(mission) if before else None  # noqa: SLF001 (its own kind)
            zones = earlier.newest_zones() if earlier is not None else None
            compiled.update(timeline.indexed(index, zones))
        return Register(
            [document for group in self._agreements.values() for document in group],
            [document for group in self._methodologies.values() for document in group],
            compiled,
            self._signatures,
            self.addresses,
        )

    @property
    def missions(self) -> list[str]:
        """Those that have both an agreement and a methodology."""
        return sorted(self._timelines)

    def knows(self, mission: str) -> bool:
        """Whether the mission has both an agreement and a methodology."""
        return mission in self._timelines

    def agreements(self, mission: str) -> list[tuple[Agreement, Methodology]]:
        """Every agreement version of the mission, with the newest methodology of all."""
        newest = self._methodologies.get(mission, ())[:1]
        return [(agreement, it) for agreement in self._agreements.get(mission, ()) for it in newest]

    def source_keys(self, mission: str) -> SourceKeys:
        """The keys of the mission's sources, by all its versions."""
        return self._source_keys.get(mission) or SourceKeys(())

    def corridors(self, mission: str) -> frozenset[str]:
        """The ids of the mission's corridors: those that any loaded agreement names."""
        return self._corridors.get(mission, frozenset())

    def stretches(self, mission: str, corridor_id: str) -> list[CorridorStretch]:
        """The corridor's rules over time: contiguous, in order, the last without an end."""
        return [
            CorridorStretch(start, end, _rules(corridor_id, agreement, methodology))
            for start, end, agreement, methodology in self.versions(mission)
        ]

    def versions(self, mission: str) -> list[VersionStretch]:
        """The mission's documents over time: contiguous, in order, the last without an end."""
        timeline = self._timelines.get(mission)
        return [] if timeline is None else timeline.stretches()

    def term(self, mission: str, term_id: str) -> Term:
        """The mission's term of that id, as the newest agreement that has it words it.

        For findings of another version than the one in force: a loaded document never goes.

        Raises:
            KeyError: no agreement of the mission has it.
        """
        for agreement in self._agreements.get(mission, ()):
            for term in agreement.terms:
                if term.id == term_id:
                    return term
        raise KeyError(term_id)

    def kind_of_zone(self, mission: str, zone_id: str) -> ZoneKind:
        """The kind of the mission's zone of that id, likewise.

        Raises:
            KeyError: no agreement of the mission has it.
        """
        if zone_id.startswith(CORRIDOR_PREFIX):
            id_ = zone_id.removeprefix(CORRIDOR_PREFIX)
            drawn = (it for a in self._agreements.get(mission, ()) for it in a.corridors)
            return next((it.kind for it in drawn if it.id == id_), ZoneKind.CORRIDOR)
        for agreement in self._agreements.get(mission, ()):
            for zone in agreement.zones:
                if zone.id == zone_id:
                    return zone.kind
        raise KeyError(zone_id)

    def pick(self, mission: str, start: datetime, end: datetime) -> Pick | None:
        """The latest versions in force at some time of [start, end]; None where nothing is."""
        timeline = self._timelines.get(mission)
        if timeline is None:
            return None
        last = timeline.number_at(end)
        return timeline.pick(last if start is end else timeline.number_at(start), last)

    def picks(self, mission: str, observed: Observed) -> Iterator[tuple[list[int], Pick | None]]:
        """What `pick` says of each interval of a batch: the rows of each answer."""
        timeline = self._timelines.get(mission)
        if timeline is None:
            yield [*range(len(observed.starts))], None
            return
        for first, last, rows in timeline.numbers(observed).alike():
            yield rows, timeline.pick(first, last)


def _rules(
    corridor_id: str, agreement: Agreement | None, methodology: Methodology | None
) -> CorridorInForce | None:
    if agreement is None or methodology is None:
        return None
    found = next((it for it in agreement.corridors if it.id == corridor_id), None)
    return None if found is None else CorridorInForce(found, agreement, methodology)


_Pair = tuple[Agreement | None, Methodology | None]


class _Timeline:
    """A mission's versions over time: the stretches between the instants at which one changes."""

    def __init__(
        self,
        agreements: tuple[Agreement, ...],
        methodologies: tuple[Methodology, ...],
        compiled: Compiled,
        signatures: tuple[Signature, ...],
        addresses: Addresses,
    ) -> None:
        self._signatures = signatures
        self._addresses = addresses
        spans = [d.valid for d in agreements] + [d.valid for d in methodologies]
        edges = {span.from_ for span in spans} | {span.to for span in spans if span.to is not None}
        self._begins: list[datetime] = []
        self._pairs: list[_Pair] = []
        for edge in sorted(edges):
            pair = _newest(agreements, edge), _newest(methodologies, edge)
            # Where an older version ends under a newer one, nothing changes.
            if not self._pairs or pair != self._pairs[-1]:
                self._begins.append(edge)
                self._pairs.append(pair)
        self._edges = Edges(self._begins)
        self._compiled = dict(compiled)
        self._picks: dict[int, Pick | None] = {0: None}

    def number_at(self, instant: datetime) -> int:
        """Which stretch an instant lies in; 0 before the first."""
        return self._edges.number(instant)

    def numbers(self, observed: Observed) -> Numbers:
        """The same of a batch's first and last instants."""
        return self._edges.numbers(observed)

    def pick(self, first: int, last: int) -> Pick | None:
        """What judges an interval that begins and ends in these stretches."""
        if first == last:
            return self._pick(last)
        picks = (self._pick(number) for number in range(last, first - 1, -1))
        found = next((pick for pick in picks if pick is not None), None)
        return found and Pick(found.in_force, straddles=True)

    def _pick(self, number: int) -> Pick | None:
        """What is in force all through a stretch, compiled when first asked for."""
        if number not in self._picks:
            self._picks[number] = self._compile(*self._pairs[number - 1])
        return self._picks[number]

    def _last(self) -> int:
        """The last stretch that has versions; 0 where there is none."""
        numbers = range(len(self._pairs), 0, -1)
        return next((n for n in numbers if None not in self._pairs[n - 1]), 0)

    def newest_zones(self) -> ZoneSet | None:
        """The zones of the last stretch that has versions, where they are compiled."""
        last = self._last()
        if not last:
            return None
        agreement, methodology = self._pairs[last - 1]
        newest = self._compiled.get((id(agreement), id(methodology)))
        return newest.zone_set if newest is not None else None

    def indexed(self, index: Index, before: ZoneSet | None) -> Compiled:
        """What is compiled, with an index of the zones of the last stretch that has versions."""
        last = self._last()
        newest = self._pick(last)
        if newest is None:
            return self._compiled
        agreement, methodology = self._pairs[last - 1]
        indexed = replace(newest.in_force, zone_set=index(newest.in_force.zone_set, before))
        return {**self._compiled, (id(agreement), id(methodology)): indexed}

    def stretches(self) -> list[VersionStretch]:
        """Each stretch with the versions that are in force in it."""
        ends = [*self._begins[1:], None]
        return [
            VersionStretch(start, end, *pair)
            for start, end, pair in zip(self._begins, ends, self._pairs, strict=True)
        ]

    def _compile(self, agreement: Agreement | None, methodology: Methodology | None) -> Pick | None:
        if agreement is None or methodology is None:
            return None
        key = (id(agreement), id(methodology))
        if key not in self._compiled:
            self._compiled[key] = compile_in_force(
                agreement, methodology, self._signatures, self._addresses
            )
        return Pick(self._compiled[key], straddles=False)


D = TypeVar("D", Agreement, Methodology)


def _by_mission(documents: Iterable[D]) -> dict[str, tuple[D, ...]]:
    grouped: defaultdict[str, list[D]] = defaultdict(list)
    for document in documents:
        grouped[document.mission].append(document)
    return {
        mission: tuple(sorted(group, key=lambda d: (d.version, d.id), reverse=True))
        for mission, group in grouped.items()
    }


def _newest(documents: tuple[D, ...], instant: datetime) -> D | None:
    """The highest version whose validity has begun and not ended."""
    return next((d for d in documents if d.valid.touches(instant, instant)), None)
