"""Retrace: a subject's whereabouts again, from all its sightings, after one of them was added.

Place on the data's way: last in the transaction that added the sighting, after the corridors. The
fold is pure (`streams.whereabouts.fold`); here its sightings are loaded and what has changed is
written as a new generation of each zone. One writer a subject at a time: each sees all sightings
that were committed before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple
from zlib import crc32

import msgspec

from services.store.engine import Connection
from services.store.queries.whereabouts import CONTRADICTIONS, FoundWhereabouts, whereabouts
from services.store.rows import SightingRow, WhereaboutsRow
from services.store.write import copy_rows
from services.worker.casebook import Step
from streams.inforce import Register
from streams.whereabouts import fold
from streams.whereabouts.sighting import (
    Sighting,
    decode_sighting,
    encode_sighting,
    sightings_of,
)

NO_LONGER = b""
"""Body of a sighting that says: by its current reading the report says nothing of this subject."""

SUBJECTS_AT_ONCE = 100
"""Held in memory together; placed in the zones in one pass."""

LOCKS = 512


class SubjectChange(NamedTuple):
    """A subject that one of the batch's reports bears on."""

    mission: str
    subject_ref: str


def sighting_rows(step: Step) -> list[SightingRow]:
    """What a reading says of the subjects that any version of its report names."""
    said = sightings_of(step.dossier)
    return [
        SightingRow(
            step.key,
            step.received_at,
            step.revision,
            step.dossier.versions[0].report.mission,
            subject_ref,
            NO_LONGER if sighting is None else encode_sighting(sighting),
        )
        for subject_ref, sighting in said.items()
        # What has never counted needs no row to say that it does not.
        if sighting is not None or step.revision > 1
    ]


def retrace(
    conn: Connection, register: Register, changes: Mapping[SubjectChange, datetime]
) -> None:
    """Fold the changed subjects again; `changes` holds when each change became known."""
    lock_subjects(conn, changes)
    for mission, known_at in portions(changes):
        _retrace_some(conn, register, mission, known_at)


def portions(
    changes: Mapping[SubjectChange, datetime],
) -> Iterator[tuple[str, dict[str, datetime]]]:
    """As many subjects of a mission as are held at once, with when each change became known."""
    for mission in sorted({change.mission for change in changes}):
        subjects = iter(sorted(ref for of, ref in changes if of == mission))
        while some := list(islice(subjects, SUBJECTS_AT_ONCE)):
            yield mission, {ref: changes[SubjectChange(mission, ref)] for ref in some}


def retrace_missions(
    conn: Connection, register: Register, missions: Sequence[str], now: datetime
) -> None:
    """Fold every subject of these missions again: their documents have changed."""
    found = conn.execute(_SUBJECTS, (list(missions),))
    retrace(conn, register, {SubjectChange(*row): now for row in found})


_SUBJECTS = "SELECT DISTINCT mission, subject_ref FROM sightings WHERE mission = ANY(%s)"


def lock_subjects(conn: Connection, changes: Iterable[SubjectChange]) -> None:
    """Keep other writers off these subjects until the commit.

    Taken in order, after those of corridors: who comes second folds what the first committed. Many
    subjects share a lock: a batch may bear on thousands, and PostgreSQL's table of locks is small.
    """
    for lock in sorted({crc32("/".join(change).encode()) % LOCKS for change in changes}):
        conn.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"subject/{lock}",))


def _retrace_some(
    conn: Connection, register: Register, mission: str, known_at: Mapping[str, datetime]
) -> None:
    sightings = load_sightings(conn, mission, list(known_at))
    folded = fold.whereabouts(register, mission, [(ref, sightings[ref]) for ref in known_at])
    known = _known(conn, mission, list(known_at))
    rows = [
        row
        for found in folded
        for row in _generation(
            found,
            known.get(found.subject_ref, {}),
            known_at[found.subject_ref],
            fold.sightings_digest(sightings[found.subject_ref]),
        )
    ]
    copy_rows(conn, "whereabouts", rows)


_SIGHTINGS = """
SELECT DISTINCT ON (subject_ref, key) subject_ref, body FROM sightings
WHERE mission = %s AND subject_ref = ANY(%s) ORDER BY subject_ref, key, revision DESC
"""


def load_sightings(
    conn: Connection, mission: str, subjects: Sequence[str]
) -> dict[str, list[Sighting]]:
    """All sightings of the subjects that count, by their reports' current readings."""
    sightings: dict[str, list[Sighting]] = {subject_ref: [] for subject_ref in subjects}
    for subject_ref, body in conn.execute(_SIGHTINGS, (mission, list(subjects))):
        if body != NO_LONGER:
            sightings[subject_ref].append(decode_sighting(body))
    return sightings


Zones = dict[str, list[FoundWhereabouts]]
"""By zone, what is known of a subject in it, in order."""


def _known(conn: Connection, mission: str, subjects: Sequence[str]) -> dict[str, Zones]:
    known: defaultdict[str, defaultdict[str, list[FoundWhereabouts]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for row in whereabouts(conn, mission=mission, subjects=subjects):
        known[row.subject_ref][row.zone_id].append(row)
    return {subject_ref: dict(zones) for subject_ref, zones in known.items()}


class _Item(NamedTuple):
    """A place in the list of a zone."""

    begun_after: datetime | None
    ended_before: datetime | None
    answer: str
    body: bytes


def _items(found: fold.Whereabouts) -> dict[str, list[_Item]]:
    zones: defaultdict[str, list[_Item]] = defaultdict(list)
    for spell in found.spells:
        body = msgspec.json.encode(spell)
        item = _Item(spell.begun_after, spell.ended_before, spell.answer, body)
        zones[spell.zone].append(item)
    for crossing in found.crossings:
        body = msgspec.json.encode(crossing)
        zones[crossing.zone].append(_Item(crossing.after, crossing.by, crossing.answer, body))
    for pair in found.contradictions:
        item = _Item(None, None, fold.Open.CONTRADICTED, msgspec.json.encode(pair))
        zones[CONTRADICTIONS].append(item)
    return zones


def _generation(
    found: fold.Whereabouts, known: Zones, known_at: datetime, digest: bytes
) -> Iterator[WhereaboutsRow]:
    """Of each zone, the list from the first difference on; none where nothing has changed."""
    zones = _items(found)
    # Two workers hear of things in no order, but what is known never becomes less.
    since = max([known_at, *(row.known_at for rows in known.values() for row in rows)])
    for zone_id in sorted(zones.keys() | known.keys()):
        old, new = known.get(zone_id, []), zones.get(zone_id, [])
        standing = [row for row in old if row.answer is not None]
        pairs = zip(standing, new, strict=False)
        same = next(
            (at for at, (row, item) in enumerate(pairs) if row.body != item.body),
            min(len(standing), len(new)),
        )
        changed: list[_Item | None] = list(new[same:])
        if len(standing) > len(new):
            changed.append(None)  # the list ends here
        for seq, item in enumerate(changed, start=same):
            yield WhereaboutsRow(
                since,
                item.begun_after if item else None,
                item.ended_before if item else None,
                max((row.generation for row in old), default=0) + 1,
                seq,
                same,
                found.mission,
                found.subject_ref,
                zone_id,
                item.answer if item else None,
                item.body if item else NO_LONGER,
                digest,
            )
