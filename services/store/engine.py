"""Connections to PostgreSQL.

Place on the data's way: under everything in the store. All read the same URL as libpq does,
``postgresql://user@host/database`` or with ``?host=/folder/of/the/socket``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, TypeVar

import psycopg
from psycopg.rows import TupleRow

from services.store.arrays import register_arrays
from services.store.instants import register_instants
from services.store.values import register_values

Connection: TypeAlias = psycopg.Connection[TupleRow]
"""A psycopg connection as `connect` makes it."""

R = TypeVar("R")

Answer: TypeAlias = Callable[[], R]
"""What was asked, to be called where it is answered: at once, or when the pipeline is left."""

CONNECT_TIMEOUT_S = 10


_PLANNED_ONCE = " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off"
"""Left to itself PostgreSQL plans a statement over arrays anew each time, since it takes those that
it is shown for shorter than any others. A plan that is kept was made while tables were empty, and
must hold when they are full."""


def connect(
    url: str, *, name: str = "truceline", scoped: bool = False, planned_once: bool = False
) -> Connection:
    """A connection that begins a transaction at the first statement; its time zone is UTC.

    Args:
        url: the database.
        name: shown in ``pg_stat_activity``.
        scoped: whether row-level security may leave rows out; the gateway's role, which names its
            scope (`scope`). To all else a table that is not seen whole is an error: a role that
            lacks BYPASSRLS would be told, calmly, that nothing happened.
        planned_once: whether each statement is planned when it is first run and never again, by
            indexes alone: for a program that runs few statements over and over.

    Raises:
        psycopg.OperationalError: nobody answers.
    """
    connection = psycopg.connect(
        url,
        application_name=name,
        connect_timeout=CONNECT_TIMEOUT_S,
        options=f"-c timezone=UTC -c row_security={'on' if scoped else 'off'}"
        f"{_PLANNED_ONCE if planned_once else ''}",
    )
    if planned_once:
        connection.prepare_threshold = 0
    register_instants(connection)
    register_values(connection)
    register_arrays(connection)
    return connection
