"""Generations: a corridor's availability as it became known, and as it is known now.

Place on the data's way: the corridor fold writes a generation whenever its result changes, from the
earliest instant that differs on; what lies before stays as it was. Laid over each other in order
they are what is known now; those up to an instant of knowing are what was known then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

import msgspec

from services.store.engine import Connection
from services.store.instants import SINCE_EVER
from streams.corridors.divided import PartState
from streams.vocabulary import Availability


class StoredInterval(NamedTuple):
    """An interval of availability, as a generation's row has it."""

    starts_at: datetime
    ends_at: datetime | None
    state: str
    cause: str
    cause_events: tuple[str, ...]
    not_valid_after: datetime | None
    parts: tuple[PartState, ...] = ()
    """Each part's own, where they are not all alike."""


def encode_parts(parts: Sequence[PartState]) -> bytes | None:
    """As the table has them."""
    return msgspec.json.encode(parts) if parts else None


def decode_parts(stored: bytes | None) -> tuple[PartState, ...]:
    """What `encode_parts` wrote."""
    return _PARTS.decode(stored) if stored is not None else ()


def interval_of(row: Sequence[Any]) -> StoredInterval:
    """Of a row's columns, in this order."""
    starts_at, ends_at, state, cause, events, reach, parts = row
    return StoredInterval(
        starts_at, ends_at, state, cause, tuple(events), reach, decode_parts(parts)
    )


_PARTS = msgspec.json.Decoder(tuple[PartState, ...])

NOTHING_KNOWN: Final = StoredInterval(
    SINCE_EVER, None, Availability.UNKNOWN, "nothing_known", (), None
)
"""What a corridor is where no generation of it speaks: never absent, never open."""


class Known(NamedTuple):
    """What is known of one corridor."""

    generation: int
    """The number of the last generation; 0: none yet."""
    since: datetime | None
    """When the last generation became known."""
    intervals: list[StoredInterval]


_ROWS = """
SELECT generation, known_at, from_instant,
       starts_at, ends_at, state, cause, cause_events, not_valid_after, parts
FROM corridor_availability
WHERE mission = %s AND corridor_id = %s AND shown_from <= coalesce(%s::timestamptz, 'infinity')
ORDER BY generation, seq
"""


def known_intervals(
    conn: Connection, mission: str, corridor_id: str, known_at: datetime | None = None
) -> Known:
    """What is known of a corridor, or could be seen of it at `known_at`, over all time."""
    with conn.cursor(binary=True) as cursor:
        rows = cursor.execute(_ROWS, (mission, corridor_id, known_at)).fetchall()
    last, known = (rows[-1][0], rows[-1][1]) if rows else (0, None)
    return Known(last, known, compose((row[0], row[2], interval_of(row[3:])) for row in rows))


_NEWEST = """
SELECT asked.mission, asked.corridor_id, newest.generation
FROM unnest(%s::text[], %s::text[]) AS asked (mission, corridor_id), LATERAL (
    SELECT generation FROM corridor_availability
    WHERE mission = asked.mission AND corridor_id = asked.corridor_id
    ORDER BY generation DESC LIMIT 1
) AS newest
"""


def newest_of_corridors(
    conn: Connection, asked: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """The newest generation of each (mission, corridor) that has one."""
    missions, corridors = zip(*asked, strict=True)
    found = conn.execute(_NEWEST, [list(missions), list(corridors)])
    return {(mission, corridor): generation for mission, corridor, generation in found}


def compose(rows: Iterable[tuple[int, datetime, StoredInterval]]) -> list[StoredInterval]:
    """Lay generations over each other.

    Args:
        rows: (generation, from_instant, interval), oldest generation first, then by start.
    """
    composed: list[StoredInterval] = []
    for _, group in groupby(rows, key=itemgetter(0)):
        members = list(group)
        _cut(composed, members[0][1])
        composed += [interval for _, _, interval in members]
    return composed


def joined(intervals: Iterable[StoredInterval]) -> Iterator[StoredInterval]:
    """Neighbours that say the same as one: how often the fold ran cuts no interval in two."""
    last: StoredInterval | None = None
    for interval in intervals:
        if last is not None and last[2:] == interval[2:] and last.ends_at == interval.starts_at:
            last = last._replace(ends_at=interval.ends_at)
            continue
        if last is not None:
            yield last
        last = interval
    if last is not None:
        yield last


def _cut(intervals: list[StoredInterval], instant: datetime) -> None:
    """Take away what lies from an instant on; the interval that spans it ends there.

    From the end, so that laying many generations over each other costs no more than their rows.
    """
    while intervals and intervals[-1].starts_at >= instant:
        intervals.pop()
    if intervals and (intervals[-1].ends_at is None or intervals[-1].ends_at > instant):
        intervals[-1] = intervals[-1]._replace(ends_at=instant)
