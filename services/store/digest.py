"""One hash of what is stored, to say that two stores hold the same.

Place on the data's way: after it; convergence and crash tests, and operators who compare a restored
copy with the original. `digest` is of what is *current*: any order of arrival, any repetition, any
batches and any crash in between end in the same. `full_digest` is of all history: it is equal where
the same events came in the same order.

Left out of both is what the wall clock and the transport decide: when something was received, and
where in Kafka it stood. Hence also an assessment's `context`, which is the hash of exactly that,
and a receipt's signature, which is over it, and by a key that each installation has of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, LiteralString, NamedTuple
from uuid import uuid4

import msgspec
from psycopg import sql
from sqlalchemy import Column, Text

from services.store.engine import Connection
from services.store.generations import joined, known_intervals
from services.store.models import Base
from services.store.queries.corridors import corridors
from services.store.queries.violations import STANDING
from services.store.queries.whereabouts import CURRENT
from services.store.tables import HISTORY_TABLES

BATCH = 5_000

BY_THE_CLOCK = frozenset(
    {
        "received_at",
        "known_at",
        "shown_from",
        "loaded_at",
        "written_at",
        "context",
        "events_digest",
        "sightings_digest",
    }
)
"""Columns, and fields of bodies, that hold a time of the wall clock or a hash over one."""

BY_THE_TRANSPORT = frozenset({"record_partition", "record_offset"})

BY_THE_SIGNER = {"receipts": frozenset({"key_id", "signature", "keys", "leaves"})}
"""Tables with columns that the installation's own key decides, or which groups events came in."""

ONE_BY_ONE = {
    "receipts": sql.SQL(
        "(SELECT of.key, received_at, revision, mission, key_id"
        " FROM receipts, unnest(keys) AS of (key) WHERE of.key IS NOT NULL) AS receipts"
    )
}
"""Tables whose rows stand for several things, which are what is compared."""

_encode_body = msgspec.json.Encoder(order="sorted").encode


class Section(NamedTuple):
    """Rows that go into a digest, in an order that says nothing about how they came."""

    name: str
    query: sql.SQL | sql.Composed
    values: list[Any]


_ASSESSMENTS: LiteralString = """
SELECT key, mission, observed_from, observed_to, verdict, standing, agreement, methodology, body
FROM current_assessments ORDER BY key
"""

_VIOLATIONS: LiteralString = """
SELECT key, term_id, mission, source, event_id, observed_from, observed_to, p_inside, count_min,
    count_max, count_qualifier, clause, kind, severity, verdict, rule, zone_id, zone_kind,
    attributed_party, attribution_basis, agreement, claims
FROM current_violations WHERE verdict = ANY(%s) OR claims IS NOT NULL
ORDER BY key, term_id COLLATE "C"
"""

_CONTEXTS: LiteralString = """
SELECT DISTINCT ON (mission COLLATE "C", agreement) mission, agreement, body
FROM context_generations ORDER BY mission COLLATE "C", agreement, generation DESC
"""

_MOVEMENTS: LiteralString = """
SELECT DISTINCT ON (mission COLLATE "C", agreement, movement COLLATE "C") mission, agreement,
    movement, readers, body
FROM movement_generations
ORDER BY mission COLLATE "C", agreement, movement COLLATE "C", generation DESC
"""

_UNHEEDED: LiteralString = """
SELECT mission, agreement, event, reason FROM (
    SELECT DISTINCT ON (mission, agreement, event) * FROM unheeded_movements
    ORDER BY mission, agreement, event, generation DESC
) AS newest
WHERE reason IS NOT NULL ORDER BY mission COLLATE "C", agreement, event COLLATE "C"
"""

_REJECTED: LiteralString = """
SELECT DISTINCT key, reason COLLATE "C", content_hash FROM rejected ORDER BY 1, 2
"""


_WHEREABOUTS: LiteralString = f"""
SELECT mission, subject_ref, zone_id, seq, answer, body FROM whereabouts AS told
WHERE answer IS NOT NULL AND {CURRENT}
ORDER BY mission COLLATE "C", subject_ref COLLATE "C", zone_id COLLATE "C", seq
"""  # noqa: S608  of our own text alone


_STANDS: LiteralString = """
SELECT key, term_id, mission, subject_ref, state, since, ended_by, ended_as, ended_event, agreement
FROM (
    SELECT DISTINCT ON (key, term_id) * FROM standing_violations
    ORDER BY key, term_id, generation DESC
) AS newest WHERE state IS NOT NULL ORDER BY key, term_id COLLATE "C"
"""


def digest(conn: Connection) -> str:
    """SHA-256 (hex) of what is current: judgements, contexts, movements, corridors, refusals."""
    hasher = hashlib.sha256()
    for section in (
        Section("assessments", sql.SQL(_ASSESSMENTS), []),
        Section("violations", sql.SQL(_VIOLATIONS), [list(STANDING)]),
        Section("contexts", sql.SQL(_CONTEXTS), []),
        Section("movements", sql.SQL(_MOVEMENTS), []),
        Section("unheeded_movements", sql.SQL(_UNHEEDED), []),
        Section("rejected", sql.SQL(_REJECTED), []),
        Section("whereabouts", sql.SQL(_WHEREABOUTS), []),
        Section("standing_violations", sql.SQL(_STANDS), []),
    ):
        _feed(hasher.update, section.name, _rows(conn, section))
    for corridor in corridors(conn):
        timeline = joined(known_intervals(conn, *corridor).intervals)
        _feed(hasher.update, "/".join(corridor), timeline)
    return hasher.hexdigest()


def full_digest(conn: Connection) -> str:
    """SHA-256 (hex) of every row of history, current or superseded."""
    hasher = hashlib.sha256()
    for table in HISTORY_TABLES:
        _feed(hasher.update, table, _rows(conn, _whole(table)))
    return hasher.hexdigest()


def _whole(table: str) -> Section:
    """Everything of a table but the clock and the transport, by its key and then by all of it."""
    stored = Base.metadata.tables[table]
    out = BY_THE_CLOCK | BY_THE_TRANSPORT | BY_THE_SIGNER.get(table, frozenset())
    names = [column.name for column in stored.columns if column.name not in out]
    first = [column.name for column in stored.primary_key if column.name not in out]
    order = [*first, *(name for name in names if name not in first)]
    query = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(
        sql.SQL(", ").join(map(sql.Identifier, names)),
        ONE_BY_ONE.get(table, sql.Identifier(table)),
        sql.SQL(", ").join(_ordered_by(stored.columns[name]) for name in order),
    )
    return Section(table, query, [])


def _ordered_by(column: Column[Any]) -> sql.Composed:
    """A column to order by: text by its bytes, whatever language the database was made for."""
    by_bytes = sql.SQL('{} COLLATE "C"') if isinstance(column.type, Text) else sql.SQL("{}")
    return by_bytes.format(sql.Identifier(column.name))


def _rows(conn: Connection, section: Section) -> Iterator[tuple[Any, ...]]:
    """The section's rows, read in portions; bodies without what the clock decides."""
    with conn.cursor(f"digest_{uuid4().hex}", binary=True) as cursor:
        cursor.itersize = BATCH
        cursor.execute(section.query, section.values)
        columns = [column.name for column in cursor.description or ()]
        body = columns.index("body") if "body" in columns else None
        for row in cursor:
            yield row if body is None else (*row[:body], timeless(row[body]), *row[body + 1 :])


def timeless(body: bytes) -> bytes:
    """A body without what the clock decides, its fields in the order of their names."""
    if not body:
        return b""
    return _encode_body(_without_clock(msgspec.json.decode(body)))


def _without_clock(value: Any) -> Any:  # noqa: ANN401 (any JSON)
    if isinstance(value, dict):
        kept = {name: item for name, item in value.items() if name not in BY_THE_CLOCK}
        return {name: _without_clock(item) for name, item in kept.items()}
    return [_without_clock(item) for item in value] if isinstance(value, list) else value


_encode_row = msgspec.msgpack.Encoder(enc_hook=str).encode
"""A key goes in as its text."""


def _feed(update: Callable[[bytes], None], name: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Hash rows as MessagePack, which delimits itself: no two sets of rows give the same bytes."""
    update(msgspec.msgpack.encode(name))
    count = 0
    for row in rows:
        update(_encode_row(row))
        count += 1
    update(msgspec.msgpack.encode(count))
