"""While events wait, nobody is told that a corridor can be used; what is closed stays closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from kafka.errors import KafkaError

from services import behind
from services.behind import SYSTEM_BEHIND, ask_lag, judged_in_kafka, overlay
from services.lag import Lag
from services.settings import Settings
from services.store.generations import StoredInterval

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def interval(state: str, start: datetime, end: datetime | None) -> StoredInterval:
    return StoredInterval(start, end, state, "said", ("source/id",), end)


def test_what_is_usable_now_is_cut_at_now_and_unknown_from_then_on() -> None:
    told = overlay([interval("open", NOON - HOUR, NOON + HOUR)], NOON)
    assert [(i.starts_at, i.ends_at, i.state) for i in told] == [
        (NOON - HOUR, NOON, "open"),
        (NOON, NOON + HOUR, "unknown"),
    ]
    assert (told[1].cause, told[1].cause_events, told[1].not_valid_after) == (
        SYSTEM_BEHIND,
        (),
        None,
    )


@pytest.mark.parametrize("state", ["open", "impeded"])
def test_what_would_be_usable_later_is_unknown(state: str) -> None:
    (told,) = overlay([interval(state, NOON + HOUR, None)], NOON)
    assert (told.starts_at, told.state) == (NOON + HOUR, "unknown")


@pytest.mark.parametrize("state", ["closed", "suspended", "unknown"])
def test_what_nobody_may_use_stays_as_it_is(state: str) -> None:
    given = interval(state, NOON - HOUR, None)
    assert overlay([given], NOON) == [given]


def test_the_past_stays_as_it_was() -> None:
    given = interval("open", NOON - 2 * HOUR, NOON)
    assert overlay([given], NOON) == [given]


def settings(kafka: str | None) -> Settings:
    return Settings(None, kafka, Path("keys"), "group")


@pytest.mark.parametrize(
    ("lag", "judged_s"),
    [
        (Lag(0, 2, None, ()), 0),
        (Lag(0, 2, None, (), began_at=NOON - timedelta(seconds=7)), -7),
        (Lag(1, 2, 59.0, ()), -59),
        (Lag(1, 2, 59.0, (), began_at=NOON - timedelta(seconds=7)), -66),
        (Lag(1, 2, None, ()), None),
        (Lag(0, 0, None, ("truceline.reports.v1",)), None),
        (Lag(1, 0, 5.0, ("truceline.reports.v1",)), None),
        (None, None),
    ],
)
def test_all_is_judged_that_came_before_what_waits_or_before_anybody_asked(
    lag: Lag | None, judged_s: float | None
) -> None:
    found = judged_in_kafka(lag, NOON)
    assert found == (None if judged_s is None else NOON + timedelta(seconds=judged_s))


def test_who_cannot_ask_kafka_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> Lag:
        raise KafkaError("away")

    monkeypatch.setattr(behind, "measure_lag", away)
    assert ask_lag(settings("127.0.0.1:9092")) is None
    assert ask_lag(settings(None)) is None
