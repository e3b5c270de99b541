"""A migrated database for each module; a connection for each test, rolled back after it.

History can't be deleted, so what a test leaves behind would stay: nothing is committed.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from services.store.engine import Connection, connect
from services.store.partitions import ensure_partitions
from tests.unit.services.store.sample_rows import NOW


@pytest.fixture(scope="module")
def store_url(migrated_url: str) -> str:
    """Address of a migrated database with partitions around the samples' month."""
    with connect(migrated_url) as conn:
        ensure_partitions(conn, NOW)
        ensure_partitions(conn, NOW + timedelta(days=95))
    return migrated_url


@pytest.fixture
def conn(store_url: str) -> Iterator[Connection]:
    """A connection whose work is undone."""
    with connect(store_url, name="test") as connection:
        connection.execute("SELECT")  # The transaction begins: what is tested nests in it.
        yield connection
        connection.rollback()


@pytest.fixture
def empty_migrated_url(fresh_migrated_url: str) -> str:
    """Address of a migrated database that one test has for itself, to commit in."""
    with connect(fresh_migrated_url) as conn:
        ensure_partitions(conn, NOW)
    return fresh_migrated_url
