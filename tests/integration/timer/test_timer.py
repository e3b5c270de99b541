"""What falls due becomes a row once, when it has, however late the timer and the word of it are."""

from __future__ import annotations

import threading
from datetime import timedelta

import msgspec
import psycopg
import pytest
from kafka.errors import KafkaTimeoutError

from services.store.engine import connect
from services.timer.counts import Counts
from services.timer.passed import PassedByAll
from services.timer.timer import Timer, both_clocks, open_session
from streams.agreement import Due as Deadline
from streams.agreement import Measure, Validity
from streams.events import TruceExtended, TruceInForce
from streams.vocabulary import Availability, MeasureStatus
from tests.integration.timer.clockwork import ALWAYS, Clockwork, document
from tests.integration.worker.ground import opened
from tests.integration.worker.stored import one
from tests.unit.streams.context.said import (
    at,
    begins,
    measured,
    terms,
    truce,
)

HELD = truce("f", TruceInForce(terms=terms(2, 6)))
EXTENDED = truce("e", TruceExtended(ends_at=at(9)), hour=5)
BEGINS, LAPSES = (2, "truce_begins", "line"), (6, "truce_lapses", "line")
VERIFIED = MeasureStatus.VERIFIED


def test_an_instant_is_written_when_it_has_come_and_not_before(work: Clockwork) -> None:
    work.turn(7.999)
    assert work.rows() == []
    work.turn(8)
    assert work.rows() == [(8, "measure_overdue", "guns", 1, True)]
    work.turn(10)
    assert work.standing() == ALWAYS


def test_a_row_says_when_it_fell_due_when_it_was_written_and_by_what(work: Clockwork) -> None:
    work.hear(HELD, hour=1)
    work.turn(4)
    with connect(work.url) as conn:
        (row,) = conn.execute(
            "SELECT due_at, written_at, mission, agreement_id, agreement, generation"
            " FROM due_instants"
        )
        read_by = conn.execute(
            "SELECT agreement, max(generation) FROM context_generations GROUP BY 1"
        )
        assert [row[4:]] == read_by.fetchall()
        assert row[:2] == (at(2), at(4) + timedelta(seconds=2))
        assert row[2:4] == (document().mission, document().id)


def test_an_outage_is_caught_up_with_each_row_at_its_own_instant(work: Clockwork) -> None:
    work.hear(HELD, hour=1)
    work.turn(1)
    work.hear(begins("d", hour=3), hour=3)
    work.turn(60, work.another())
    assert work.standing() == [
        BEGINS,
        (3, "phase_begins", "declared"),
        LAPSES,
        *ALWAYS,
        (51, "measure_overdue", "mines"),
    ]
    with connect(work.url) as conn:
        assert one(conn, "SELECT DISTINCT written_at FROM due_instants") == work.now


def test_nothing_is_written_twice_by_whoever_looks_again(work: Clockwork) -> None:
    work.turn(12)
    work.turn(12)
    work.turn(13, work.another())
    assert [row[3] for row in work.rows()] == [1, 1]
    assert work.counts.written == 2


def test_a_truce_that_was_extended_in_time_is_not_said_to_have_lapsed(work: Clockwork) -> None:
    work.hear(HELD, hour=1)
    work.turn(4)
    work.hear(EXTENDED, hour=5)
    work.turn(7)
    assert work.rows() == [(*BEGINS, 1, True)]
    work.turn(9)
    assert (9, "truce_lapses", "line") in work.standing()


def test_what_a_late_word_proves_wrong_is_superseded_and_stays(work: Clockwork) -> None:
    work.hear(HELD, hour=1)
    work.turn(7)
    assert work.standing() == [BEGINS, LAPSES]
    work.hear(EXTENDED, hour=7)
    work.turn(7.5)
    assert [row for row in work.rows() if row[0] == 6] == [(*LAPSES, 1, True), (*LAPSES, 2, False)]
    assert work.counts.superseded == 1
    work.hear(truce("gone", TruceExtended(ends_at=at(9)), hour=5, retracts="e"), hour=8)
    work.turn(8)
    assert [row[3:] for row in work.rows() if row[0] == 6] == [(1, True), (2, False), (3, True)]


def test_a_measure_that_was_verified_in_time_and_heard_of_late(work: Clockwork) -> None:
    work.turn(9)
    work.hear(measured("v", VERIFIED, 7), hour=20)
    work.turn(21)
    assert (8, "measure_overdue", "guns") not in work.standing()


def test_a_row_of_something_that_is_no_longer_in_the_agreement_is_superseded(
    work: Clockwork,
) -> None:
    work.turn(9)
    work.load([document(version=2, measures=())], hour=20)
    work.turn(21)
    assert work.standing() == ALWAYS[1:]


def test_an_amendment_moves_what_has_not_fallen_due(work: Clockwork) -> None:
    later = Measure(
        id="guns",
        name="Guns",
        clause="Article 3",
        party="north",
        due=Deadline(on=at(30)),
    )
    amended = document(version=2, measures=(later,), valid=Validity(from_=at(4)))
    work.load([amended], hour=3)
    work.turn(29)
    assert work.standing() == ALWAYS[1:]
    work.turn(30)
    assert work.standing() == [*ALWAYS[1:], (30, "measure_overdue", "guns")]


def test_a_corridor_that_nobody_sees_again_grows_stale_at_its_instant(work: Clockwork) -> None:
    work.hear(opened("o", 0), hour=0)
    work.turn(0)
    with connect(work.url) as conn:
        stale_at = one(conn, "SELECT starts_at FROM corridor_availability WHERE cause = 'stale'")
    stale_h = (stale_at - at(0)).total_seconds() / 3600
    assert work.rows() == []
    work.turn(stale_h)
    assert (stale_h, "corridor_stale", "c") in work.standing()
    work.hear(opened("o2", stale_h - 0.5), hour=stale_h + 1)
    work.turn(stale_h + 1)
    assert (stale_h, "corridor_stale", "c") not in work.standing()
    assert work.counts.superseded == 1


def test_a_closure_that_says_until_when_ends_at_its_instant_once(work: Clockwork) -> None:
    shut = msgspec.structs.replace(
        opened("shut", 1), status=Availability.CLOSED, effective_to=at(3)
    )
    work.hear(shut, hour=1)
    work.turn(2.9)
    ends = (3, "corridor_closure_ends", "c")
    assert ends not in work.standing()
    for hour in (3, 5):
        work.turn(hour)
        assert work.standing().count(ends) == 1
    still = msgspec.structs.replace(shut, id="still", effective_to=at(9))
    work.hear(still, hour=6)
    work.turn(7)
    assert ends not in work.standing()


def test_what_waits_for_a_worker_holds_back_what_fell_due_after_it(work: Clockwork) -> None:
    work.hear(HELD, hour=1)
    work.turn(4)
    work.post(EXTENDED, hour=5)
    pause_s = work.turn(8)
    assert work.standing() == [BEGINS]
    assert work.counts.held == 2, "the lapse and the guns' deadline"
    assert pause_s > 0
    work.relay(EXTENDED, hour=8)
    work.turn(9.5)
    assert work.rows() == [
        (*BEGINS, 1, True),
        (8, "measure_overdue", "guns", 1, True),
        (9, "truce_lapses", "line", 1, True),
    ]
    assert work.counts.held == 0


def test_what_waits_in_kafka_holds_back_what_fell_due_after_it(work: Clockwork) -> None:
    work.in_kafka = at(9)
    work.turn(12)
    assert work.standing() == ALWAYS[:1]
    work.in_kafka = None
    work.turn(13)
    assert work.standing() == ALWAYS


def test_without_an_answer_of_kafka_nothing_is_said_to_have_fallen_due(work: Clockwork) -> None:
    asked = 0

    def no_answer(_: object) -> None:
        nonlocal asked
        asked += 1
        raise KafkaTimeoutError("no answer")

    timer = Timer(
        work.url, PassedByAll(no_answer), threading.Event(), work.counts, clock=lambda _: work.now
    )
    work.turn(12, timer)
    assert work.rows() == []
    assert (asked, work.counts.held) == (1, 2)
    work.turn(13)
    assert work.standing() == ALWAYS


def test_a_clock_that_goes_back_takes_nothing_back_and_writes_nothing_again(
    work: Clockwork,
) -> None:
    work.turn(12)
    for timer in (None, work.another()):
        work.turn(5, timer)
        assert work.standing() == ALWAYS
    work.turn(12)
    assert [row[3] for row in work.rows()] == [1, 1]


def test_what_a_clock_that_was_ahead_has_written_is_still_superseded_when_it_is_wrong(
    work: Clockwork,
) -> None:
    work.turn(12)
    work.now = at(5)
    work.hear(measured("v", VERIFIED, 5), hour=5)
    work.turn(5)
    assert work.standing() == [(5, "phase_begins", "gated"), ALWAYS[1]]


def test_the_clock_is_what_both_clocks_have_passed(work: Clockwork) -> None:
    with open_session(work.url) as conn:
        stored, ours = both_clocks(conn), both_clocks(conn)
    assert timedelta(0) <= ours - stored < timedelta(seconds=30)


def test_no_row_can_be_written_before_its_instant(work: Clockwork) -> None:
    insert = (
        "INSERT INTO due_instants VALUES"
        " (%s, %s, 1, 1, %s, 'm', 'a', 'guns', 'measure_overdue', '')"
    )
    with connect(work.url) as conn:
        conn.execute(insert, [at(5), at(4), False])
        with pytest.raises(psycopg.errors.CheckViolation):
            conn.execute(insert, [at(6), at(5), True])


def test_while_nothing_is_due_it_looks_once_a_second_whether_that_changed(work: Clockwork) -> None:
    assert work.turn(0) == 1
    work.now = at(8) + timedelta(seconds=1.5)
    with open_session(work.url) as conn:
        assert work.timer.turn(conn) == pytest.approx(0.5)


def test_timers_side_by_side_write_each_row_once(work: Clockwork) -> None:
    work.hear(HELD, begins("d", hour=3), hour=3)
    work.now = at(60)
    stopping, counts = threading.Event(), [Counts() for _ in range(4)]

    def passed(*_: object) -> int:
        return 1_000

    timers = [Timer(work.url, passed, stopping, of, clock=lambda _: work.now) for of in counts]
    threads = [threading.Thread(target=timer.run, daemon=True) for timer in timers]
    for thread in threads:
        thread.start()
    work.turn(60)
    work.hear(truce("x", TruceExtended(ends_at=at(9)), hour=5), hour=61)
    work.turn(62)
    stopping.set()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    rows = work.rows()
    assert len(rows) == len({row[:4] for row in rows}) == 8
    every = [*counts, work.counts]
    assert sum(it.written for it in every) == 7
    assert sum(it.superseded for it in every) == 1
