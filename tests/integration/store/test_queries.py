"""What people ask, on a few rows whose answers are known by heart."""

import hashlib
from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.store.engine import Connection
from services.store.generations import known_intervals
from services.store.queries.corridors import CorridorName, availability, corridors
from services.store.queries.rejected import rejected, rejected_bytes
from services.store.queries.reports import assessment_of, assessments, find_report
from services.store.queries.status import figures
from services.store.queries.totals import Total, VerdictTotal, overall, totals, verdicts
from services.store.queries.violations import violations
from services.store.rows import AvailabilityRow, BatchRows, KeyKind, KeyRow
from services.store.tables import BY_MONTH_TABLES
from services.store.write import copy_batch, copy_rows
from streams.keys import Key
from streams.vocabulary import Verdict, ViolationKind
from tests.unit.services.store.sample_rows import (
    NOW,
    OBSERVED,
    add_report,
    add_retraction,
    rejected_row,
    submission,
    violation,
)


def found(conn: Connection, **asked: object) -> list[str]:
    return [row.event_id for row in violations(conn, **asked)]  # type: ignore[arg-type]


@pytest.fixture
def some(conn: Connection) -> Connection:
    """r-0 … r-5 violate, a minute apart; r-6 does not, and retracts r-5; r-3 is only possible."""
    rows = BatchRows()
    for number in range(6):
        add_report(rows, submission(number), violates=True)
    add_report(rows, submission(6))
    add_retraction(rows, submission(5), submission(6))
    rows.violations[3] = replace(
        rows.violations[3], verdict="possible_violation", zone_id="petrivske"
    )
    rows.violations[4] = replace(rows.violations[4], kind="zone_presence", count_min=7, count_max=7)
    copy_batch(conn, rows)
    return conn


def test_violations_come_newest_first_without_those_withdrawn(some: Connection) -> None:
    assert found(some) == ["r-4", "r-3", "r-2", "r-1", "r-0"]
    assert found(some, limit=2) == ["r-4", "r-3"]


def test_violations_are_asked_for_by_zone_kind_verdict_and_time(some: Connection) -> None:
    assert found(some, zone="petrivske") == ["r-3"]
    assert found(some, kind=ViolationKind.ZONE_PRESENCE) == ["r-4"]
    assert found(some, verdict=Verdict.POSSIBLE_VIOLATION) == ["r-3"]
    assert found(some, verdict=Verdict.NOT_APPLICABLE) == ["r-5"]
    since, until = OBSERVED + timedelta(minutes=1), OBSERVED + timedelta(minutes=3)
    assert found(some, since=since, until=until) == ["r-2", "r-1"]
    assert found(some, zone="petrivske", until=until) == []
    assert found(some, mission="another") == []


def test_pages_follow_each_other_without_gap_or_repetition(some: Connection) -> None:
    first = violations(some, limit=2)
    second = violations(some, limit=2, after=first[-1].after)
    third = violations(some, limit=2, after=second[-1].after)
    assert [row.event_id for row in [*first, *second, *third]] == [
        "r-4",
        "r-3",
        "r-2",
        "r-1",
        "r-0",
    ]


def test_totals_carry_at_least_through_and_count_a_report_once_in_a_cell(some: Connection) -> None:
    twice = replace(violation(submission(0)), term_id="no-heavy-weapons")
    elsewhere = replace(violation(submission(1)), term_id="no-one-there", zone_id="petrivske")
    uncounted = replace(violation(submission(8)), count_min=None, count_qualifier="uncountable")
    copy_rows(some, "violations", [twice, elsewhere, uncounted])
    assert totals(some) == [
        Total("petrivske", "fire_into_zone", "violation", 1, 3, None, 0, 0),
        Total("petrivske", "fire_into_zone", "possible_violation", 1, 3, None, 0, 0),
        Total("zolote", "fire_into_zone", "violation", 4, 9, None, 1, 0),
        Total("zolote", "zone_presence", "violation", 1, 7, 7, 0, 0),
    ]
    assert overall(some) == [
        Total(None, None, "violation", 5, 16, None, 1, 0),
        Total(None, None, "possible_violation", 1, 3, None, 0, 0),
    ]
    assert totals(some, mission="another") == overall(some, mission="another") == []
    last = OBSERVED + timedelta(minutes=4)
    assert [row.reports for row in totals(some, since=last)] == [1, 1]


def test_a_report_counts_by_its_gravest_verdict_overall(some: Connection) -> None:
    graver = replace(violation(submission(3)), term_id="another-term")
    copy_rows(some, "violations", [graver])
    assert [(row.verdict, row.reports) for row in overall(some)] == [("violation", 5)]


def test_verdicts_count_each_report_as_it_is_read_now(some: Connection) -> None:
    assert verdicts(some) == [
        VerdictTotal("no_violation", "stands", 1),
        VerdictTotal("not_applicable", "retracted", 1),
        VerdictTotal("violation", "stands", 5),
    ]


def test_current_assessments_are_read_oldest_first(some: Connection) -> None:
    bodies = list(assessments(some))
    assert len(bodies) == 7
    assert b"not_applicable" in bodies[5]
    assert list(assessments(some, since=OBSERVED + timedelta(minutes=6))) == bodies[6:]


def test_a_report_is_told_with_all_its_judgements(some: Connection) -> None:
    file = assessment_of(some, "smm", "patrol-1", "r-5")
    assert file is not None
    assert [version.raw for version in file.versions] == [submission(5).raw]
    assert [link.by_id for link in file.links] == ["r-6"]
    assert [(one.revision, one.verdict, one.cause) for one in file.judgements] == [
        (1, "violation", None),
        (2, "not_applicable", submission(6).key),
    ]
    assert assessment_of(some, "smm", "patrol-2", "r-5") is None


def test_an_id_alone_finds_everybodys_events(some: Connection) -> None:
    rows = BatchRows()
    add_report(rows, submission(1, source="patrol-2"))
    copy_batch(some, rows)
    events = find_report(some, "r-1")
    assert {(event.mission, event.source, event.kind) for event in events} == {
        ("smm", "patrol-1", "report"),
        ("smm", "patrol-2", "report"),
    }
    assert find_report(some, "r-99") == []


def available(
    generation: int, seq: int, start: int, end: int | None, state: str
) -> AvailabilityRow:
    """An interval from hour `start` to `end`, known at hour `generation`."""
    return AvailabilityRow(
        "smm",
        "route",
        generation,
        seq,
        from_instant=OBSERVED + timedelta(hours=1 if generation == 1 else 3),
        starts_at=OBSERVED + timedelta(hours=start),
        ends_at=None if end is None else OBSERVED + timedelta(hours=end),
        not_valid_after=None,
        known_at=OBSERVED + timedelta(hours=generation),
        state=state,
        cause="said",
        cause_events=["operator/1"],
        events_digest=bytes(32),
        parts=None,
        shown_from=OBSERVED + timedelta(hours=generation),
    )


@pytest.mark.parametrize(
    ("at", "known", "state"),
    [
        (0, 9, None),
        (1, 9, "open"),
        (2, 9, "open"),
        (3, 9, "suspended"),
        (5, 9, "suspended"),
        (6, 9, "unknown"),
        (3, 1, "open"),
        (5, 1, "closed"),
        (99, 1, "closed"),
        (2, 0, None),
    ],
)
def test_a_corridor_is_answered_as_known_then(
    conn: Connection, at: int, known: int, state: str | None
) -> None:
    rows = [
        available(1, 0, 1, 4, "open"),
        available(1, 1, 4, None, "closed"),
        available(2, 0, 3, 6, "suspended"),
        available(2, 1, 6, None, "unknown"),
    ]
    copy_rows(conn, "corridor_availability", rows)
    instant, known_at = OBSERVED + timedelta(hours=at), OBSERVED + timedelta(hours=known)
    answer = availability(conn, "smm", "route", instant, known_at)
    assert (answer and answer.state) == state
    timeline = known_intervals(conn, "smm", "route", known_at).intervals
    assert [
        one.state
        for one in timeline
        if one.starts_at <= instant and (one.ends_at is None or instant < one.ends_at)
    ] == ([state] if state else [])


def test_two_missions_may_use_one_name_for_a_corridor(conn: Connection) -> None:
    ours = available(1, 0, 1, None, "open")
    copy_rows(conn, "corridor_availability", [ours, replace(ours, mission="other", state="closed")])
    late = OBSERVED + timedelta(hours=5)
    found_there = availability(conn, "other", "route", late, late)
    assert found_there is not None
    assert found_there.state == "closed"
    assert corridors(conn) == [CorridorName("other", "route"), CorridorName("smm", "route")]
    assert corridors(conn, "smm") == [CorridorName("smm", "route")]


def test_what_was_refused_is_told_with_its_reason_and_its_bytes(conn: Connection) -> None:
    rows = [
        rejected_row(b"{" * count, received_at=NOW + timedelta(minutes=count))
        for count in range(1, 6)
    ]
    rows[4] = replace(rows[4], reason="too_large", mission="smm")
    copy_rows(conn, "rejected", rows)
    listed = rejected(conn, limit=3)
    assert [row.size_bytes for row in listed] == [5, 4, 3]
    last = listed[-1]
    assert [row.size_bytes for row in rejected(conn, after=(last.received_at, last.key))] == [2, 1]
    assert [row.size_bytes for row in rejected(conn, reason="too_large")] == [5]
    assert [row.size_bytes for row in rejected(conn, mission="smm")] == [5]
    until = NOW + timedelta(minutes=2)
    assert [row.size_bytes for row in rejected(conn, since=NOW, until=until)] == [1]
    raw = rejected_bytes(conn, last.received_at, last.key)
    assert raw == b"{{{"
    assert hashlib.sha256(raw).digest() == last.content_hash
    assert rejected_bytes(conn, NOW, Key((0).to_bytes(16))) is None


def test_figures_say_how_the_store_is(some: Connection) -> None:
    rows = BatchRows(
        keys=[
            KeyRow(Key((1).to_bytes(16)), None, KeyKind.REPORT, None, None),
            KeyRow(
                Key((2).to_bytes(16)),
                NOW,
                KeyKind.CORRIDOR_STATUS,
                vouched=True,
                content_hash=bytes(32),
            ),
        ],
        rejected=[rejected_row(received_at=NOW.replace(year=1999))],
    )
    copy_batch(some, rows)
    told = figures(some, NOW)
    assert (told.reports, told.corridor_statuses, told.awaited) == (7, 1, 1)
    assert (told.versions, told.assessments, told.superseded) == (7, 8, 1)
    assert (told.violations, told.rejected, told.agreements) == (7, 1, 0)
    assert told.last_received_at == NOW
    assert told.bytes > 0
    assert told.partitions.strays == (("rejected", 1),)
    assert told.partitions.missing == ()
    far = figures(some, NOW.replace(year=2040))
    assert len(far.partitions.missing) == 4 * len(BY_MONTH_TABLES)
