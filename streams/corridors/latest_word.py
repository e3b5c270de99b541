"""Of each source its latest word counts: one source's words become holds and grants.

Place on the data's way: words → **holds, grants** → corridors. A sweep over the instants at which
something about a source changes. At each, the words that could be its latest are those issued no
earlier than the last one that is *certain* (`Certainty`); the most cautious of them is the source's
reading, and it makes the corridor usable only if every one of them does.

O(n log n) in a source's words, as long as they contradict each other under one id now and then
only; a word about the whole corridor costs one step for each segment the source ever named.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter

from streams.corridors.effects import CAUTION, Cause, Grant, Hold
from streams.corridors.words import UNVERIFIED, WHOLE, Lane, Speech, Word
from streams.instants import FOREVER

_Change = tuple[int, bool, bool, Lane, int]
"""Instant, whether it begins, whether it is a certainty, lane, place in the order of issue."""
_Reading = tuple[Cause, str]


def latest_words(speech: Speech) -> tuple[list[Hold], list[Grant]]:
    """The holds and grants of one source, by its latest words."""
    sweep = _Sweep(sorted(speech.words, key=lambda word: (word.order, word.ref)))
    for instant, changes in groupby(sweep.changes(speech), key=itemgetter(0)):
        sweep.advance(instant, list(changes))
    sweep.finish()
    return sweep.holds, sweep.grants


@dataclass(slots=True)
class _Standing:
    """The words of one lane that stand at the sweep's instant, as places in the order of issue."""

    words: list[int] = field(default_factory=list)
    certain: list[int] = field(default_factory=list)
    """Places from which on words can be the latest, one for each certainty that stands."""

    def change(self, *, begins: bool, certain: bool, place: int) -> None:
        places = self.certain if certain else self.words
        if begins:
            insort(places, place)
        else:
            del places[bisect_left(places, place)]

    def first_possible(self) -> int:
        """The place of the first word that could be the latest."""
        return self.certain[-1] if self.certain else 0


@dataclass(slots=True)
class _Sweep:
    """The state of the sweep: what stands now, and since when the present readings hold."""

    ordered: Sequence[Word]
    standing: dict[Lane, _Standing] = field(default_factory=dict)
    reading: dict[Lane, tuple[int, _Reading]] = field(default_factory=dict)
    granted: Grant | None = None
    holds: list[Hold] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)

    def changes(self, speech: Speech) -> list[_Change]:
        """Every instant at which something begins, ends or changes, in order."""
        orders = [word.order for word in self.ordered]
        spans = [
            (it.start, it.end, True, it.lane, bisect_left(orders, it.order))
            for it in speech.certainties
        ]
        spans += [
            (word.start, word.end, False, word.lane, place)
            for place, word in enumerate(self.ordered)
        ]
        changes: list[_Change] = []
        for start, end, certain, lane, place in spans:
            if start < end:
                changes += [(start, True, certain, lane, place), (end, False, certain, lane, place)]
        changes += [(instant, True, False, lane, -1) for instant, lane in self._turns()]
        return sorted(changes, key=itemgetter(0))

    def advance(self, instant: int, changes: Sequence[_Change]) -> None:
        """Take the changes of one instant and read again every lane that they touch."""
        whole = self.standing.setdefault(WHOLE, _Standing())
        before = whole.first_possible()
        for _, begins, certain, lane, place in changes:
            standing = self.standing.setdefault(lane, _Standing())
            if place >= 0:
                standing.change(begins=begins, certain=certain, place=place)
        # A word about the whole replaces words in every lane: only then all are read again.
        replaced = whole.first_possible() != before
        for lane in self.standing if replaced else {change[3] for change in changes}:
            possible = self._possible(lane, whole)
            self._hold(instant, lane, _most_cautious(possible, instant))
            if lane == WHOLE:
                self._grant(instant, _common_grant(possible, instant) if whole.certain else None)

    def finish(self) -> None:
        """End what stands for ever."""
        for lane in list(self.reading):
            self._hold(FOREVER, lane, None)
        self._grant(FOREVER, None)

    def _turns(self) -> Iterator[tuple[int, Lane]]:
        """Instants at which a standing word changes by itself, and its lane."""
        for word in self.ordered:
            if word.stale_at < FOREVER:
                yield word.stale_at, word.lane
            if word.grant is not None:
                yield word.grant.start, word.lane
                yield word.grant.end, word.lane

    def _possible(self, lane: Lane, whole: _Standing) -> list[Word]:
        """The words that could be the latest in a lane."""
        standing = self.standing[lane]
        first = max(standing.first_possible(), whole.first_possible())
        places = standing.words[bisect_left(standing.words, first) :]
        if lane == UNVERIFIED:
            # They all say the same, and anybody can send any number of them: one stands for all.
            places = places[-1:]
        return [self.ordered[place] for place in places]

    def _hold(self, instant: int, lane: Lane, reading: _Reading | None) -> None:
        since, now = self.reading.get(lane, (instant, None))
        if now == reading:
            return
        if now is not None:
            del self.reading[lane]
            self.holds.append(Hold(since, instant, *now))
        if reading is not None:
            self.reading[lane] = (instant, reading)

    def _grant(self, instant: int, grant: Grant | None) -> None:
        now = self.granted
        if now is not None and grant is not None and grant.allows == now.allows:
            return
        if now is not None:
            ending = now.ending if instant >= now.not_valid_after else Cause.LAPSED
            self.grants.append(replace(now, end=instant, ending=ending))
        self.granted = grant


def _most_cautious(possible: Sequence[Word], instant: int) -> _Reading | None:
    readings = [(hold, word.ref) for word in possible if (hold := word.hold_at(instant))]
    return min(readings, key=lambda it: (CAUTION[it[0]], it[1]), default=None)


def _common_grant(possible: Sequence[Word], instant: int) -> Grant | None:
    """What every word that could be the latest allows; None if one of them does not."""
    if not possible or not all(word.grants_at(instant) for word in possible):
        return None
    grants = [word.grant for word in possible if word.grant is not None]
    shortest = min(grants, key=lambda grant: (grant.not_valid_after, grant.ref))
    observed = min(grant.observed for grant in grants)
    return replace(shortest, start=instant, observed=observed)
