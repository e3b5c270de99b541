"""What is queued is in Kafka, in order within a source, by one relay or by several."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from services.store.engine import connect
from services.worker.documents import load_register
from streams.events import CorridorStatus, Report
from streams.tags import STORED_HEADER
from streams.topics import TopicName, partition_key
from tests.integration.posted import post
from tests.integration.relay.crew import Crew, until, waiting_rows
from tests.integration.relay.topic import Tail, firsts, id_of
from tests.integration.worker.ground import opened, report
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.stored import one, states, verdicts

SOURCES = tuple(f"patrol-{number}" for number in range(20))


def post_all(url: str, events: Iterable[Report | CorridorStatus], *, at_once: int = 50) -> int:
    """Post events in transactions of some; how many."""
    everything = list(events)
    with connect(url) as conn:
        for start in range(0, len(everything), at_once):
            for event in everything[start : start + at_once]:
                assert post(conn, event, datetime.now(UTC))
            conn.commit()
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
    posted = post_all(relay_url, of_every_source(0, 60))
    relay = crew.start()
    assert len(tail.take(posted)) == posted
    assert in_order(tail, 60)
    until(lambda: waiting_rows(relay_url) == 0)
    crew.stop()
    assert (relay.counts.sent, relay.counts.unsent) == (posted, 0)
    assert not crew.errors


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
