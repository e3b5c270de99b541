"""Errors of the store, and which of the three fates an error of the database has.

StoreError
├── SchemaError                the database's tables are not those this program was written for
│   ├── NotMigratedError       they are older: `truceline db upgrade`
│   ├── NewerDatabaseError     they are newer: install the newer program
│   ├── ApiRoleError           the gateway's role is missing or too mighty: the operator changes it
│   └── TimerRoleError         the timer's role is missing, or not given to the tables' owner
├── DocumentConflictError      another document is already stored under this id and version
└── DocumentChangedError       a stored document is not what it was when it was loaded

What psycopg raises is not wrapped: `fate_of` reads it.
"""

from __future__ import annotations

from enum import StrEnum

import psycopg


class StoreError(Exception):
    """Root of everything the store raises."""


class SchemaError(StoreError):
    """The database's tables are not those this program was written for."""


class NotMigratedError(SchemaError):
    """The tables are missing or older; the message names the command that brings them on."""


class NewerDatabaseError(SchemaError):
    """The tables were made by a newer program; this one would write what that one can't read."""


class ApiRoleError(SchemaError):
    """The gateway's role is missing and may not be made, or nothing would hold it."""


class TimerRoleError(SchemaError):
    """The role that the timer narrows itself to is missing, or the tables' owner cannot take it."""


class DocumentConflictError(StoreError):
    """Documents are immutable: another one is already stored under this id and version."""


class DocumentChangedError(StoreError):
    """A stored document's bytes do not have the hash that they are stored under."""


class Fate(StrEnum):
    """What a writer does about an error."""

    RUN_AGAIN = "run_again"
    """Roll back and run the same chunk again: somebody else was there first, all is well."""
    RETRY = "retry"
    """The database is away or refuses for now: connect anew, wait a little, the same chunk."""
    STOP = "stop"
    """Nothing that time or repetition mends: end the process, unacknowledged."""


_RUN_AGAIN = frozenset(
    {
        "23505",  # unique violation: the other worker committed this key between look and write
        "23P01",  # exclusion violation, likewise
        "40001",  # serialization failure
        "40P01",  # deadlock: the other one went on
        "55P03",  # lock not available within lock_timeout
        "57014",  # statement cancelled (timeout, or an administrator)
    }
)

_RETRY_CLASSES = frozenset(
    {
        "08",  # connection exceptions
        "53",  # disk full, out of memory, too many connections: ends when somebody acts
        "57",  # shutting down, starting up, crashed
        "58",  # the server's own I/O errors
    }
)

_STOP = frozenset(
    {
        "08P01",  # protocol violation: rows of another shape than the tables, time mends nothing
    }
)

_RETRY = frozenset(
    {
        "25006",  # read-only: a fail-over has left us on a standby
        "25P03",  # hung while readers waited for it (migration 0044), and was ended
        "55006",  # object in use
    }
)


def fate_of(error: BaseException) -> Fate:
    """What to do about an error that came out of a transaction with the store.

    Named `fate_of` and not `is_…`: its answer is one of three, each of them true.
    """
    if not isinstance(error, psycopg.Error):
        return Fate.STOP
    state = error.sqlstate
    if state is None:
        # The server said nothing: the connection broke, or could not be made, or was closed by us.
        away = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
        return Fate.RETRY if away else Fate.STOP
    if state in _STOP:
        return Fate.STOP
    if state in _RUN_AGAIN:
        return Fate.RUN_AGAIN
    if state in _RETRY or state[:2] in _RETRY_CLASSES:
        return Fate.RETRY
    return Fate.STOP
