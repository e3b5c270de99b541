import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.coalesce import BEAT_S, EXIT_PROCESS_FAILED, Chunk, Coalescer, Record, WaitingRoom
from streams.offsets import Delivery


@dataclass(slots=True)
class FakeRecord:
    offset: int
    value: bytes | None = b"{}"
    topic: str = "reports"
    partition: int = 0
    timestamp: int = 0
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(slots=True)
class FakeEvent:
    value: list[Chunk]
    acks: list[int]

    @property
    def chunk(self) -> Chunk:
        (chunk,) = self.value
        return chunk

    def ack(self) -> bool:
        self.acks.append(self.value[-1].delivery.end)
        return True


@dataclass(slots=True)
class FakeStream:
    """Yields its events, then stays open until the test lets it end."""

    queued: Iterable[FakeEvent]
    ending: asyncio.Event = field(default_factory=asyncio.Event)

    def noack(self) -> "FakeStream":
        return self

    async def events(self) -> AsyncIterator[FakeEvent]:
        for event in self.queued:
            yield event
        await self.ending.wait()


class Ended(BaseException):
    """Stands for the end of the process."""


@dataclass(slots=True)
class FakeEnd:
    codes: list[int] = field(default_factory=list)
    called: threading.Event = field(default_factory=threading.Event)

    def __call__(self, code: int) -> NoReturn:
        self.codes.append(code)
        self.called.set()
        threading.Event().wait()  # a process that has ended never comes back here
        raise Ended


def make_events(sizes: Iterable[int], acks: list[int], body: bytes = b"{}") -> list[FakeEvent]:
    events = []
    end = 0
    for size in sizes:
        records: list[Record] = [FakeRecord(end + i, body) for i in range(size)]
        end += size
        events.append(FakeEvent([Chunk(records, Delivery(end))], acks))
    return events


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not done():  # noqa: ASYNC110  what is waited for has no event to wait on
            await asyncio.sleep(0.001)


async def run_until(coalescer: Coalescer, stream: FakeStream, done: Callable[[], bool]) -> None:
    running = asyncio.create_task(coalescer.run(stream))
    await until(done)
    stream.ending.set()
    await running


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.integers(1, 8), min_size=1, max_size=40), limit=st.integers(1, 20))
def test_every_record_is_processed_once_in_order_and_acknowledged_in_order(
    sizes: list[int], limit: int
) -> None:
    acks: list[int] = []
    batches: list[list[int]] = []
    events = make_events(sizes, acks)

    def process(records: list[Record]) -> None:
        batches.append([record.offset for record in records])

    async def scenario() -> None:
        coalescer = Coalescer(process, max_records=limit)
        await run_until(coalescer, FakeStream(events), lambda: len(acks) == len(events))

    asyncio.run(scenario())
    assert [offset for batch in batches for offset in batch] == list(range(sum(sizes)))
    assert acks == sorted(acks)
    assert all(event.chunk.delivery.acknowledged for event in events)
    assert all(len(batch) <= max(limit, *sizes) for batch in batches)


def test_everything_that_waits_becomes_one_batch() -> None:
    acks: list[int] = []
    batches: list[int] = []
    first_is_running, first_may_end = threading.Event(), threading.Event()

    def process(records: list[Record]) -> None:
        batches.append(len(records))
        first_is_running.set()
        assert first_may_end.wait(10)

    async def scenario() -> None:
        stream = FakeStream(make_events([2] * 50, acks))
        running = asyncio.create_task(Coalescer(process).run(stream))
        await asyncio.to_thread(first_is_running.wait, 10)
        await asyncio.sleep(0.05)  # the other 49 chunks arrive while the first is written
        assert acks == []
        first_may_end.set()
        await until(lambda: len(acks) == 50)
        stream.ending.set()
        await running

    asyncio.run(scenario())
    assert len(batches) <= 3
    assert sum(batches) == 100


def test_void_chunks_are_let_go_unprocessed() -> None:
    acks: list[int] = []
    processed: list[int] = []
    events = make_events([3, 3, 3], acks)
    events[1].chunk.delivery.void = True

    def process(records: list[Record]) -> None:
        processed.extend(record.offset for record in records)

    async def scenario() -> None:
        await run_until(Coalescer(process), FakeStream(events), lambda: len(acks) == 3)

    asyncio.run(scenario())
    assert processed == [0, 1, 2, 6, 7, 8]
    assert not events[1].chunk.delivery.acknowledged


@pytest.mark.parametrize("error", [RuntimeError("boom"), SystemExit(0), KeyboardInterrupt()])
def test_an_exception_ends_the_process_and_nothing_is_acknowledged(error: BaseException) -> None:
    acks: list[int] = []
    end = FakeEnd()

    def process(_: list[Record]) -> None:
        raise error

    async def scenario() -> None:
        running = asyncio.create_task(
            Coalescer(process, end=end).run(FakeStream(make_events([1, 1], acks)))
        )
        await asyncio.to_thread(end.called.wait, 10)
        await asyncio.sleep(0.02)
        running.cancel()

    asyncio.run(scenario())
    assert end.codes == [EXIT_PROCESS_FAILED]
    assert acks == []


def test_a_stream_that_fails_ends_the_process() -> None:
    @dataclass(slots=True)
    class BrokenStream(FakeStream):
        def noack(self) -> "BrokenStream":
            raise RuntimeError("boom")

    class Ending(BaseException):
        pass

    def end(code: int) -> NoReturn:
        assert code == EXIT_PROCESS_FAILED
        raise Ending

    with pytest.raises(Ending):
        asyncio.run(Coalescer(lambda _: None, end=end).run(BrokenStream([])))


def test_a_full_room_makes_the_reader_wait() -> None:
    acks: list[int] = []
    events = make_events([4, 4, 4], acks)

    async def scenario() -> None:
        room = WaitingRoom(max_records=8, max_bytes=1000)
        await room.put(events[0])
        await room.put(events[1])
        third = asyncio.create_task(room.put(events[2]))
        await asyncio.sleep(0.01)
        assert not third.done()
        assert len(await room.take()) == 2
        await third
        assert len(await room.take()) == 1

    asyncio.run(scenario())


def test_a_batch_is_bounded_in_bytes_and_a_larger_chunk_goes_alone() -> None:
    events = make_events([1, 1, 1], [], body=b"x" * 60) + make_events([1], [], body=b"x" * 500)

    async def scenario() -> list[int]:
        room = WaitingRoom(max_records=100, max_bytes=130)
        taken: list[int] = []
        putting = asyncio.create_task(_put_all(room, events))
        while sum(taken) < len(events):
            await asyncio.sleep(0.001)
            taken.append(len(await room.take()))
        await putting
        return taken

    async def _put_all(room: WaitingRoom, events: list[FakeEvent]) -> None:
        for event in events:
            await room.put(event)

    assert asyncio.run(scenario()) == [2, 1, 1]


def at_partition(event: FakeEvent, partition: int) -> FakeEvent:
    record = FakeRecord(0, partition=partition)
    chunk = Chunk([record] * len(event.chunk.records), event.chunk.delivery)
    return FakeEvent([chunk], event.acks)


async def taken_by(room: WaitingRoom, lane: int = 0) -> list[Chunk]:
    return [part.chunk for part in await room.take(lane)]


def test_where_little_waits_one_lane_takes_all_of_it_and_no_other_gets_its_partitions() -> None:
    events = [at_partition(event, n) for n, event in enumerate(make_events([1] * 4, []))]

    async def scenario() -> None:
        room = WaitingRoom(max_records=1_000, max_bytes=1_000, lanes=2)
        for event in events:
            await room.put(event)
        assert len(await room.take(1)) == 4
        await room.put(events[0])
        other = asyncio.create_task(room.take(0))
        await asyncio.sleep(0.05)
        assert not other.done()  # the partition is in the other lane's hands
        own = asyncio.create_task(room.take(1))
        assert await asyncio.wait_for(asyncio.wait([own, other], return_when="FIRST_COMPLETED"), 5)
        own.cancel()
        other.cancel()

    asyncio.run(scenario())


def test_an_event_is_acknowledged_when_the_last_of_its_chunks_is_done() -> None:
    acks: list[int] = []
    batches: list[list[int]] = []
    (event,) = make_events([3], acks)
    event.value = [
        Chunk([FakeRecord(offset, partition=offset)], Delivery(offset + 1)) for offset in range(3)
    ]
    acknowledged: list[int] = []

    def process(records: list[Record]) -> None:
        batches.append([record.offset for record in records])
        acknowledged.append(sum(chunk.delivery.acknowledged for chunk in event.value))
        assert acks == []

    async def scenario() -> None:
        coalescer = Coalescer(process, max_records=1)
        await run_until(coalescer, FakeStream([event]), lambda: bool(acks))

    asyncio.run(scenario())
    assert batches == [[0], [1], [2]]
    assert acknowledged == [0, 1, 2]
    assert acks == [3]


def test_where_much_waits_every_lane_takes_its_share() -> None:
    events = [at_partition(event, n) for n, event in enumerate(make_events([150] * 4, []))]

    async def scenario() -> None:
        room = WaitingRoom(max_records=1_000, max_bytes=10_000, lanes=2)
        for event in events:
            await room.put(event)
        assert await taken_by(room, 0) == [events[0].chunk, events[2].chunk]
        assert await taken_by(room, 1) == [events[1].chunk, events[3].chunk]

    asyncio.run(scenario())


def test_batches_of_few_records_follow_each_other_at_a_beat() -> None:
    first, *others = make_events([1] * 4, [])

    async def scenario() -> float:
        room = WaitingRoom(max_records=1_000, max_bytes=1_000)
        await room.put(first)
        assert await taken_by(room) == [first.chunk]
        begun = asyncio.get_running_loop().time()
        putting = [asyncio.create_task(room.put(event)) for event in others]
        gathered = await taken_by(room)
        assert gathered == [event.chunk for event in others]
        await asyncio.gather(*putting)
        return asyncio.get_running_loop().time() - begun

    assert asyncio.run(scenario()) >= BEAT_S / 2
