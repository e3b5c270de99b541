"""A database that a timer could work on; made once, and emptied before each test."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from services.load import load_documents
from services.local.engines import Engines
from services.store.engine import connect
from services.store.migrate import upgrade
from services.store.models import Base
from services.store.partitions import ensure_partitions
from tests.integration.timer.clockwork import LOADED, Clockwork, document
from tests.unit.streams.builders import NOON
from tests.unit.streams.context.said import METHODOLOGY


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
def timer_url(engines: Engines, made: str) -> str:
    """Its address, with the mission's documents and nothing else in it."""
    with psycopg.connect(engines.postgres.url_of(made, role="postgres")) as admin:
        # Who owns the tables may not delete history; a superuser may leave its triggers out.
        admin.execute("SET session_replication_role = replica")
        for table in Base.metadata.tables:
            admin.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    url = engines.postgres.url_of(made)
    with connect(url) as conn:
        load_documents(conn, [document(), METHODOLOGY], LOADED)
    return url


@pytest.fixture
def work(timer_url: str) -> Clockwork:
    """A mission whose clock a test turns."""
    return Clockwork(timer_url)
