import faulthandler
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Event, Thread

import psycopg
import pytest

from services.store.engine import Connection, connect
from services.store.partitions import (
    Month,
    ensure_month,
    ensure_partitions,
    partition_report,
)
from services.store.rows import BatchRows
from services.store.tables import BY_MONTH_TABLES
from services.store.write import copy_batch
from tests.unit.services.store.sample_rows import add_report, rejected_row, submission

FAR = datetime(2031, 5, 17, tzinfo=UTC)
"""A month that nobody has made a partition for."""


def batch_received(at: datetime, count: int = 3) -> BatchRows:
    rows = BatchRows()
    for number in range(count):
        add_report(rows, submission(number, received_at=at), violates=True)
    rows.rejected.append(rejected_row(received_at=at))
    return rows


def where_submissions_lie(conn: Connection) -> dict[str, int]:
    return dict(
        conn.execute("SELECT tableoid::regclass::text, count(*) FROM submissions GROUP BY 1")
    )


PATIENCE_S = 60.0


def join_or_tell(threads: Sequence[Thread], url: str) -> None:
    """Wait for threads; where one hangs, say what each session waits for and where they stand."""
    deadline = time.monotonic() + PATIENCE_S
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    if any(thread.is_alive() for thread in threads):
        faulthandler.dump_traceback(sys.__stderr__ or 2)
        with connect(url) as conn:
            sessions = conn.execute(
                "SELECT pid, pg_blocking_pids(pid), state, wait_event, query FROM pg_stat_activity"
                " WHERE datname = current_database()"
            ).fetchall()
        pytest.fail(f"not done after {PATIENCE_S:.0f} s: {sessions}")


def test_months_are_made_ahead_and_only_once(conn: Connection) -> None:
    made = ensure_partitions(conn, FAR, months=2)
    months = [Month(2031, number) for number in (4, 5, 6, 7)]
    assert made == [month.partition_of(table) for month in months for table in BY_MONTH_TABLES]
    assert ensure_partitions(conn, FAR, months=2) == []
    assert ensure_partitions(conn, FAR, months=3) == [
        Month(2031, 8).partition_of(table) for table in BY_MONTH_TABLES
    ]


def test_rows_go_to_their_month_by_utc(conn: Connection) -> None:
    ensure_partitions(conn, FAR)
    last_of_may = datetime.fromisoformat("2031-06-01T01:30:00+02:00")
    copy_batch(conn, batch_received(last_of_may))
    assert where_submissions_lie(conn) == {"submissions_y2031m05": 3}


def test_a_month_without_partition_loses_nothing_and_is_reported(conn: Connection) -> None:
    copy_batch(conn, batch_received(FAR))
    assert where_submissions_lie(conn) == {"submissions_default": 3}
    report = partition_report(conn, FAR)
    assert dict(report.strays) == {
        "submissions": 3,
        "assessments": 3,
        "violations": 3,
        "rejected": 1,
    }
    assert "violations_y2031m05" in report.missing
    assert len(report.missing) == 4 * len(BY_MONTH_TABLES)


def test_making_the_month_later_moves_what_waited_for_it(conn: Connection) -> None:
    copy_batch(conn, batch_received(FAR))
    other = BatchRows()
    add_report(other, submission(9, received_at=FAR.replace(year=2032)))
    copy_batch(conn, other)
    ensure_partitions(conn, FAR)
    assert where_submissions_lie(conn) == {"submissions_y2031m05": 3, "submissions_default": 1}
    assert dict(partition_report(conn, FAR).strays) == {"submissions": 1, "assessments": 1}
    assert partition_report(conn, FAR).missing == ()
    kept = conn.execute("SELECT count(*) FROM violations_y2031m05").fetchone()
    assert kept == (3,)
    more = BatchRows()
    add_report(more, submission(10, received_at=FAR))
    copy_batch(conn, more)
    assert where_submissions_lie(conn)["submissions_y2031m05"] == 4


def test_a_moved_month_is_guarded_like_any_other(conn: Connection) -> None:
    copy_batch(conn, batch_received(FAR))
    ensure_month(conn, "submissions", Month.of(FAR))
    triggers = """
        SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal
        AND tgrelid IN ('submissions_y2031m05'::regclass, 'submissions_default'::regclass)
        ORDER BY 1, 2
    """
    assert conn.execute(triggers).fetchall() == [
        ("submissions_default", "history_rows"),
        ("submissions_default", "history_table"),
        ("submissions_y2031m05", "history_rows"),
        ("submissions_y2031m05", "history_table"),
    ]


def test_a_crash_while_moving_leaves_everything_where_it_was(conn: Connection) -> None:
    copy_batch(conn, batch_received(FAR))
    with conn.transaction(force_rollback=True):
        ensure_month(conn, "submissions", Month.of(FAR))
        assert where_submissions_lie(conn) == {"submissions_y2031m05": 3}
    assert where_submissions_lie(conn) == {"submissions_default": 3}


def test_programs_that_start_together_and_writers_do_not_disturb_each_other(
    fresh_migrated_url: str,
) -> None:
    failures: list[BaseException] = []

    def make() -> None:
        try:
            with connect(fresh_migrated_url) as conn:
                ensure_partitions(conn, FAR)
        except Exception as error:  # noqa: BLE001 (any failure at all is what the test looks for)
            failures.append(error)

    def write(source: str) -> None:
        try:
            with connect(fresh_migrated_url) as conn:
                for number in range(20):
                    rows = BatchRows()
                    add_report(rows, submission(number, source=source, received_at=FAR))
                    copy_batch(conn, rows)
                    conn.commit()
        except Exception as error:  # noqa: BLE001 (any failure at all is what the test looks for)
            failures.append(error)

    threads = [
        Thread(target=make, daemon=True),
        Thread(target=make, daemon=True),
        Thread(target=write, args=["patrol-1"], daemon=True),
        Thread(target=write, args=["patrol-2"], daemon=True),
    ]
    for thread in threads:
        thread.start()
    join_or_tell(threads, fresh_migrated_url)
    assert failures == []
    with connect(fresh_migrated_url) as conn:
        assert where_submissions_lie(conn) == {"submissions_y2031m05": 40}


def test_a_program_that_stands_still_while_it_moves_a_month_does_not_hold_up_writers_for_good(
    fresh_migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.store.partitions.IDLE_TIMEOUT_MS", "500")
    holds, told = Event(), list[BaseException]()

    def stand_still() -> None:
        with connect(fresh_migrated_url) as conn:
            copy_batch(conn, batch_received(FAR))
            conn.commit()
            try:
                with conn.transaction():
                    ensure_month(conn, "submissions", Month.of(FAR))
                    holds.set()
                    time.sleep(2)  # as a process that is stopped, or whose machine is
                    conn.execute("SELECT 1")
            except psycopg.Error as error:
                told.append(error)

    standing = Thread(target=stand_still, daemon=True)
    standing.start()
    assert holds.wait(PATIENCE_S)
    with connect(fresh_migrated_url) as conn:
        conn.execute("SET lock_timeout = '20s'")
        rows = BatchRows()
        add_report(rows, submission(9, received_at=FAR))
        copy_batch(conn, rows)
        conn.commit()
        assert where_submissions_lie(conn) == {"submissions_default": 4}
    join_or_tell([standing], fresh_migrated_url)
    assert len(told) == 1
