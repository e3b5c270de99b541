"""Compare: what two databases hold, table by table, and what one holds with what it must."""

from __future__ import annotations

import time
from dataclasses import dataclass

from psycopg import sql

from services.store.digest import ONE_BY_ONE, digest, timeless
from services.store.engine import Connection, connect
from services.store.models import Base
from services.worker.documents import load_register
from services.worker.keep_incidents import keep_all
from streams.tags import ProducerKey
from streams.topics import TopicName
from tests.e2e.load import Load
from tests.integration.worker.intake import pure_readings
from tests.integration.worker.records import Message

NOT_COMPARED = {
    "agreements": frozenset({"loaded_at"}),
    "methodologies": frozenset({"loaded_at"}),
    "receipts": frozenset({"signature", "keys", "leaves"}),
}
"""When a document was loaded; which receipts share a signature, which is up to the groups (each
is held against its event by `account`). Everything else comes from the log, receipts and all."""

BY_BATCH = frozenset(
    {"corridor_availability", "whereabouts", "breaches", "incidents", "incident_marks"}
)
"""How often a road, a subject or a zone's day is folded is up to the batches; what its generations
compose to is compared."""

FOLDED_S = 60.0

BY_CLOCK = frozenset({"shown_clocks", "kept_up"})
"""When somebody looked."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a database holds."""

    tables: dict[str, tuple[int, str]]
    """Rows of each table, and a hash over all of them."""
    current: str
    """`services.store.digest.digest`: among others, what is known of the road."""
    incidents: tuple[int, str]
    """Those that there are once all is folded, and a hash over what is said of them."""


OF_THE_WAY = frozenset({"outbox", "resend_progress", "tokens"})
"""What a run leaves behind beside what it knows: work done, and who may call."""


def holdings(url: str, leave_out: frozenset[str] = frozenset()) -> Holdings:
    """Hash every row of every table."""
    with connect(url) as conn:
        tables = {}
        for name, table in sorted(Base.metadata.tables.items()):
            if name in BY_BATCH | BY_CLOCK | leave_out:
                continue
            left_out = NOT_COMPARED.get(name, frozenset())
            columns = [sql.Identifier(it.name) for it in table.columns if it.name not in left_out]
            of = ONE_BY_ONE.get(name, sql.Identifier(name))
            tables[name] = _hash(conn, sql.SQL(", ").join(columns), of)
        return Holdings(tables, digest(conn), _incidents(conn))


def _hash(conn: Connection, columns: sql.Composable, of: sql.Composable) -> tuple[int, str]:
    """How many rows, and a hash over them in whatever order they lie."""
    query = sql.SQL(
        "SELECT count(*), coalesce(encode(sha256(convert_to(string_agg(row::text, E'\\n'"
        " ORDER BY row::text COLLATE \"C\"), 'UTF8')), 'hex'), '') FROM (SELECT {} FROM {}) AS row"
    ).format(columns, of)
    found = conn.execute(query).fetchone()
    assert found is not None
    return int(found[0]), str(found[1])


def _incidents(conn: Connection) -> tuple[int, str]:
    """Beside workers that fold as well: one at a time does, and what it leaves is folded here."""
    deadline = time.monotonic() + FOLDED_S
    while conn.execute("SELECT EXISTS (SELECT FROM incident_marks)").fetchone() == (True,):
        assert time.monotonic() < deadline, "what is marked is folded"
        keep_all(conn)
        conn.commit()
    columns = sql.SQL("mission, id, zone_id, day, begun, ended, reports, verdict, violates, body")
    return _hash(conn, columns, sql.SQL("current_incidents"))


def differ_from_pure(url: str, load: Load, key: ProducerKey) -> int:
    """How many reports read otherwise than by the pure core alone, from the set of all records."""
    with connect(url) as conn:
        register = load_register(conn)
        bodies = conn.execute("SELECT body FROM current_assessments").fetchall()
    messages = [
        Message(it.topic, it.raw, it.headers)
        for it in load.sendings
        if it.topic is TopicName.REPORTS
    ]
    pure = pure_readings(register, messages, {key.id: key})
    return len(pure ^ {timeless(row[0]) for row in bodies})


COUNTS = {
    "report keys": "SELECT count(*) FROM event_keys WHERE kind = 1 AND content_hash IS NOT NULL",
    "placeholders left": "SELECT count(*) FROM event_keys WHERE content_hash IS NULL",
    "report versions": "SELECT count(*) FROM submissions WHERE kind = 'report'",
    "reports assessed": "SELECT count(DISTINCT key) FROM current_assessments",
    "current assessments": "SELECT count(*) FROM current_assessments",
    "statuses": "SELECT count(*) FROM submissions WHERE kind = 'corridor_status'",
    "rejected": "SELECT count(*) FROM rejected",
}


def counts(url: str) -> dict[str, int]:
    """Count what the load says how many there must be of."""
    with connect(url) as conn:
        found = {name: conn.execute(query.encode()).fetchone() for name, query in COUNTS.items()}
        return {name: int(row[0]) for name, row in found.items() if row is not None}


def counts_due(load: Load) -> dict[str, int]:
    """What `counts` must be when all of a load has been taken in."""
    return {
        "report keys": load.reports,
        "placeholders left": 0,
        "report versions": load.report_versions,
        "reports assessed": load.reports,
        "current assessments": load.reports,
        "statuses": load.statuses,
        "rejected": load.poison,
    }
