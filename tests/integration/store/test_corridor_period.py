"""What is read of a period is what all generations, laid over each other, are in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.store.engine import Connection, connect
from services.store.generations import encode_parts, joined, known_intervals
from services.store.queries.corridor_period import sayings, told_between
from services.store.queries.corridors import CorridorName, availability, corridors, is_known
from services.store.rows import AvailabilityRow
from services.store.write import copy_rows
from services.timeline import TimelineAsked, narrowed, timeline, within
from streams.corridors.divided import PartState
from streams.corridors.parts import ALL, Part
from streams.vocabulary import Availability, Direction
from tests.integration.kept_up import keep_up
from tests.unit.services.store.sample_rows import NOW

LAST = 24
ROAD = CorridorName("smm", "road-of-periods")
BACK = Part(None, Direction.BACKWARD, None)
LATE = NOW + timedelta(days=9)
BEFORE = timedelta(minutes=40)
"""How much earlier than it is shown the word of each generation has come."""


def at(hour: float) -> datetime:
    return NOW + timedelta(hours=hour)


EDGES = st.sets(st.integers(0, LAST), min_size=1, max_size=5).map(sorted)
STATE = st.sampled_from(["open", "open", "closed", "suspended", "unknown"])
GENERATIONS = st.lists(
    st.tuples(EDGES, st.lists(STATE | st.tuples(STATE, STATE), min_size=5, max_size=5)),
    min_size=1,
    max_size=7,
)
"""Each: where its intervals begin, and their states, or those of the ways there and back."""
Drawn = list[tuple[list[int], list[str | tuple[str, str]]]]
CAUSES = {"closed": "closed_by_status", "suspended": "suspended_by_status"}


def rows_of(drawn: Drawn) -> list[AvailabilityRow]:
    """One generation an hour, the first from the beginning, as the fold makes them."""
    drawn = [([0, *[edge for edge in drawn[0][0] if edge]], [*drawn[0][1], "open"]), *drawn[1:]]
    return [
        _row(number, seq, edges, state)
        for number, (edges, states) in enumerate(drawn, 1)
        for seq, state in enumerate(states[: len(edges)])
    ]


def _row(number: int, seq: int, edges: list[int], state: str | tuple[str, str]) -> AvailabilityRow:
    there, back = (state, state) if isinstance(state, str) else state
    worst = max(there, back, key=["open", "unknown", "suspended", "closed"].index)
    parts = [_part(Direction.FORWARD, there), _part(Direction.BACKWARD, back)]
    return AvailabilityRow(
        *(*ROAD, number, seq),
        from_instant=at(edges[0]),
        starts_at=at(edges[seq]),
        ends_at=at(edges[seq + 1]) if seq + 1 < len(edges) else None,
        not_valid_after=at(2 * LAST) if worst == "open" else None,
        known_at=at(number) - BEFORE,
        state=worst,
        cause=_cause(worst),
        cause_events=[f"operator/{number}"] if there == "closed" else [],
        events_digest=bytes(32),
        shown_from=at(number),
        parts=encode_parts(parts) if there != back else None,
    )


def _part(direction: Direction, state: str) -> PartState:
    reach = at(2 * LAST) if state == "open" else None
    return PartState(
        direction=direction,
        state=Availability(state),
        cause=_cause(state),
        not_valid_after=reach,
    )


def _cause(state: str) -> str:
    return CAUSES.get(state, "open_by_status" if state == "open" else "stale")


@pytest.fixture(scope="module")
def session(store_url: str) -> Iterator[Connection]:
    """One connection for all examples: each is undone in its own savepoint."""
    with connect(store_url, name="test") as connection:
        yield connection
        connection.rollback()


HOUR = st.integers(-2, LAST + 2)
EXAMPLES = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(GENERATIONS, HOUR, HOUR | st.none(), HOUR | st.none(), st.sampled_from([ALL, BACK]))
@EXAMPLES
def test_a_period_is_read_as_all_that_is_known_has_it(  # noqa: PLR0917
    session: Connection,
    drawn: Drawn,
    known: int,
    since: int | None,
    until: int | None,
    part: Part,
) -> None:
    if since is not None and until is not None:
        since, until = min(since, until), max(since, until)  # the other way round all refuse it
    first, last = (None if it is None else at(it) for it in (since, until))
    with session.transaction(force_rollback=True):
        copy_rows(session, "corridor_availability", rows_of(drawn))
        keep_up(session, ROAD.mission)
        asked = TimelineAsked(ROAD, at(known), part, first, last)
        found = timeline(session, asked, LATE)
        whole = known_intervals(session, *ROAD, at(known)).intervals
        if part != ALL:
            whole = list(joined(narrowed(it, part) for it in whole))
        assert found == [it for it in whole if within(it, first, last)]


@given(GENERATIONS, HOUR, HOUR)
@EXAMPLES
def test_a_moment_is_answered_by_the_newest_that_speaks_of_it_and_said_by_all_that_do(
    session: Connection, drawn: Drawn, known: int, hour: int
) -> None:
    rows = rows_of(drawn)
    speak = [row for row in rows if row.shown_from <= at(known) and _holds(row, at(hour))]
    with session.transaction(force_rollback=True):
        copy_rows(session, "corridor_availability", rows)
        found = availability(session, *ROAD, at(hour), at(known))
        told = told_between(session, ROAD, at(hour), at(hour), at(known))
        newest = told[-1].generation if told else 0
        (said,) = sayings(session, ROAD, [(at(hour), newest)], at(known))
        assert (found and found.starts_at) == (speak[-1].starts_at if speak else None)
        assert newest == (speak[-1].generation if speak else 0)
        assert [(it.known_at, it.interval.state) for it in said] == [
            (row.known_at, row.state) for row in reversed(speak)
        ]


def _holds(row: AvailabilityRow, instant: datetime) -> bool:
    return row.starts_at <= instant and (row.ends_at is None or instant < row.ends_at)


def test_every_saying_is_told_however_many_there_are(conn: Connection) -> None:
    rows = rows_of([([hour % 3], ["closed"] * 5) for hour in range(90)])
    copy_rows(conn, "corridor_availability", rows)
    (said,) = sayings(conn, ROAD, [(at(9), 90)], LATE)
    assert [it.known_at for it in said] == [at(number) - BEFORE for number in range(90, 0, -1)]


def test_a_part_that_stays_as_it_is_is_one_interval_however_long(conn: Connection) -> None:
    drawn: Drawn = [([0], ["open"] * 5)]
    drawn += [([hour], [("closed" if hour % 2 else "open", "open")] * 5) for hour in range(1, 90)]
    drawn += [([95], ["closed"] * 5)]
    copy_rows(conn, "corridor_availability", rows_of(drawn))
    keep_up(conn, ROAD.mission)
    asked = TimelineAsked(ROAD, LATE, BACK, at(40), at(41))
    (found,) = timeline(conn, asked, LATE)
    assert (found.starts_at, found.ends_at, found.state) == (at(0), at(95), "open")


@pytest.mark.parametrize("mission", [None, "a", "smm", "z", "none"])
def test_every_corridor_is_named_once(conn: Connection, mission: str | None) -> None:
    row = rows_of([([0], ["open"] * 5)])[0]
    names = [CorridorName(m, c) for m in ("a", "smm", "z") for c in ("a", "m", "z")]
    copy_rows(
        conn,
        "corridor_availability",
        [
            replace(row, mission=name.mission, corridor_id=name.corridor_id, generation=number)
            for name in names
            for number in (1, 2)
        ],
    )
    assert corridors(conn, mission) == [it for it in names if mission in {None, it.mission}]
    assert is_known(conn, names[0])
    assert not is_known(conn, CorridorName("a", "q"))
