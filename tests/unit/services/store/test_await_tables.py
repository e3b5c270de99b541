"""A worker that starts before its database waits for it, and for nothing else."""

from __future__ import annotations

import psycopg
import pytest

from services.store.await_tables import await_tables
from services.store.errors import NotMigratedError
from services.worker.transact import LONGEST_WAIT_S


class Database:
    """Answers each check with the next of these; then all is well."""

    def __init__(self, *answers: Exception) -> None:
        self._answers = list(answers)
        self.waits: list[float] = []

    def check(self, url: str) -> None:
        assert url == "url"
        if self._answers:
            raise self._answers.pop(0)


def test_a_database_that_is_away_or_recovering_is_waited_for() -> None:
    away = psycopg.OperationalError("connection refused")
    starting = psycopg.errors.CannotConnectNow("the database system is starting up")
    database = Database(*[away] * 10, starting)
    await_tables("url", check=database.check, sleep=database.waits.append)
    assert len(database.waits) == 11
    assert database.waits == sorted(database.waits)
    assert database.waits[-1] == LONGEST_WAIT_S


@pytest.mark.parametrize(
    "error",
    [
        NotMigratedError("run `truceline db upgrade` first"),
        psycopg.errors.InsufficientPrivilege("permission denied"),
    ],
)
def test_what_time_does_not_mend_is_raised_at_once(error: Exception) -> None:
    database = Database(error)
    with pytest.raises(type(error)):
        await_tables("url", check=database.check, sleep=database.waits.append)
    assert database.waits == []


def test_nobody_at_the_address_is_a_database_that_is_away() -> None:
    def stop(_: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        await_tables("postgresql:///x?host=/nonexistent", sleep=stop)
