"""Posted or sent straight, in any order and cut: the set of events decides."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.store.digest import digest
from services.store.engine import Connection, connect
from services.worker.documents import load_register
from services.worker.transact import Transactor
from streams.events import CorridorStatus, Report
from streams.inforce import Register
from tests.integration.posted import post
from tests.integration.worker.ground import FAR, PLACES, minutes, opened, report
from tests.integration.worker.intake import take_in, take_in_log
from tests.integration.worker.records import RECEIVED, Message, Voucher, log_of, relayed, said
from tests.integration.worker.stored import one, rows
from tests.unit.streams.builders import NOON

IDS = ("a", "b", "c")
ROUNDS = 15


class Way(NamedTuple):
    """An event and the way that it takes."""

    event: Report | CorridorStatus
    posted: bool
    voucher: Voucher

    @property
    def message(self) -> Message:
        """As Kafka has it."""
        return relayed(self.event) if self.posted else said(self.event, self.voucher)


@st.composite
def _events(draw: st.DrawFn) -> Report | CorridorStatus:
    own, other = draw(st.permutations(IDS))[:2]
    if draw(st.integers(0, 3)) == 0:
        return opened(own, draw(st.sampled_from([-1, 0.5, 1])), settles=(other,))
    speaks = draw(st.sampled_from(["", "", "retracts", "supersedes"]))
    links: dict[str, object] = {speaks: other} if speaks else {}
    return report(
        own,
        observed_from=NOON + minutes(draw(st.sampled_from([0, 30]))),
        location=draw(st.sampled_from(PLACES)),
        **links,
    )


_WAYS = st.builds(
    Way, _events(), st.sampled_from([True, True, False]), st.sampled_from([Voucher.LOCAL] * 3)
)


def _one_way_each(ways: list[Way]) -> list[Way]:
    """Who vouches stands in the assessment's context, so one event takes one way."""
    return list({repr(way.event): way for way in ways}.values())


_SETS = st.lists(_WAYS, min_size=2, max_size=6).map(_one_way_each)


def _taken_in(
    conn: Connection, register: Register, ways: Sequence[Way], cuts: Sequence[int]
) -> tuple[str, list[tuple[object, ...]]]:
    """The digest after the events came in this order; each is posted in its batch, or before."""
    log = log_of(way.message for way in ways)
    ends = [*sorted({cut for cut in cuts if cut < len(log)}), len(log)]
    with conn.transaction(force_rollback=True):
        for start, end in zip([0, *ends], ends, strict=False):
            for at, way in enumerate(ways[start:end]):
                if way.posted:
                    post(conn, way.event, RECEIVED + timedelta(seconds=start + at, microseconds=7))
            take_in_log(conn, register, log[start:end])
        counted = rows(
            conn,
            "SELECT (SELECT count(*) FROM submissions), (SELECT count(*) FROM report_links),"
            " (SELECT count(*) FROM assessments WHERE cause IS NULL),"
            " (SELECT count(*) FROM corridor_events WHERE kind = 'status')",
        )
        return digest(conn), counted


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_order_of_posted_and_direct_events_ends_in_the_same(
    session: Connection, in_force: Register, data: st.DataObject
) -> None:
    ways = data.draw(_SETS)
    other = data.draw(st.permutations(ways))
    other += data.draw(st.lists(st.sampled_from(ways), max_size=3))
    cuts = data.draw(st.lists(st.integers(1, len(other)), max_size=4))
    assert _taken_in(session, in_force, other, cuts) == _taken_in(session, in_force, ways, [])


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_is_posted_and_sent_straight_as_well_is_judged_once(
    session: Connection, in_force: Register, data: st.DataObject
) -> None:
    events = [way.event for way in data.draw(_SETS)]
    both = [message for event in events for message in (relayed(event), said(event))]
    log = log_of(data.draw(st.permutations(both)))
    cuts = data.draw(st.lists(st.integers(1, len(log)), max_size=4))
    with session.transaction(force_rollback=True):
        for at, event in enumerate(events):
            post(session, event, RECEIVED - timedelta(minutes=1) + timedelta(microseconds=at))
        take_in_log(session, in_force, log, cuts)
        reports = sum(isinstance(event, Report) for event in events)
        assert one(session, "SELECT count(*) FROM assessments WHERE cause IS NULL") == reports
        assert one(session, "SELECT count(*) FROM submissions") == len(events)
        assert (
            one(session, "SELECT count(*) FROM corridor_events WHERE kind = 'status'")
            == len(events) - reports
        )


def test_workers_that_meet_on_a_posted_report_write_one_current_reading(fresh_url: str) -> None:
    rng = random.Random(20150212)
    with connect(fresh_url) as conn:
        register = load_register(conn)
        conn.commit()
        transactors = [Transactor(fresh_url, lambda: None, name=f"test {n}") for n in range(2)]
        for number in range(ROUNDS):
            posted = [report(f"{number}-{n}") for n in range(20)]
            for event in posted:
                post(conn, event, RECEIVED + timedelta(seconds=number, microseconds=3))
            conn.commit()
            others = [
                rng.choice(
                    [
                        said(event),
                        relayed(event),
                        said(report(event.id, location=FAR)),
                        said(report(f"takes-{event.id}", location=FAR, retracts=event.id)),
                    ]
                )
                for event in posted
            ]
            batches = [[relayed(event) for event in posted], rng.sample(others, len(others))]
            _at_once(transactors, register, batches)
        for transactor in transactors:
            transactor.close()
        twice = "SELECT key FROM current_assessments GROUP BY key HAVING count(*) > 1"
        assert rows(conn, twice) == []
        own = "SELECT count(*) FROM assessments WHERE cause IS NULL"
        assert one(conn, own) == one(conn, "SELECT count(*) FROM submissions")
        retracted = """
            SELECT count(*) FROM current_assessments a JOIN report_links l ON l.target_key = a.key
            WHERE a.standing <> 'retracted'
        """
        assert one(conn, retracted) == 0


def _at_once(
    transactors: Sequence[Transactor], register: Register, batches: Sequence[Sequence[Message]]
) -> None:
    def work(transactor: Transactor, batch: Sequence[Message]) -> None:
        log = log_of(batch)

        def take(conn: Connection) -> None:
            take_in(conn, register, log)

        transactor.run(take)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, transactors, batches))
