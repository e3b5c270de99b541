"""Timers as processes: they write what is due, take over from each other, and say what is amiss."""

from __future__ import annotations

import signal

from services.local.endpoints import DATABASE_VARIABLE
from services.make_topics import make_topics
from tests.integration.programs import ended_without_database, running
from tests.integration.relay.crew import until
from tests.integration.timer.clockwork import ALWAYS, Clockwork
from tests.unit.streams.context.said import begins


def test_one_of_two_timers_is_killed_and_the_other_goes_on(
    work: Clockwork, kafka_bootstrap: str
) -> None:
    make_topics(kafka_bootstrap)
    with (
        running("services.timer", work.url, kafka_bootstrap) as one,
        running("services.timer", work.url, kafka_bootstrap) as other,
    ):
        until(lambda: work.standing() == ALWAYS)
        one.kill()
        work.hear(begins("d", hour=3), hour=4)
        until(lambda: len(work.rows()) == 4)
        other.send_signal(signal.SIGTERM)
        assert other.wait(timeout=20) == 0
    assert {row[3:] for row in work.rows()} == {(1, True)}


def test_without_a_database_it_says_what_to_do(kafka_bootstrap: str) -> None:
    done = ended_without_database("services.timer", kafka_bootstrap)
    assert done.returncode == 78
    assert DATABASE_VARIABLE in done.stderr.decode()
