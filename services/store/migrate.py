"""Bring the database's tables to what this program was written for.

Place on the data's way: before it; `truceline db upgrade` and `truceline up` call `upgrade`,
everything else that writes calls `check_version` first.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from importlib.util import find_spec

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection as SqlConnection
from sqlalchemy import inspect, text

from services.store.engine import connect, engine
from services.store.errors import NewerDatabaseError, NotMigratedError, SchemaError
from services.store.partitions import ensure_partitions

ONE_AT_A_TIME = 0x7472_7563_6D69_6772
"""Advisory lock: two programs that start together do not migrate at once."""


class SchemaState(StrEnum):
    """Where the database's tables stand."""

    EMPTY = "empty"
    BEHIND = "behind"
    CURRENT = "current"


def upgrade(url: str) -> None:
    """Migrate to the newest revision, and make the month partitions of now and ahead.

    Safe to call at every start. Raises `NewerDatabaseError`.
    """
    with engine(url).connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:it)"), {"it": ONE_AT_A_TIME})
        connection.commit()
        if state_of(connection) is not SchemaState.CURRENT:
            command.upgrade(configuration(connection), "head")
    with connect(url, name="truceline migrate") as conn:
        ensure_partitions(conn, datetime.now(UTC))


def downgrade(url: str, revision: str = "base") -> None:
    """Go back to an older revision; for tests and for developers, it drops what was stored."""
    with engine(url).connect() as connection:
        command.downgrade(configuration(connection), revision)


def check_version(url: str) -> None:
    """Return if the tables are this program's.

    Raises `NotMigratedError` (the message names the command) or `NewerDatabaseError`.
    """
    with engine(url).connect() as connection:
        state = state_of(connection)
    if state is not SchemaState.CURRENT:
        raise NotMigratedError(
            f"the database's tables are {state}: run `truceline db upgrade` first"
        )


def state_of(connection: SqlConnection) -> SchemaState:
    """Where the database's tables stand; raises `NewerDatabaseError`."""
    if not inspect(connection).has_table("alembic_version"):
        return SchemaState.EMPTY
    stored = list(connection.scalars(text("SELECT version_num FROM alembic_version")))
    connection.commit()
    script = ScriptDirectory.from_config(configuration(connection))
    known = {revision.revision for revision in script.walk_revisions()}
    unknown = sorted(set(stored) - known)
    if unknown:
        raise NewerDatabaseError(
            f"the database is at revision {', '.join(unknown)}, this program knows none after"
            f" {script.get_current_head()}: install the newer program that made it"
        )
    if not stored:
        return SchemaState.EMPTY
    return SchemaState.CURRENT if stored == script.get_heads() else SchemaState.BEHIND


def configuration(connection: SqlConnection) -> Config:
    """Alembic's configuration, from code; migrations run on `connection`."""
    spec = find_spec("migrations")
    if spec is None or not spec.submodule_search_locations:
        raise SchemaError("the package `migrations` is not installed: install truceline again")
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", spec.submodule_search_locations[0].replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
