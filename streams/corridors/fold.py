"""Corridors: the availability of one corridor over all time, as a fold of the set of its events.

Place on the data's way: status events and reports on the route → **availability** → store, CLI,
board. Never open by default; between sources the most cautious word stands; what was suspended is
`unknown` until an authorised `open` was observed after the cause (domain.md, "Corridor").

The result is a function of the *set* of events: any order, repetition and split gives the same
intervals (`events_digest` names the set). It reaches into the future as far as what is known
reaches, so the passing of time needs no event; what was known at K is the fold of what was
received by K. What has arrived and is not yet assessed is no event here: that the system is
behind is for the reader of the rows to say, who knows the clock.

Steps: events → first receipts → authority, settlements → parts that hear the same → words → each
source's latest words → holds, grants, barriers (`effects`) → one sweep over time → spans of each
part → intervals of all (`divided`). O(n log n) for each way in which parts hear the events.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from streams.agreement import Agreement, Corridor
from streams.corridors.announced import windows_of
from streams.corridors.authority import Authority
from streams.corridors.divided import Interval, divided
from streams.corridors.effects import Barrier, Cause, Hold
from streams.corridors.events import (
    CorridorEvent,
    Effect,
    RouteEvent,
    StatusEvent,
    first_receipts,
    latest_believable,
    ref_of,
)
from streams.corridors.latest_word import latest_words
from streams.corridors.parts import Ears, Parts
from streams.corridors.settlement import Settlements, settlements
from streams.corridors.sweep import Agreed, Effects, spans
from streams.corridors.windows import Windows
from streams.corridors.words import Reader
from streams.instants import (
    micros,
    micros_or_forever,
    seconds_to_micros,
)
from streams.methodology import Methodology
from streams.vocabulary import AgreedAxis, Availability

# Permission as far as an `open` needs it is None: agreed in principle, a road was mined.
_AXIS_CAUSE: dict[AgreedAxis, Cause | None] = {
    AgreedAxis.PROPOSED: Cause.AXIS_PROPOSED,
    AgreedAxis.AGREED_IN_PRINCIPLE: Cause.AXIS_AGREED_IN_PRINCIPLE,
    AgreedAxis.AGREED_IN_DETAIL: None,
    AgreedAxis.NOTIFIED: None,
    AgreedAxis.EXPIRED: Cause.AXIS_EXPIRED,
}


def availability(
    corridor: Corridor,
    agreement: Agreement,
    methodology: Methodology,
    events: Iterable[CorridorEvent],
) -> tuple[Interval, ...]:
    """The corridor's availability by all `events` that are known.

    Contiguous intervals from the beginning of the agreement on, neighbours differing, the last
    without an end. Events of other corridors and missions are passed over; reports must have been
    chosen for this corridor's strip by the caller.
    """
    agreed, parts = _agreed(corridor, agreement), Parts.of(corridor)
    heard = _Heard.of(corridor, agreement, methodology, events)
    start = micros(agreement.valid.from_)
    alike = parts.heard_alike([*heard.statuses(), *heard.reports])
    return divided(
        parts, [(ears.parts, spans(agreed, heard.effects(ears), start)) for ears in alike]
    )


def at(intervals: Sequence[Interval], instant: datetime) -> Interval:
    """The interval that an aware `instant` lies in; before the first nothing was in force."""
    place = bisect_right(intervals, instant, key=lambda interval: interval.start)
    if place:
        return intervals[place - 1]
    never = datetime.min.replace(tzinfo=UTC)
    unknown = Availability.UNKNOWN
    return Interval(never, intervals[0].start, unknown, Cause.NOT_IN_FORCE, (), None)


def _agreed(corridor: Corridor, agreement: Agreement) -> Agreed:
    own = corridor.valid or agreement.valid
    start = max(micros(agreement.valid.from_), micros(own.from_))
    end = min(micros_or_forever(agreement.valid.to), micros_or_forever(own.to))
    return Agreed(
        axis=_AXIS_CAUSE[corridor.axis],
        windows=Windows.of(windows_of(corridor)),
        in_force=Windows([start], [end]) if start < end else Windows([], []),
    )


@dataclass(frozen=True, slots=True)
class _Heard:
    """All that was said of a corridor, and how it is read."""

    ids: Sequence[Sequence[StatusEvent]]
    """Of each status id the versions that count."""
    reports: Sequence[RouteEvent]
    authority: Authority
    settled: Settlements
    windows: Windows
    skew_us: int
    stale_us: int

    @classmethod
    def of(
        cls,
        corridor: Corridor,
        agreement: Agreement,
        methodology: Methodology,
        events: Iterable[CorridorEvent],
    ) -> _Heard:
        skew_us = seconds_to_micros(methodology.clock_skew_s)
        known = first_receipts(events)
        ids = _versions(corridor, agreement, known)
        authority = Authority.of(corridor, agreement, skew_us)
        return cls(
            ids,
            [event for event in known if isinstance(event, RouteEvent)],
            authority,
            settlements(ids, authority),
            Windows.of(windows_of(corridor)),
            skew_us,
            seconds_to_micros(methodology.corridor.stale_after_s),
        )

    def statuses(self) -> Iterator[StatusEvent]:
        """Every version of every status."""
        return (version for versions in self.ids for version in versions)

    def effects(self, ears: Ears) -> Effects:
        """What it does to some parts."""
        effects = Effects()
        reader = Reader(self.authority, self.settled, self.windows, self.stale_us, ears)
        for speech in reader.speeches(self.ids):
            holds, grants = latest_words(speech)
            effects.holds += holds
            effects.grants += grants
            effects.barriers += speech.barriers
        for event in self.reports:
            if ears.report(event):
                _add_report(effects, event, self.settled, self.skew_us, self.stale_us)
        return effects


def _versions(
    corridor: Corridor, agreement: Agreement, events: Iterable[CorridorEvent]
) -> list[list[StatusEvent]]:
    """For each status id its versions; where one is vouched for, those that nobody vouches for go.

    Otherwise anybody could contradict a source under one of its own ids.
    """
    ids: defaultdict[tuple[str, str], list[StatusEvent]] = defaultdict(list)
    for event in events:
        if (
            isinstance(event, StatusEvent)
            and event.status.corridor == corridor.id
            and event.status.mission == agreement.mission
        ):
            ids[event.status.source, event.status.id].append(event)
    return [
        [version for version in versions if version.vouched] or versions
        for versions in ids.values()
    ]


def _add_report(
    effects: Effects, event: RouteEvent, settled: Settlements, skew_us: int, stale_us: int
) -> None:
    """What a report on the route does, from when it was observed until it is settled by name."""
    latest, ref = latest_believable(event.received_at, skew_us), ref_of(event.source, event.id)
    start = min(micros(event.observed_from), latest)
    cause_end = max(start, min(micros(event.observed_to), latest))
    if event.effect is not Effect.IMPEDES:
        effects.barriers.append(Barrier(start, cause_end, ref))
    if event.effect is Effect.UNSETTLES:
        return
    until = settled.since(ref, cause_end)
    suspended, impeded = _BY_HAZARD if event.hazard else _BY_REPORT
    if event.effect is Effect.SUSPENDS:
        effects.holds.append(Hold(start, until, suspended, ref))
        return
    stale_at = min(cause_end + stale_us, until)
    effects.holds.append(Hold(start, stale_at, impeded, ref))
    effects.holds.append(Hold(stale_at, until, Cause.IMPEDIMENT_STALE, ref))


_BY_REPORT = (Cause.SUSPENDED_BY_REPORT, Cause.IMPEDED_BY_REPORT)
_BY_HAZARD = (Cause.SUSPENDED_BY_HAZARD, Cause.IMPEDED_BY_HAZARD)
