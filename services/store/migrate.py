"""Bring the database's tables to what this program was written for.

Place on the data's way: before it; `truceline db upgrade` and `truceline up` call `upgrade`,
everything else asks `revision` whether that was done.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection as SqlConnection
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from services.store.engine import connect
from services.store.partitions import ensure_partitions
from services.store.revision import SchemaState, migrations, state_of

ONE_AT_A_TIME = 0x7472_7563_6D69_6772
"""Advisory lock: two programs that start together do not migrate at once."""


def engine(url: str) -> Engine:
    """A SQLAlchemy engine without a pool, which connects once; libpq alone reads the URL."""
    return create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool
    )


def upgrade(url: str) -> None:
    """Migrate to the newest revision, and make the month partitions of now and ahead.

    Safe to call at every start. Raises `NewerDatabaseError`, and what psycopg raises.
    """
    with _session(url) as connection:
        connection.execute(text("SELECT pg_advisory_lock(:it)"), {"it": ONE_AT_A_TIME})
        connection.commit()
        with connect(url, name="truceline migrate") as conn:
            state = state_of(conn)
        if state is not SchemaState.CURRENT:
            command.upgrade(configuration(connection), "head")
    with connect(url, name="truceline migrate") as conn:
        ensure_partitions(conn, datetime.now(UTC))


def downgrade(url: str, revision: str = "base") -> None:
    """Go back to an older revision; for tests and for developers, it drops what was stored."""
    with _session(url) as connection:
        command.downgrade(configuration(connection), revision)


@contextmanager
def _session(url: str) -> Iterator[SqlConnection]:
    """A connection; what goes wrong on it is raised as psycopg has it, as all over the store."""
    try:
        with engine(url).connect() as connection:
            yield connection
    except DBAPIError as error:  # not handled here: said in the words of those who handle it
        raise error.orig or error from error


def configuration(connection: SqlConnection) -> Config:
    """Alembic's configuration, from code; migrations run on `connection`."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(migrations()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
