"""What coordinators ask is answered by an index, at a million rows."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self

import psycopg
import pytest
from psycopg import sql

from services.receipts.stored import receipts_of
from services.store.engine import Connection, connect
from services.store.generations import known_intervals
from services.store.known import ask_gateway_versions, known_keys, links_to, lock_keys, versions_of
from services.store.outbox import LANES, forget, oldest_queued, waiting
from services.store.partitions import ensure_partitions
from services.store.queries.corridor_period import (
    ToldState,
    sayings,
    states_between,
    told_between,
)
from services.store.queries.corridors import CorridorName, availability, corridors
from services.store.queries.reports import assessment_of, find_report
from services.store.queries.violations import After, FoundViolation, violations
from services.store.unjudged import look, still_open
from streams.keys import Key
from streams.standing_violations import State
from streams.vocabulary import Verdict, ViolationKind

MILLION = 1_000_000
START = datetime(2026, 7, 1, tzinfo=UTC)
MIDDLE = START + timedelta(days=15)
TREE = 32
"""Submissions of the gateway that share an instant and a signature, of 128 that come at once."""

VIOLATIONS = """
INSERT INTO violations (key, received_at, observed_from, observed_to, p_inside, count_min, revision,
    term_id, mission, source, event_id, clause, kind, severity, verdict, rule, zone_id, agreement,
    draft)
SELECT lpad(to_hex(n), 32, '0')::uuid, at, at, at, 1, 1, 1, 'term', 'smm', 'patrol', 'r-' || n, 'c',
    CASE WHEN mod(n, 5000) = 0 THEN 'civilian_harm' WHEN mod(n / 200, 4) = 0 THEN 'line_crossing'
        ELSE 'fire_into_zone' END,
    'serious', CASE mod(n, 3) WHEN 0 THEN 'violation' ELSE 'possible_violation' END, 'r',
    'zone-' || mod(n, 200), '\\x01', false
FROM (SELECT n, %s::timestamptz + n * interval '2.6 seconds' AS at FROM generate_series(1, %s) AS n)
"""
SUPERSESSIONS = """
INSERT INTO supersessions
SELECT lpad(to_hex(n), 32, '0')::uuid, now(), 1, 2 FROM generate_series(1, 5000) AS n
"""
STANDING = """
INSERT INTO standing_violations (key, known_at, since, generation, mission, subject_ref, term_id,
    state, agreement)
SELECT lpad(to_hex(n * 50), 32, '0')::uuid, now(), now(), 1, 'smm', 's-' || n, 'term',
    CASE mod(n, 100) WHEN 0 THEN 'open' ELSE 'ended' END, '\\x01'
FROM generate_series(1, 20000) AS n
"""
SUBMISSIONS = """
INSERT INTO submissions (key, received_at, revision, kind, mission, source, authentication,
    event_id, content_hash, raw)
SELECT lpad(to_hex(n), 32, '0')::uuid,
    %s::timestamptz + (n - mod(n, 128)) * interval '2.6 seconds', 1, 'report', 'smm',
    'patrol', CASE mod(n, 4) WHEN 0 THEN 'token' ELSE 'tag_valid' END, 'r-' || n, '\\x01', '\\x'
FROM generate_series(1, %s) AS n
"""
KEYS = """
INSERT INTO event_keys SELECT lpad(to_hex(n), 32, '0')::uuid, now(), 1, true, '\\x01'
FROM generate_series(1, %s) AS n
"""
RECEIPTS = """
INSERT INTO receipts (key, received_at, revision, mission, key_id, signature, keys, leaves)
SELECT (array_agg(key ORDER BY key))[1], received_at, 1, 'smm', 'rk-1', '\\x01',
    array_agg(key ORDER BY key), decode(repeat('00', 32 * count(*)::int), 'hex')
FROM submissions WHERE authentication = 'token' GROUP BY received_at, revision
"""
ASSESSMENTS = """
INSERT INTO assessments (key, received_at, observed_from, observed_to, revision, mission, verdict,
    standing, agreement, methodology, context, body)
SELECT key, received_at, received_at, received_at, 1, mission, 'violation', 'stands', '\\x', '\\x',
    '\\x', '\\x' FROM submissions WHERE authentication <> 'token'
"""
OUTBOX = """
INSERT INTO outbox (keys, received_ats, revisions, lane)
SELECT ARRAY[key], ARRAY[received_at], ARRAY[revision], mod(n, 16)
FROM (SELECT *, row_number() OVER () AS n FROM submissions WHERE authentication = 'token') AS posted
"""
AVAILABILITY = """
INSERT INTO corridor_availability
SELECT 'smm', 'corridor-' || mod(n, 20), 1 + n / 20, 0, at, at, NULL, NULL, at, 'open', 'c',
    ARRAY[]::text[], '\\x01', NULL, at
FROM (SELECT n, %s::timestamptz + n * interval '26 seconds' AS at FROM generate_series(1, %s) AS n)
"""


@pytest.fixture(scope="module")
def million(migrated_url: str) -> Iterator[Connection]:
    """A million violations, 200,000 submissions and keys, 100,000 intervals of 20 corridors."""
    with connect(migrated_url) as conn:
        ensure_partitions(conn, START)
        # How it is filled is not what is tested: without waiting for the disk it takes a third.
        conn.execute("SET synchronous_commit = off")
        conn.execute(VIOLATIONS, [START, MILLION])
        conn.execute(SUBMISSIONS, [START, MILLION // 5])
        conn.execute(KEYS, [MILLION // 5])
        conn.execute(OUTBOX)
        conn.execute(RECEIPTS)
        conn.execute(ASSESSMENTS)
        conn.execute(SUPERSESSIONS)
        conn.execute(STANDING)
        conn.execute(AVAILABILITY, [START, MILLION // 10])
        conn.commit()
        conn.execute("ANALYZE violations, submissions, supersessions, event_keys")
        conn.execute("ANALYZE corridor_availability, outbox, assessments, receipts")
        conn.execute("ANALYZE standing_violations")
        conn.commit()
        yield conn


class Explained(psycopg.Cursor[Any]):
    """Asks PostgreSQL for its plan before it asks the question."""

    plans: ClassVar[list[str]] = []

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:  # noqa: ANN401 (psycopg's own signature)
        """Note the plan, then go on."""
        asked = sql.SQL(query.decode()) if isinstance(query, bytes) else query
        asked = sql.SQL(asked) if isinstance(asked, str) else asked
        plain = psycopg.Cursor(self.connection)
        plain.execute(sql.SQL("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) ") + asked, params)
        self.plans.append("\n".join(line for (line,) in plain))
        return super().execute(query, params, **options)


@contextmanager
def explained(conn: Connection) -> Iterator[list[str]]:
    """The plans of every question asked meanwhile."""
    Explained.plans.clear()
    before, conn.cursor_factory = conn.cursor_factory, Explained
    try:
        yield Explained.plans
    finally:
        conn.cursor_factory = before
        conn.rollback()


def rows_read(plan: str) -> float:
    """The most rows that any step of the plan gave or threw away."""
    return max(float(rows) for rows in re.findall(r"(?:rows=|Removed by Filter: )(\d+)", plan))


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"zone": "zone-7"}, "zone_id_observed_from"),
        ({"zone": "zone-7", "since": MIDDLE}, "zone_id_observed_from"),
        ({"zone": "zone-7", "kind": ViolationKind.LINE_CROSSING}, "zone_id_observed_from"),
        (
            {"zone": "zone-7", "verdict": Verdict.VIOLATION, "until": MIDDLE},
            "zone_id_observed_from",
        ),
        ({"kind": ViolationKind.CIVILIAN_HARM, "since": MIDDLE}, "kind_observed_from"),
        ({"kind": ViolationKind.CIVILIAN_HARM}, "kind_observed_from"),
        ({"kind": ViolationKind.FIRE_INTO_ZONE, "until": MIDDLE}, "observed_from"),
        ({}, "observed_from"),
        ({"since": MIDDLE, "until": MIDDLE + timedelta(hours=1)}, "observed_from"),
        ({"after": After(MIDDLE, Key(bytes(16)), "term")}, "observed_from"),
        (
            {"zone": "zone-7", "after": After(MIDDLE, Key(bytes(16)), "t")},
            "zone_id_observed_from",
        ),
    ],
)
def test_violations_are_found_by_an_index(
    million: Connection, asked: dict[str, Any], index: str
) -> None:
    with explained(million) as plans:
        found = violations(million, limit=50, **asked)
    assert len(found) == 50
    assert f"using violations_y2026m07_{index}_idx" in plans[0]
    assert "Seq Scan on violations_y2026m07" not in plans[0]
    assert rows_read(plans[0]) < MILLION / 100


def test_what_stands_is_found_without_reading_what_does_not(million: Connection) -> None:
    with explained(million) as plans:
        found = violations(million, state=State.OPEN, limit=50)
        late = violations(million, state=State.OPEN, since=MIDDLE, limit=50)
    assert len(found) == len(late) == 50
    for plan in plans:
        assert "standing_violations_by_state" in plan
        assert rows_read(plan) < MILLION / 100


def test_every_page_of_a_zone_together_is_the_zone(million: Connection) -> None:
    zone = {"zone": "zone-9", "since": MIDDLE, "until": MIDDLE + timedelta(hours=12)}
    whole = violations(million, limit=1_000, **zone)  # type: ignore[arg-type]
    pages: list[FoundViolation] = []
    while page := violations(
        million,
        limit=7,
        after=pages[-1].after if pages else None,
        **zone,  # type: ignore[arg-type]
    ):
        pages += page
    assert len(whole) > 50
    assert pages == whole


def test_a_report_is_found_by_its_key_and_by_its_id_alone(million: Connection) -> None:
    with explained(million) as plans:
        assessment_of(million, "smm", "patrol", "r-17")
        find_report(million, "r-17")
    assert len(plans) == 2
    for plan in plans:
        assert "submissions_y2026m07_pkey" in plan
        assert "Seq Scan on submissions_y2026m07" not in plan


def test_a_corridors_intervals_are_found_by_an_index(million: Connection) -> None:
    late = START + timedelta(days=30)
    road = CorridorName("smm", "corridor-3")
    with explained(million) as plans:
        for instant in (late, MIDDLE):
            found = availability(million, *road, instant, late)
            assert found is not None
            assert found.starts_at <= instant
        assert told_between(million, road, MIDDLE, MIDDLE, late)
        assert len(told_between(million, road, MIDDLE, MIDDLE + timedelta(days=1), late)) > 100
        of = [(MIDDLE, told_between(million, road, MIDDLE, MIDDLE, late)[0].generation)]
        assert next(sayings(million, road, of, late)[0]).known_at <= MIDDLE
    for plan in plans:
        assert "Seq Scan on corridor_availability" not in plan
    at_moments = [*plans[:3], *plans[4:]]
    assert all(rows_read(plan) <= 8 for plan in at_moments)
    assert rows_read(plans[3]) < 400
    assert "corridor_generations" in plans[0]


def test_the_states_of_a_period_are_read_where_they_lie_together(million: Connection) -> None:
    asked = CorridorName("smm", "corridor-3"), MIDDLE, MIDDLE + timedelta(days=1)
    with explained(million) as plans:
        states = states_between(million, *asked, START + timedelta(days=30))
        told = told_between(million, *asked, START + timedelta(days=30))
    assert len(states) > 100
    assert states == [ToldState(it.generation, *it.interval[:4]) for it in told]
    assert "Index Only Scan using corridor_availability_pkey" in plans[0]


def test_every_corridor_is_named_by_one_look_each(million: Connection) -> None:
    with explained(million) as plans:
        assert len(corridors(million)) == len(corridors(million, "smm")) == 20
        known_intervals(million, "smm", "corridor-3", START + timedelta(days=30))
        million.execute("SELECT * FROM corridors_now").fetchall()
    for plan in (*plans[:2], plans[3]):
        assert "Seq Scan on corridor_availability" not in plan
        assert rows_read(plan) <= 40
    assert "corridor_availability_pkey" in plans[2]


def test_a_batchs_keys_are_looked_up_one_by_one(million: Connection) -> None:
    keys = [Key(n.to_bytes(16)) for n in range(5_000)]
    with explained(million) as plans:
        found = known_keys(million, keys)
        versions_of(million, keys[:10])
        links_to(million, keys[:10])
    assert len(found) == 4_999
    known, versions, _ = plans
    assert "Index Scan using event_keys_0_pkey" in known
    assert "using submissions_y2026m07_pkey" in versions
    for plan in plans:
        assert "Seq Scan on event_keys" not in plan
        assert "Seq Scan on submissions_y2026m07" not in plan


def test_what_nobody_has_judged_is_found_by_the_receipts_of_the_gateways_submissions(
    million: Connection,
) -> None:
    with explained(million) as plans:
        looked = look(million, START + timedelta(days=3), MIDDLE, 500)
        still_open(million, looked.open)
    assert (len(looked.open), looked.is_all) == (15 * TREE, False)
    reaching, looking, asking, _ = plans
    for plan in (reaching, looking):
        assert "using receipts_y2026m07_pkey" in plan
    for plan in (looking, asking):
        assert "using submissions_y2026m07_pkey" in plan
    for plan in plans:
        assert "Seq Scan on submissions_y2026m07" not in plan
        assert "Seq Scan on receipts_y2026m07" not in plan
        assert "Seq Scan on assessments_y2026m07" not in plan
        assert rows_read(plan) <= 1_000


def test_whether_anything_waits_unjudged_is_told_by_the_first_tree_that_has_it(
    million: Connection,
) -> None:
    # What a function of PostgreSQL asks shows in what it reads: there are 50,000 that wait.
    explain = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON)"
    plan = million.execute(f"{explain} SELECT waits_unjudged('smm', now())".encode()).fetchone()
    million.rollback()
    assert plan is not None
    (top,) = plan[0]
    assert top["Plan"]["Shared Hit Blocks"] + top["Plan"]["Shared Read Blocks"] <= 1_000


def test_a_receipt_is_found_by_its_submission(million: Connection) -> None:
    keys = [Key((4 * n).to_bytes(16)) for n in range(1_000, 1_100)]
    with explained(million) as plans:
        receipts_of(million, keys)
    (plan,) = plans
    assert "using receipts_y2026m07_pkey" in plan
    assert "Seq Scan on receipts_y2026m07" not in plan
    assert "Seq Scan on submissions_y2026m07" not in plan
    assert rows_read(plan) <= 100


def test_a_turn_of_the_relay_reads_what_it_sends_and_no_more(million: Connection) -> None:
    with explained(million) as plans:
        rows = waiting(million, [3, 7], bundles=100, size_bytes=1_000_000)
        forget(million, rows, rows)
        assert oldest_queued(million) is not None
    assert len(rows) == 200
    for plan in plans:
        assert "Seq Scan on outbox" not in plan
        assert "Seq Scan on submissions_y2026m07" not in plan
        assert rows_read(plan) <= 200
    assert LANES == 16


def test_a_batchs_stored_reports_are_locked_and_looked_up_one_by_one(million: Connection) -> None:
    keys = [Key(n.to_bytes(16)) for n in range(1, 5_001)]
    with explained(million) as plans:
        lock_keys(million, keys)
        found = ask_gateway_versions(million, keys)()
    assert sum(version.judged for (version,) in found.values()) == 3_750
    for plan in plans:
        assert "Seq Scan on event_keys" not in plan
        assert "Seq Scan on submissions_y2026m07" not in plan
        assert rows_read(plan) <= 5_000
