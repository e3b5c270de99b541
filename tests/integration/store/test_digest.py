"""Two stores that hold the same have one digest, however they came to it."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.store.digest import digest, full_digest
from services.store.engine import Connection
from services.store.rows import AvailabilityRow, BatchRows
from services.store.write import copy_batch, copy_rows
from tests.unit.services.store.sample_rows import (
    NOW,
    OBSERVED,
    add_report,
    add_retraction,
    rejected_row,
    submission,
)

REPORTS = range(12)


def of(conn: Connection, write: Callable[[Connection], None]) -> tuple[str, str]:
    """Both digests of a store into which something was written, and that is empty again after."""
    with conn.transaction(force_rollback=True):
        write(conn)
        return digest(conn), full_digest(conn)


def in_batches(numbers: list[int], size: int, later: timedelta) -> Callable[[Connection], None]:
    def write(conn: Connection) -> None:
        for start in range(0, len(numbers), size):
            rows = BatchRows()
            for number in numbers[start : start + size]:
                received = NOW + later + timedelta(seconds=start)
                report = submission(number, received_at=received)
                add_report(rows, report, violates=number % 3 == 0)
                raw = b"{" * (number + 1)
                rows.rejected.append(rejected_row(raw, received_at=received))
            copy_batch(conn, rows)

    return write


def whole(rows: BatchRows) -> Callable[[Connection], None]:
    return lambda conn: copy_batch(conn, rows)


def test_order_batches_and_the_clock_make_no_difference(conn: Connection) -> None:
    expected = of(conn, in_batches(list(REPORTS), 12, timedelta()))
    chance = random.Random(7)
    for size in (1, 5):
        shuffled = list(REPORTS)
        chance.shuffle(shuffled)
        assert of(conn, in_batches(shuffled, size, timedelta(days=20))) == expected


def test_nothing_has_a_digest_of_its_own(conn: Connection) -> None:
    nothing = of(conn, whole(BatchRows()))
    assert nothing == of(conn, whole(BatchRows()))
    assert nothing != of(conn, in_batches([1], 1, timedelta()))


def test_a_report_that_was_retracted_is_read_alike_whenever_the_word_came(conn: Connection) -> None:
    target, by = submission(1), submission(2)
    late = BatchRows()
    add_report(late, target, violates=True)
    add_retraction(late, target, by)
    at_once = BatchRows(keys=late.keys, submissions=late.submissions)
    add_retraction(at_once, target, by)
    at_once.assessments[0] = replace(at_once.assessments[0], revision=1, supersedes=None)
    at_once.violations.clear()
    at_once.supersessions.clear()
    first, second = of(conn, whole(late)), of(conn, whole(at_once))
    assert first[0] == second[0]
    assert first[1] != second[1]


def one_report() -> BatchRows:
    rows = BatchRows()
    add_report(rows, submission(3), violates=True)
    rows.rejected.append(rejected_row())
    return rows


def other_verdict(rows: BatchRows) -> None:
    rows.assessments[0] = replace(rows.assessments[0], verdict="cannot_determine")


def other_finding(rows: BatchRows) -> None:
    rows.assessments[0] = replace(rows.assessments[0], body=b'{"verdict":"violation","p":0.1}')


def other_methodology(rows: BatchRows) -> None:
    rows.assessments[0] = replace(rows.assessments[0], methodology=bytes(32))


def other_share(rows: BatchRows) -> None:
    rows.violations[0] = replace(rows.violations[0], p_inside=0.970001)


def open_count(rows: BatchRows) -> None:
    rows.violations[0] = replace(rows.violations[0], count_max=3)


def no_violation(rows: BatchRows) -> None:
    rows.violations.clear()


def other_reason(rows: BatchRows) -> None:
    rows.rejected[0] = replace(rows.rejected[0], reason="too_large")


@pytest.mark.parametrize(
    "change",
    [
        other_verdict,
        other_finding,
        other_methodology,
        other_share,
        open_count,
        no_violation,
        other_reason,
    ],
)
def test_a_difference_that_matters_is_seen(
    conn: Connection, change: Callable[[BatchRows], None]
) -> None:
    changed = one_report()
    change(changed)
    before, after = of(conn, whole(one_report())), of(conn, whole(changed))
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_other_bytes_of_a_submission_are_seen_in_the_whole_history(conn: Connection) -> None:
    changed = one_report()
    changed.submissions[0] = replace(changed.submissions[0], raw=b"[]")
    before, after = of(conn, whole(one_report())), of(conn, whole(changed))
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_where_in_kafka_something_stood_makes_no_difference(conn: Connection) -> None:
    changed = one_report()
    changed.rejected[0] = replace(changed.rejected[0], record_offset=99, record_partition=3)
    assert of(conn, whole(one_report())) == of(conn, whole(changed))


def availability(generation: int, start: int, state: str) -> AvailabilityRow:
    return AvailabilityRow(
        "smm",
        "route",
        generation,
        0,
        from_instant=OBSERVED + timedelta(hours=start),
        starts_at=OBSERVED + timedelta(hours=start),
        ends_at=None,
        not_valid_after=None,
        known_at=NOW + timedelta(hours=generation),
        state=state,
        cause="said",
        cause_events=["operator/1"],
        events_digest=bytes([generation]) * 32,
        parts=None,
        shown_from=NOW + timedelta(hours=generation),
    )


def corridor(*rows: AvailabilityRow) -> Callable[[Connection], None]:
    return lambda conn: copy_rows(conn, "corridor_availability", rows)


def test_when_a_corridor_was_shown_makes_no_difference(conn: Connection) -> None:
    row = availability(1, 0, "open")
    later = replace(row, shown_from=row.shown_from + timedelta(hours=1))
    assert of(conn, corridor(row)) == of(conn, corridor(later))


def test_how_often_a_corridor_was_folded_makes_no_difference(conn: Connection) -> None:
    once = of(conn, corridor(availability(1, 0, "open")))
    thrice = of(
        conn,
        corridor(
            availability(1, 0, "open"), availability(2, 1, "closed"), availability(3, 1, "open")
        ),
    )
    closed = of(conn, corridor(availability(1, 0, "open"), availability(2, 1, "closed")))
    assert once[0] == thrice[0] != closed[0]
    assert once[1] != thrice[1]
