"""Refold: a corridor's availability again, from all its events, after one of them was added.

Place on the data's way: in the transaction that added the event; at its end `store.shown` writes
what has changed as a new generation. The fold is pure (`streams.corridors.fold`); here its events
are loaded. One writer a corridor at a time: each sees all events that were committed before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.store.engine import Connection
from services.store.generations import Known, StoredInterval, encode_parts, known_intervals
from services.store.rows import AvailabilityRow, CorridorEventKind, CorridorEventRow
from services.worker.casebook import Step
from streams.assess import Judged
from streams.assessment import Assessment
from streams.corridors.divided import Interval
from streams.corridors.events import (
    CorridorEvent,
    RouteEvent,
    decode_event,
    encode_event,
    events_digest,
)
from streams.corridors.on_route import Bearing, corridors_touched, effects_on_corridors
from streams.corridors.stretches import availability_over
from streams.dossier import Version
from streams.inforce import Register

NO_LONGER = b""
"""Body of a report's corridor event that says: by its current reading it does nothing here."""


class CorridorChange(NamedTuple):
    """A corridor that one of the batch's events bears on."""

    mission: str
    corridor_id: str


def effect_rows(step: Step, judged: Judged, earlier: Assessment | None) -> list[CorridorEventRow]:
    """What a reading does to corridors, and that it does nothing to one that the last one touched.

    A row for every reading, also where the effect stays: another version may have been elsewhere in
    time, another agreement or methodology may have made another effect of the reading before.
    """
    report, counted = judged.report, _counted(step)
    told = [version.report for version in counted]
    vouched = all(version.authentication.vouched for version in counted)
    now = effects_on_corridors(judged.assessment, judged.in_force, told, vouched=vouched)
    before = corridors_touched(earlier, judged.in_force) if earlier else frozenset()
    if not now and not before:
        return []
    return [
        CorridorEventRow(
            report.mission,
            corridor_id,
            step.key,
            step.revision,
            step.received_at,
            CorridorEventKind.REPORT,
            encode_event(_route_event(step, counted, now[corridor_id]))
            if corridor_id in now
            else NO_LONGER,
        )
        for corridor_id in sorted(now.keys() | before)
    ]


def _counted(step: Step) -> Sequence[Version]:
    """The versions of the report that count."""
    versions = step.dossier.versions
    return [version for version in versions if version.authentication.vouched] or versions


def _route_event(step: Step, counted: Sequence[Version], bearing: Bearing) -> RouteEvent:
    """The effect over all the time that any version that counts claims: nothing is seen early."""
    told = [version.report for version in counted]
    return RouteEvent(
        source=told[0].source,
        id=told[0].id,
        effect=bearing.effect,
        segments=bearing.segments,
        hazard=bearing.hazard,
        observed_from=min(it.observed_from for it in told),
        observed_to=max(it.observed_to or it.observed_from for it in told),
        received_at=min(version.received_at or step.received_at for version in counted),
    )


def refold(
    conn: Connection, register: Register, changes: Mapping[CorridorChange, datetime]
) -> list[AvailabilityRow]:
    """Fold the changed corridors again; `changes` holds when each change became known.

    Returns:
        The new generations, to be shown at the end of the transaction (`store.shown.show`).
    """
    rows: list[AvailabilityRow] = []
    for change in sorted(changes):
        _lock(conn, change)
        rows += _refold_one(conn, register, change, changes[change])
    return rows


def _lock(conn: Connection, change: CorridorChange) -> None:
    # Taken in order and held until the commit: who comes second folds what the first committed.
    conn.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
        (f"corridor/{change.mission}/{change.corridor_id}",),
    )


def _refold_one(
    conn: Connection, register: Register, change: CorridorChange, known_at: datetime
) -> list[AvailabilityRow]:
    if change.corridor_id not in register.corridors(change.mission):
        return []  # The corridor is in no loaded agreement: it is shown nowhere.
    events = load_events(conn, change)
    stretches = register.stretches(change.mission, change.corridor_id)
    intervals = [stored_interval(interval) for interval in availability_over(stretches, events)]
    known = known_intervals(conn, change.mission, change.corridor_id)
    return new_generation(change, known, intervals, known_at, events_digest(events))


_EVENTS = """
SELECT DISTINCT ON (key, CASE kind WHEN 'status' THEN revision ELSE 0 END) body
FROM corridor_events WHERE mission = %s AND corridor_id = %s
ORDER BY key, CASE kind WHEN 'status' THEN revision ELSE 0 END, revision DESC
"""


def load_events(conn: Connection, change: CorridorChange) -> list[CorridorEvent]:
    """All that bears on a corridor: every version of a status, of a report its current reading."""
    rows = conn.execute(_EVENTS, change).fetchall()
    return [decode_event(body) for (body,) in rows if body != NO_LONGER]


def stored_interval(interval: Interval) -> StoredInterval:
    """As a generation's row has it."""
    return StoredInterval(
        interval.start,
        interval.end,
        interval.state.value,
        interval.cause.value,
        interval.causes,
        interval.not_valid_after,
        interval.parts,
    )


def new_generation(
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
    # Two workers hear of things in no order, but what is known never becomes less.
    known_at = max(known_at, known.since or known_at)
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
            cause_events=list(interval.cause_events),
            events_digest=digest,
            parts=encode_parts(interval.parts),
            shown_from=known_at,
        )
        for seq, interval in enumerate(changed)
    ]
