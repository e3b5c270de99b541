"""Real engines for the tests that ask for them: started once a session, in a temporary folder.

Each test module gets a database of its own (`database_url`); topics are shared, so tests name
theirs freshly.
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
    with _database(engines) as url:
        yield url


@pytest.fixture
def empty_database_url(engines: Engines) -> Iterator[str]:
    """Address of an empty database that one test has for itself."""
    with _database(engines) as url:
        yield url


@contextmanager
def _database(engines: Engines) -> Iterator[str]:
    name = f"test_{uuid4().hex[:12]}"
    # No connection is kept in between: the test may kill the server.
    with psycopg.connect(engines.postgres.admin_url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" OWNER truceline')
    yield engines.postgres.url_of(name)
    with psycopg.connect(engines.postgres.admin_url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
