"""History is never changed: PostgreSQL refuses, whoever asks."""

import pytest
from psycopg import DatabaseError, sql

from services.store.engine import Connection
from services.store.models import Base
from services.store.partitions import Month
from services.store.rows import (
    AvailabilityRow,
    BatchRows,
    ContextEventRow,
    ContextGenerationRow,
    CorridorEventKind,
    CorridorEventRow,
    ReceiptRow,
)
from services.store.tables import BY_MONTH_TABLES, HISTORY_TABLES
from services.store.write import copy_batch, copy_rows
from tests.unit.services.store.sample_rows import (
    BREACH,
    CASE_ACT,
    CASE_READER,
    DESK,
    DUE,
    INCIDENT,
    LETTER,
    MOVEMENT,
    NOW,
    SIGHTING,
    STANDING,
    UNHEEDED_MOVEMENT,
    WHEREABOUTS,
    add_report,
    add_retraction,
    rejected_row,
    submission,
)

PARTITIONS = [Month.of(NOW).partition_of(table) for table in BY_MONTH_TABLES]
CHANGES = {
    "update": "UPDATE {} SET {column} = {column}",
    "delete": "DELETE FROM {}",
    "truncate": "TRUNCATE {}",
}


@pytest.fixture
def full(conn: Connection) -> Connection:
    """A row in every table of history."""
    rows = BatchRows()
    add_report(rows, submission(1), violates=True)
    add_retraction(rows, submission(1), submission(2))
    rows.rejected.append(rejected_row())
    rows.corridor_events.append(
        CorridorEventRow("smm", "route", submission(1).key, 1, NOW, CorridorEventKind.STATUS, b"{}")
    )
    rows.sightings.append(SIGHTING)
    rows.context_events.append(
        ContextEventRow("smm", submission(1).key, 1, NOW, "notification", b"{}")
    )
    copy_batch(conn, rows)
    generation = ContextGenerationRow("smm", b"\1", 1, NOW, bytes(32), b"{}")
    copy_rows(conn, "context_generations", [generation])
    copy_rows(
        conn,
        "corridor_availability",
        [
            AvailabilityRow(
                *("smm", "route", 1, 0, NOW, NOW, None, None, NOW),
                *("unknown", "none", [], bytes(32), None, NOW),
            )
        ],
    )
    copy_rows(conn, "whereabouts", [WHEREABOUTS])
    copy_rows(conn, "movement_generations", [MOVEMENT])
    copy_rows(conn, "unheeded_movements", [UNHEEDED_MOVEMENT])
    copy_rows(conn, "due_instants", [DUE])
    copy_rows(conn, "desk_actions", [DESK])
    copy_rows(conn, "breaches", [BREACH])
    copy_rows(conn, "incidents", [INCIDENT])
    copy_rows(conn, "case_acts", [CASE_ACT])
    copy_rows(conn, "case_readers", [CASE_READER])
    copy_rows(conn, "channel_messages", [LETTER])
    copy_rows(conn, "standing_violations", [STANDING])
    key = submission(1).key
    copy_rows(conn, "receipts", [ReceiptRow(key, NOW, 1, "smm", "rk-1", bytes(64), [key])])
    for table in ("agreements", "methodologies"):
        conn.execute(
            sql.SQL(
                "INSERT INTO {} VALUES ('\\x01', 'a', 1, 'smm', now(), NULL, now(), '')"
            ).format(sql.Identifier(table))
        )
    conn.execute(
        "INSERT INTO agreement_signatures VALUES ('\\x01', '\\x01', 'smm', 'north', now(), '')"
    )
    return conn


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", [*HISTORY_TABLES, *PARTITIONS])
def test_history_is_never_changed(full: Connection, table: str, change: str) -> None:
    parent = table.partition("_y2026")[0]
    column = next(iter(Base.metadata.tables[parent].columns)).name
    statement = sql.SQL(CHANGES[change]).format(
        sql.Identifier(table), column=sql.Identifier(column)
    )
    with (
        pytest.raises(DatabaseError, match="history is never changed") as caught,
        full.transaction(),
    ):
        full.execute(statement)
    assert caught.value.sqlstate == "TC001"
    kept = full.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
    assert kept.fetchone() != (0,)


def test_every_table_is_history_or_known_not_to_be() -> None:
    others = {"event_keys", "tokens", "outbox", "resend_progress", "incident_marks"}
    others |= {"shown_clocks", "kept_up"}
    assert set(Base.metadata.tables) - set(HISTORY_TABLES) == others
