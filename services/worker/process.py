"""Process: a batch of records from Kafka, from bytes to committed and announced.

    read → transact (write reports | statuses | context events) → announce → (acknowledge)

Place on the data's way: what `streams.app`'s agents hand their batches to, one thread an agent.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from services.store.engine import Connection
from services.worker.announce import Announcer
from services.worker.context_events import write_context_events
from services.worker.documents import AskRegister, Documents
from services.worker.incoming import Incoming, Refused, read_records
from services.worker.record import Record as BatchRecord
from services.worker.reports import ReportWriter
from services.worker.statuses import write_statuses
from services.worker.transact import Transactor
from services.worker.written import Written
from streams.coalesce import Record
from streams.decode import Refusal, decode_context, decode_report, decode_status
from streams.events import ContextEvent, CorridorStatus, Event, Report
from streams.inforce import Index
from streams.keys import EventKind
from streams.tags import ProducerKey

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Stage(Generic[E]):
    """What is done with the events of one topic."""

    kind: EventKind
    decode: Callable[[bytes], E | Refusal]
    write: Callable[[Connection, AskRegister, Sequence[Incoming[E]], Sequence[Refused]], Written]


class Processor(Generic[E]):
    """Processes the batches of one topic, on a connection of its own."""

    def __init__(  # noqa: PLR0913, PLR0917 (each is one thing that a batch needs)
        self,
        stage: Stage[E],
        transactor: Transactor,
        announcer: Announcer,
        keys: Mapping[str, ProducerKey],
        documents: Documents,
        record: BatchRecord,
    ) -> None:
        self._stage: Stage[E] = stage
        self._transactor = transactor
        self._announcer = announcer
        self._keys = keys
        self._documents = documents
        self._record = record

    def __call__(self, records: list[Record]) -> None:
        """Process a batch; returns when all of it is committed and its refusals are announced."""
        stage, begun = self._stage, time.monotonic()
        incoming, refused = read_records(records, stage.kind, stage.decode, self._keys)

        def work(conn: Connection) -> Written:
            return stage.write(conn, self._documents.ask, incoming, refused)

        written = self._transactor.run(work)
        self._announcer.announce(written.refused)
        keys = [item.key for item in incoming]
        self._record.note(
            stage.kind, keys, written.refused, written.violated, time.monotonic() - begun
        )


REPORT_LANES = 2
"""While one lane waits for PostgreSQL to take its batch, the other judges the next."""


def make_processors(  # noqa: PLR0913, PLR0917 (each is one thing that they share)
    database_url: str,
    bootstrap: str,
    keys: Mapping[str, ProducerKey],
    alive: Callable[[], None],
    record: BatchRecord,
    index: Index | None = None,
) -> tuple[list[Processor[Report]], Processor[CorridorStatus], Processor[ContextEvent]]:
    """The processors of reports, one a lane, of statuses and of context events; a thread each."""

    def transactor(name: str) -> Transactor:
        # Shown in pg_stat_activity: which process a transaction belongs to.
        return Transactor(database_url, alive, name=f"truceline {name} {os.getpid()}")

    documents = Documents(index)
    statuses = Stage(EventKind.CORRIDOR_STATUS, decode_status, write_statuses)
    context: Stage[ContextEvent] = Stage(EventKind.CONTEXT, decode_context, write_context_events)
    return (
        [
            Processor(
                Stage(EventKind.REPORT, decode_report, ReportWriter()),
                transactor("reports"),
                Announcer(bootstrap, alive),
                keys,
                documents,
                record,
            )
            for _ in range(REPORT_LANES)
        ],
        Processor(
            statuses,
            transactor("statuses"),
            Announcer(bootstrap, alive),
            keys,
            documents,
            record,
        ),
        Processor(
            context,
            transactor("context"),
            Announcer(bootstrap, alive),
            keys,
            documents,
            record,
        ),
    )
