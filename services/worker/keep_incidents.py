"""Keep incidents: those that a batch's breaches bear on, folded again, in a transaction of its own.

    marks → breaches of these reports → their zones and days, folded → revisions of what differs

Place on the data's way: behind the writers of reports (`keeper`). A zone's day may hold
far more than a batch, and no report waits for it: whoever writes violations leaves a mark in the
same transaction, and what came of many marks is folded at once. One writer a mission at a time:
each sees all that was committed before it took its marks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import structlog

from services.breaches import Grounds, KeptGrounds, stored_breaches
from services.store.engine import Connection
from services.store.incidents import (
    NO_LONGER,
    KnownIncident,
    ZoneDay,
    breaches_of_days,
    breaches_of_reports,
    known_incidents,
    lock_mission,
    marked_missions,
    newest_generation,
    take_marks,
)
from services.store.rows import BreachRow, IncidentRow
from services.store.write import copy_rows
from streams.incidents.breach import Breach, encode_breach
from streams.incidents.fold import day_of, days_of, incidents_of
from streams.incidents.revise import Live, Revision, revisions
from streams.incidents.tell import account, encode_account
from streams.keys import EventKind, Key, event_key

log = structlog.get_logger(__name__)

MARKS: Final = 1_000
REPORTS: Final = 20_000
"""That are folded at once, marks of about so many reports: what takes long is to read the whole day
of each zone, whether one report of it is new or a thousand."""
_ONE_DAY: Final = timedelta(days=1)


class IncidentKeeper:
    """Folds what is marked; keeps the documents that it has read."""

    def __init__(self) -> None:
        self._grounds = KeptGrounds()

    def __call__(self, conn: Connection) -> int:
        """Fold some of what is marked, in the connection's transaction; how many reports it was."""
        for mission in marked_missions(conn):
            if lock_mission(conn, mission):
                keys = take_marks(conn, mission, MARKS, REPORTS)
                if keys:
                    _fold(conn, self._grounds.ask(conn), mission, keys)
                    return len(keys)
        return 0


def keep_all(conn: Connection) -> None:
    """Fold all that is marked, in the connection's transaction."""
    keeper = IncidentKeeper()
    while keeper(conn):
        pass


def _fold(conn: Connection, grounds: Grounds, mission: str, keys: Iterable[Key]) -> None:
    generation = newest_generation(conn, mission) + 1
    known_at = _now(conn)
    rows, touched = _breach_rows(conn, grounds, mission, sorted(keys), known_at, generation)
    copy_rows(conn, "breaches", rows)
    # The day after may continue what has changed, and is told of what continues by the day before.
    folded = touched | {ZoneDay(it.zone_id, it.day + _ONE_DAY) for it in touched}
    read = folded | {ZoneDay(it.zone_id, it.day - _ONE_DAY) for it in folded}
    told = breaches_of_days(conn, mission, read)
    now = _live(mission, [it for of in told.values() for it in of], grounds, folded)
    known = known_incidents(conn, mission, folded, now)
    held = {
        name: it.held
        for name, it in known.items()
        if name in now or ZoneDay(it.row.zone_id, it.row.day) in folded
    }
    added = revisions(held, now)
    at = known_at, generation
    rows_of = [incident_row(it, mission, known.get(it.id), *at) for it in added]
    copy_rows(conn, "incidents", rows_of)


def _now(conn: Connection) -> datetime:
    """By the database's clock, and after the lock: of a mission it goes as the commits do."""
    row = conn.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    at: datetime = row[0]
    return at


def _breach_rows(  # noqa: PLR0913, PLR0917  of one fold
    conn: Connection,
    grounds: Grounds,
    mission: str,
    keys: list[Key],
    known_at: datetime,
    generation: int,
) -> tuple[list[BreachRow], set[ZoneDay]]:
    """What these reports tell that is not stored so, and the zones and days that it is of."""
    stored: defaultdict[Key, dict[ZoneDay, BreachRow]] = defaultdict(dict)
    for row in breaches_of_reports(conn, mission, keys):
        stored[row.key][ZoneDay(row.zone_id, row.day)] = row
    rows: list[BreachRow] = []
    for key, (agreement, breaches) in stored_breaches(conn, grounds, keys):
        address = bytes.fromhex(agreement)
        told = {
            ZoneDay(it.zone or "", day_of(it.start, days_of(grounds.rules[it.methodology]))): it
            for it in breaches
        }
        bodies = dict.fromkeys(stored[key], NO_LONGER) | {
            at: encode_breach(it) for at, it in told.items()
        }
        for at, body in bodies.items():
            if body != (stored[key][at].body if at in stored[key] else NO_LONGER):
                of = at.day, generation, mission, at.zone_id
                rows.append(BreachRow(key, known_at, *of, address, body))
    return rows, {ZoneDay(row.zone_id, row.day) for row in rows}


def _live(
    mission: str, breaches: Iterable[Breach], grounds: Grounds, folded: set[ZoneDay]
) -> dict[str, Live]:
    return {
        it.id: Live(
            account(it, grounds.rules[it.breaches[0].methodology]),
            frozenset(
                event_key(EventKind.REPORT, mission, one.source, one.id) for one in it.breaches
            ),
        )
        for it in incidents_of(mission, breaches, grounds.rules)
        if ZoneDay(it.zone or "", it.day) in folded
    }


def incident_row(
    revision: Revision,
    mission: str,
    before: KnownIncident | None,
    known_at: datetime,
    generation: int,
) -> IncidentRow:
    """A revision as it is stored."""
    said = revision.account
    return IncidentRow(
        # A clock that was set back makes nothing known earlier than what it follows.
        known_at=known_at if before is None else max(known_at, before.row.known_at),
        begun=said.begun,
        ended=said.ended,
        over_at=said.over_at,
        day=said.day,
        generation=generation,
        reports=said.reports,
        mission=mission,
        id=revision.id,
        zone_id=said.zone or "",
        reason=revision.reason,
        verdict=said.verdict,
        violates=[*map(str, said.violates)],
        others=list(revision.others),
        became=None if revision.became is None else list(revision.became),
        joined=list(revision.joined),
        parted=list(revision.parted),
        agreement=bytes.fromhex(said.agreement),
        body=encode_account(said),
    )
