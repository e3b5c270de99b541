import psycopg
import pytest
from psycopg import errors

from services.store.errors import Fate, StoreError, fate_of


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (errors.UniqueViolation, Fate.RUN_AGAIN),
        (errors.DeadlockDetected, Fate.RUN_AGAIN),
        (errors.SerializationFailure, Fate.RUN_AGAIN),
        (errors.LockNotAvailable, Fate.RUN_AGAIN),
        (errors.QueryCanceled, Fate.RUN_AGAIN),
        (errors.AdminShutdown, Fate.RETRY),
        (errors.CrashShutdown, Fate.RETRY),
        (errors.CannotConnectNow, Fate.RETRY),
        (errors.ConnectionFailure, Fate.RETRY),
        (errors.TooManyConnections, Fate.RETRY),
        (errors.DiskFull, Fate.RETRY),
        (errors.IoError, Fate.RETRY),
        (errors.ReadOnlySqlTransaction, Fate.RETRY),
        (psycopg.OperationalError, Fate.RETRY),
        (psycopg.InterfaceError, Fate.RETRY),
        (errors.UndefinedTable, Fate.STOP),
        (errors.UndefinedColumn, Fate.STOP),
        (errors.NotNullViolation, Fate.STOP),
        (errors.InsufficientPrivilege, Fate.STOP),
        (errors.InvalidPassword, Fate.STOP),
        (errors.DataCorrupted, Fate.STOP),
        (psycopg.ProgrammingError, Fate.STOP),
    ],
)
def test_each_error_of_the_database_has_one_fate(error: type[psycopg.Error], fate: Fate) -> None:
    assert fate_of(error("said by the server")) is fate


@pytest.mark.parametrize("error", [ValueError("ours"), StoreError("ours"), KeyboardInterrupt()])
def test_what_the_database_did_not_say_stops_the_process(error: BaseException) -> None:
    assert fate_of(error) is Fate.STOP
