"""Revision: whether the database's tables are those that this program was written for.

Place on the data's way: before it; everything that reads or writes calls `check_version` first.
`migrate` brings them there. What is asked at each start needs neither Alembic nor SQLAlchemy: they
take as long to import as all else of a relay.
"""

from __future__ import annotations

from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

from services.store.engine import Connection, connect
from services.store.errors import NewerDatabaseError, NotMigratedError, SchemaError


class SchemaState(StrEnum):
    """Where the database's tables stand."""

    EMPTY = "empty"
    BEHIND = "behind"
    CURRENT = "current"


def check_version(url: str) -> None:
    """Return if the tables are this program's.

    Raises `NotMigratedError` (the message names the command) or `NewerDatabaseError`.
    """
    with connect(url, name="truceline check") as conn:
        state = state_of(conn)
    if state is not SchemaState.CURRENT:
        raise NotMigratedError(
            f"the database's tables are {state}: run `truceline db upgrade` first"
        )


def state_of(conn: Connection) -> SchemaState:
    """Where the database's tables stand; raises `NewerDatabaseError`."""
    (table,) = conn.execute("SELECT to_regclass('alembic_version')").fetchone() or (None,)
    if table is None:
        return SchemaState.EMPTY
    stored = [name for (name,) in conn.execute("SELECT version_num FROM alembic_version")]
    known = known_revisions()
    unknown = sorted(set(stored) - set(known))
    if unknown:
        raise NewerDatabaseError(
            f"the database is at revision {', '.join(unknown)}, this program knows none after"
            f" {known[-1]}: install the newer program that made it"
        )
    if not stored:
        return SchemaState.EMPTY
    return SchemaState.CURRENT if stored == known[-1:] else SchemaState.BEHIND


def known_revisions() -> list[str]:
    """The revisions that this program has, oldest first: the numbers before the files' names."""
    files = (migrations() / "versions").glob("[0-9]*_*.py")
    return sorted(file.name.partition("_")[0] for file in files)


def migrations() -> Path:
    """The folder of the package `migrations`."""
    spec = find_spec("migrations")
    if spec is None or not spec.submodule_search_locations:
        raise SchemaError("the package `migrations` is not installed: install truceline again")
    return Path(spec.submodule_search_locations[0])
