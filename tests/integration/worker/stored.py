"""What the store holds, asked for in a line."""

from __future__ import annotations

from typing import Any, LiteralString

from services.store.engine import Connection
from services.store.generations import StoredInterval, known_intervals
from tests.unit.streams.builders import MISSION


def rows(conn: Connection, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    return conn.execute(query, values).fetchall()


def one(conn: Connection, query: LiteralString, *values: object) -> Any:  # noqa: ANN401 (a column)
    """The one value of the one row of a query."""
    found = rows(conn, query, *values)
    assert len(found) == 1, found
    return found[0][0]


def verdicts(conn: Connection) -> dict[str, tuple[str, str]]:
    """Event id → verdict and standing of the current assessment, of every mission and source."""
    query = """
        SELECT convert_from(body, 'UTF8')::json ->> 'id', verdict, standing FROM current_assessments
    """
    found = rows(conn, query)
    assert len({row[0] for row in found}) == len(found), "two current assessments of one report"
    return {row[0]: (row[1], row[2]) for row in found}


def standing_violations(conn: Connection) -> list[tuple[str, str, str]]:
    """(event id, term, verdict) of what stands, sorted."""
    query = """
        SELECT event_id, term_id, verdict FROM current_violations
        WHERE verdict IN ('violation', 'possible_violation') ORDER BY 1, 2
    """
    return [(row[0], row[1], row[2]) for row in rows(conn, query)]


def timeline(conn: Connection, corridor: str = "c") -> list[StoredInterval]:
    """What is known of a corridor, over all time."""
    return known_intervals(conn, MISSION, corridor).intervals


def states(conn: Connection, corridor: str = "c") -> list[tuple[str, str]]:
    """(state, cause) of a corridor from one interval to the next."""
    return [(interval.state, interval.cause) for interval in timeline(conn, corridor)]
