"""Refold: a corridor's availability again, from all its events, after one of them was added.

Place on the data's way: last in the transaction that added the event. The fold is pure
(`streams.corridors`); here its events are loaded and what has changed is written as a new
generation. One writer a corridor at a time: each sees all events that were committed before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from services.store.engine import Connection
from services.store.generations import Known, StoredInterval, known_intervals
from services.store.rows import AvailabilityRow, CorridorEventKind, CorridorEventRow
from services.store.write import copy_rows
from services.worker.casebook import Step
from streams.assess import Judged
from streams.assessment import Assessment
from streams.corridor_events import CorridorEvent, RouteEvent, decode_event, encode_event
from streams.corridors import Interval, availability, events_digest
from streams.inforce import Register
from streams.on_route import effects_on_corridors

NO_LONGER = b""
"""Body of a report's corridor event that says: by its current reading it does nothing here."""


class CorridorChange(NamedTuple):
    """A corridor that one of the batch's events bears on."""

    mission: str
    corridor_id: str


def effect_rows(step: Step, judged: Judged, earlier: Assessment | None) -> list[CorridorEventRow]:
    """What a reading does to corridors, where that differs from what the one before did."""
    now = effects_on_corridors(judged.assessment, judged.in_force)
    if not now and earlier is None:
        return []
    before = effects_on_corridors(earlier, judged.in_force) if earlier else {}
    report = judged.report
    rows = []
    for corridor_id in sorted(now.keys() | before.keys()):
        effect = now.get(corridor_id)
        if effect is before.get(corridor_id):
            continue
        event = effect and RouteEvent(
            source=report.source,
            id=report.id,
            effect=effect,
            observed_from=report.observed_from,
            observed_to=report.observed_to or report.observed_from,
            received_at=step.dossier.versions[0].received_at or step.received_at,
        )
        rows.append(
            CorridorEventRow(
                report.mission,
                corridor_id,
                step.key,
                step.revision,
                step.received_at,
                CorridorEventKind.REPORT,
                encode_event(event) if event else NO_LONGER,
            )
        )
    return rows


def refold(
    conn: Connection, register: Register, changes: Mapping[CorridorChange, datetime]
) -> None:
    """Fold the changed corridors again; `changes` holds when each change became known."""
    for change in sorted(changes):
        _lock(conn, change)
        _refold_one(conn, register, change, changes[change])


def _lock(conn: Connection, change: CorridorChange) -> None:
    # Taken in order and held until the commit: who comes second folds what the first committed.
    conn.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
        (f"corridor\0{change.mission}\0{change.corridor_id}".replace("\0", "/"),),
    )


def _refold_one(
    conn: Connection, register: Register, change: CorridorChange, known_at: datetime
) -> None:
    found = register.corridors(change.mission).get(change.corridor_id)
    if found is None:
        return  # The corridor is in no loaded agreement: it is shown nowhere.
    events = load_events(conn, change)
    intervals = [_stored(interval) for interval in availability(*found, events)]
    known = known_intervals(conn, change.mission, change.corridor_id)
    rows = _generation(change, known, intervals, known_at, events_digest(events))
    copy_rows(conn, "corridor_availability", rows)


_EVENTS = """
SELECT DISTINCT ON (key, CASE kind WHEN 'status' THEN revision ELSE 0 END) body
FROM corridor_events WHERE mission = %s AND corridor_id = %s
ORDER BY key, CASE kind WHEN 'status' THEN revision ELSE 0 END, revision DESC
"""


def load_events(conn: Connection, change: CorridorChange) -> list[CorridorEvent]:
    """All that bears on a corridor: every version of a status, of a report its current reading."""
    rows = conn.execute(_EVENTS, change).fetchall()
    return [decode_event(body) for (body,) in rows if body != NO_LONGER]


def _stored(interval: Interval) -> StoredInterval:
    return StoredInterval(
        interval.start,
        interval.end,
        interval.state.value,
        interval.cause.value,
        interval.causes,
        interval.not_valid_after,
    )


def _generation(
    change: CorridorChange,
    known: Known,
    intervals: list[StoredInterval],
    known_at: datetime,
    digest: bytes,
) -> list[AvailabilityRow]:
    """The intervals from the first difference on; none where nothing has changed."""
    pairs = zip(known.intervals, intervals, strict=False)
    same = next(
        (at for at, (old, new) in enumerate(pairs) if old != new),
        min(len(known.intervals), len(intervals)),
    )
    changed = intervals[same:]
    if not changed:
        return []
    return [
        AvailabilityRow(
            *change,
            generation=known.generation + 1,
            seq=seq,
            from_instant=changed[0].starts_at,
            starts_at=interval.starts_at,
            ends_at=interval.ends_at,
            not_valid_after=interval.not_valid_after,
            known_at=known_at,
            state=interval.state,
            cause=interval.cause,
            cause_events=interval.cause_events,
            events_digest=digest,
        )
        for seq, interval in enumerate(changed)
    ]
