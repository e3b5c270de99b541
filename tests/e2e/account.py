"""Account: what the gateway has receipted, held against what is stored, judged and in the log.

Each finding counts what must not be; all of them are 0 where nothing was lost or counted twice.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec
from kafka import KafkaConsumer

from services.receipts.public_keys import read_public
from services.receipts.receipt import read_signed
from services.receipts.verify import Finding, verify
from services.store.digest import timeless
from services.store.engine import Connection, connect
from services.worker.documents import load_register
from services.worker.incoming import Incoming
from streams.decode import Refusal, decode_report
from streams.events import Report
from streams.keys import EventKind, Key, event_key
from streams.topics import TopicName
from streams.vocabulary import Authentication
from tests.e2e.clients import Books, Held
from tests.e2e.load import Load
from tests.e2e.stage import Stage
from tests.integration.worker.intake import pure_readings_of
from tests.integration.worker.records import Entry

KIND_OF = {
    TopicName.REPORTS: EventKind.REPORT,
    TopicName.CORRIDOR_STATUS: EventKind.CORRIDOR_STATUS,
}

# A version is taken in when it has caused an assessment itself, a status when the fold has it.
_ROWS = """
SELECT key, received_at, revision, kind, event_id, content_hash, raw, authentication,
    CASE kind WHEN 'report' THEN EXISTS (
        SELECT FROM assessments AS one WHERE one.key = version.key
            AND one.received_at = version.received_at AND cause IS NULL
    ) ELSE EXISTS (
        SELECT FROM corridor_events AS one WHERE one.key = version.key
            AND one.revision = version.revision AND kind = 'status'
    ) END
FROM submissions AS version
"""

_CURRENT = "SELECT key, count(*) FROM current_assessments GROUP BY key"


class Row(NamedTuple):
    """A stored version."""

    key: Key
    received_at: datetime
    revision: int
    kind: str
    event_id: str
    content_hash: bytes
    raw: bytes
    authentication: str
    taken_in: bool


@dataclass(frozen=True, slots=True)
class Store:
    """What a database holds of a load."""

    rows: list[Row]
    current: dict[Key, int]
    """Current assessments of each report."""
    rejected: frozenset[bytes]


def read_store(url: str) -> Store:
    """Read it whole."""
    with connect(url) as conn, conn.cursor(binary=True) as cursor:
        rows = [Row(*row) for row in cursor.execute(_ROWS.encode())]
        current = {row[0]: row[1] for row in cursor.execute(_CURRENT.encode())}
        rejected = frozenset(row[0] for row in cursor.execute(b"SELECT content_hash FROM rejected"))
    return Store(rows, current, rejected)


def read_log(stage: Stage, group: str) -> list[Entry]:
    """Every record of the topics below what the group has committed, in the order of the log."""
    found: list[Entry] = []
    committed = {at: end for at, end in stage.committed(group).items() if end}
    with closing(
        KafkaConsumer(
            bootstrap_servers=stage.engines.kafka.bootstrap,
            enable_auto_commit=False,
            consumer_timeout_ms=20_000,
        )
    ) as consumer:
        consumer.assign(list(committed))
        consumer.seek_to_beginning()
        while any((consumer.position(at) or 0) < end for at, end in committed.items()):
            for at, records in consumer.poll(timeout_ms=1_000).items():
                found += [
                    Entry(
                        record.topic,
                        record.partition,
                        record.offset,
                        record.timestamp,
                        record.key,
                        record.value,
                        record.headers,
                    )
                    for record in records
                    if record.offset < committed[at]
                ]
    return found


def account(store: Store, load: Load, books: Books, log: list[Entry], keys: Path) -> dict[str, int]:
    """What must not be, and how often it is."""
    distinct = {(KIND_OF[it.topic].value, sha256(it.raw).digest()) for it in load.sendings}
    accepted = {it for it in distinct if it[1] not in books.refused}
    stored = Counter((row.kind, row.content_hash) for row in store.rows)
    taken_in = {(row.kind, row.content_hash) for row in store.rows if row.taken_in}
    seen = Counter(map(_said, log))
    reports = {row.key for row in store.rows if row.kind == EventKind.REPORT.value}
    return {
        "events without an answer": sum(
            it[1] not in books.receipts and it[1] not in books.refused for it in distinct
        ),
        "events refused beside those that are none": abs(len(books.refused) - load.poison),
        "events with two receipts": sum(len(held) > 1 for held in books.receipts.values()),
        "receipts that are not of what is stored": _untrue(store, books, keys),
        "receipted events that are not stored": len(accepted - stored.keys()),
        "stored events that nobody sent": len(stored.keys() - accepted),
        "events stored twice": sum(count > 1 for count in stored.values()),
        "rows whose hash is not that of their bytes": sum(
            sha256(row.raw).digest() != row.content_hash for row in store.rows
        ),
        "stored events that are not taken in": len(stored.keys() - taken_in),
        "reports without an assessment": len(reports - store.current.keys()),
        "reports with two current assessments": sum(it > 1 for it in store.current.values()),
        "assessments of no report": len(store.current.keys() - reports),
        "stored events that are not in the log": len(stored.keys() - seen),
        "records below the commit point that came to nothing": sum(
            count
            for said, count in seen.items()
            if said not in taken_in and said[1] not in store.rejected
        ),
    }


def repetitions(log: list[Entry]) -> int:
    """How many records of the log repeat an earlier one."""
    return len(log) - len(set(map(_said, log)))


def _said(record: Entry) -> tuple[str, bytes]:
    """What a record says: of which kind, and the hash of its bytes."""
    return KIND_OF[TopicName(record.topic)].value, sha256(record.value or b"").digest()


def _untrue(store: Store, books: Books, keys: Path) -> int:
    public = read_public(keys / "keys.json")
    rows = {(row.kind, row.content_hash): row for row in store.rows}

    def is_true(content_hash: bytes, held: Held) -> bool:
        said = msgspec.json.encode(held.signature)
        one = read_signed(b'{"receipt":%b,"signature":%b}' % (held.receipt, said))
        row = rows.get((one.receipt.kind.value, content_hash))
        return (
            row is not None
            and verify(one, public, row.raw) is Finding.VALID
            and datetime.fromisoformat(one.receipt.received_at) == row.received_at
            and (one.receipt.revision, one.receipt.id) == (row.revision, row.event_id)
        )

    return sum(
        not is_true(content_hash, held)
        for content_hash, all_held in books.receipts.items()
        for held in all_held
    )


def differ_from_pure(conn: Connection, store: Store) -> int:
    """How many reports read otherwise than by the pure core alone, from the set of submissions."""
    bodies = conn.execute("SELECT body FROM current_assessments").fetchall()
    incoming = [_incoming(row) for row in store.rows if row.kind == EventKind.REPORT.value]
    pure = pure_readings_of(load_register(conn), incoming)
    return len(pure ^ {timeless(row[0]) for row in bodies})


def _incoming(row: Row) -> Incoming[Report]:
    event = decode_report(row.raw)
    assert not isinstance(event, Refusal)
    return Incoming(
        event,
        event_key(EventKind.REPORT, event.mission, event.source, event.id),
        row.raw,
        row.content_hash,
        Authentication(row.authentication),
        None,
        row.received_at,
        Entry(TopicName.REPORTS, 0, 0, 0, None, row.raw, ()),
    )
