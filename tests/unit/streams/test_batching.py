"""The consumer's own decisions, without Kafka; the rest is in tests/integration/streams."""

import asyncio
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import pytest
from aiokafka.errors import KafkaConnectionError
from faust.types import TP

from streams.batching import EXIT_STALLED, ChunkSchema, Consumer, Pulse, Transport, build_app, look
from streams.coalesce import Chunk, Record
from streams.offsets import Delivery
from streams.watchdog import Position, Watchdog

REPORTS = TP("truceline.reports.v1", 0)
STATUS = TP("truceline.corridor-status.v1", 1)


@dataclass(slots=True)
class FakeRecord:
    offset: int
    value: bytes | None = b"{}"
    topic: str = REPORTS.topic
    partition: int = REPORTS.partition
    timestamp: int = 1_423_699_200_000
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()


def records(*offsets: int) -> list[Record]:
    return [FakeRecord(offset) for offset in offsets]


class OfflineConsumer(Consumer):
    """The consumer with Kafka's answers in its attributes."""

    committed: Mapping[TP, int | None]
    earliest: Mapping[TP, int]
    commit_succeeds: bool
    fetched: Mapping[TP, list[Record]]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.committed = {REPORTS: None}
        self.earliest = {REPORTS: 0, STATUS: 0}
        self.commit_succeeds = True
        self.seeks: list[Mapping[TP, int]] = []
        self.commits: list[Mapping[TP, int]] = []

    async def seek_to_committed(self) -> Mapping[TP, int | None]:
        return self.committed

    async def earliest_offsets(self, *partitions: TP) -> Mapping[TP, int]:
        return {tp: self.earliest[tp] for tp in partitions}

    async def seek_wait(self, partitions: Mapping[TP, int]) -> None:
        self.seeks.append(partitions)

    def assignment(self) -> set[TP]:
        return {REPORTS}

    async def _getmany(self, _partitions: set[TP], _timeout: float) -> Mapping[TP, list[Record]]:
        return self.fetched

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        self.commits.append(offsets)
        return self.commit_succeeds


def make_consumer() -> OfflineConsumer:
    app = build_app(app_id="test", bootstrap="127.0.0.1:9092")
    return OfflineConsumer(
        app.transport,
        callback=app.topics.on_message,
        on_partitions_revoked=app._on_partitions_revoked,
        on_partitions_assigned=app._on_partitions_assigned,
    )


def with_consumer(scenario: Any) -> None:  # noqa: ANN401  Faust has no types
    async def run() -> None:
        made: Coroutine[Any, Any, None] = scenario(make_consumer())
        await made

    asyncio.run(run())


def test_the_scheme_of_the_broker_address_selects_the_chunking_transport() -> None:
    app = build_app(app_id="test", bootstrap="one:9092, two:9093")
    assert isinstance(app.transport, Transport)
    assert [str(url) for url in app.conf.broker] == ["truceline://one:9092", "truceline://two:9093"]


def test_chunks_reach_the_agent_as_they_are() -> None:
    async def scenario() -> None:
        consumer = make_consumer()
        consumer.ledger.start(REPORTS, 7)
        chunks = [Chunk(records(7), Delivery(8))]
        message = consumer._message(REPORTS.topic, chunks)
        event = await ChunkSchema().compile(consumer.app)(message, propagate=True)
        assert event.value is chunks
        assert (message.tp, message.offset) == (REPORTS, 7)

    asyncio.run(scenario())


def test_a_fetch_is_one_event_a_topic() -> None:
    async def scenario(consumer: OfflineConsumer) -> None:
        second = TP(REPORTS.topic, 3)
        fetched = {second: records(4), STATUS: records(0, 1), REPORTS: records(8)}
        for tp, brought in fetched.items():
            consumer.ledger.start(tp, brought[0].offset)
        consumer.flow_active = True
        consumer._active_partitions = set(fetched)
        consumer.fetched = fetched
        found = [(tp, message.value) async for tp, message in consumer.getmany(1.0)]
        assert [tp for tp, _ in found] == [REPORTS, STATUS]
        ends = [[chunk.delivery.end for chunk in chunks] for _, chunks in found]
        assert ends == [[5, 9], [2]]

    with_consumer(scenario)


def test_a_full_buffer_stops_the_topic_and_no_other() -> None:
    async def scenario(consumer: OfflineConsumer) -> None:
        second = TP(REPORTS.topic, 3)
        consumer._active_partitions = {REPORTS, second, STATUS}
        consumer.on_buffer_full(REPORTS)
        assert consumer._get_active_partitions() == {STATUS}
        consumer.on_buffer_drop(REPORTS)
        assert consumer._get_active_partitions() == {REPORTS, second, STATUS}

    with_consumer(scenario)


def test_records_delivered_before_are_cut_off_and_none_is_skipped() -> None:
    async def scenario(consumer: OfflineConsumer) -> None:
        consumer.ledger.start(REPORTS, 5)
        chunk = await consumer._chunk(REPORTS, records(3, 4, 5, 6))
        assert chunk is not None
        assert [record.offset for record in chunk.records] == [5, 6]
        assert await consumer._chunk(REPORTS, records(3, 4, 5, 6)) is None

    with_consumer(scenario)


def test_a_gap_between_fetches_is_read_again() -> None:
    async def scenario(consumer: OfflineConsumer) -> None:
        consumer.ledger.start(REPORTS, 5)
        assert await consumer._chunk(REPORTS, records(9, 10)) is None
        assert consumer.seeks == [{REPORTS: 5}]
        chunk = await consumer._chunk(REPORTS, records(9, 10))  # the log itself has the gap
        assert chunk is not None
        assert consumer.seeks == [{REPORTS: 5}]

    with_consumer(scenario)


def test_a_fetch_before_the_seek_was_done_is_put_off_until_it_is() -> None:
    async def scenario(consumer: OfflineConsumer) -> None:
        consumer.committed = {REPORTS: 40}
        assert await consumer._chunk(REPORTS, records(90)) is None
        assert consumer.ledger.next_offset(REPORTS) == 40

    with_consumer(scenario)


@pytest.mark.parametrize(
    ("committed", "earliest", "start", "seeks"),
    [
        pytest.param(None, 0, 0, [{REPORTS: 0}], id="nothing committed: from the beginning"),
        pytest.param(0, 0, 0, [{REPORTS: 0}], id="committed zero, which aiokafka does not seek to"),
        pytest.param(40, 0, 40, [], id="from the commit, where aiokafka has sought to already"),
        pytest.param(40, 60, 60, [{REPORTS: 60}], id="retention has overtaken the commit"),
    ],
)
def test_a_partition_starts_where_the_group_left_off(
    committed: int | None, earliest: int, start: int, seeks: list[Mapping[TP, int]]
) -> None:
    async def scenario(consumer: OfflineConsumer) -> None:
        consumer.committed, consumer.earliest = {REPORTS: committed}, {REPORTS: earliest}
        await consumer.perform_seek()
        assert consumer.ledger.next_offset(REPORTS) == start
        assert consumer.seeks == seeks

    with_consumer(scenario)


def test_fausts_acknowledgement_alone_commits_nothing() -> None:
    async def scenario(consumer: OfflineConsumer) -> None:
        await consumer.perform_seek()
        chunk = await consumer._chunk(REPORTS, records(0, 1))
        assert chunk is not None
        consumer.ack(consumer._message(REPORTS.topic, [chunk]))
        await consumer.commit()
        assert consumer.commits == []
        chunk.delivery.acknowledge()
        await consumer.commit()
        assert consumer.commits == [{REPORTS: 2}]
        await consumer.commit()
        assert len(consumer.commits) == 1

    with_consumer(scenario)


def test_a_commit_the_group_refused_is_not_taken_for_done() -> None:
    async def scenario(consumer: OfflineConsumer) -> None:
        await consumer.perform_seek()
        chunk = await consumer._chunk(REPORTS, records(0, 1))
        assert chunk is not None
        chunk.delivery.acknowledge()
        consumer.commit_succeeds = False
        await consumer.commit()
        consumer.commit_succeeds = True
        await consumer.commit()
        assert consumer.commits == [{REPORTS: 2}, {REPORTS: 2}]

    with_consumer(scenario)


def test_offsets_of_partitions_no_longer_ours_are_not_committed() -> None:
    async def scenario(consumer: OfflineConsumer) -> None:
        consumer.committed = {REPORTS: None, STATUS: None}
        await consumer.perform_seek()
        for tp in (REPORTS, STATUS):
            chunk = await consumer._chunk(tp, records(0))
            assert chunk is not None
            chunk.delivery.acknowledge()
        await consumer.commit()
        assert consumer.commits == [{REPORTS: 1}]

    with_consumer(scenario)


class Ended(BaseException):
    """Stands for the end of the process."""


def end_with(code: int) -> NoReturn:
    raise Ended(code)


@dataclass(slots=True)
class FakeApp:
    """An app whose consumer answers with `answer`, or fails with it."""

    answer: dict[tuple[str, int], Position] | Exception
    should_stop: bool = False
    consumer: "FakeApp" = field(init=False)

    def __post_init__(self) -> None:
        self.consumer = self

    def positions(self) -> dict[tuple[str, int], Position]:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_the_watchdog_ends_a_process_that_stands_still() -> None:
    stuck = FakeApp({("reports", 0): Position(end=10, committed=0)})
    pulse = Pulse()
    pulse.last = float("-inf")
    with pytest.raises(Ended, match=str(EXIT_STALLED)):
        look(stuck, Watchdog(stall_after_s=0), pulse, end_with)
    look(stuck, Watchdog(stall_after_s=60), pulse, end_with)


def test_the_watchdog_bears_a_broker_that_is_away_and_counts_anew_when_it_is_back() -> None:
    watchdog = Watchdog(stall_after_s=0.01)
    pulse = Pulse()
    pulse.last = float("-inf")
    stuck = FakeApp({("reports", 0): Position(end=10, committed=0)})
    look(stuck, watchdog, pulse, end_with)
    time.sleep(0.02)
    look(FakeApp(KafkaConnectionError()), watchdog, pulse, end_with)
    look(stuck, watchdog, pulse, end_with)


def test_the_watchdog_does_not_bear_a_dead_consumer_but_one_that_is_stopping() -> None:
    watchdog = Watchdog(stall_after_s=60)
    with pytest.raises(Ended, match=str(EXIT_STALLED)):
        look(FakeApp(TimeoutError()), watchdog, Pulse(), end_with)
    look(FakeApp(RuntimeError("loop closed"), should_stop=True), watchdog, Pulse(), end_with)
