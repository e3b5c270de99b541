"""What is known of a corridor in a period, and who said it, without reading the rest.

Place on the data's way: store → **rows** → `services.timeline`, `services.corridor_figures`. What
`generations.compose` makes of all generations is the definition; here PostgreSQL lays over each
other those alone that speak of the period, as known at an instant. However long the history is
before, after and since, as many rows are read (index `corridor_generations`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from services.store.engine import Connection
from services.store.generations import StoredInterval, interval_of
from services.store.queries.corridors import NEWEST_FIRST, CorridorName


class Told(NamedTuple):
    """An interval, and the generation that says it."""

    generation: int
    interval: StoredInterval


class ToldState(NamedTuple):
    """The state alone of an interval, and the generation that says it."""

    generation: int
    starts_at: datetime
    ends_at: datetime | None
    state: str
    cause: str


class Said(NamedTuple):
    """What a generation says of an instant."""

    known_at: datetime
    interval: StoredInterval


# base: the newest generation that speaks of the beginning, and so of all the period; of those
# before it nothing is left there. following: the first that cuts what spans the end.
_SPOKEN: Final = f"""
WITH base AS (
    SELECT generation, from_instant FROM corridor_availability
    WHERE mission = %(mission)b AND corridor_id = %(corridor)b AND seq = 0
        AND shown_from <= %(known_at)b AND from_instant <= %(since)b
    ORDER BY {NEWEST_FIRST} LIMIT 1
), spoken AS (
    SELECT generation, from_instant FROM base
    UNION ALL
    SELECT generation, from_instant FROM corridor_availability
    WHERE %(since)b < %(until)b -- of an instant nothing is looked for
        AND mission = %(mission)b AND corridor_id = %(corridor)b AND seq = 0
        AND shown_from <= %(known_at)b AND from_instant > %(since)b AND from_instant <= %(until)b
        AND generation > coalesce((SELECT generation FROM base), 0)
), following AS (
    SELECT from_instant FROM corridor_availability
    WHERE mission = %(mission)b AND corridor_id = %(corridor)b AND seq = 0
        AND shown_from <= %(known_at)b AND from_instant > %(until)b
        AND generation > (SELECT max(generation) FROM spoken)
    ORDER BY from_instant <-> %(until)b LIMIT 1
), reaching AS (
    SELECT generation, from_instant, least(
        min(from_instant) OVER (
            ORDER BY generation DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ),
        (SELECT from_instant FROM following)
    ) AS reach FROM spoken
)
"""  # noqa: S608  of our own text alone
_TOLD: Final = """
FROM reaching, corridor_availability AS told
WHERE (reaching.from_instant < reaching.reach OR reaching.reach IS NULL)
    AND told.mission = %(mission)b AND told.corridor_id = %(corridor)b
    AND told.generation = reaching.generation AND told.starts_at <= %(until)b
    AND (told.starts_at < reaching.reach OR reaching.reach IS NULL)
    AND coalesce(told.ends_at, 'infinity') > %(since)b
ORDER BY told.starts_at
"""
_STATES: Final = f"""{_SPOKEN}
SELECT told.generation, told.starts_at, least(told.ends_at, reaching.reach), told.state, told.cause
{_TOLD}"""
_BETWEEN: Final = f"""{_SPOKEN}
SELECT told.generation, told.starts_at, least(told.ends_at, reaching.reach), told.state, told.cause,
    told.cause_events, told.not_valid_after, told.parts
{_TOLD}"""

_SAYINGS: Final = """
SELECT asked.number, told.generation, told.known_at, told.starts_at, told.ends_at, told.state,
    told.cause, told.cause_events, told.not_valid_after, told.parts
FROM unnest(%b::timestamptz[], %b::int4[]) WITH ORDINALITY AS asked (instant, newest, number),
LATERAL (
    SELECT * FROM corridor_availability
    WHERE mission = %b AND corridor_id = %b AND generation <= asked.newest AND shown_from <= %b
        AND from_instant <= asked.instant AND starts_at <= asked.instant
        AND coalesce(ends_at, 'infinity') > asked.instant
    ORDER BY generation DESC LIMIT %b
) AS told ORDER BY asked.number, told.generation DESC
"""
_AT_FIRST: Final = 4
"""Saids of each instant; most that is asked is answered by them."""


def told_between(
    conn: Connection,
    name: CorridorName,
    since: datetime,
    until: datetime,
    known_at: datetime,
) -> list[Told]:
    """The intervals with a moment in [since, until], whole, by what could be seen at `known_at`."""
    rows = _rows(conn, _BETWEEN, name, (since, until), known_at)
    return [Told(generation, interval_of(row)) for generation, *row in rows]


def states_between(
    conn: Connection,
    name: CorridorName,
    since: datetime,
    until: datetime,
    known_at: datetime,
) -> list[ToldState]:
    """The same without what a sum over a year has no use for."""
    rows = _rows(conn, _STATES, name, (since, until), known_at)
    return [ToldState(*row) for row in rows]


def _rows(
    conn: Connection,
    query: str,
    name: CorridorName,
    period: tuple[datetime, datetime],
    known_at: datetime,
) -> list[tuple[Any, ...]]:
    values: Mapping[str, Any] = {
        "mission": name.mission,
        "corridor": name.corridor_id,
        "since": period[0],
        "until": period[1],
        "known_at": known_at,
    }
    with conn.cursor(binary=True) as cursor:
        return cursor.execute(query, values).fetchall()


def sayings(
    conn: Connection, name: CorridorName, asked: Sequence[tuple[datetime, int]], known_at: datetime
) -> list[Iterator[Said]]:
    """What the generations that speak of an instant say of it, the newest first.

    Args:
        conn: the store.
        name: of the corridor.
        asked: instants, each with the newest generation that is asked.
        known_at: by what could be seen then.

    Returns:
        For each instant its sayings; what nobody looks at is not read.
    """
    first = _page(conn, name, asked, known_at, _AT_FIRST)
    return [
        _all_of(conn, name, instant, known_at, page)
        for (instant, _), page in zip(asked, first, strict=True)
    ]


def _all_of(
    conn: Connection,
    name: CorridorName,
    instant: datetime,
    known_at: datetime,
    page: list[tuple[int, Said]],
) -> Iterator[Said]:
    size = _AT_FIRST
    while page:
        yield from (saying for _, saying in page)
        if len(page) < size:
            return
        older, size = page[-1][0] - 1, 4 * size
        (page,) = _page(conn, name, [(instant, older)], known_at, size)


def _page(
    conn: Connection,
    name: CorridorName,
    asked: Sequence[tuple[datetime, int]],
    known_at: datetime,
    size: int,
) -> list[list[tuple[int, Said]]]:
    pages: list[list[tuple[int, Said]]] = [[] for _ in asked]
    values = [[at for at, _ in asked], [newest for _, newest in asked], *name, known_at, size]
    with conn.cursor(binary=True) as cursor:
        for number, generation, known, *row in cursor.execute(_SAYINGS, values):
            pages[number - 1].append((generation, Said(known, interval_of(row))))
    return pages
