"""A database that a timer could work on, for each test; made once, and copied."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from services.local.engines import Engines
from tests.integration.timer.clockwork import Clockwork, prepare


@pytest.fixture(scope="session")
def made(engines: Engines) -> str:
    """Name of a migrated database with the mission's documents, to be copied."""
    name = f"test_{uuid4().hex[:12]}"
    with psycopg.connect(engines.postgres.admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER truceline").format(sql.Identifier(name)))
    prepare(engines.postgres.url_of(name))
    return name


@pytest.fixture
def timer_url(engines: Engines, made: str) -> Iterator[str]:
    """Address of a copy, for one test alone."""
    name = f"test_{uuid4().hex[:12]}"
    copy = sql.SQL("CREATE DATABASE {} OWNER truceline TEMPLATE {}")
    with psycopg.connect(engines.postgres.admin_url, autocommit=True) as admin:
        admin.execute(copy.format(sql.Identifier(name), sql.Identifier(made)))
    yield engines.postgres.url_of(name)
    with psycopg.connect(engines.postgres.admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def work(timer_url: str) -> Clockwork:
    """A mission whose clock a test turns."""
    return Clockwork(timer_url)
