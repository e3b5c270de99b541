"""Incidents end by the timer: one row each, and another where a late report moves the end."""

from __future__ import annotations

from msgspec.structs import replace

from services.load import load_documents
from services.store.engine import connect
from services.worker.keep_incidents import keep_all
from streams.due import Rule
from streams.methodology import IncidentRules
from tests.integration.timer.clockwork import LOADED, Clockwork, document
from tests.unit.streams.builders import report
from tests.unit.streams.context.said import METHODOLOGY, at

RULES = IncidentRules(near_m=1_000, gap_s=900, largest_m=4_000, time_zone="UTC")
GAP_H = 0.25


def ends(work: Clockwork) -> list[tuple[float, bool]]:
    return [(row[0], row[4]) for row in work.rows() if row[1] == Rule.INCIDENT_ENDED]


def near(work: Clockwork) -> None:
    with connect(work.url) as conn:
        said = replace(METHODOLOGY, version=METHODOLOGY.version + 1, incidents=RULES)
        load_documents(conn, [document(), said], LOADED)


def keep(work: Clockwork) -> None:
    with connect(work.url) as conn:
        keep_all(conn)


def test_it_ends_once_the_gap_is_over_and_never_before(work: Clockwork) -> None:
    near(work)
    work.hear(report("a", observed_from=at(1)), hour=1.1)
    keep(work)
    work.turn(1 + GAP_H - 0.01)
    assert ends(work) == []
    for hour in (1 + GAP_H, 2, 3):
        work.turn(hour)
        work.turn(hour, work.another())
        assert ends(work) == [(1 + GAP_H, True)]


def test_a_further_breach_moves_the_end(work: Clockwork) -> None:
    near(work)
    work.hear(report("a", observed_from=at(1)), hour=1.1)
    keep(work)
    work.turn(2)
    work.hear(report("b", observed_from=at(1.2)), hour=2.1)
    keep(work)
    work.turn(3)
    assert ends(work) == [(1 + GAP_H, True), (1 + GAP_H, False), (1.2 + GAP_H, True)]


def test_what_is_judged_and_not_folded_holds_the_end(work: Clockwork) -> None:
    near(work)
    work.hear(report("a", observed_from=at(1)), hour=1.05)
    keep(work)
    work.hear(report("b", observed_from=at(1.1)), hour=1.15)
    work.turn(1 + GAP_H)
    assert ends(work) == []
    assert work.counts.held == 1
    keep(work)
    work.turn(2)
    assert ends(work) == [(1.1 + GAP_H, True)]
