"""Who asks while the store cannot answer is told to come again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from services.gateway.problems import Code, ProblemError
from services.gateway.readers import Readers
from services.settings import Settings
from services.store.engine import Connection
from services.tokens.token import Role, Token

NOW = datetime.now(UTC)
TOKEN = Token(
    *("tok-0123456789ab", "test", "smm", None, frozenset({Role.AUDITOR}), frozenset()),
    *(NOW, NOW + timedelta(days=1)),
)
NOWHERE = "postgresql://truceline_api@127.0.0.1:1/none"


def ask(url: str, *questions: Callable[[Connection], object]) -> list[object]:
    async def all_of_them() -> list[object]:
        readers = Readers(url, lambda: None)
        try:
            return [await readers.ask(TOKEN, question) for question in questions]
        finally:
            readers.stop()

    return asyncio.run(all_of_them())


def one(conn: Connection) -> object:
    return conn.execute("SELECT current_setting('truceline.missions')").fetchone()


def test_a_database_that_is_away_is_said_to_be_so() -> None:
    with pytest.raises(ProblemError) as told:
        ask(NOWHERE, one)
    assert told.value.code is Code.STORE_AWAY
    assert told.value.retry_after_s


def test_a_question_that_takes_too_long_is_ended(gateway_settings: Settings) -> None:
    def slow(conn: Connection) -> None:
        conn.execute("SET LOCAL statement_timeout = '50ms'")
        conn.execute("SELECT pg_sleep(5)")

    with pytest.raises(ProblemError) as told:
        ask(gateway_settings.api_database(), slow)
    assert told.value.code is Code.TOOK_TOO_LONG


def test_a_reader_cannot_write(gateway_settings: Settings) -> None:
    def write(conn: Connection) -> None:
        conn.execute("INSERT INTO event_keys (key, kind) VALUES (gen_random_uuid(), 1)")

    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        ask(gateway_settings.api_database(), write)


def test_a_connection_that_broke_meanwhile_is_made_anew(gateway_settings: Settings) -> None:
    def broken(conn: Connection) -> object:
        if not seen:
            seen.append(conn)
            conn.close()
        return one(conn)

    seen: list[Connection] = []
    assert ask(gateway_settings.api_database(), broken, one) == [("smm",), ("smm",)]
