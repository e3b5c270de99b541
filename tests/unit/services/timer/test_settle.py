"""What is reckoned and what is written are made equal, once, whenever it is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import product

import pytest

from services.reckoning import Reckoning, Source
from services.store.documents import LoadedDocument
from services.store.due import Written
from services.timer.settle import Settlement, settle
from services.timer.timer import SETTLED, Plan
from streams.due import Due, Rule
from tests.unit.streams.builders import MISSION, NOON, hours
from tests.unit.streams.context.said import agreement

HASH = b"\1" * 32
OF = Source(MISSION, "truce")
NOW = NOON + hours(10)


def due(hour: float, subject: str = "guns") -> Due:
    return Due(NOON + hours(hour), Rule.MEASURE_OVERDUE, subject)


def written(*, stands: bool, revision: int = 1) -> Written:
    return Written(revision, stands, NOON)


def reckoned(*found: Due) -> Reckoning:
    versions = [LoadedDocument(NOW, HASH, agreement())]
    return Reckoning(sorted(found), versions, ((HASH, 7),))


def settled(found: Sequence[Due], last: Mapping[Due, Written], until: datetime = NOW) -> Settlement:
    return settle(OF, reckoned(*found), last, until, NOW + hours(1))


def test_what_has_fallen_due_is_missing_once_with_its_own_instant() -> None:
    told = settled([due(9), due(10), due(11), due(12)], {due(9): written(stands=True)})
    (row,) = told.missing
    assert (row.due_at, row.written_at, row.revision, row.stands) == (
        NOON + hours(10),
        NOW + hours(1),
        1,
        True,
    )
    assert (row.agreement, row.generation, row.rule) == (HASH, 7, "measure_overdue")
    assert told.wrong == []
    assert told.next_at == NOON + hours(11)


def test_what_did_not_fall_due_after_all_is_taken_back_once_and_may_fall_due_again() -> None:
    told = settled([], {due(9): written(stands=True), due(8): written(stands=False, revision=2)})
    (row,) = told.wrong
    assert (row.due_at, row.revision, row.stands) == (NOON + hours(9), 2, False)
    assert (told.missing, told.next_at) == ([], None)
    again = settled([due(9)], {due(9): written(stands=False, revision=2)})
    assert [(row.revision, row.stands) for row in again.missing] == [(3, True)]


def test_what_a_clock_ahead_has_written_is_left_alone_while_it_is_reckoned() -> None:
    ahead = {due(11): written(stands=True)}
    assert settled([due(11)], ahead) == Settlement([], [], NOON + hours(11))
    assert [row.stands for row in settled([], ahead).wrong] == [False]


@pytest.mark.parametrize(
    ("is_reckoned", "stands", "hour"), list(product([False, True], [None, False, True], [9, 11]))
)
def test_written_and_looked_at_again_nothing_is_left_to_do(
    hour: int, stands: bool | None, *, is_reckoned: bool
) -> None:
    found = [due(hour)] if is_reckoned else []
    last = {} if stands is None else {due(hour): written(stands=stands)}
    told = settled(found, last)
    after = dict(last)
    for row in (*told.missing, *told.wrong):
        after[due(hour)] = Written(row.revision, row.stands, row.written_at)
    again = settled(found, after)
    assert (again.missing, again.wrong) == ([], [])
    if hour == 9:
        assert (due(hour) in after and after[due(hour)].stands) is is_reckoned


@pytest.mark.parametrize(
    ("next_h", "again_h", "pause"),
    [
        (None, None, None),
        (0, None, SETTLED),
        (None, 1, hours(1)),
        (0, 1, SETTLED),
        (2, 0, timedelta(0)),
    ],
)
def test_a_plan_says_how_long_there_is_nothing_to_do(
    next_h: float | None, again_h: float | None, pause: timedelta | None
) -> None:
    next_at, again_at = (None if it is None else NOW + hours(it) for it in (next_h, again_h))
    assert Plan(reckoned(), next_at, again_at).pause(NOW) == pause
