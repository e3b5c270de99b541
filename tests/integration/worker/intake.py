"""Intake: logs taken in by the worker's own stages, cut into batches as a test wants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from psycopg import sql

from services.store.digest import digest, full_digest, timeless
from services.store.engine import Connection
from services.store.tables import HISTORY_TABLES
from services.worker.context_events import write_context_events
from services.worker.incoming import Incoming, Refused, read_records
from services.worker.reports import ReportWriter
from services.worker.statuses import write_statuses
from streams.assess import Judged
from streams.assessment import encode_assessment
from streams.decode import Refusal, decode_context, decode_report, decode_status
from streams.dossier import Dossier, Link, Version, links_of, read_dossiers
from streams.events import ContextEvent, Report
from streams.inforce import Register
from streams.keys import EventKind, Key, event_key
from streams.tags import ProducerKey
from streams.topics import TopicName
from tests.integration.worker.records import KEYS, Entry, Message, log_of


def take_in(conn: Connection, register: Register, records: Sequence[Entry]) -> list[Refused]:
    """Take in one batch of one topic, in the connection's transaction."""
    if records[0].topic == TopicName.CORRIDOR_STATUS:
        statuses = read_records(records, EventKind.CORRIDOR_STATUS, decode_status, KEYS)
        return write_statuses(conn, lambda _: lambda: register, *statuses).refused
    if records[0].topic == TopicName.CONTEXT:
        heard: tuple[list[Incoming[ContextEvent]], list[Refused]] = read_records(
            records, EventKind.CONTEXT, decode_context, KEYS
        )
        return write_context_events(conn, lambda _: lambda: register, *heard).refused
    reports = read_records(records, EventKind.REPORT, decode_report, KEYS)
    return ReportWriter()(conn, lambda _: lambda: register, *reports).refused


def take_in_log(
    conn: Connection, register: Register, log: Sequence[Entry], cuts: Iterable[int] = ()
) -> list[Refused]:
    """Take in a log; `cuts` are the places after which another batch begins."""
    ends = sorted({*cuts, len(log)})
    batches = [log[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    return [
        refused
        for batch in batches
        for _, records in groupby(batch, key=lambda record: record.topic)
        for refused in take_in(conn, register, list(records))
    ]


FOLDED = {
    "corridor_availability",
    "whereabouts",
    "context_generations",
    "movement_generations",
    "unheeded_movements",
    "breaches",
    "incidents",
}


def history_of(
    conn: Connection, register: Register, messages: Iterable[Message], cuts: Iterable[int] = ()
) -> tuple[str, list[object]]:
    """The current digest and every row of history, clock and all, after a log was taken in.

    Without the generations of corridors, subjects and movements: how often one is folded is up to
    the batches; what they compose to is in the digest.
    """
    with conn.transaction(force_rollback=True):
        take_in_log(conn, register, log_of(messages), cuts)
        history: list[object] = [
            (table, sorted(conn.execute(_whole(table)).fetchall(), key=repr))
            for table in HISTORY_TABLES
            if table not in FOLDED
        ]
        return digest(conn), history


def _whole(table: str) -> sql.Composed:
    return sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))


def pure_readings(
    register: Register, messages: Iterable[Message], keys: Mapping[str, ProducerKey] = KEYS
) -> set[bytes]:
    """The readings of reports by the pure core alone, from the set of messages; without times."""
    log = log_of(dict.fromkeys(messages))
    incoming, _ = read_records(log, EventKind.REPORT, decode_report, keys)
    return pure_readings_of(register, incoming)


def pure_readings_of(register: Register, incoming: Iterable[Incoming[Report]]) -> set[bytes]:
    """The same of events that are read, and whose voucher is known."""
    versions: defaultdict[Key, list[Version]] = defaultdict(list)
    links: defaultdict[Key, list[Link]] = defaultdict(list)
    for item in incoming:
        event, vouched = item.event, item.authentication.vouched
        versions[item.key].append(Version(event, item.authentication, item.received_at))
        for relation, target in links_of(event):
            key = event_key(EventKind.REPORT, event.mission, event.source, target)
            links[key].append(Link(relation, event.id, vouched))
    dossiers = [Dossier(tuple(versions[key]), tuple(links[key])) for key in versions]
    readings = read_dossiers(register, dossiers)
    assert not any(isinstance(reading, Refusal) for reading in readings)
    return {
        timeless(encode_assessment(reading.assessment))
        for reading in readings
        if isinstance(reading, Judged)
    }


def digests_of(
    conn: Connection, register: Register, messages: Iterable[Message], cuts: Iterable[int] = ()
) -> tuple[str, str]:
    """The current and the full digest after a log was taken in; nothing of it stays."""
    with conn.transaction(force_rollback=True):
        take_in_log(conn, register, log_of(messages), cuts)
        return digest(conn), full_digest(conn)
