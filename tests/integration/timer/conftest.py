"""A database that a timer could work on; made once, and emptied before each test."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from services.local.engines import Engines
from services.store.engine import connect
from services.store.migrate import upgrade
from services.store.partitions import ensure_partitions
from tests.integration.timer.clockwork import Clockwork
from tests.unit.streams.builders import NOON


@pytest.fixture(scope="session")
def made(engines: Engines) -> str:
    """Name of a migrated database."""
    name = f"test_{uuid4().hex[:12]}"
    with psycopg.connect(engines.postgres.admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER truceline").format(sql.Identifier(name)))
    upgrade(engines.postgres.url_of(name))
    with connect(engines.postgres.url_of(name)) as conn:
        ensure_partitions(conn, NOON)
    return name


@pytest.fixture
def work(engines: Engines, made: str) -> Clockwork:
    """A mission whose clock a test turns; its documents, and nothing else, in the database."""
    work = Clockwork(engines.postgres.url_of(made), engines.postgres.url_of(made, role="postgres"))
    work.empty()
    return work
