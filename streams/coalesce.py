"""Coalesce: chunks that wait become one batch, the batch is processed, then acknowledged.

Stands between Faust's stream and the stages. Faust hands chunks over as they were fetched, two
records on average at low load; each would cost a transaction of its own and the backlog would never
merge. So everything that waits is taken together, and an idle worker takes a single chunk at once.
Nothing here knows Faust: an event is anything with chunks as `value` and an `ack`.
"""

import asyncio
import logging
import os
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, NoReturn, Protocol

import structlog

from streams.offsets import Delivery

log = structlog.get_logger(__name__)

DEFAULT_MAX_RECORDS: Final = 5_000
DEFAULT_MAX_BYTES: Final = 64 * 1024 * 1024

#: Batches of a few records do not begin in quicker succession: a transaction costs the same for one
#: record as for twenty, and a stream of single ones would leave no processor to the rest of the
#: way. What comes after a pause goes at once.
BEAT_S: Final = 0.015

#: So many records that wait are few: one lane takes them all.
LITTLE_RECORDS: Final = 200

#: sysexits' EX_SOFTWARE: processing raised; nothing of the batch was acknowledged.
EXIT_PROCESS_FAILED: Final = 70


class Record(Protocol):
    """A record as Kafka's client hands it over, untouched."""

    @property
    def topic(self) -> str:
        """Name of the topic."""

    @property
    def partition(self) -> int:
        """Number of the partition."""

    @property
    def offset(self) -> int:
        """Place in the partition's log."""

    @property
    def timestamp(self) -> int:
        """Milliseconds since 1970 by the broker's clock (LogAppendTime): when we received it."""

    @property
    def key(self) -> bytes | None:
        """Key as it came."""

    @property
    def value(self) -> bytes | None:
        """Body as it came; None is a tombstone, which no topic of ours has a use for."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]:
        """Headers as they came, in order; a name may come twice."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records of one partition, in the order of its log, and their place in the ledger."""

    records: list[Record]
    delivery: Delivery

    @property
    def size_bytes(self) -> int:
        """Return the length of all bodies together."""
        return sum(len(record.value) for record in self.records if record.value is not None)


class ChunkEvent(Protocol):
    """A Faust event whose value is what one fetch brought, a chunk a partition."""

    @property
    def value(self) -> Sequence[Chunk]:
        """Return the chunks; one at least."""

    def ack(self) -> bool:
        """Tell Faust that the event is out of our hands."""


class ChunkStream(Protocol):
    """The part of a Faust stream that is used here."""

    def noack(self) -> "ChunkStream":
        """Return the stream without acknowledgements of its own."""

    def events(self) -> AsyncIterator[ChunkEvent]:
        """Iterate over events instead of values."""


Process = Callable[[list[Record]], None]
EndProcess = Callable[[int], NoReturn]


def end_process(code: int) -> NoReturn:
    """End the process at once: inside an agent `SystemExit` would only end the agent.

    What a crash here means: nothing unacknowledged was committed to Kafka, so it comes again.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


class Whole:
    """An event whose chunks may end up in different batches."""

    __slots__ = ("_event", "_left")

    def __init__(self, event: ChunkEvent) -> None:
        self._event = event
        self._left = len(event.value)

    def one_is_done(self) -> None:
        """Acknowledge the event when it was the last of its chunks."""
        self._left -= 1
        if not self._left:
            self._event.ack()


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A chunk that waits, and the event that it came with."""

    chunk: Chunk
    whole: Whole
    size_bytes: int

    @property
    def partition(self) -> int:
        """Return the number of its partition."""
        return self.chunk.records[0].partition


class WaitingRoom:
    """Bounded queue between the stream's reader and the lanes, counted in records and bytes.

    A full room makes the reader wait, then Faust's queue fills, then fetching pauses: a slow store
    slows Kafka down instead of filling memory. One batch a lane waits while another is written.

    A partition is in one lane's hands at a time, so that its records stay in order. Where little
    waits, whichever lane is free takes all of it: one transaction instead of one a lane. Where much
    does, each lane takes its own share of the partitions, so that all of them have work.
    """

    def __init__(self, max_records: int, max_bytes: int, lanes: int = 1) -> None:
        self._max_records = max_records
        self._max_bytes = max_bytes
        self._lanes = lanes
        self._parts: deque[Part] = deque()
        self._records = 0
        self._bytes = 0
        self._held: list[set[int]] = [set() for _ in range(lanes)]
        self._begun = -BEAT_S
        self._changed = asyncio.Condition()

    async def put(self, event: ChunkEvent) -> None:
        """Add an event's chunks as soon as there is room; one larger than the room enters alone."""
        whole = Whole(event)
        async with self._changed:
            for chunk in event.value:
                await self._changed.wait_for(self._has_room)
                part = Part(chunk, whole, chunk.size_bytes)
                self._parts.append(part)
                self._records += len(chunk.records)
                self._bytes += part.size_bytes
                self._changed.notify_all()

    async def take(self, lane: int = 0) -> list[Part]:
        """Wait for a chunk, then take all that fit into one batch, oldest first.

        Their partitions are the lane's until its next call.
        """
        async with self._changed:
            self._held[lane] = set()
            self._changed.notify_all()
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: any(map(self._may(lane), self._parts)))
                if (wait_s := self._pause_s()) <= 0:
                    return self._take(lane)
            await asyncio.sleep(wait_s)

    def _has_room(self) -> bool:
        return (
            self._records < self._max_records * self._lanes
            and self._bytes < self._max_bytes * self._lanes
        )

    def _is_little(self) -> bool:
        return self._records <= LITTLE_RECORDS

    def _pause_s(self) -> float:
        """How long the next batch has to wait; one that is worth a transaction does not."""
        return self._begun + BEAT_S - time.monotonic() if self._is_little() else 0.0

    def _may(self, lane: int) -> Callable[[Part], bool]:
        """Whether a lane may take a chunk now."""
        others = {it for held in self._held for it in held} - self._held[lane]
        whole = self._is_little()

        def may(part: Part) -> bool:
            partition = part.partition
            return partition not in others and (whole or partition % self._lanes == lane)

        return may

    def _take(self, lane: int) -> list[Part]:
        taken = self._take_what_fits(lane)
        self._begun = time.monotonic()
        self._held[lane] = {part.partition for part in taken}
        self._changed.notify_all()
        return taken

    def _take_what_fits(self, lane: int) -> list[Part]:
        may, taken = self._may(lane), list[Part]()
        left: deque[Part] = deque()
        records_taken = bytes_taken = 0
        is_full = False
        for part in self._parts:
            if is_full or not may(part):
                left.append(part)
                continue
            records, size = len(part.chunk.records), part.size_bytes
            is_full = bool(taken) and (
                records_taken + records > self._max_records or bytes_taken + size > self._max_bytes
            )
            if is_full:
                left.append(part)
                continue
            taken.append(part)
            records_taken += records
            bytes_taken += size
        self._parts = left
        self._records -= records_taken
        self._bytes -= bytes_taken
        return taken


class _WriterThread:
    """One thread for all batches of a coalescer, so that a database connection stays in one.

    A daemon: a process told to stop while the store is away must not wait for the retry to end.
    """

    def __init__(self, process: Process, end: EndProcess) -> None:
        self._process = process
        self._end = end
        self._jobs: queue.SimpleQueue[tuple[list[Record], Callable[[], None]]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    async def run(self, records: list[Record]) -> None:
        """Process one batch; returns when it is committed, and not at all when it can't be."""
        loop = asyncio.get_running_loop()
        done = asyncio.Event()

        def report() -> None:
            if not loop.is_closed():  # the worker stopped meanwhile: nobody waits any more
                loop.call_soon_threadsafe(done.set)

        self._jobs.put((records, report))
        await done.wait()

    def _work(self) -> None:
        while True:
            records, report = self._jobs.get()
            try:
                self._process(records)
            except BaseException:  # going on would acknowledge the batch: the process must end
                log.critical("processing failed, stopping", records=len(records), exc_info=True)
                self._end(EXIT_PROCESS_FAILED)
            report()


class Coalescer:
    """Feeds `process` with everything that waits, one batch at a time, and acknowledges it.

    `process` runs in one thread of its own and may block and retry for as long as it likes. When it
    returns, the batch is committed and is acknowledged in order. When it raises, the process ends.

    Given several, each is a lane: a partition is in one lane's hands at a time, in order, and while
    one lane waits for the store another computes.
    """

    def __init__(
        self,
        *processes: Process,
        max_records: int = DEFAULT_MAX_RECORDS,
        max_bytes: int = DEFAULT_MAX_BYTES,
        end: EndProcess = end_process,
    ) -> None:
        self._max_records = max_records
        self._max_bytes = max_bytes
        self._end = end
        self._writers = [_WriterThread(process, end) for process in processes]
        for writer in self._writers:
            writer.start()

    async def run(self, stream: ChunkStream) -> None:
        """Read the stream until it is stopped; the body of an agent."""
        room = WaitingRoom(self._max_records, self._max_bytes, len(self._writers))
        writing = [
            asyncio.create_task(self._or_end(partial(self._write, writer, room, lane)))
            for lane, writer in enumerate(self._writers)
        ]
        try:
            await self._or_end(partial(self._read, stream, room))
        finally:
            for task in writing:
                task.cancel()

    async def _or_end(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work; a dead half beside a live one would be a silent stop, so end the process."""
        try:
            await work()
        except (asyncio.CancelledError, GeneratorExit):
            raise  # the worker is stopping, or its loop is gone
        except BaseException:
            log.critical("coalescing failed, stopping", exc_info=True)
            self._end(EXIT_PROCESS_FAILED)

    async def _read(self, stream: ChunkStream, room: WaitingRoom) -> None:
        async for event in stream.noack().events():
            await room.put(event)

    async def _write(self, writer: _WriterThread, room: WaitingRoom, lane: int) -> None:
        while True:
            await self._write_batch(writer, await room.take(lane))

    async def _write_batch(self, writer: _WriterThread, parts: list[Part]) -> None:
        ours = [part.chunk for part in parts if not part.chunk.delivery.void]
        records = [record for chunk in ours for record in chunk.records]
        if records:
            await writer.run(records)
        # What a crash here means: the batch is in the store, not in Kafka's offsets; it comes
        # again, and processing it again changes nothing.
        for chunk in ours:
            chunk.delivery.acknowledge()
        for part in parts:
            part.whole.one_is_done()
