"""Promised, usable and lost time, and notice: as somebody counts it who looks at each minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise

from hypothesis import given
from hypothesis import strategies as st

from streams.agreement import Agreement, Corridor, Validity
from streams.corridors.effects import Cause
from streams.corridors.figures import Figures, Spell, figures
from streams.corridors.notice import Closing, Saying, closings, known_since
from streams.corridors.promised import promised
from streams.instants import FOREVER, micros
from streams.vocabulary import Availability
from tests.unit.streams import builders

A = Availability
BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
LAST = 60
"""Minutes that are looked at."""
MINUTE = 60_000_000
CAUSES = (
    *(Cause.OPEN_BY_STATUS, Cause.IMPEDED_BY_REPORT, Cause.STALE, Cause.OUTSIDE_WINDOW),
    *(Cause.CLOSED_BY_STATUS, Cause.SUSPENDED_BY_STATUS, Cause.SUSPENDED_BY_REPORT),
)


def minute(number: int) -> datetime:
    return BEGIN + timedelta(minutes=number)


def us(number: int) -> int:
    return micros(minute(number))


def valid(start: int, end: int | None) -> Validity:
    return Validity(from_=minute(start), to=None if end is None else minute(end))


def spells_of(minutes: Sequence[Cause]) -> list[Spell]:
    """Spells of what is the case in each minute; the last lasts."""
    spells, at = [], 0
    for cause, group in groupby(minutes):
        end = at + len(list(group))
        reach = FOREVER if end == len(minutes) else us(end)
        spells.append(Spell(us(at), reach, cause.state, cause.value))
        at = end
    return spells


def counted(agreed: set[int], minutes: Sequence[Cause]) -> Figures:
    """The figures, minute by minute."""
    lost = Counter((minutes[it].value, minutes[it].state) for it in agreed)
    states = Counter(minutes[it].state for it in agreed)
    best: tuple[int, int] | None = None
    for start in range(LAST):
        end = start
        while end < LAST and end in agreed and minutes[end].state is A.OPEN:
            end += 1
        if end > start and (best is None or end - start > best[1] - best[0]):
            best = (start, end)
    losses = [(*by, n * MINUTE) for by, n in lost.items() if by[1] not in {A.OPEN, A.IMPEDED}]
    return Figures(
        len(agreed) * MINUTE,
        states[A.OPEN] * MINUTE,
        states[A.IMPEDED] * MINUTE,
        tuple(sorted(losses, key=lambda it: (-it[2], it[0], it[1]))),  # type: ignore[arg-type]
        states[A.UNKNOWN] * MINUTE,
        None if best is None else (us(best[0]), us(best[1])),
    )


_EDGE = st.integers(-5, LAST + 5)
_SPAN = st.tuples(_EDGE, _EDGE | st.none()).filter(lambda it: it[1] is None or it[0] < it[1])
_ROAD = st.tuples(st.none() | _SPAN, st.lists(_SPAN, max_size=4))
_VERSIONS = st.lists(
    st.tuples(st.sampled_from("ab"), _SPAN, st.none() | _ROAD), min_size=1, max_size=4
)
_MINUTES = st.lists(st.sampled_from(CAUSES), min_size=LAST, max_size=LAST)
_Road = tuple[tuple[int, int | None] | None, list[tuple[int, int | None]]]
_Version = tuple[str, tuple[int, int | None], _Road | None]


def agreement(number: int, version: _Version) -> Agreement:
    name, held, road = version
    corridors: tuple[Corridor, ...] = ()
    if road is not None:
        own, windows = road
        corridors = (
            builders.corridor(
                valid=own and valid(*own), windows=tuple(valid(*it) for it in windows)
            ),
        )
    return builders.agreement(id=name, version=number, valid=valid(*held), corridors=corridors)


def holds(span: tuple[int, int | None] | None, at: int) -> bool:
    return span is None or (span[0] <= at and (span[1] is None or at < span[1]))


def agreed_minutes(versions: Sequence[_Version]) -> set[int]:
    """The minutes that lie in a window of the highest version in force."""
    found = set()
    for at in range(LAST):
        for name in "ab":
            here = [road for id_, held, road in versions if id_ == name and holds(held, at)]
            if here and (road := here[-1]) is not None and holds(road[0], at):
                found |= {at} if any(holds(window, at) for window in road[1]) else set()
    return found


@given(_VERSIONS, _MINUTES)
def test_whoever_looks_at_each_minute_counts_the_same_and_it_adds_up(
    versions: list[_Version], minutes: list[Cause]
) -> None:
    made = [agreement(number, it) for number, it in enumerate(versions, 1)]
    stretches = promised("c", reversed(made), (us(0), us(LAST)))
    assert all(before[1] < after[0] for before, after in pairwise(stretches))
    found = figures(stretches, spells_of(minutes))
    assert found == counted(agreed_minutes(versions), minutes)
    lost = sum(loss.lost_us for loss in found.losses)
    assert found.open_us + found.impeded_us + lost == found.promised_us


def test_a_corridor_without_windows_is_not_promised() -> None:
    assert promised("c", [agreement(1, ("a", (0, None), (None, [])))], (us(0), us(LAST))) == []
    assert figures([], spells_of([Cause.OPEN_BY_STATUS])) == Figures(0, 0, 0, (), 0, None)


_SAID = st.lists(st.tuples(st.integers(0, LAST - 1), _MINUTES), min_size=1, max_size=6)


def composed(said: Sequence[tuple[int, list[Cause]]]) -> list[Cause]:
    """What is known after the last of them."""
    known = list(said[0][1])
    for since, minutes in said[1:]:
        known[since:] = minutes[since:]
    return known


def shut(cause: Cause) -> bool:
    return cause.state in {A.CLOSED, A.SUSPENDED}


def by_status(cause: Cause) -> bool:
    return cause in {Cause.CLOSED_BY_STATUS, Cause.SUSPENDED_BY_STATUS}


@given(_SAID, st.sets(st.integers(0, LAST - 1)), st.integers(0, LAST))
def test_notice_begins_with_the_first_word_that_was_not_taken_back(
    said: list[tuple[int, list[Cause]]], agreed: set[int], begin: int
) -> None:
    said[0] = (0, said[0][1])
    known_at = [us(10 * place) for place in range(len(said))]
    known = composed(said)
    expected = []
    for start in range(begin, LAST):
        if not by_status(known[start]) or (start and by_status(known[start - 1])):
            continue
        end = next((it for it in range(start, LAST) if not by_status(known[it])), LAST)
        first = next((it for it in range(start, end) if it in agreed), None)
        if first is not None:
            open_at = [n for n in range(len(said)) if not shut(composed(said[: n + 1])[first])]
            since = known_at[open_at[-1] + 1 if open_at else 0]
            expected.append((Closing(us(first), known[start].value), since))
    stretches = [(us(it), us(it + 1)) for it in sorted(agreed)]
    found = closings(spells_of(known), stretches, us(begin))
    assert [(it, known_since(sayings_of(said, known_at, it))) for it in found] == expected


def sayings_of(
    said: Sequence[tuple[int, list[Cause]]], known_at: Sequence[int], closing: Closing
) -> Iterator[Saying]:
    """What each word that speaks of a closing's first moment says of it, the newest first."""
    at = next(it for it in range(LAST) if us(it) == closing.at)
    for known, (since, minutes) in zip(reversed(known_at), reversed(said), strict=True):
        if since <= at:
            yield Saying(known, minutes[at].state)


def test_notice_of_what_is_not_shut_is_none() -> None:
    assert known_since([Saying(9, A.OPEN), Saying(5, A.CLOSED)]) is None
    assert known_since([Saying(9, A.CLOSED), Saying(5, A.SUSPENDED), Saying(1, A.OPEN)]) == 5
