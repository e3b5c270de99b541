"""What is declared beside reports: stored with its reason, and judged by however late it comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from services.load import load_documents
from services.store.contexts import known_states
from services.store.digest import digest
from services.store.engine import Connection, connect
from services.store.unjudged import waits_unjudged
from streams.agreement import Agreement, Exemption, PhaseDays
from streams.events import ContextEvent, PartyClaim, Report, TruceInForce, TruceSuspended
from streams.inforce import Register
from streams.topics import TopicName
from streams.vocabulary import ExceptionName, MeasureStatus, Verdict
from tests.integration.posted import post
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import (
    RECEIVED,
    Message,
    Voucher,
    log_of,
    message,
    relayed,
    said,
)
from tests.unit.streams import builders
from tests.unit.streams.context.said import (
    METHODOLOGY,
    PHASES,
    agreement,
    at,
    begins,
    measured,
    notifies,
    terms,
    truce,
)

KYIV = "Europe/Kyiv"
IDS = ("a", "b", "c")
VERIFIED = MeasureStatus.VERIFIED


def under() -> Agreement:
    """Fire into `z` is prohibited always, in two phases, and unless demining was notified."""
    return agreement(
        terms=(
            builders.term("always"),
            builders.term("declared", during=PhaseDays(phase="declared", time_zone=KYIV)),
            builders.term("gated", during=PhaseDays(phase="gated", time_zone=KYIV)),
            builders.term(
                "notified",
                exceptions=(Exemption(name=ExceptionName.NOTIFIED_DEMINING, notice_hours=24),),
            ),
        ),
        phases=PHASES,
    )


REGISTER = Register((under(),), (METHODOLOGY,))


def fire(report_id: str, hour: float, **changes: object) -> Report:
    return builders.report(report_id, observed_from=at(hour), **changes)


def verdicts(conn: Connection, report_id: str = "r") -> dict[str, str]:
    """Verdict by term, of the current reading."""
    rows = conn.execute(
        "SELECT f ->> 'term', f ->> 'verdict' FROM current_assessments,"
        " LATERAL jsonb_array_elements(convert_from(body, 'UTF8')::jsonb -> 'findings') AS f"
        " WHERE convert_from(body, 'UTF8')::jsonb ->> 'id' = %s",
        [report_id],
    )
    return dict(rows.fetchall())


def count(conn: Connection, table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    row = conn.execute(query).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture(scope="module")
def session(worker_url: str) -> Iterator[Connection]:
    """One connection for all examples, each undone in its own savepoint; `under` amends there."""
    with connect(worker_url, name="test") as connection:
        amended = msgspec.structs.replace(under(), id=f"truce-{builders.MISSION}", version=2)
        load_documents(connection, [amended], RECEIVED)
        yield connection
        connection.rollback()


def test_a_late_declaration_judges_again_what_came_after_it(conn: Connection) -> None:
    reports = [said(fire("before", -1)), said(fire("r", 1))]
    take_in_log(conn, REGISTER, log_of(reports))
    assert verdicts(conn)["declared"] == Verdict.NOT_APPLICABLE
    take_in_log(conn, REGISTER, log_of([said(begins("d", hour=0))]))
    assert verdicts(conn)["declared"] == Verdict.VIOLATION
    assert verdicts(conn, "before")["declared"] == Verdict.NOT_APPLICABLE
    assert count(conn, "supersessions") == 1


def test_a_late_notification_excuses_what_it_was_notified_for(conn: Connection) -> None:
    by_north = builders.attribution("north")
    reports = [fire("r", 0.5, attribution=by_north), fire("late", 3, attribution=by_north)]
    take_in_log(conn, REGISTER, log_of(map(said, reports)))
    assert verdicts(conn)["notified"] == Verdict.VIOLATION
    take_in_log(conn, REGISTER, log_of([said(notifies("n", 0, 1))]))
    assert verdicts(conn)["notified"] == Verdict.NO_VIOLATION
    assert verdicts(conn)["always"] == Verdict.VIOLATION
    assert verdicts(conn, "late")["notified"] == Verdict.VIOLATION


def test_a_withdrawn_declaration_takes_its_violation_back(conn: Connection) -> None:
    log = [said(begins("d")), said(fire("r", 1)), said(begins("e", retracts="d"))]
    take_in_log(conn, REGISTER, log_of(log))
    assert verdicts(conn)["declared"] == Verdict.NOT_APPLICABLE
    row = conn.execute(
        "SELECT count(*) FROM current_violations WHERE term_id = 'declared'"
        " AND verdict IN ('violation', 'possible_violation')"
    ).fetchone()
    assert row == (0,)


def breach(conn: Connection) -> list[tuple[str, str, str, str]]:
    """Of the truce, as it stands: verdict, rule, kind and clause."""
    rows = conn.execute(
        "SELECT verdict, rule, kind, clause FROM current_violations WHERE term_id = 'truce:line'"
    )
    return rows.fetchall()


CLAUSE = "Local truce line, guaranteed by guarantor"


def test_a_late_truce_finds_its_breach_and_a_later_word_takes_it_back(conn: Connection) -> None:
    take_in_log(conn, REGISTER, log_of([said(fire("r", 1)), said(fire("after", 13))]))
    assert breach(conn) == []
    take_in_log(conn, REGISTER, log_of([said(truce("f"))]))
    assert breach(conn) == [("violation", "inside", "local_truce_breach", CLAUSE)]
    assert "truce:line" not in verdicts(conn, "after")
    suspended = truce("s", TruceSuspended(), 0.5)
    take_in_log(conn, REGISTER, log_of([said(suspended)]))
    gone = ("not_applicable", "truce_did_not_hold", "local_truce_breach", CLAUSE)
    assert breach(conn) == [gone]
    assert "truce:line" not in verdicts(conn)
    withdrawn = truce("w", TruceSuspended(), 0.5, retracts="s")
    take_in_log(conn, REGISTER, log_of([said(withdrawn)]))
    assert breach(conn) == [("violation", "inside", "local_truce_breach", CLAUSE)]


def test_a_fact_that_does_not_touch_a_report_changes_no_assessment(conn: Connection) -> None:
    take_in_log(conn, REGISTER, log_of([said(fire("r", 1))]))
    later = [notifies("n", 5, 6), truce("t", TruceInForce(terms=terms(7, 9)), 7)]
    take_in_log(conn, REGISTER, log_of(map(said, later)))
    assert count(conn, "assessments") == 1
    take_in_log(conn, REGISTER, log_of([said(notifies("m", 0, 2))]))
    assert count(conn, "assessments") == 2


@pytest.mark.parametrize(
    ("event", "by", "reason"),
    [
        (begins("x"), Voucher.NOBODY, "not_vouched"),
        (begins("x"), Voucher.FORGED, "not_vouched"),
        (begins("x", source="monitor"), Voucher.LOCAL, "without_right"),
        (measured("x", VERIFIED, source="liaison"), Voucher.LOCAL, "party_cannot"),
        (
            begins("x", declares=PartyClaim(party="north", text="Self-defence.")),
            Voucher.LOCAL,
            "claim",
        ),
    ],
)
def test_who_is_not_authorised_is_stored_without_effect(
    conn: Connection, event: ContextEvent, by: Voucher, reason: str
) -> None:
    take_in_log(conn, REGISTER, log_of([said(fire("r", 1))]))
    take_in_log(conn, REGISTER, log_of([said(event, by)]))
    (known,) = [one for one in known_states(conn, builders.MISSION) if one.state.unheeded]
    assert [one.reason for one in known.state.unheeded] == [reason]
    assert count(conn, "context_events") == count(conn, "assessments") == 1


def test_what_comes_again_changes_nothing(conn: Connection) -> None:
    log = [said(fire("r", 1)), said(begins("d"))]
    take_in_log(conn, REGISTER, log_of(log))
    rows = [count(conn, table) for table in ("context_events", "context_generations")]
    take_in_log(conn, REGISTER, log_of([*log, *log], RECEIVED + timedelta(hours=1)))
    assert [count(conn, t) for t in ("context_events", "context_generations")] == rows
    assert count(conn, "assessments") == 2


def test_bytes_that_are_no_event_are_refused_with_their_reason(conn: Connection) -> None:
    bad = message(b'{"event":"truce"}', topic=TopicName.CONTEXT)
    stranger = said(begins("x", mission="nobody"))
    refused = take_in_log(conn, REGISTER, log_of([bad, stranger]))
    assert [one.refusal.reason.value for one in refused] == ["missing_field", "unknown_mission"]
    assert count(conn, "context_events") == 0


def test_what_the_gateway_stored_counts_once_its_record_comes(conn: Connection) -> None:
    event = begins("d")
    received = RECEIVED + timedelta(microseconds=1)
    post(conn, event, received)
    later = received + timedelta(hours=1)
    assert waits_unjudged(conn, builders.MISSION, later)
    take_in_log(conn, REGISTER, log_of([relayed(event), relayed(event)]), cuts=(1,))
    assert not waits_unjudged(conn, builders.MISSION, later)
    assert count(conn, "context_events") == 1
    take_in_log(conn, REGISTER, log_of([said(fire("r", 1))]))
    assert verdicts(conn)["declared"] == Verdict.VIOLATION


def test_what_was_known_at_an_instant_is_what_had_been_received(conn: Connection) -> None:
    first, second = said(begins("d", hour=3)), said(begins("e", hour=4, source="second"))
    take_in_log(conn, REGISTER, log_of([first, second]), cuts=(1,))

    def begun(known_at: object) -> list[object]:
        states = known_states(conn, builders.MISSION, known_at)  # type: ignore[arg-type]
        return [p.at for s in states for p in s.state.context.phases if p.phase == "declared"]

    assert begun(RECEIVED) == [at(3)]
    assert begun(RECEIVED + timedelta(seconds=1)) == [at(4)]


@st.composite
def _reports(draw: st.DrawFn) -> Report:
    own, other = draw(st.permutations(IDS))[:2]
    speaks = draw(st.sampled_from(["", "", "", "", "retracts", "supersedes"]))
    links: dict[str, object] = {speaks: other} if speaks else {}
    start = draw(st.integers(-3, 12))
    until = draw(st.sampled_from([None, None, at(start + 2)]))
    party = draw(st.sampled_from([None, builders.attribution("north")]))
    return fire(own, start, observed_to=until, attribution=party, **links)


@st.composite
def _declared(draw: st.DrawFn) -> ContextEvent:
    id_, hour = draw(st.sampled_from(IDS)), draw(st.integers(-4, 12))
    source = draw(st.sampled_from(["hq", "hq", "second", "liaison"]))
    gone = draw(st.sampled_from([None, None, None, *(one for one in IDS if one != id_)]))
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return begins(id_, hour=hour, source=source, retracts=gone)
    if kind == 1:
        return notifies(id_, hour, hour + 3, source=source, supersedes=gone)
    if kind == 2:
        status = draw(st.sampled_from([VERIFIED, VERIFIED, MeasureStatus.NOT_VERIFIED]))
        return measured(id_, status, hour, source=source)
    in_force = TruceInForce(terms=terms(hour, hour + 4))
    return truce(id_, in_force, hour, source=source, truce=id_)


_MESSAGES = st.builds(said, _reports()) | st.builds(
    said, _declared(), st.sampled_from([Voucher.LOCAL] * 4 + [Voucher.NOBODY])
)


def _ends_in(
    conn: Connection, register: Register, log: Sequence[Message], cuts: Sequence[int]
) -> object:
    """What is current after the log, with each reading's whole context."""
    with conn.transaction(force_rollback=True):
        take_in_log(conn, register, log_of(log), cuts)
        contexts = conn.execute("SELECT key, context FROM current_assessments ORDER BY key")
        return digest(conn), contexts.fetchall()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(_MESSAGES, min_size=2, max_size=8), st.data())
def test_late_context_ends_in_the_rows_of_timely_context(
    session: Connection, in_force: Register, log: list[Message], data: st.DataObject
) -> None:
    timely = sorted(log, key=lambda item: item.topic != TopicName.CONTEXT)
    other = data.draw(st.permutations(log))
    other += data.draw(st.lists(st.sampled_from(log), max_size=2))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(other)))))
    ended = _ends_in(session, in_force, other, cuts)
    assert ended == _ends_in(session, in_force, timely, ())
