"""While events wait, nobody is told that a corridor can be used; what is closed stays closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from kafka.errors import KafkaError

from services import behind
from services.behind import SYSTEM_BEHIND, ask_lag, is_behind, overlay
from services.lag import Lag
from services.settings import Settings
from services.store.generations import StoredInterval

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIMIT_S = 60.0


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
    ("lag", "expected"),
    [
        (Lag(0, 2, None, ()), False),
        (Lag(1, 2, LIMIT_S - 1, ()), False),
        (Lag(1, 2, LIMIT_S + 1, ()), True),
        (Lag(1, 2, None, ()), True),
        (Lag(0, 0, None, ("truceline.reports.v1",)), True),
        (None, True),
    ],
)
@pytest.mark.parametrize("unjudged", [False, True])
def test_it_is_behind_where_something_waits_too_long(
    monkeypatch: pytest.MonkeyPatch, lag: Lag | None, *, unjudged: bool, expected: bool
) -> None:
    asked: list[datetime] = []

    def waits(_: object, __: str, before: datetime) -> bool:
        asked.append(before)
        return unjudged

    monkeypatch.setattr(behind, "waits_unjudged", waits)
    monkeypatch.setattr(behind, "_allowed_s", lambda *_: LIMIT_S)
    assert is_behind(None, lag, "m", NOON) is (expected or unjudged)  # type: ignore[arg-type]
    assert set(asked) <= {NOON - timedelta(seconds=LIMIT_S)}


def test_who_cannot_ask_kafka_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> Lag:
        raise KafkaError("away")

    monkeypatch.setattr(behind, "measure_lag", away)
    assert ask_lag(settings("127.0.0.1:9092")) is None
    assert ask_lag(settings(None)) is None
