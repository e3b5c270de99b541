"""Faust in chunks: a transport that hands an agent whole fetches, and commits in its own order.

Stands between Kafka and `coalesce`. Faust's cost is per event, so one event here is all records of
one topic that came in one fetch, a chunk for each partition. Faust's own bookkeeping of offsets
commits past messages in flight (faust#606) and stalls on duplicates; `offsets.PrefixLedger` takes
its place. Registered as `truceline` in the entry-point group `faust.transports`; this file and
`app` alone import Faust.

What Faust is relied on for: joining and leaving the group, suspending the flow in a rebalance,
seeking to the committed offsets after it, the agents' life cycle, signals.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any, ClassVar, Final, NoReturn

import faust
import structlog
from aiokafka.consumer import fetcher
from aiokafka.errors import KafkaError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage
from mode.utils.futures import notify
from msgspec import Struct

from streams.coalesce import DEFAULT_MAX_RECORDS, Chunk, EndProcess, Record, end_process
from streams.offsets import PrefixLedger
from streams.watchdog import Position, Watchdog

log = structlog.get_logger(__name__)

SCHEME: Final = "truceline"

#: sysexits' EX_TEMPFAIL: consuming stood still; a fresh process joins the group anew.
EXIT_STALLED: Final = 75

#: How long a rebalance, or a stop, waits for the batch in hand before it leaves it to be repeated.
DRAIN_TIMEOUT_S: Final = 20.0

#: How long the group waits for a member to rejoin; longer than the member may drain.
REBALANCE_TIMEOUT_S: Final = 30.0

#: Below this fetches end at about 1,200 records.
FETCH_BYTES: Final = 4 * 1024 * 1024

#: Fetches of one topic waiting in Faust. At four fifths it stops fetching the topic; the rest is
#: room for what is fetched already, for a full buffer stops all topics, and a corridor's status
#: would wait behind a backlog of reports.
BUFFERED_FETCHES: Final = 5

#: A worker that starts just before Kafka is back can lead the group without knowing any topic: it
#: gives nobody anything, and aiokafka looks again only when what it knows is this old.
METADATA_AGE_MS: Final = 3_000

#: Not polling is no sign of death here: a worker whose store is away stays in the group, retrying.
POLL_INTERVAL_S: Final = 7 * 24 * 3600.0

REQUEST_TIMEOUT_S: Final = 30.0


class FetchedRecord(Struct, frozen=True, gc=False):
    """A record as the stages need it (`coalesce.Record`)."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


class LeanRecords(fetcher.PartitionRecords):  # type: ignore[misc]  # aiokafka has no types
    """What a fetch brought of a partition, without what nobody here asks of a record.

    aiokafka's own record is a dataclass of eleven fields, two of them lengths: it costs five times
    as much to make, and as much as decoding what is in it.
    """

    def _consumer_record(self, tp: Any, record: Any) -> FetchedRecord:  # noqa: ANN401  aiokafka's signature
        return FetchedRecord(
            tp.topic,
            tp.partition,
            record.offset,
            record.timestamp,
            record.key,
            record.value,
            tuple(record.headers),
        )


# aiokafka offers no place to say so; its fetcher looks the name up at each fetch.
fetcher.PartitionRecords = LeanRecords


class ChunkSchema(faust.Schema):  # type: ignore[misc]  # Faust has no types
    """Passes the chunks on as they are: decoding is a stage of ours, not Faust's."""

    def compile(self, app: Any, **_: Any) -> Callable[..., Any]:  # noqa: ANN401  Faust has no types
        """Return the function that makes an event of a message."""

        async def decode(message: Any, **_: Any) -> Any:  # noqa: ANN401  Faust has no types
            return app.create_event(None, message.value, None, message)

        return decode


class Consumer(driver.Consumer):  # type: ignore[misc]  # Faust has no types
    """The aiokafka consumer, with chunks for messages and a ledger for its offsets.

    Everything here runs in the event loop of the app; aiokafka runs in a thread and loop of its
    own (so heartbeats go on while a batch is processed) and is reached through Faust's queue.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.ledger: PrefixLedger[TP] = PrefixLedger()
        super().__init__(*args, **kwargs)

    # --- reading -------------------------------------------------------------------------------

    async def _drain_messages(self, fetcher: Any) -> None:  # noqa: ANN401  Faust has no types
        """Hand chunks to the streams until stopped; without Faust's gaps and read offsets."""
        try:
            while not (self.should_stop or fetcher.should_stop):
                async for _, message in self.getmany(timeout=1.0):
                    # A chunk abandoned here stays in the ledger unacknowledged: nothing is
                    # committed past it, and the seek that ends the rebalance reads it again.
                    await self.wait_first(self.callback(message), self.suspend_flow.wait())
                await asyncio.sleep(0)
        except (*self.consumer_stopped_errors, asyncio.CancelledError):
            if not self.transport.app.should_stop:
                raise
        except Exception:
            log.exception("reading from Kafka failed")
            raise

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, ConsumerMessage]]:  # noqa: ASYNC109  Faust's signature
        """Fetch once and yield a message for each topic that had records."""
        if not self.flow_active:
            await self.wait(self.can_resume_flow)
        active = set(self._get_active_partitions())
        if not active:
            await self.sleep(0.05)  # all partitions' buffers are full, or none is ours
            return
        fetched = await self._getmany(active, timeout)
        chunks: dict[str, list[Chunk]] = {}
        for tp, records in fetched.items():
            if not self._is_ours(tp):
                return  # suspended or revoked meanwhile: the seek that follows reads it again
            chunk = await self._chunk(tp, records)
            if chunk is not None:
                chunks.setdefault(tp.topic, []).append(chunk)
        for topic, of_topic in chunks.items():
            if not self.flow_active:
                return
            message = self._message(topic, of_topic)
            yield message.tp, message

    def _is_ours(self, tp: TP) -> bool:
        partitions = self._get_active_partitions()
        return self.flow_active and (tp in partitions or tp in self._buffered_partitions)

    async def _chunk(self, tp: TP, records: list[Record]) -> Chunk | None:
        """Enter into the ledger what is new of the records, all of one partition, in log order."""
        start = self.ledger.next_offset(tp)
        if start is None:
            # Faust resumes after a seek that ran into its timeout as if it had been done.
            await self.perform_seek()
            return None
        if records[0].offset < start:
            records = [record for record in records if record.offset >= start]
        if not records:
            return None
        if not self.ledger.accepts(tp, records[0].offset):
            log.warning("gap before a fetch, reading again", tp=tp, start=start)
            await self.seek_wait({tp: start})
            return None
        return Chunk(records, self.ledger.deliver(tp, records[-1].offset + 1))

    def _message(self, topic: str, chunks: list[Chunk]) -> ConsumerMessage:
        """Make one message of a fetch; Faust keeps it under the topic's first partition of ours."""
        last = chunks[-1].records[-1]
        tp = min(tp for tp in self.ledger.partitions() if tp.topic == topic)
        return ConsumerMessage(
            topic=topic,
            partition=tp.partition,
            offset=last.offset,
            timestamp=last.timestamp / 1000.0,
            timestamp_type=None,
            headers=None,
            key=None,
            value=chunks,
            checksum=None,
            serialized_key_size=0,
            serialized_value_size=0,
            tp=tp,
            generation_id=self.app.consumer_generation_id,
        )

    def on_buffer_full(self, tp: TP) -> None:
        """Fetch no partition of the topic for now: an event holds chunks of any of them."""
        for other in [it for it in self._get_active_partitions() if it.topic == tp.topic]:
            super().on_buffer_full(other)

    def on_buffer_drop(self, tp: TP) -> None:
        """Fetch the topic again."""
        for other in [it for it in self._buffered_partitions if it.topic == tp.topic]:
            super().on_buffer_drop(other)

    # --- group ---------------------------------------------------------------------------------

    async def perform_seek(self) -> None:
        """Start every assigned partition from what the group has committed, or from its beginning.

        A commit that retention has overtaken starts at the log's first record.
        """
        committed = await self.seek_to_committed()
        earliest = await self.earliest_offsets(*committed)
        for partition, offset in committed.items():
            tp = TP(partition.topic, partition.partition)
            begins = earliest.get(partition, 0)
            start = max(offset or 0, begins)
            if start != offset or start == 0:
                await self.seek_wait({partition: start})  # aiokafka seeks to commits above 0 only
            self.ledger.start(tp, start)
            self._committed_offset[tp] = start

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Finish and commit what is in hand, then forget: acknowledgements to come are void."""
        await super().on_partitions_revoked(revoked)
        for tp in revoked:
            self.ledger.forget(tp)

    async def wait_empty(self) -> None:
        """Wait for the batch in hand and commit it; what takes too long is left to be repeated.

        Unlike Faust's, bounded: while the store is away, others must be able to join the group.
        """
        deadline = time.monotonic() + DRAIN_TIMEOUT_S
        while self._unacked_messages and time.monotonic() < deadline and not self.should_stop:
            await self._wait_for_ack(timeout=1.0)
        await self.maybe_wait_for_commit_to_finish()
        await self.commit()

    # --- committing ----------------------------------------------------------------------------

    def ack(self, message: ConsumerMessage) -> bool:
        """Take a message off the list of those in hand; its chunks say whether it is committed.

        Faust acknowledges what an agent skipped or failed on as well, so this commits nothing.
        """
        message.acked = True
        self._unacked_messages.discard(message)
        notify(self._waiting_for_ack)
        return True

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:  # noqa: ANN401  Faust has no types
        return (
            tp
            for tp in self.ledger.partitions()
            if topics is None or tp in topics or tp.topic in topics
        )

    def _new_offset(self, tp: TP) -> int | None:
        return self.ledger.committable(tp)

    async def _commit_offsets(
        self,
        offsets: Mapping[TP, int],
        start_new_transaction: bool = True,  # noqa: ARG002  Faust's signature
    ) -> bool:
        assigned = self.assignment()
        offsets = {tp: offset for tp, offset in offsets.items() if tp in assigned}
        if not offsets or not await self._commit(offsets):
            return False  # the group has rebalanced: whoever reads these next starts further back
        self._committed_offset.update(offsets)
        return True

    # --- looking -------------------------------------------------------------------------------

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Do nothing: Faust's check reads counters of single messages; the watchdog replaces it."""

    def positions(self) -> dict[tuple[str, int], Position]:
        """Return where each assigned partition stands; called from the watchdog's thread.

        Asks the broker for the ends of the logs, past Faust's queue and aiokafka's fetcher: a
        fetcher that stopped does not see the log grow either.

        Raises:
            TimeoutError: aiokafka's thread does not answer.
            KafkaError: the broker does not.
        """
        aiokafka = self._thread._consumer  # noqa: SLF001  Faust offers no other way to it
        assigned = aiokafka.assignment() if aiokafka else ()
        if not assigned:
            return {}
        asked = asyncio.run_coroutine_threadsafe(
            aiokafka.end_offsets(assigned), self._thread.thread_loop
        )
        ends = asked.result(timeout=REQUEST_TIMEOUT_S * 1.5)
        committed = dict(self._committed_offset)
        return {
            (tp.topic, tp.partition): Position(end, committed.get(TP(*tp)) or 0)
            for tp, end in ends.items()
        }


class Transport(driver.Transport):  # type: ignore[misc]  # Faust has no types
    """aiokafka's transport with the chunking consumer."""

    Consumer: ClassVar[type] = Consumer


class Pulse:
    """How processing that retries for minutes says that it is alive; any thread may beat it."""

    def __init__(self) -> None:
        self.last = time.monotonic()

    def beat(self) -> None:
        """Say: alive, and retrying."""
        self.last = time.monotonic()


class App(faust.App):  # type: ignore[misc]  # Faust has no types
    """Faust's app without folders of its own: state lives in PostgreSQL, not beside the caller."""

    def _create_directories(self) -> None:
        """Make none; Faust would leave them in whatever folder the worker was started in."""


def build_app(
    *,
    app_id: str,
    bootstrap: str,
    max_records: int = DEFAULT_MAX_RECORDS,
    commit_interval_s: float = 0.5,
    session_timeout_s: float = 6.0,
) -> faust.App:
    """Make the app; `app_id` is the consumer group, `bootstrap` is `host:port[,host:port…]`.

    A killed worker's partitions are taken over after `session_timeout_s`; a chunk holds up to
    `max_records`.
    """
    return App(
        app_id,
        broker=[f"{SCHEME}://{address.strip()}" for address in bootstrap.split(",")],
        store="memory://",  # state lives in PostgreSQL
        autodiscover=False,
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,  # topics are made by us, with their settings
        stream_wait_empty=True,
        stream_buffer_maxsize=BUFFERED_FETCHES,
        broker_max_poll_records=max_records,
        broker_max_poll_interval=POLL_INTERVAL_S,
        broker_commit_interval=commit_interval_s,
        broker_session_timeout=session_timeout_s,
        broker_heartbeat_interval=session_timeout_s / 3,
        broker_rebalance_timeout=REBALANCE_TIMEOUT_S,
        broker_request_timeout=REQUEST_TIMEOUT_S,
        consumer_max_fetch_size=FETCH_BYTES,
        consumer_metadata_max_age_ms=METADATA_AGE_MS,
        consumer_auto_offset_reset="earliest",
        worker_redirect_stdouts=False,
    )


def chunk_topic(app: faust.App, *names: str) -> Any:  # noqa: ANN401  Faust has no types
    """Describe topics whose stream carries chunks; for `app.agent(...)`."""
    return app.topic(*names, schema=ChunkSchema())


def watch(
    app: faust.App,
    pulse: Pulse,
    *,
    stall_after_s: float = 60.0,
    every_s: float = 5.0,
    end: EndProcess = end_process,
) -> None:
    """Watch the consumer from a thread of its own, which no stuck event loop can stop.

    Ends the process when an assigned partition lags and nothing of it was committed for
    `stall_after_s`, unless `pulse` was beaten meanwhile; also when aiokafka's thread is dead.
    """
    watchdog = Watchdog(stall_after_s)

    def keep_looking() -> None:
        while not app.should_stop:
            time.sleep(every_s)
            if app.started and not app.should_stop:
                look(app, watchdog, pulse, end)

    threading.Thread(target=keep_looking, name="watchdog", daemon=True).start()


def look(app: faust.App, watchdog: Watchdog, pulse: Pulse, end: EndProcess) -> None:
    """Look once at where the consumer stands, and end the process if it must be."""
    try:
        positions = app.consumer.positions()
    except KafkaError:
        positions = {}  # the broker is away, which a new process would not change: count anew
    except Exception:  # a watchdog that can't see must not go on as if all were well
        if app.should_stop:
            return  # what it looks at was taken down meanwhile
        log.critical("the consumer's thread does not answer, stopping", exc_info=True)
        end(EXIT_STALLED)
    stall = watchdog.look(time.monotonic(), positions, pulse.last)
    if stall is not None:
        topic, partition = stall.partition
        log.critical(
            "consuming stands still, stopping",
            topic=topic,
            partition=partition,
            lag=stall.lag,
            seconds=round(stall.seconds),
        )
        end(EXIT_STALLED)


def run(app: faust.App) -> NoReturn:
    """Run the app until SIGTERM or SIGINT: finish the batch in hand, commit, leave the group.

    Logging is the caller's; Faust's own goes through the standard library's root logger.
    """
    worker = faust.Worker(app, loglevel="WARN", redirect_stdouts=False, override_logging=False)
    worker.spinner = None
    worker.execute_from_commandline()
    raise AssertionError("Faust's worker returned instead of ending the process")
