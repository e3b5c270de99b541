"""What was stored by other rules than the worker's, and is refused, leaves the store again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

import msgspec
import pytest
from psycopg import DatabaseError

from services.load import load_documents
from services.store.engine import Connection, connect
from services.store.partitions import ensure_partitions
from services.store.unjudged import look
from services.worker.documents import load_register
from streams.events import ContextEvent
from streams.inforce import Register
from streams.keys import EventKind, event_key
from streams.tags import STORED_HEADER
from streams.topics import TopicName
from tests.integration.anywhere import tables_holding
from tests.integration.posted import post_as_before
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, Entry, Message, log_of, relayed
from tests.integration.worker.stored import one, rows
from tests.unit.streams.builders import MISSION
from tests.unit.streams.context.said import counted, exchanging, nameless, truce
from tests.unit.streams.test_withhold import NAME

HINT = ((STORED_HEADER, b"1"),)
SUBMISSION = "SELECT raw FROM submissions WHERE event_id = '{}'"


@pytest.fixture
def store(fresh_url: str) -> Iterator[Connection]:
    """A connection without a transaction, to a store of its own."""
    with connect(fresh_url) as conn:
        ensure_partitions(conn, RECEIVED)
        load_documents(conn, [exchanging(id=f"truce-{MISSION}", version=2)], RECEIVED)
        conn.commit()
        conn.autocommit = True
        yield conn


@pytest.fixture
def rules(store: Connection) -> Register:
    return load_register(store)


def with_a_name(event: ContextEvent, **more: object) -> bytes:
    """The event as an earlier program took it, which did not look at all that stood in it."""
    fields: Mapping[str, object] = msgspec.to_builtins(event)
    return json.dumps({**fields, "remark": NAME, **more}).encode()


def records(*raws: bytes, topic: TopicName = TopicName.CONTEXT) -> Sequence[Entry]:
    return log_of([Message(topic, raw, HINT) for raw in raws])


def take_in(conn: Connection, register: Register, log: Sequence[Entry]) -> None:
    with conn.transaction():
        take_in_log(conn, register, log)


def raw_of(conn: Connection, number: int) -> object:
    return one(conn, SUBMISSION.format(nameless(number)))


def test_of_a_stored_event_that_a_worker_refuses_hash_and_reason_are_left(
    store: Connection, rules: Register
) -> None:
    event = counted(1, 100)
    raw = with_a_name(event)
    post_as_before(store, [(event, raw)], RECEIVED)
    assert "submissions" in tables_holding(store, NAME)
    take_in(store, rules, records(raw))
    assert tables_holding(store, NAME) == []
    kept = rows(store, "SELECT content_hash, raw, reason FROM rejected")
    assert kept == [(sha256(raw).digest(), None, "unknown_field")]
    key = event_key(EventKind.CONTEXT, event.mission, event.source, event.id)
    assert rows(store, "SELECT key, content_hash, raw FROM submissions") == [
        (key, sha256(raw).digest(), b"")
    ]
    assert one(store, "SELECT count(*) FROM receipts") == 1, "what was signed stays true"


def test_what_is_sound_beside_it_counts_and_stays(store: Connection, rules: Register) -> None:
    named, sound = counted(1, 100), counted(2, 98, source="southern")
    both = [(named, with_a_name(named)), (sound, msgspec.json.encode(sound))]
    post_as_before(store, both, RECEIVED)
    take_in(store, rules, [*records(with_a_name(named)), *log_of([relayed(sound)])])
    assert raw_of(store, 1) == b""
    assert raw_of(store, 2) == msgspec.json.encode(sound)
    assert one(store, "SELECT count(*) FROM context_events") == 1


def test_before_the_commit_nothing_is_gone_and_after_it_nothing_more_happens(
    store: Connection, rules: Register
) -> None:
    event = counted(1, 100)
    raw = with_a_name(event)
    post_as_before(store, [(event, raw)], RECEIVED)
    with store.transaction(force_rollback=True):
        take_in_log(store, rules, records(raw))
    assert (raw_of(store, 1), one(store, "SELECT count(*) FROM rejected")) == (raw, 0)
    for _ in range(2):
        take_in(store, rules, records(raw, raw))
        assert (raw_of(store, 1), one(store, "SELECT count(*) FROM rejected")) == (b"", 1)


def test_it_is_not_sent_again_for_want_of_a_judgement(store: Connection, rules: Register) -> None:
    event = counted(1, 100)
    post_as_before(store, [(event, with_a_name(event))], RECEIVED)
    take_in(store, rules, records(with_a_name(event)))
    looked = look(store, RECEIVED.replace(year=2000), RECEIVED.replace(year=2100), 10)
    assert [it.rejected_key for it in looked.open] == [
        it for (it,) in rows(store, "SELECT key FROM event_keys WHERE kind = 3")
    ]


def test_what_has_been_taken_in_is_kept_whoever_sends_it_where_it_does_not_belong(
    store: Connection, rules: Register
) -> None:
    event = counted(1, 100)
    raw = msgspec.json.encode(event)
    post_as_before(store, [(event, raw)], RECEIVED)
    # The same bytes where reports come are refused, and say nothing of what is stored.
    take_in(store, rules, records(raw, topic=TopicName.REPORTS))
    assert raw_of(store, 1) == raw
    take_in(store, rules, log_of([relayed(event)]))
    take_in(store, rules, records(with_a_name(event)))
    assert raw_of(store, 1) == raw, "other bytes under its id are not these"
    assert one(store, "SELECT count(*) FROM context_events") == 1


def test_what_is_plainly_another_context_event_is_kept_as_ever(
    store: Connection, rules: Register
) -> None:
    event = truce("t-1")
    raw = json.dumps({**msgspec.to_builtins(event), "remarks": "by hand"}).encode()
    post_as_before(store, [(event, raw)], RECEIVED)
    take_in(store, rules, records(raw))
    assert one(store, SUBMISSION.format("t-1")) == raw
    assert one(store, "SELECT raw FROM rejected") == raw


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE submissions SET raw = ''",
        "UPDATE submissions SET raw = 'other'",
        "UPDATE submissions SET raw = '', event_id = 'other'",
        "UPDATE submissions SET raw = '', content_hash = ''",
        "DELETE FROM submissions",
    ],
)
@pytest.mark.parametrize("refused", [False, True])
def test_postgresql_lets_nothing_else_be_changed(
    store: Connection, rules: Register, change: str, *, refused: bool
) -> None:
    event, taken_in = counted(1, 100), counted(2, 98, source="southern")
    post_as_before(store, [(event, with_a_name(event))], RECEIVED)
    if refused:
        # Refused by name beside one that counts: that one's bytes bear no change.
        post_as_before(store, [(taken_in, msgspec.json.encode(taken_in))], RECEIVED)
        take_in(store, rules, [*log_of([relayed(taken_in)]), *records(with_a_name(event))])
    with pytest.raises(DatabaseError, match="history is never changed"):
        store.execute(change.encode())
