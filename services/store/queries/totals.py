"""Totals: how many reports, how many observed events, by zone and kind and verdict.

Place on the data's way: `truceline violations --totals`, the demo, the daily report. The counting
rule is said with the numbers: a report counts once in a cell, however many terms of that cell it
breaches; a report that breaches terms of two kinds, or lies in two zones, stands in two cells, so
that cells do not add up to `overall`, which counts each report once.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from psycopg import sql
from psycopg.rows import args_row

from services.store.engine import Connection
from services.store.queries.filters import Filters
from services.store.queries.violations import STANDING

RULE = "a report counts once in a cell, and once in the overall total, by its gravest verdict"


class Total(NamedTuple):
    """One cell. Observed events are at least `count_min`; never call them rounds."""

    zone_id: str | None
    kind: str | None
    verdict: str
    reports: int
    count_min: int
    count_max: int | None
    """None: a report in the cell is open ("at least"), and so is the total."""
    uncounted: int
    """Reports in the cell that give no number at all."""
    drafts: int
    """Reports in the cell that were judged by a version that not all parties had signed."""


class VerdictTotal(NamedTuple):
    """How many reports are read so now."""

    verdict: str
    standing: str
    reports: int


_SUMS = """count(*) AS reports, coalesce(sum(count_min), 0)::bigint AS count_min,
    CASE WHEN bool_or(count_min IS NOT NULL AND count_max IS NULL) THEN NULL
         ELSE coalesce(sum(count_max), 0)::bigint END AS count_max,
    count(*) FILTER (WHERE count_min IS NULL) AS uncounted,
    count(*) FILTER (WHERE draft) AS drafts"""

_CELLS = f"""
SELECT zone_id, kind, verdict, {_SUMS} FROM (
    SELECT DISTINCT zone_id, kind, verdict, key, count_min, count_max, draft
    FROM current_violations {{}}
) AS report
GROUP BY zone_id, kind, verdict ORDER BY zone_id NULLS LAST, kind, verdict DESC
"""  # noqa: S608 (constants of this file)

_OVERALL = f"""
SELECT NULL AS zone_id, NULL AS kind, verdict, {_SUMS} FROM (
    SELECT DISTINCT ON (key) key, verdict, count_min, count_max, draft
    FROM current_violations {{}}
    ORDER BY key, verdict = '{STANDING[0]}' DESC
) AS report
GROUP BY verdict ORDER BY verdict DESC
"""  # noqa: S608 (constants of this file)

_VERDICTS = """
SELECT verdict, standing, count(*) FROM current_assessments {}
GROUP BY verdict, standing ORDER BY verdict, standing
"""


def totals(
    conn: Connection,
    *,
    mission: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Total]:
    """By zone, kind and verdict, of what was observed in [since, until)."""
    return _totals(conn, _CELLS, mission, since, until)


def overall(
    conn: Connection,
    *,
    mission: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Total]:
    """By verdict alone: each report once, by its gravest verdict."""
    return _totals(conn, _OVERALL, mission, since, until)


def verdicts(
    conn: Connection,
    *,
    mission: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[VerdictTotal]:
    """How many reports are read with which verdict, every verdict, and whether they stand."""
    filters = _filters(mission, since, until)
    with conn.cursor(binary=True, row_factory=args_row(VerdictTotal)) as cursor:
        query = sql.SQL(_VERDICTS).format(filters.where)
        return cursor.execute(query, filters.values).fetchall()


def _totals(
    conn: Connection,
    query: str,
    mission: str | None,
    since: datetime | None,
    until: datetime | None,
) -> list[Total]:
    filters = _filters(mission, since, until)
    filters.add("verdict = ANY(%s)", list(STANDING))
    composed = sql.SQL(query).format(filters.where)
    with conn.cursor(binary=True, row_factory=args_row(Total)) as cursor:
        return cursor.execute(composed, filters.values).fetchall()


def _filters(mission: str | None, since: datetime | None, until: datetime | None) -> Filters:
    filters = Filters()
    filters.add("mission = %s", mission)
    filters.add("observed_from >= %s", since)
    filters.add("observed_from < %s", until)
    return filters
