"""Outcomes: how movements ended, by party, period and kind, with what each figure is of.

Place on the data's way: movements as they stand → **tallies** → `truceline corridor movements
--outcomes`, GET /v1/movement-outcomes. A movement counts once for each party that it addresses, in
the period in which its window begins. Where those who say how it ended differ it counts as
differing and as nothing else; what nobody has said is neither a success nor a failure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from streams.movements.standing import MovementNow
from streams.vocabulary import Acknowledgement, MovementKind, MovementOutcome, Word


class Period(Word):
    """What is counted together; in UTC, a week by ISO 8601."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Ended(NamedTuple):
    """A movement as it counts for one of the parties that it addresses."""

    party: str
    kind: MovementKind
    begins_at: datetime
    outcomes: tuple[MovementOutcome, ...]
    delay_min: int | None
    is_late: bool | None
    answer: Acknowledgement | None

    @classmethod
    def of(cls, now: MovementNow, party: str) -> Ended:
        """How a movement counts for a party that it addresses."""
        answer = next((one.answer for one in now.answers if one.party == party), None)
        notice = now.notice
        return cls(
            party,
            notice.kind,
            notice.begins_at,
            now.outcomes,
            now.delay_min,
            notice.is_late,
            answer,
        )


class Tally(NamedTuple):
    """The movements of one party, period and kind."""

    party: str
    period: str
    kind: MovementKind
    notified: int
    outcomes: dict[MovementOutcome, int]
    differing: int
    not_ended: int
    delayed: int
    delay_min: int
    late_notice: int
    notice_known: int
    acknowledged: int
    objected: int

    @property
    def ended(self) -> int:
        """Those of which somebody says how they ended."""
        return self.notified - self.not_ended

    @property
    def facilitated_share(self) -> float | None:
        """Of those that ended one way; None: there are none."""
        one_way = self.ended - self.differing
        if one_way == 0:
            return None
        return round(self.outcomes.get(MovementOutcome.FACILITATED, 0) / one_way, 4)


def tally(counted: Iterable[Ended], period: Period) -> list[Tally]:
    """The tallies, sorted by period, party and kind; a function of the multiset."""
    groups: defaultdict[tuple[str, str, MovementKind], list[Ended]] = defaultdict(list)
    for one in counted:
        groups[name_of(one.begins_at, period), one.party, one.kind].append(one)
    return [_tally(*key, groups[key]) for key in sorted(groups)]


def name_of(instant: datetime, period: Period) -> str:
    """The period in which an instant, in UTC, lies: 2026-03-02, 2026-W10, 2026-03, 2026."""
    if period is Period.WEEK:
        year, week, _ = instant.isocalendar()
        return f"{year:04}-W{week:02}"
    length = {Period.DAY: 10, Period.MONTH: 7, Period.YEAR: 4}[period]
    return instant.date().isoformat()[:length]


def _tally(period: str, party: str, kind: MovementKind, of: Sequence[Ended]) -> Tally:
    ways = Counter(one.outcomes[0] for one in of if len(one.outcomes) == 1)
    delays = [one.delay_min for one in of if one.delay_min is not None]
    return Tally(
        party=party,
        period=period,
        kind=kind,
        notified=len(of),
        outcomes={way: ways[way] for way in MovementOutcome if ways[way]},
        differing=sum(len(one.outcomes) > 1 for one in of),
        not_ended=sum(not one.outcomes for one in of),
        delayed=sum(minutes > 0 for minutes in delays),
        delay_min=sum(delays),
        late_notice=sum(one.is_late is True for one in of),
        notice_known=sum(one.is_late is not None for one in of),
        acknowledged=sum(one.answer is Acknowledgement.ACKNOWLEDGED for one in of),
        objected=sum(one.answer is Acknowledgement.OBJECTED for one in of),
    )
