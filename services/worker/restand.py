"""Restand: which violations of a subject stand, again, after what is told of it has changed.

    subjects → their sightings, each with its report's current assessment → fold → those that differ

Place on the data's way: last in the transaction that added a sighting or judged a report again. The
fold is pure (`streams.standing_violations`); what has changed is a new generation, violation by
violation. One writer a subject at a time (`retrace.lock_subjects`): each sees all that was
committed before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

import msgspec
from psycopg.rows import args_row

from services.store.engine import Connection
from services.store.rows import StandingRow
from services.store.write import copy_rows
from services.worker.retrace import NO_LONGER, SubjectChange, lock_subjects, portions
from streams.assessment import decode_assessment
from streams.keys import Key
from streams.standing_violations import StandingViolation, State, Telling, standing_violations
from streams.whereabouts.sighting import decode_sighting

_ANY: Final = datetime.min.replace(tzinfo=UTC)


class _Seen(NamedTuple):
    subject_ref: str
    key: Key
    body: bytes
    assessment: bytes
    agreement: bytes


_SEEN: Final = """
SELECT seen.subject_ref, seen.key, seen.body, judged.body, judged.agreement FROM (
    SELECT DISTINCT ON (subject_ref, key) subject_ref, key, body FROM sightings
    WHERE mission = %s AND subject_ref = ANY(%s) ORDER BY subject_ref, key, revision DESC
) AS seen JOIN current_assessments AS judged ON judged.key = seen.key
"""
_NEWEST: Final = """
SELECT DISTINCT ON (key, term_id) key, known_at, since, ended_by, generation, mission, subject_ref,
    term_id, state, ended_as, ended_event, agreement
FROM standing_violations WHERE key = ANY(%b::uuid[]) ORDER BY key, term_id, generation DESC
"""
_SUBJECTS: Final = "SELECT DISTINCT mission, subject_ref FROM sightings WHERE key = ANY(%b::uuid[])"


def restand_reports(conn: Connection, keys: Collection[Key], known_at: datetime) -> None:
    """Fold the subjects of these reports again: they are judged otherwise now."""
    found = conn.execute(_SUBJECTS, (list(keys),)).fetchall() if keys else []
    changes = {SubjectChange(*row): known_at for row in found}
    lock_subjects(conn, changes)
    restand(conn, changes)


def restand(conn: Connection, changes: Mapping[SubjectChange, datetime]) -> None:
    """Fold the changed subjects again, which are locked; `changes` holds when each became known."""
    for mission, known_at in portions(changes):
        _restand_some(conn, mission, known_at)


def _restand_some(conn: Connection, mission: str, known_at: Mapping[str, datetime]) -> None:
    seen: defaultdict[str, list[_Seen]] = defaultdict(list)
    with conn.cursor(binary=True, row_factory=args_row(_Seen)) as cursor:
        for one in cursor.execute(_SEEN, (mission, list(known_at))):
            seen[one.subject_ref].append(one)
    newest = _ask_newest(conn, [one.key for of_one in seen.values() for one in of_one])
    rows = [
        row
        for ref, of_one in sorted(seen.items())
        for row in _generation(mission, ref, of_one, newest, known_at[ref])
    ]
    copy_rows(conn, "standing_violations", rows)


_Newest = Mapping[tuple[Key, str], StandingRow]


def _ask_newest(conn: Connection, keys: Sequence[Key]) -> _Newest:
    with conn.cursor(binary=True, row_factory=args_row(StandingRow)) as cursor:
        return {(row.key, row.term_id): row for row in cursor.execute(_NEWEST, (list(keys),))}


def _generation(
    mission: str, subject_ref: str, seen: Sequence[_Seen], newest: _Newest, known_at: datetime
) -> list[StandingRow]:
    """Of each violation that stands otherwise than it is known to, the next row."""
    made = _made(mission, subject_ref, seen, known_at)
    own = {one.key for one in seen}
    for at, row in newest.items():
        # What another subject has made of the report since is not this one's to take back.
        if at[0] in own and at not in made and row.subject_ref == subject_ref:
            made[at] = _nothing(row)
    return [
        _next(row, newest.get(at), known_at)
        for at, row in sorted(made.items())
        if at not in newest or _said(newest[at]) != _said(row)
    ]


def _made(
    mission: str, subject_ref: str, seen: Sequence[_Seen], known_at: datetime
) -> dict[tuple[Key, str], StandingRow]:
    told: list[Telling] = []
    by_ref: dict[tuple[str, str], _Seen] = {}
    for one in seen:
        if one.body != NO_LONGER:
            sighting = decode_sighting(one.body)
            told.append(Telling(sighting, decode_assessment(one.assessment)))
            by_ref[sighting.ref] = one
    stand = [(by_ref[it.source, it.id], it) for it in standing_violations(told)]
    return {(of.key, it.term): _row(mission, subject_ref, of, it, known_at) for of, it in stand}


def _row(
    mission: str, subject_ref: str, of: _Seen, it: StandingViolation, known_at: datetime
) -> StandingRow:
    end = it.end
    return StandingRow(
        key=of.key,
        known_at=known_at,
        since=it.since,
        ended_by=None if end is None else end.by,
        generation=0,
        mission=mission,
        subject_ref=subject_ref,
        term_id=it.term,
        state=State.OPEN if end is None else State.ENDED,
        ended_as=None if end is None else end.how,
        ended_event=None if end is None else end.event,
        agreement=of.agreement,
    )


def _nothing(row: StandingRow) -> StandingRow:
    return msgspec.structs.replace(
        row, since=None, ended_by=None, state=None, ended_as=None, ended_event=None
    )


def _next(row: StandingRow, before: StandingRow | None, known_at: datetime) -> StandingRow:
    """Two workers hear of things in no order, but what is known never becomes less."""
    return msgspec.structs.replace(
        row,
        generation=1 if before is None else before.generation + 1,
        known_at=known_at if before is None else max(known_at, before.known_at),
    )


def _said(row: StandingRow) -> StandingRow:
    """What a row says, whichever generation it is of."""
    return msgspec.structs.replace(row, generation=0, known_at=_ANY)
