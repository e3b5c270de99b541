"""The set of events decides: order, repetition and cuts change nothing that is current."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.store.digest import timeless
from services.store.engine import Connection
from streams.events import CorridorStatus, EventRef, Report
from streams.inforce import Register
from streams.vocabulary import Availability
from tests.integration.worker.ground import OPERATOR, PLACES, minutes, report
from tests.integration.worker.intake import digests_of, history_of, pure_readings, take_in_log
from tests.integration.worker.records import Message, Voucher, log_of, said
from tests.unit.streams import builders
from tests.unit.streams.builders import NOON, SOURCE

IDS = ("a", "b", "c")


@st.composite
def _reports(draw: st.DrawFn) -> Report:
    own, other = draw(st.permutations(IDS))[:2]
    speaks = draw(st.sampled_from(["", "", "", "retracts", "supersedes"]))
    start = NOON + minutes(draw(st.sampled_from([0, 0, 30, 60])))
    links: dict[str, object] = {speaks: other} if speaks else {}
    return report(
        own,
        observed_from=start,
        observed_to=draw(st.sampled_from([None, start + minutes(45)])),
        location=draw(st.sampled_from(PLACES)),
        exercise=draw(st.sampled_from([False, False, False, True])),
        **links,
    )


@st.composite
def _statuses(draw: st.DrawFn) -> CorridorStatus:
    issued = NOON + minutes(draw(st.sampled_from([-20, 10, 40, 90])))
    return builders.status(
        draw(st.sampled_from(IDS)),
        source=draw(st.sampled_from([OPERATOR, OPERATOR, "liaison"])),
        status=draw(st.sampled_from([Availability.OPEN, *Availability])),
        issued_at=issued,
        observed_at=issued,
        effective_from=issued,
        settles=tuple(
            EventRef(source=SOURCE, id=name) for name in draw(st.sets(st.sampled_from(IDS)))
        ),
    )


_VOUCHERS = st.sampled_from([Voucher.LOCAL] * 5 + [Voucher.NOBODY, Voucher.ELSEWHERE])
_REPORTS = st.builds(said, _reports(), _VOUCHERS)
_MESSAGES = _REPORTS | _REPORTS | st.builds(said, _statuses(), _VOUCHERS)
EXAMPLES = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


@EXAMPLES
@given(st.data())
def test_any_order_repetition_and_cut_ends_in_the_same(
    session: Connection, in_force: Register, data: st.DataObject
) -> None:
    events = data.draw(st.lists(_MESSAGES, min_size=2, max_size=7))
    other = data.draw(st.permutations(events))
    other += data.draw(st.lists(st.sampled_from(events), max_size=3))
    cuts = data.draw(st.sets(st.integers(1, len(other))))
    expected, _ = digests_of(session, in_force, events)
    assert digests_of(session, in_force, other, cuts)[0] == expected


@EXAMPLES
@given(st.data())
def test_the_same_log_in_other_batches_is_the_same_history(
    session: Connection, in_force: Register, data: st.DataObject
) -> None:
    log = data.draw(st.lists(_MESSAGES, min_size=2, max_size=7))
    log += data.draw(st.lists(st.sampled_from(log), max_size=3))
    cuts = data.draw(st.sets(st.integers(1, len(log)), min_size=1))
    assert history_of(session, in_force, log, cuts) == history_of(session, in_force, log)


@EXAMPLES
@given(st.lists(_REPORTS, min_size=1, max_size=7), st.data())
def test_what_is_stored_is_the_pure_reading_of_all_events(
    session: Connection, in_force: Register, messages: list[Message], data: st.DataObject
) -> None:
    cuts = data.draw(st.sets(st.integers(1, len(messages))))
    with session.transaction(force_rollback=True):
        take_in_log(session, in_force, log_of(messages), cuts)
        stored = session.execute("SELECT body FROM current_assessments").fetchall()
    assert {timeless(row[0]) for row in stored} == pure_readings(in_force, messages)
