"""Two workers on one database, meeting on the same events: nothing is lost, nobody is stuck."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from services.store.digest import timeless
from services.store.engine import Connection, connect
from services.worker.documents import load_register
from services.worker.refold import CorridorChange, load_events
from services.worker.transact import Transactor
from streams.corridors.stretches import availability_over
from streams.inforce import Register
from tests.integration.worker.ground import FAR, ON_ROUTE, PLACES, minutes, opened, report
from tests.integration.worker.intake import pure_readings, take_in
from tests.integration.worker.records import Message, Voucher, log_of, said
from tests.integration.worker.stored import rows, timeline
from tests.unit.streams.builders import MISSION, NOON

ROUNDS = 25
WORKERS = 2


@pytest.fixture
def register(fresh_url: str) -> Register:
    with connect(fresh_url) as conn:
        return load_register(conn)


class Crew:
    """Workers that take in one batch each at the same moment."""

    def __init__(self, url: str, register: Register) -> None:
        self._register = register
        self._barrier = Barrier(WORKERS)
        self._transactors = [
            Transactor(url, lambda: None, name=f"test worker {n}") for n in range(WORKERS)
        ]
        self.attempts = 0

    def take_in(self, batches: Sequence[Sequence[Message]]) -> None:
        """Take in a batch a worker; returns when all are committed."""
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(self._work, self._transactors, batches))

    def _work(self, transactor: Transactor, batch: Sequence[Message]) -> None:
        log = log_of(batch)

        def work(conn: Connection) -> None:
            self.attempts += 1
            take_in(conn, self._register, log)

        self._barrier.wait(timeout=30)
        transactor.run(work)

    def close(self) -> None:
        """Close the connections, so that the database can be dropped."""
        for transactor in self._transactors:
            transactor.close()


def test_a_report_and_what_takes_it_back_never_miss_each_other(
    fresh_url: str, register: Register
) -> None:
    rng = random.Random(20150212)
    crew = Crew(fresh_url, register)
    everything: list[Message] = []
    for number in range(ROUNDS):
        batches = _crossing(rng, f"{number}-")
        everything += [message for batch in batches for message in batch]
        crew.take_in(batches)
    crew.close()
    assert crew.attempts > WORKERS * ROUNDS, "they never met: this proves nothing"
    with connect(fresh_url) as conn:
        stored = [timeless(row[0]) for row in rows(conn, "SELECT body FROM current_assessments")]
    assert len(stored) == len(set(stored))
    assert set(stored) == pure_readings(register, everything)


def _crossing(rng: random.Random, prefix: str) -> list[list[Message]]:
    """A batch a worker: reports, versions and withdrawals of one and the same dozen."""
    ids = [f"{prefix}{n}" for n in range(12)]

    def some() -> Message:
        own, other = rng.sample(ids, 2)
        if rng.random() < 0.3:
            link = rng.choice(["retracts", "supersedes"])
            return said(report(f"{own}-takes-{other}", location=FAR, **{link: other}))
        voucher = rng.choice([Voucher.LOCAL, Voucher.LOCAL, Voucher.NOBODY])
        return said(report(own, location=rng.choice([ON_ROUTE, ON_ROUTE, *PLACES])), voucher)

    return [[some() for _ in range(rng.randint(1, 20))] for _ in range(WORKERS)]


def test_reports_and_statuses_of_one_road_are_folded_together(
    fresh_url: str, register: Register
) -> None:
    crew = Crew(fresh_url, register)
    road = CorridorChange(MISSION, "c")
    for number in range(ROUNDS):
        at = NOON + minutes(number)
        fire = said(report(f"r-{number}", observed_from=at))
        seen = said(opened(f"s-{number}", number / 60 + 0.01, settles=(f"r-{number - 1}",)))
        crew.take_in([[fire], [seen]])
        with connect(fresh_url) as conn:
            events = load_events(conn, road)
            folded = availability_over(register.stretches(*road), events)
            assert len(events) == 2 * (number + 1)
            assert [(it.starts_at, it.ends_at, it.cause) for it in timeline(conn)] == [
                (it.start, it.end, it.cause) for it in folded
            ], f"after round {number}"
    crew.close()
