"""What was promised of a road, and to what it was lost, through the tables."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.corridor_figures import FigureTold, StatsAsked, corridor_figures, period_of
from services.load import load_documents
from services.store.engine import Connection
from services.store.queries.corridors import CorridorName
from services.worker.documents import load_register
from streams.agreement import Validity
from tests.integration.worker.ground import ON_ROAD_ONLY, agreement, minutes, opened, report, road
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, log_of, said
from tests.unit.streams.builders import MISSION, NOON

ROAD = CorridorName(MISSION, "c")
WINDOW = (NOON - timedelta(hours=1), NOON + timedelta(hours=1))


@pytest.fixture
def hours(conn: Connection) -> None:
    """The road is promised from an hour before noon to an hour after it."""
    windows = (Validity(from_=WINDOW[0], to=WINDOW[1]),)
    promised = replace(road(), windows=windows)
    load_documents(conn, [agreement(version=2, corridors=(promised,))], RECEIVED)


def told(conn: Connection, asked: StatsAsked) -> list[FigureTold]:
    period = period_of(asked, RECEIVED + timedelta(days=9))
    assert period is not None
    return corridor_figures(conn, asked, period)


@pytest.mark.usefixtures("hours")
def test_promised_time_is_usable_or_lost_to_one_cause(conn: Connection) -> None:
    before = StatsAsked(ROAD, *WINDOW, known_at=RECEIVED + timedelta(days=1))
    log = log_of([said(opened("s-1", -0.5)), said(report("r", location=ON_ROAD_ONLY))])
    take_in_log(conn, load_register(conn), log)
    rows = told(conn, before)
    by = {row.cause or str(row.figure): row.minutes for row in rows}
    assert by == {
        "promised": 120,
        "usable": 30,
        "open": 30,
        "impeded": 0,
        "longest_open": 30,
        "never_opened": 30,
        "suspended_by_report": 60,
        "notice_median": None,
    }
    assert {row.coverage for row in rows} == {0.75}
    assert all(row.definition for row in rows)
    (longest,) = (row for row in rows if row.figure == "longest_open")
    assert (longest.starts_at, longest.ends_at) == (NOON - minutes(30), NOON)


def test_what_was_not_loaded_yet_was_not_promised(conn: Connection) -> None:
    asked = StatsAsked(ROAD, *WINDOW, known_at=RECEIVED - timedelta(days=1))
    assert told(conn, asked)[0].minutes == 0
    assert told(conn, asked)[0].coverage is None


def test_a_period_ends_with_what_is_known() -> None:
    asked = StatsAsked(ROAD, NOON, NOON + timedelta(hours=2), known_at=NOON + timedelta(hours=1))
    late = period_of(asked, NOON + timedelta(days=9))
    assert late is not None
    assert late.until == NOON + timedelta(hours=1)
    assert period_of(asked, NOON) is None
