"""Status events read as words: from when to when each stands, what it allows, what it forbids.

Place on the data's way: status events → **words and barriers** → latest_word, corridors. Here a
status is read by itself, with its other versions and with what settles it; which word of a source
counts when, is the business of `latest_word`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from streams.corridors.authority import Authority, Voice
from streams.corridors.effects import Barrier, Cause, Grant
from streams.corridors.events import StatusEvent, latest_believable, ref_of
from streams.corridors.parts import Ears
from streams.corridors.settlement import Settlements
from streams.corridors.windows import Windows
from streams.events import CorridorStatus
from streams.instants import FOREVER, micros, micros_or_forever
from streams.vocabulary import Availability


class Lane(NamedTuple):
    """What of a source's words a later one replaces: those about the same thing."""

    verified: bool
    segment: str | None


WHOLE = Lane(verified=True, segment=None)
"""A word about the whole corridor replaces words about its segments too, never the reverse."""
UNVERIFIED = Lane(verified=False, segment=None)
"""Words that are impediments at most; they never replace a word that counts as said."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a source said, standing from `start` until before `end` (µs)."""

    lane: Lane
    ref: str
    order: int
    """When it was issued (µs): of two that stand, the one issued later counts."""
    start: int
    end: int
    hold: Cause | None
    """None: an `open`, which forbids nothing."""
    stale_at: int
    """When an impediment becomes IMPEDIMENT_STALE (µs)."""
    grant: Grant | None

    def hold_at(self, instant: int) -> Cause | None:
        """What it forbids at an instant at which it stands."""
        return Cause.IMPEDIMENT_STALE if instant >= self.stale_at else self.hold

    def grants_at(self, instant: int) -> bool:
        """Whether it makes the corridor usable at an instant at which it stands."""
        return self.grant is not None and self.grant.start <= instant < self.grant.end


@dataclass(frozen=True, slots=True)
class Certainty:
    """From `start` until before `end` (µs), words in the lane issued before `order` are replaced.

    One for each event id, and only as long as *all* its versions stand, from the earliest of them
    on: where the versions differ, the more cautious reading is that nothing was replaced.
    """

    lane: Lane
    order: int
    start: int
    end: int


@dataclass(slots=True)
class Speech:
    """All that one source said about one corridor."""

    words: list[Word]
    certainties: list[Certainty]
    barriers: list[Barrier]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads statuses under one corridor's windows and rules."""

    authority: Authority
    settlements: Settlements
    windows: Windows
    stale_us: int
    ears: Ears
    """Of which parts of the corridor it is read."""

    def speeches(self, ids: Iterable[Sequence[StatusEvent]]) -> list[Speech]:
        """What each source said; `ids`: for each event id, all versions of it that count."""
        by_source: dict[str, Speech] = {}
        for versions in ids:
            speech = by_source.setdefault(versions[0].status.source, Speech([], [], []))
            self._hear(versions, speech)
        return list(by_source.values())

    def _hear(self, versions: Sequence[StatusEvent], speech: Speech) -> None:
        heard = [here for it in versions if (here := self.ears.status(it)) is not None]
        words = [word for version in heard if (word := self._word(version)) is not None]
        speech.words += words
        for version in heard:
            speech.barriers += self._barriers(version)
        # A word about the whole replaces in every lane, so versions may differ in being one.
        lanes = {word.lane for word in words} - {WHOLE}
        if len(words) == len(versions) and len(lanes) <= 1:
            speech.certainties.append(
                Certainty(
                    lane=lanes.pop() if lanes else WHOLE,
                    order=min(word.order for word in words),
                    start=max(word.start for word in words),
                    end=min(word.end for word in words),
                )
            )

    def _word(self, event: StatusEvent) -> Word | None:
        """The word that a status is; None where it counts for nothing."""
        voice, status = self.authority.voice(event), event.status
        hold = _hold(voice, status.status)
        opens = status.status is Availability.OPEN
        if hold is None and (voice not in _HEARD or self.authority.is_from_future(event)):
            return None
        return Word(
            lane=UNVERIFIED
            if voice is Voice.UNVERIFIED
            else Lane(verified=True, segment=status.segment),
            ref=ref_of(status.source, status.id),
            order=self.authority.issued(event),
            start=_opens_from(status) if opens else self._holds_from(event),
            end=micros_or_forever(status.effective_to) if opens else self._holds_until(event),
            hold=hold,
            stale_at=self._seen(event) + self.stale_us if hold is _IMPEDED else FOREVER,
            grant=self._grant(event) if voice is Voice.OPENS else None,
        )

    def _barriers(self, event: StatusEvent) -> Iterator[Barrier]:
        """After a closure or suspension only what was seen later than it and its saying counts.

        One whose clock runs ahead begins twice: when it was received, and when it says.
        """
        status = event.status
        if _hold(self.authority.voice(event), status.status) not in _BARRING:
            return
        until, ref = self._holds_until(event), ref_of(status.source, status.id)
        said = max(self.authority.issued(event), self._seen(event))
        for start in {self._holds_from(event), micros(status.effective_from)}:
            if start < until:
                cause_end = min(max(start, said), micros_or_forever(status.effective_to))
                yield Barrier(start, cause_end, ref)

    def _grant(self, event: StatusEvent) -> Grant | None:
        """How long the status makes the corridor usable, if at all."""
        status = event.status
        if status.status not in _USABLE or status.segment is not None:
            return None
        if status.observed_at is None or self.authority.is_from_future(event):
            return None
        observed = micros(status.observed_at)
        if observed > micros(status.issued_at) + self.authority.skew_us:
            return None  # it was said before it was seen: a forecast opens nothing
        start, window_end = _opens_from(status), self.windows.end_after(observed)
        if window_end is None:
            return None
        stale_at = observed + self.stale_us
        end = min(
            stale_at,
            window_end,
            micros_or_forever(status.effective_to),
            self.authority.opens_until(event),
        )
        ending = Cause.STALE if end == stale_at else Cause.LAPSED
        ref = ref_of(status.source, status.id)
        return Grant(start, end, observed, end, ref, ending) if start < end else None

    def _holds_from(self, event: StatusEvent) -> int:
        """A caution stands from when it says; from its receipt if its clock runs ahead."""
        start = micros(event.status.effective_from)
        if not self.authority.is_from_future(event):
            return start
        return min(start, latest_believable(event.received_at, self.authority.skew_us))

    def _holds_until(self, event: StatusEvent) -> int:
        status = event.status
        said = max(self.authority.issued(event), self._seen(event))
        verified = self.authority.voice(event) in _HEARD
        party = self.authority.party_of(status.source) if verified else None
        settled = self.settlements.since(ref_of(status.source, status.id), said, party)
        return min(micros_or_forever(status.effective_to), settled)

    def _seen(self, event: StatusEvent) -> int:
        """When it was last seen to be so (µs); when it was said, if nobody is said to have seen."""
        observed = event.status.observed_at
        if observed is None:
            return self.authority.issued(event)
        return min(micros(observed), latest_believable(event.received_at, self.authority.skew_us))


_HEARD = frozenset({Voice.OPENS, Voice.CAUTIONS})
_USABLE = frozenset({Availability.OPEN, Availability.IMPEDED})
_IMPEDED = Cause.IMPEDED_BY_STATUS
_BARRING = frozenset({Cause.CLOSED_BY_STATUS, Cause.SUSPENDED_BY_STATUS})
_HOLDS = {
    Availability.CLOSED: Cause.CLOSED_BY_STATUS,
    Availability.SUSPENDED: Cause.SUSPENDED_BY_STATUS,
    Availability.UNKNOWN: Cause.UNKNOWN_BY_STATUS,
    Availability.IMPEDED: Cause.IMPEDED_BY_STATUS,
}
_UNVERIFIED_HOLDS = {
    Availability.CLOSED: Cause.IMPEDED_UNVERIFIED,
    Availability.SUSPENDED: Cause.IMPEDED_UNVERIFIED,
    Availability.IMPEDED: Cause.IMPEDED_UNVERIFIED,
}


def _hold(voice: Voice, said: Availability) -> Cause | None:
    """What a word forbids, by who says it."""
    if voice is Voice.NONE:
        return None
    return (_HOLDS if voice in _HEARD else _UNVERIFIED_HOLDS).get(said)


def _opens_from(status: CorridorStatus) -> int:
    """An `open` begins when it was seen, and not before it says."""
    start = micros(status.effective_from)
    return start if status.observed_at is None else max(start, micros(status.observed_at))
