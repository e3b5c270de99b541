from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.store.digest import timeless
from services.store.generations import StoredInterval, joined


def at(hour: int) -> datetime:
    return datetime(2026, 7, 14, hour, tzinfo=UTC)


def interval(start: int, end: int | None, state: str = "open") -> StoredInterval:
    return StoredInterval(
        at(start), None if end is None else at(end), state, "said", ("a/1",), None
    )


@given(st.sets(st.integers(1, 22)), st.sampled_from(["open", "closed"]))
def test_where_an_interval_was_cut_makes_no_difference(cuts: set[int], state: str) -> None:
    edges = [0, *sorted(cuts), 23]
    pieces = [interval(start, end, state) for start, end in pairwise(edges)] + [
        interval(23, None, "unknown")
    ]
    assert list(joined(pieces)) == [interval(0, 23, state), interval(23, None, "unknown")]


def test_what_differs_or_does_not_touch_stays_apart() -> None:
    pieces = [interval(0, 3), interval(3, 5, "closed"), interval(5, 7), interval(8, None)]
    assert list(joined(pieces)) == pieces
    assert list(joined([])) == []


def test_a_body_loses_what_the_clock_decides_and_nothing_else() -> None:
    one = timeless(b'{"verdict":"violation","context":"aa","received_at":"x","id":"7"}')
    other = timeless(b'{"id":"7","context":"bb","verdict":"violation"}')
    assert one == other == b'{"id":"7","verdict":"violation"}'
    assert timeless(b"") == b""
