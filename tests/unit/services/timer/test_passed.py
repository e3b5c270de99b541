"""An instant is written once nothing that was received before it waits any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self, cast

import pytest
from kafka.errors import KafkaError
from msgspec.structs import replace
from structlog.testing import capture_logs

from services.store.engine import Connection
from services.timer.passed import PassedByAll
from tests.unit.services.store.sample_rows import DUE
from tests.unit.streams.builders import NOON, hours

TURN = NOON + hours(9)
ROWS = [replace(DUE, due_at=NOON + hours(hour)) for hour in (1, 2, 3)]


class Store:
    """Answers what PostgreSQL would of what waits since some instant."""

    def __init__(self, waits_since: datetime | None = None) -> None:
        self._since = waits_since
        self._answer = False

    def execute(self, _: str, asked: Sequence[Any]) -> Self:
        self._answer = self._since is not None and self._since < asked[1]
        return self

    def fetchone(self) -> tuple[bool]:
        return (self._answer,)


class Kafka:
    """Says since when something waits there, or nothing at all."""

    def __init__(self, oldest: datetime | None, *, away: bool = False) -> None:
        self._oldest, self._away = oldest, away
        self.asked = 0

    def __call__(self, _: datetime) -> datetime | None:
        self.asked += 1
        if self._away:
            raise KafkaError
        return self._oldest


def passed(kafka: Kafka, store: Store) -> int:
    return PassedByAll(kafka)(cast("Connection", store), "mission", ROWS, TURN)


@pytest.mark.parametrize(
    ("in_kafka", "in_store", "may"),
    [
        (None, None, 3),
        (4, 4, 3),
        (2, None, 1),  # what was received at that very instant may have been received before it
        (None, 2, 2),
        (0, None, 0),
        (None, 0, 0),
        (3, 1, 1),
        (1.5, 3, 1),
    ],
)
def test_so_many_may_be_written_as_nothing_waits_for(
    in_kafka: float | None, in_store: float | None, may: int
) -> None:
    oldest = None if in_kafka is None else NOON + hours(in_kafka)
    since = None if in_store is None else NOON + hours(in_store)
    assert passed(Kafka(oldest), Store(since)) == may


def test_who_does_not_know_what_waits_writes_nothing() -> None:
    with capture_logs() as told:
        assert passed(Kafka(None, away=True), Store()) == 0
    assert [line["log_level"] for line in told] == ["warning"]


def test_kafka_is_asked_once_a_turn_and_only_where_something_is_missing() -> None:
    kafka = Kafka(None)
    asks = PassedByAll(kafka)
    store = cast("Connection", Store())
    assert asks(store, "mission", [], TURN) == 0
    assert kafka.asked == 0
    for turn in (TURN, TURN, TURN + hours(1)):
        assert asks(store, "mission", ROWS, turn) == len(ROWS)
    assert kafka.asked == 2
