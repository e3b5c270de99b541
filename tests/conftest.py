"""Real engines for the tests that ask for them: started once a session, in a temporary folder.

Each test module gets a database of its own: `database_url`, or `migrated_url` with the tables in
it. Topics are shared, so tests name theirs freshly.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg.conninfo import conninfo_to_dict

from services.local.engines import Engines

# A shared, slow machine is no fault of the code: how long an example takes decides nothing here.
settings.register_profile("truceline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("truceline")


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    """PostgreSQL and Kafka, running.

    Not in pytest's temporary folder: as root that one is closed to the unprivileged account which
    runs the engines.
    """
    folder = Path(tempfile.mkdtemp(prefix="truceline-test-"))
    started = Engines(folder)
    try:
        started.start()
        yield started
    finally:
        started.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def kafka_bootstrap(engines: Engines) -> str:
    """Address of the session's Kafka."""
    return engines.kafka.bootstrap


@pytest.fixture(scope="module")
def database_url(engines: Engines) -> Iterator[str]:
    """Address of an empty database that the module has for itself."""
    with new_database(engines) as url:
        yield url


@pytest.fixture
def empty_database_url(engines: Engines) -> Iterator[str]:
    """Address of an empty database that one test has for itself."""
    with new_database(engines) as url:
        yield url


@pytest.fixture(scope="session")
def template(engines: Engines) -> Iterator[str]:
    """Name of a migrated database to copy, which takes far less than all migrations."""
    from services.store.migrate import upgrade  # noqa: PLC0415  Alembic takes its time

    with new_database(engines) as url:
        upgrade(url)
        yield name_of(url)


@pytest.fixture(scope="module")
def migrated_url(engines: Engines, template: str) -> Iterator[str]:
    """Address of a migrated database that the module has for itself."""
    with new_database(engines, template) as url:
        yield url


@pytest.fixture
def fresh_migrated_url(engines: Engines, template: str) -> Iterator[str]:
    """Address of a migrated database that one test has for itself."""
    with new_database(engines, template) as url:
        yield url


def name_of(url: str) -> str:
    """The database's name in its address."""
    return str(conninfo_to_dict(url)["dbname"])


@contextmanager
def new_database(engines: Engines, copied: str = "template1") -> Iterator[str]:
    """Address of a database made as a copy of another, which nobody is connected to."""
    name = f"test_{uuid4().hex[:12]}"
    # No connection is kept in between: the test may kill the server.
    with psycopg.connect(engines.postgres.admin_url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" OWNER truceline TEMPLATE "{copied}"'.encode())
    yield engines.postgres.url_of(name)
    with psycopg.connect(engines.postgres.admin_url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
