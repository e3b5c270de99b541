from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.store.generations import StoredInterval, compose

START = datetime(2026, 7, 14, tzinfo=UTC)
Row = tuple[int, datetime, StoredInterval]


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def generation(number: int, edges: list[int]) -> list[Row]:
    """Contiguous intervals that begin at the edges, the last without end."""
    ends = [*(at(edge) for edge in edges[1:]), None]
    return [
        (
            number,
            at(edges[0]),
            StoredInterval(at(edge), end, f"{number}/{edge}", "said", (), None),
        )
        for edge, end in zip(edges, ends, strict=True)
    ]


EDGES = st.sets(st.integers(0, 20), min_size=1, max_size=6).map(sorted)
# The first generation begins before all others, as the fold's does: with the agreement.
GENERATIONS = st.tuples(EDGES.map(lambda edges: [-1, *edges]), st.lists(EDGES, max_size=6)).map(
    lambda drawn: [
        generation(number, edges) for number, edges in enumerate([drawn[0], *drawn[1]], 1)
    ]
)


def answer(generations: list[list[Row]], instant: datetime) -> str:
    """The words of the store: the newest generation that reaches T, in it the interval of T."""
    newest = [rows for rows in generations if rows[0][1] <= instant][-1]
    return next(
        interval.state
        for _, _, interval in newest
        if interval.starts_at <= instant
        and (interval.ends_at is None or instant < interval.ends_at)
    )


@given(GENERATIONS)
def test_at_every_instant_the_newest_generation_that_reaches_it_speaks(
    generations: list[list[Row]],
) -> None:
    composed = compose([row for rows in generations for row in rows])
    for half_hours in range(-2, 44):
        instant = at(0) + timedelta(minutes=30 * half_hours)
        found = [
            interval.state
            for interval in composed
            if interval.starts_at <= instant
            and (interval.ends_at is None or instant < interval.ends_at)
        ]
        assert found == [answer(generations, instant)]


@given(GENERATIONS)
def test_what_is_composed_has_no_gap_and_no_end(generations: list[list[Row]]) -> None:
    composed = compose([row for rows in generations for row in rows])
    assert composed[-1].ends_at is None
    for earlier, later in pairwise(composed):
        assert earlier.ends_at == later.starts_at


def test_nothing_known_is_no_interval() -> None:
    assert compose([]) == []
