"""What the timer's session may do, asked of PostgreSQL itself: read its sources, add its rows."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from services.store.engine import Connection, connect
from services.store.migrate import engine
from services.store.models import Base
from services.store.timer_role import require_timer_role
from services.timer.timer import open_session
from tests.integration.timer.clockwork import Clockwork

READ = {
    "agreements",
    "methodologies",
    "context_generations",
    "corridor_availability",
    "movement_generations",
    "corridor_events",
    "channel_messages",
    "due_instants",
    "incidents",
    "incident_marks",
}
TABLES = sorted(Base.metadata.tables)
REFUSED = psycopg.errors.InsufficientPrivilege
UNCHANGEABLE = (REFUSED, psycopg.errors.GeneratedAlways)
"""The second: a number that PostgreSQL alone gives."""


@pytest.fixture
def session(work: Clockwork) -> Iterator[Connection]:
    with open_session(work.url) as conn:
        yield conn


def test_it_reads_what_it_reckons_from_and_nothing_else(session: Connection) -> None:
    for table in TABLES:
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        if table in READ:
            session.execute(query)
        else:
            with pytest.raises(REFUSED):
                session.execute(query)


def test_it_sees_every_mission_without_naming_a_scope(work: Clockwork, session: Connection) -> None:
    query = "SELECT count(*) FROM agreements"
    with connect(work.url) as owner:
        assert session.execute(query).fetchone() == owner.execute(query).fetchone() == (1,)


def test_it_adds_due_instants_and_changes_nothing(session: Connection) -> None:
    changes = ("UPDATE {} SET {} = NULL", "DELETE FROM {}", "TRUNCATE {}")
    for table in TABLES:
        column = next(iter(Base.metadata.tables[table].columns)).name
        for change in changes:
            with pytest.raises(UNCHANGEABLE):
                session.execute(
                    sql.SQL(change).format(sql.Identifier(table), sql.Identifier(column))
                )
        insert = sql.SQL("INSERT INTO {} DEFAULT VALUES").format(sql.Identifier(table))
        error = psycopg.errors.NotNullViolation if table == "due_instants" else REFUSED
        with pytest.raises(error):
            session.execute(insert)


def test_the_role_is_asked_for_again_and_is_there(work: Clockwork) -> None:
    with engine(work.url).connect() as connection:
        require_timer_role(connection)
