"""Rows of months that nobody made a partition for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.store.digest import digest
from services.store.engine import Connection
from services.store.partitions import partition_report
from services.store.tables import BY_MONTH_TABLES
from streams.inforce import Register
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, log_of
from tests.integration.worker.stored import rows
from tests.integration.worker.test_repetition import everything


@pytest.mark.parametrize("year", [2100, 9998])
def test_they_are_kept_known_again_and_reported(
    conn: Connection, register: Register, year: int
) -> None:
    with conn.transaction(force_rollback=True):
        take_in_log(conn, register, log_of(everything()))
        usual = digest(conn)
    then = datetime(year, 7, 1, tzinfo=UTC)
    take_in_log(conn, register, log_of(everything(), since=then))
    take_in_log(conn, register, log_of(everything(), since=then))
    assert digest(conn) == usual
    strays = dict(partition_report(conn, RECEIVED).strays)
    assert strays.keys() == set(BY_MONTH_TABLES) - {"receipts"}  # those are the gateway's
    assert rows(conn, "SELECT count(*) FROM submissions") == [(strays["submissions"],)]
