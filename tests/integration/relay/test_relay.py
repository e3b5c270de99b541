"""What is queued is in Kafka, in order within a source, by one relay or by several."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
import pytest

from services.relay.send import Sender
from services.store.engine import connect
from services.store.outbox import BUNDLE_EVENTS, Waiting
from services.worker.documents import load_register
from streams.events import CorridorStatus, Report
from streams.tags import STORED_HEADER
from streams.topics import TopicName, partition_key
from tests.integration.anywhere import tables_holding
from tests.integration.posted import post, post_as_before, post_group
from tests.integration.relay.crew import Crew, until, waiting_rows
from tests.integration.relay.topic import Tail, firsts, id_of
from tests.integration.worker.ground import opened, report
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import Message, log_of
from tests.integration.worker.stored import one, states, verdicts
from tests.integration.worker.test_withheld import with_a_name
from tests.unit.streams.context.said import counted, nameless
from tests.unit.streams.test_withhold import NAME

SOURCES = tuple(f"patrol-{number}" for number in range(20))


def post_all(url: str, events: Iterable[Report | CorridorStatus], *, at_once: int = 50) -> int:
    """Post events in groups of some; how many."""
    everything = list(events)
    with connect(url) as conn:
        conn.autocommit = True
        for start in range(0, len(everything), at_once):
            post_group(conn, everything[start : start + at_once], datetime.now(UTC))
    return len(everything)


def of_every_source(first: int, count: int) -> list[Report]:
    return [
        report(f"r-{number:05}", source=source)
        for number in range(first, first + count)
        for source in SOURCES
    ]


def in_order(tail: Tail, count: int) -> bool:
    return all(
        ids == sorted(ids) and len(ids) == count for ids in firsts(tail.arrived).values()
    ) and len(firsts(tail.arrived)) == len(SOURCES)


def test_what_is_posted_is_relayed_and_judged_as_it_was_stored(
    relay_url: str, crew: Crew, tail: Tail
) -> None:
    crew.start()
    events: list[Report | CorridorStatus] = [report("r"), opened("s", -1)]
    post_all(relay_url, events)
    arrived = tail.take(2)
    assert len(arrived) == 2
    assert {record.topic for record in arrived} == {TopicName.REPORTS, TopicName.CORRIDOR_STATUS}
    for record, event in zip(sorted(arrived, key=id_of), events, strict=True):
        assert record.key == partition_key(event.mission, event.source)
        assert record.headers == ((STORED_HEADER, b"1"),)
    until(lambda: waiting_rows(relay_url) == 0)
    with connect(relay_url) as conn:
        take_in_log(conn, load_register(conn), sorted(arrived, key=lambda it: it.topic))
        assert verdicts(conn) == {"r": ("violation", "stands")}
        assert ("open", "open_by_status") in states(conn)
        assert one(conn, "SELECT count(*) FROM submissions WHERE authentication <> 'token'") == 0


def test_a_backlog_goes_in_order_and_once(relay_url: str, crew: Crew, tail: Tail) -> None:
    posted = post_all(relay_url, of_every_source(0, 60), at_once=1_000)
    assert waiting_rows(relay_url) < posted / 10, "they stand in bundles"
    relay = crew.start()
    assert len(tail.take(posted)) == posted
    assert in_order(tail, 60)
    until(lambda: waiting_rows(relay_url) == 0)
    crew.stop()
    assert (relay.counts.sent, relay.counts.unsent) == (posted, 0)
    assert not crew.errors


def test_what_was_stored_one_by_one_goes_in_order_with_what_was_stored_together(
    relay_url: str, crew: Crew, tail: Tail
) -> None:
    first, second, third = (of_every_source(turn * 5, 5) for turn in range(3))
    post_all(relay_url, first)
    with connect(relay_url) as conn:
        for event in second:
            assert post(conn, event, datetime.now(UTC))
    post_all(relay_url, third, at_once=1_000)
    crew.start()
    tail.take(15 * len(SOURCES))
    assert in_order(tail, 15)


class Forgetful(Sender):
    """Is not told of one message of its first turn; Kafka has it all the same."""

    def __init__(self, bootstrap: str) -> None:
        super().__init__(bootstrap)
        self.turns: list[list[Waiting]] = []

    def send(self, rows: list[Waiting]) -> list[Waiting]:  # type: ignore[override]  # rows as read
        """Send all of them."""
        self.turns.append(rows)
        sent = super().send(rows)
        return sent[:70] + sent[71:] if len(self.turns) == 1 else sent


def test_a_bundle_that_lacks_an_answer_is_sent_again_whole_and_no_other(
    relay_url: str, kafka_bootstrap: str, tail: Tail
) -> None:
    sender = Forgetful(kafka_bootstrap)
    crew = Crew(relay_url, lambda: sender)
    reports = [report(f"r-{number:03}") for number in range(3 * BUNDLE_EVENTS)]
    post_all(relay_url, reports, at_once=len(reports))
    assert waiting_rows(relay_url) == 3
    relay = crew.start()
    arrived = tail.take(len(reports), quiet_s=1.0)
    until(lambda: waiting_rows(relay_url) == 0)
    crew.stop()
    assert [len(rows) for rows in sender.turns] == [3 * BUNDLE_EVENTS, BUNDLE_EVENTS]
    assert [row.raw for row in sender.turns[1]] == [
        row.raw for row in sender.turns[0][BUNDLE_EVENTS : 2 * BUNDLE_EVENTS]
    ]
    assert len(arrived) == 4 * BUNDLE_EVENTS
    assert firsts(arrived)[arrived[0].key] == [event.id for event in reports]
    assert (relay.counts.sent, relay.counts.unsent) == (4 * BUNDLE_EVENTS - 1, 1)


def test_an_idle_relay_is_woken_at_once(relay_url: str, crew: Crew, tail: Tail) -> None:
    crew.start()
    post_all(relay_url, [report("first")])
    tail.take(1, quiet_s=0.1)
    latencies = []
    for number in range(5):
        began = datetime.now(UTC).timestamp() * 1000
        post_all(relay_url, [report(f"r-{number}")])
        tail.take(number + 2, quiet_s=0.1)
        latencies.append(max(record.timestamp for record in tail.arrived) - began)
    assert min(latencies) < 500, latencies


@pytest.mark.parametrize("relays", [2, 3])
def test_several_relays_share_the_lanes_and_keep_the_order(
    relay_url: str, crew: Crew, tail: Tail, relays: int
) -> None:
    for _ in range(relays):
        crew.start()
    posted = 0
    for turn in range(10):
        posted += post_all(relay_url, of_every_source(turn * 5, 5))
    assert len(tail.take(posted)) == posted
    assert in_order(tail, 50)
    until(lambda: waiting_rows(relay_url) == 0)
    crew.stop()
    assert sum(relay.counts.sent for relay in crew.relays) == posted


@pytest.mark.parametrize("together", [False, True])
def test_of_what_has_been_withheld_meanwhile_nothing_is_sent_and_it_waits_no_more(
    relay_url: str, tail: Tail, crew: Crew, *, together: bool
) -> None:
    named, sound = counted(1, 100), counted(2, 100)
    raw = with_a_name(named)
    posts = [(named, raw), (sound, msgspec.json.encode(sound))]
    with connect(relay_url) as conn:
        conn.autocommit = True
        for group in (posts,) if together else ([one] for one in posts):
            post_as_before(conn, group, datetime.now(UTC))
        take_in_log(conn, load_register(conn), log_of([Message(TopicName.CONTEXT, raw)]))
        assert tables_holding(conn, NAME) == []
    assert waiting_rows(relay_url) == (1 if together else 2)
    relay = crew.start()
    assert [id_of(record) for record in tail.take(1)] == [nameless(2)]
    until(lambda: waiting_rows(relay_url) == 0)
    crew.stop()
    assert (relay.counts.sent, relay.counts.unsent) == (1, 0)
    assert not crew.errors
