"""A migrated database with both missions' documents, for each module; a connection for each test.

History can't be deleted: a test that commits takes `fresh_url`, or ids of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.load import load_documents
from services.store.engine import Connection, connect
from services.store.partitions import ensure_partitions
from services.worker.documents import load_register
from streams.inforce import Register
from tests.integration.kept_up import keep_up
from tests.integration.worker.ground import OTHER_MISSION, agreement, methodology
from tests.integration.worker.records import RECEIVED
from tests.integration.worker.shown import shown_as_received
from tests.unit.streams.builders import MISSION


@pytest.fixture(scope="package", autouse=True)
def shown() -> Iterator[None]:
    """What these tests take in is seen when it is received."""
    with shown_as_received():
        yield


def prepare(url: str) -> None:
    """Load both missions' documents into a migrated database."""
    with connect(url) as conn:
        ensure_partitions(conn, RECEIVED)
        documents = [make() for make in (agreement, methodology)]
        documents += [make(OTHER_MISSION) for make in (agreement, methodology)]
        load_documents(conn, documents, RECEIVED)
        keep_up(conn, MISSION, OTHER_MISSION)


@pytest.fixture(scope="module")
def worker_url(migrated_url: str) -> str:
    """Address of a database that a worker could work on."""
    prepare(migrated_url)
    return migrated_url


@pytest.fixture
def fresh_url(fresh_migrated_url: str) -> str:
    """The same, for one test alone."""
    prepare(fresh_migrated_url)
    return fresh_migrated_url


@pytest.fixture
def conn(worker_url: str) -> Iterator[Connection]:
    """A connection whose work is undone."""
    with connect(worker_url, name="test") as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def register(conn: Connection) -> Register:
    """What is in force."""
    return load_register(conn)


@pytest.fixture(scope="module")
def session(worker_url: str) -> Iterator[Connection]:
    """One connection for all examples: each is undone in its own savepoint."""
    with connect(worker_url, name="test") as connection:
        yield connection
        connection.rollback()


@pytest.fixture(scope="module")
def in_force(session: Connection) -> Register:
    """What is in force there."""
    return load_register(session)
