"""Month partitions: made ahead, and a default one that is watched.

Place on the data's way: under submissions, assessments, violations, rejected and receipts, which
are partitioned by the month in which they were received. A row whose month has no partition
lands in the default partition: nothing is lost, and making the month later moves it there. An
operator sees both in `partition_report`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from psycopg import sql
from psycopg.errors import CheckViolation

from services.store.engine import Connection
from services.store.tables import BY_MONTH_TABLES

ONE_AT_A_TIME = 0x7472_7563_6D6F_6E74
"""Advisory lock: two programs that start together do not make the same month twice."""

LOCK_TIMEOUT_MS = "5000"
IDLE_TIMEOUT_MS = "10000"
"""The server ends a program that stands still so long while it makes a partition: all writers wait
for the locks that it holds, and nothing else would ever take them from it."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month, UTC."""

    year: int
    month: int

    @classmethod
    def of(cls, instant: datetime) -> Month:
        """The month an instant lies in."""
        utc = instant.astimezone(UTC)
        return cls(utc.year, utc.month)

    def plus(self, months: int) -> Month:
        """The month so many months later, or earlier."""
        count = self.year * 12 + self.month - 1 + months
        return Month(count // 12, count % 12 + 1)

    @property
    def start(self) -> datetime:
        """Its first instant."""
        return datetime(self.year, self.month, 1, tzinfo=UTC)

    def partition_of(self, table: str) -> str:
        """The name of a table's partition for this month."""
        return f"{table}_y{self.year:04}m{self.month:02}"


@dataclass(frozen=True, slots=True)
class PartitionReport:
    """What an operator must know about partitions; all is well when both are empty."""

    strays: tuple[tuple[str, int], ...]
    """Tables with rows in their default partition, and how many."""
    missing: tuple[str, ...]
    """Partitions of this month and of the months ahead that have not been made."""


def ensure_partitions(conn: Connection, now: datetime, months: int = 3) -> list[str]:
    """Make the partitions of last month, of this one and of `months` ahead; name what was made.

    Call it outside of a transaction: each partition is made in one of its own, so that writers
    wait for a moment only. A crash between two leaves the rest for the next call.
    """
    wanted = [
        (table, Month.of(now).plus(ahead))
        for ahead in range(-1, months + 1)
        for table in BY_MONTH_TABLES
    ]
    return [
        month.partition_of(table) for table, month in wanted if ensure_month(conn, table, month)
    ]


def ensure_month(conn: Connection, table: str, month: Month) -> bool:
    """Make one partition, and move what waits for it in the default one; False if it is there."""
    with conn.transaction():
        conn.execute(
            "SELECT set_config('lock_timeout', %s, true),"
            " set_config('idle_in_transaction_session_timeout', %s, true)",
            [LOCK_TIMEOUT_MS, IDLE_TIMEOUT_MS],
        )
        conn.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        if _exists(conn, month.partition_of(table)):
            return False
        try:
            with conn.transaction():
                _attach(conn, table, month)
        except CheckViolation:
            # The default partition holds rows of this month; the savepoint has undone the attempt.
            _attach_and_move(conn, table, month)
    return True


def partition_report(conn: Connection, now: datetime, months: int = 3) -> PartitionReport:
    """Rows that lie in default partitions, and partitions that are missing from now on."""
    counts = [(table, _rows_in_default(conn, table)) for table in BY_MONTH_TABLES]
    names = [
        Month.of(now).plus(ahead).partition_of(table)
        for ahead in range(months + 1)
        for table in BY_MONTH_TABLES
    ]
    return PartitionReport(
        strays=tuple((table, count) for table, count in counts if count),
        missing=tuple(name for name in names if not _exists(conn, name)),
    )


def _exists(conn: Connection, name: str) -> bool:
    row = conn.execute("SELECT to_regclass(%s) IS NOT NULL", [name]).fetchone()
    return row is not None and bool(row[0])


def _rows_in_default(conn: Connection, table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(f"{table}_default"))
    row = conn.execute(query).fetchone()
    return 0 if row is None else int(row[0])


def _attach(conn: Connection, table: str, month: Month) -> None:
    """Make the partition beside the table, then attach it: writers of other months go on.

    Raises `CheckViolation` where the default partition holds rows of the month.
    """
    names = _names(table, month)
    conn.execute(
        sql.SQL(
            "CREATE TABLE {part} (LIKE {table} INCLUDING STORAGE INCLUDING COMPRESSION)"
        ).format(**names)
    )
    conn.execute(
        sql.SQL(
            "ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES FROM ({lo}) TO ({hi})"
        ).format(**names)
    )
    conn.execute(
        sql.SQL(
            "CREATE TRIGGER history_table BEFORE TRUNCATE ON {part}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
        ).format(**names)
    )


def _attach_and_move(conn: Connection, table: str, month: Month) -> None:
    """The same with the default partition taken off meanwhile; all in the caller's transaction.

    Taken off, the default partition has no trigger that guards history, so that its rows can be
    moved; nobody sees the table without them, because the lock is held until the commit.
    """
    names = _names(table, month)
    for statement in (
        "LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
        "ALTER TABLE {table} DETACH PARTITION {default}",
    ):
        conn.execute(sql.SQL(statement).format(**names))
    _attach(conn, table, month)
    for statement in (
        "INSERT INTO {part} SELECT * FROM {default} WHERE {ours}",
        "DELETE FROM {default} WHERE {ours}",
        "ALTER TABLE {table} ATTACH PARTITION {default} DEFAULT",
    ):
        conn.execute(sql.SQL(statement).format(**names))


def _names(table: str, month: Month) -> dict[str, sql.Composable]:
    return {
        "table": sql.Identifier(table),
        "part": sql.Identifier(month.partition_of(table)),
        "default": sql.Identifier(f"{table}_default"),
        "lo": sql.Literal(month.start.isoformat()),
        "hi": sql.Literal(month.plus(1).start.isoformat()),
        "ours": sql.SQL("received_at >= {} AND received_at < {}").format(
            month.start, month.plus(1).start
        ),
    }
