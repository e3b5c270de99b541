"""Two relays as processes, one of them killed: order and completeness, and who takes over."""

from __future__ import annotations

import signal
import time

import psycopg
import pytest

from services.local.endpoints import DATABASE_VARIABLE
from services.store.engine import connect
from services.store.outbox import CHANNEL
from tests.integration.programs import ended_without_database, running
from tests.integration.relay.crew import until, waiting_rows
from tests.integration.relay.test_relay import in_order, of_every_source, post_all
from tests.integration.relay.topic import Tail

MEMBERS = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'truceline relay%'"


def sessions(url: str) -> int:
    with connect(url) as conn:
        row = conn.execute(MEMBERS + " AND datname = current_database()").fetchone()
        assert row is not None
        return int(row[0])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_one_of_two_relays_ends_and_the_other_goes_on_in_order(
    relay_url: str, kafka_bootstrap: str, tail: Tail, number: signal.Signals
) -> None:
    with (
        running("services.relay", relay_url, kafka_bootstrap) as one,
        running("services.relay", relay_url, kafka_bootstrap) as other,
    ):
        until(lambda: sessions(relay_url) == 2)
        posted = 0
        for turn in range(12):
            posted += post_all(relay_url, of_every_source(turn * 5, 5))
            if turn == 5:
                one.send_signal(number)
                one.wait(timeout=20)
                ended = time.monotonic()
        until(lambda: waiting_rows(relay_url) == 0, 10.0)
        assert time.monotonic() - ended < 10.0, "its lanes were not taken over within seconds"
        tail.take(posted)
        assert other.poll() is None
    assert in_order(tail, 60)
    assert one.returncode == (-signal.SIGKILL if number is signal.SIGKILL else 0)


def test_without_a_database_it_says_what_to_do(kafka_bootstrap: str) -> None:
    done = ended_without_database("services.relay", kafka_bootstrap)
    assert done.returncode == 78
    assert DATABASE_VARIABLE in done.stderr.decode()


def test_the_channel_is_a_plain_word() -> None:
    assert psycopg.sql.Identifier(CHANNEL).as_string() == f'"{CHANNEL}"'
    assert CHANNEL.replace("_", "").isalpha()
