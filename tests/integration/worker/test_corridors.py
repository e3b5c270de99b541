"""What reports and statuses do to a road, through the tables."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from services.corridor_figures import StatsAsked, corridor_figures, period_of
from services.load import load_documents
from services.store.engine import Connection
from services.store.generations import known_intervals
from services.store.queries.corridors import CorridorName
from services.ways import Network, WaysAsked, ways_now
from services.worker.documents import load_register
from services.worker.refold import CorridorChange, load_events
from streams.agreement import Chainage, Crossing, LineString, Segment, Validity
from streams.corridors.stretches import availability_over
from streams.inforce import Register
from streams.vocabulary import Kind
from tests.integration.kept_up import fall_behind
from tests.integration.worker.ground import (
    FAR,
    ON_ROAD_ONLY,
    agreement,
    minutes,
    opened,
    report,
    road,
)
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, Message, log_of, said
from tests.integration.worker.stored import one, rows, states, timeline
from tests.unit.streams import builders
from tests.unit.streams.builders import LAT, LON, MISSION, NOON

ROAD = CorridorChange(MISSION, "c")
OPENED = said(opened("s-1", -0.5))
FIRE = said(report("r", location=ON_ROAD_ONLY))
TAKEN_BACK = said(report("taker", location=FAR, retracts="r"))
OPEN = ("open", "open_by_status")
SUSPENDED = ("suspended", "suspended_by_report")


def test_before_any_word_the_road_is_unknown(conn: Connection) -> None:
    assert states(conn) == [("unknown", "never_opened")]


def test_fire_on_the_road_suspends_it(conn: Connection, register: Register) -> None:
    take_in_log(conn, register, log_of([OPENED, FIRE]))
    assert OPEN in states(conn)
    assert states(conn)[-1] == SUSPENDED
    assert timeline(conn)[-1].starts_at == NOON
    assert timeline(conn)[-1].cause_events == ("patrol-1/r",)


def test_fire_elsewhere_does_nothing_to_it(conn: Connection, register: Register) -> None:
    before = one(conn, "SELECT count(*) FROM corridor_availability")
    take_in_log(conn, register, log_of([said(report("r", location=FAR))]))
    assert one(conn, "SELECT count(*) FROM corridor_availability") == before


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 0, 2), (2, 1, 0)])
def test_fire_that_is_taken_back_leaves_the_road_to_be_seen_again(
    conn: Connection, register: Register, order: tuple[int, ...]
) -> None:
    messages = [OPENED, FIRE, TAKEN_BACK]
    take_in_log(conn, register, log_of([messages[at] for at in order]), cuts=(1, 2))
    assert SUSPENDED not in states(conn)
    at_noon = [it for it in timeline(conn) if it.starts_at <= NOON][-1]
    assert at_noon.state == "unknown"
    take_in_log(conn, register, log_of([said(opened("s-2", 0.5))]))
    assert [it.starts_at for it in timeline(conn) if it.state == "open"] == [
        NOON - minutes(30),
        NOON + minutes(30),
    ]


def test_fire_that_is_contradicted_no_longer_suspends(conn: Connection, register: Register) -> None:
    take_in_log(conn, register, log_of([OPENED, FIRE, said(report("r", location=FAR))]), cuts=(2,))
    assert SUSPENDED not in states(conn)
    assert ("impeded", "impeded_by_report") in states(conn)


def test_only_a_status_that_names_the_fire_settles_it(conn: Connection, register: Register) -> None:
    take_in_log(conn, register, log_of([OPENED, FIRE, said(opened("s-2", 1))]), cuts=(1, 2))
    assert states(conn)[-1] == SUSPENDED
    take_in_log(conn, register, log_of([said(opened("s-3", 2, settles=("r",)))]))
    assert OPEN in states(conn)[-3:]


def test_fire_on_a_segment_suspends_it_alone_and_mines_do_as_well(conn: Connection) -> None:
    divided = replace(
        road(),
        chainage=Chainage(tolerance_m=100),
        segments=(Segment(id="west", to_km=15), Segment(id="east")),
    )
    load_documents(conn, [agreement(version=2, corridors=(divided,))], RECEIVED)
    mines = said(report("m", location=ON_ROAD_ONLY, kind=Kind.MINE_UXO))
    settled = said(opened("s-2", 0.5, settles=("r",)))
    suspended = {("west", "open"), ("east", "suspended")}
    for messages, at, cause, parts in (
        ([OPENED, FIRE], 10, "suspended_by_report", suspended),
        ([settled], 30, "open_by_status", set()),
        ([mines], 30, "suspended_by_hazard", suspended),
    ):
        take_in_log(conn, load_register(conn), log_of(messages))
        then = [it for it in timeline(conn) if it.starts_at <= NOON + minutes(at)][-1]
        assert then.cause == cause
        assert {(it.segment, it.state) for it in then.parts} == parts


def test_an_access_area_is_suspended_seen_again_and_counted_as_a_road_is(conn: Connection) -> None:
    area = builders.access_area("c")
    load_documents(conn, [agreement(version=2, corridors=(area,))], RECEIVED)
    seen = opened("s-9", -0.5)
    take_in_log(conn, load_register(conn), log_of([said(seen), said(report("r"))]))
    assert [states(conn)[-1]] == [SUSPENDED]
    assert OPEN in states(conn)
    again = replace(opened("s-10", 1, settles=("r",)), status=seen.status)
    take_in_log(conn, load_register(conn), log_of([said(again)]))
    assert [it.cause for it in timeline(conn) if it.starts_at >= NOON][:2] == [
        "suspended_by_report",
        "open_by_status",
    ]
    period = period_of(StatsAsked(CorridorName(MISSION, "c"), NOON - minutes(30), NOON), RECEIVED)
    assert period is not None
    figures = corridor_figures(conn, StatsAsked(CorridorName(MISSION, "c")), period)
    assert {str(it.figure): it.minutes for it in figures}["open"] == 30


def test_the_way_round_is_known_open_where_fire_suspends_the_short_one(conn: Connection) -> None:
    crossings = (Crossing(id="west", at_km=1), Crossing(id="east", at_km=25))
    short = replace(road(), chainage=Chainage(tolerance_m=100), crossings=crossings)
    at = [(LON - 0.2, LAT + 0.3), (LON + 0.2, LAT + 0.3)]
    other = replace(short, id="d", route=LineString(coordinates=tuple(at)))
    load_documents(conn, [agreement(version=2, corridors=(short, other))], RECEIVED)
    seen = opened("s-9", 23.9)
    fire = report("r", location=ON_ROAD_ONLY, observed_from=seen.issued_at + minutes(1))
    messages = [said(seen), said(replace(seen, id="s-d", corridor="d")), said(fire)]
    take_in_log(conn, load_register(conn), log_of(messages))
    now = RECEIVED + minutes(5)
    network, asked = Network(MISSION, [short, other]), WaysAsked("west", "east")
    found = ways_now(conn, network, asked, now)
    assert [leg.corridor for way in found.open for leg, _ in way.legs] == ["d"]
    assert found.open[0].not_valid_after == seen.issued_at + minutes(60)
    ((leg, why),) = found.not_open[0].legs
    assert (leg.corridor, why.cause, why.cause_events) == (
        "c",
        "suspended_by_report",
        ("patrol-1/r",),
    )
    fall_behind(conn)
    assert not ways_now(conn, network, asked, now).open


def history() -> list[Message]:
    return [
        OPENED,
        FIRE,
        said(opened("s-2", 1, settles=("r",))),
        said(report("q", observed_from=NOON + minutes(90))),
        said(opened("s-3", 2, settles=("q",))),
        said(report("takes-back", location=FAR, retracts="q")),
        said(report("r", location=FAR)),
    ]


def test_generations_compose_to_the_fold_of_all_events(
    conn: Connection, register: Register
) -> None:
    for at, record in enumerate(log_of(history())):
        take_in_log(conn, register, [record])
        folded = availability_over(register.stretches(*ROAD), load_events(conn, ROAD))
        composed = timeline(conn)
        assert [(it.starts_at, it.ends_at, it.state, it.cause) for it in composed] == [
            (it.start, it.end, it.state, it.cause) for it in folded
        ], f"after event {at}"


def test_what_was_known_then_is_still_known(conn: Connection, register: Register) -> None:
    told = []
    for record in log_of(history()):
        take_in_log(conn, register, [record])
        told.append(timeline(conn))
    for seconds, then in enumerate(told):
        known_at = RECEIVED + minutes(seconds / 60)
        assert known_intervals(conn, MISSION, "c", known_at).intervals == then


def test_an_event_that_changes_nothing_makes_no_generation(
    conn: Connection, register: Register
) -> None:
    take_in_log(conn, register, log_of(history()))
    before = rows(conn, "SELECT max(generation) FROM corridor_availability")
    later = said(report("later", observed_from=NOON + minutes(5), location=FAR))
    take_in_log(conn, register, log_of([later, OPENED]))
    assert rows(conn, "SELECT max(generation) FROM corridor_availability") == before


def test_an_amendment_that_drops_the_road_ends_it_and_loaded_ahead_changes_nothing_before(
    conn: Connection, register: Register
) -> None:
    take_in_log(conn, register, log_of([OPENED]))
    before = timeline(conn)
    at = NOON - minutes(10)
    without = agreement(version=2, valid=Validity(from_=at), corridors=(), terms=(builders.term(),))
    load_documents(conn, [without], RECEIVED)
    after = timeline(conn)
    assert [(it.starts_at, it.state, it.cause) for it in after[:-1]] == [
        (it.starts_at, it.state, it.cause) for it in before if it.starts_at < at
    ]
    assert (after[-2].state, after[-2].ends_at, after[-2].not_valid_after) == ("open", at, at)
    assert (after[-1].starts_at, after[-1].ends_at) == (at, None)
    assert states(conn)[-1] == ("unknown", "not_in_force")
