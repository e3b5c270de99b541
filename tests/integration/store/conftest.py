"""A migrated database for each module; a connection for each test, rolled back after it.

History can't be deleted, so what a test leaves behind would stay: nothing is committed.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from services.store.engine import Connection, connect
from services.store.migrate import upgrade
from services.store.partitions import ensure_partitions
from tests.unit.services.store.sample_rows import NOW


@pytest.fixture(scope="module")
def store_url(database_url: str) -> str:
    """Address of a migrated database with partitions around the samples' month."""
    upgrade(database_url)
    with connect(database_url) as conn:
        ensure_partitions(conn, NOW)
        ensure_partitions(conn, NOW + timedelta(days=95))
    return database_url


@pytest.fixture
def conn(store_url: str) -> Iterator[Connection]:
    """A connection whose work is undone."""
    with connect(store_url, name="test") as connection:
        connection.execute("SELECT")  # The transaction begins: what is tested nests in it.
        yield connection
        connection.rollback()


@pytest.fixture
def empty_migrated_url(empty_database_url: str) -> str:
    """Address of a migrated database that one test has for itself, to commit in."""
    upgrade(empty_database_url)
    with connect(empty_database_url) as conn:
        ensure_partitions(conn, NOW)
    return empty_database_url
