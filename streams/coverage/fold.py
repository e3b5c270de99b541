"""Fold: the set of what a mission's reports say of watching → its coverage.

Place on the data's way: watching, restriction → subtract → reach → watch → count → **Coverage** →
tell. A function of the *set*: any order and repetition gives the same. Each time is counted by the
agreement and the methodology that were in force then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from geo.watched import Ground
from streams.coverage.count import NOBODY, NOTHING, Amount, count, watched_spans
from streams.coverage.periods import Period
from streams.coverage.reach import Reach, Reacher
from streams.coverage.watch import EVERYBODY, Pieces, watch
from streams.coverage.watching import Left, Reason, Restriction, Said, Unused, Watching, up
from streams.inforce import InForce, Register
from streams.instants import FOREVER, micros, micros_or_forever, moment_of
from streams.methodology import UNWATCHED
from streams.place import place
from streams.vocabulary import Means
from streams.when.edges import Observed
from streams.when.spans import Span, Spans


class Restricted(NamedTuple):
    """A restriction, and the zones that it touches or may touch."""

    restriction: Restriction
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Zoned:
    """How much of one zone was watched by a means, or by all together."""

    amounts: list[Amount]
    """By period."""
    spans: list[Span]
    """When enough of it was watched."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who watched, of what was asked for."""

    periods: Sequence[Period]
    zones: dict[str, dict[Means | None, Zoned]]
    """Of every zone in force, watched or not, at least what all together watched (None)."""
    restrictions: list[Restricted]
    left: list[Left]
    """Reports that watched nothing, each with the reason."""


def coverage(
    register: Register,
    mission: str,
    said: Iterable[Said],
    periods: Sequence[Period],
    only: str | None = None,
) -> Coverage:
    """The coverage of a mission's zones.

    Args:
        register: the documents.
        mission: whose.
        said: in any order, any of it more than once; of each report the reading of its dossier.
        periods: sorted and contiguous, at least one.
        only: this zone alone, and the restrictions that touch it.
    """
    known = {(it.source, it.id): it for it in said}
    told = [known[name] for name in sorted(known)]
    restrictions = [it for it in told if isinstance(it, Restriction)]
    watching = [(it, up(it, restrictions)) for it in told if isinstance(it, Watching)]
    folder = _Folder(periods, only)
    for version in register.versions(mission):
        span = micros(version.start), micros_or_forever(version.end)
        asked = max(span[0], periods[0].span[0]), min(span[1], periods[-1].span[1])
        start = version.start
        if asked[0] < asked[1] and (pick := register.pick(mission, start, start)) is not None:
            folder.add(pick.in_force, asked, watching)
    left = [it for it in told if isinstance(it, Left)]
    left += [folder.left(it) for it, _ in watching if it.ref not in folder.used]
    restricted = [Restricted(it, _zones_of(register, mission, it)) for it in restrictions]
    return Coverage(
        periods,
        dict(sorted(folder.zones.items())),
        [it for it in restricted if only is None or only in it.zones],
        sorted(left),
    )


class _Folder:
    """Adds up what is counted under each pair of versions."""

    def __init__(self, periods: Sequence[Period], only: str | None) -> None:
        self._only = only
        self._spans = [period.span for period in periods]
        self._cuts = [edge for span in self._spans for edge in span]
        self._reasons: dict[str, Reason] = {}
        self.zones: dict[str, dict[Means | None, Zoned]] = {}
        self.used: set[str] = set()

    def add(
        self, in_force: InForce, asked: Span, watching: Sequence[tuple[Watching, Spans]]
    ) -> None:
        """Count what was watched within `asked`, under these versions."""
        reaches = self._reaches(Reacher(in_force.methodology, in_force.locator), asked, watching)
        enough = (in_force.methodology.coverage or UNWATCHED).watched_share
        outlines = zip(
            in_force.zone_ids, in_force.zone_valid, in_force.zone_set.geometries, strict=True
        )
        for number, (zone, valid, outline) in enumerate(outlines):
            begins = micros(valid.from_) if valid else -FOREVER
            ends = micros_or_forever(valid.to) if valid else FOREVER
            span = max(asked[0], begins), min(asked[1], ends)
            left_out = number in in_force.claim_of or self._only not in {None, zone}
            if left_out or span[0] >= span[1]:
                continue
            found = {EVERYBODY: NOBODY, **watch(Ground.of(outline), reaches, span, self._cuts)}
            for means, pieces in found.items():
                self._count(zone, means, pieces, span, enough)

    def _reaches(
        self, reacher: Reacher, asked: Span, watching: Sequence[tuple[Watching, Spans]]
    ) -> list[Reach]:
        reaches: list[Reach] = []
        for one, spans in watching:
            if one.start >= asked[1] or one.end <= asked[0]:
                continue
            found = reacher.reaches(one, spans)
            if isinstance(found, list):
                self.used.add(one.ref)
                reaches += found
            else:
                self._reasons.setdefault(one.ref, found)
        return reaches

    def _count(
        self, zone: str, means: Means | None, pieces: Pieces, span: Span, enough: float
    ) -> None:
        amounts = count(pieces, self._spans, span, enough)
        of_zone = self.zones.setdefault(zone, {})
        before = of_zone.get(means) or Zoned([NOTHING] * len(amounts), [])
        of_zone[means] = Zoned(
            [a.with_(b) for a, b in zip(before.amounts, amounts, strict=True)],
            before.spans + watched_spans(pieces, enough),
        )

    def left(self, watching: Watching) -> Left:
        """Why a report was not used."""
        reason = self._reasons.get(watching.ref, Unused.NOTHING_IN_FORCE)
        return Left(watching.source, watching.id, reason)


def _zones_of(register: Register, mission: str, restriction: Restriction) -> tuple[str, ...]:
    """The agreed zones, and corridors' strips, that its region touches; none: nobody knows."""
    pick = register.pick(mission, moment_of(restriction.start), moment_of(restriction.end))
    if pick is None:
        return ()
    in_force, reports = pick.in_force, [restriction.report]
    numbers = in_force.stretches.edges.numbers(Observed.of(reports))
    (placed,) = place(in_force, reports, numbers)
    hit = [it.zone for it in placed.hits if it.zone not in in_force.claim_of]
    return tuple(sorted({in_force.zone_ids[zone] for zone in hit}))
