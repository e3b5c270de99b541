"""Where a subject was, through the tables: late, unordered, withdrawn, under other documents."""

from __future__ import annotations

import random
from datetime import datetime
from itertools import pairwise

import msgspec
import pytest

from services.load import load_documents
from services.store.digest import digest
from services.store.engine import Connection
from services.store.queries.whereabouts import CONTRADICTIONS, FoundWhereabouts, whereabouts
from services.worker.retrace import load_sightings
from streams.agreement import Validity
from streams.events import Point, Report
from streams.inforce import Register
from streams.methodology import SightingRules
from streams.vocabulary import Kind
from streams.whereabouts import fold
from streams.whereabouts.fold import Answer, Spell
from tests.integration.worker.ground import FAR, IN_ZONE, agreement, methodology, minutes, report
from tests.integration.worker.intake import digests_of, take_in_log
from tests.integration.worker.records import RECEIVED, Message, Voucher, log_of, said
from tests.integration.worker.stored import one
from tests.unit.streams import builders
from tests.unit.streams.builders import MISSION, NOON

SUBJECT = "column-1"
LON_AWAY = 40.0
SOUTH_OF_THE_ROAD = builders.point(lat=builders.LAT - 0.03)
ELSEWHERE = builders.point(lat=builders.LAT + 0.2)


def seen(at: float, location: Point | None, report_id: str = "", **changes: object) -> Report:
    """The column, so many minutes after noon."""
    fields: dict[str, object] = {
        "kind": Kind.TROOP_MOVEMENT,
        "subject_ref": SUBJECT,
        "observed_from": NOON + minutes(at),
        "location": location,
    }
    return report(report_id or f"m{at:g}", **(fields | changes))


VISIT = [seen(0, ELSEWHERE), seen(10, IN_ZONE), seen(20, IN_ZONE), seen(30, ELSEWHERE)]
TAKEN_BACK = report("taker", location=FAR, retracts="m20")


def told(conn: Connection, known_at: datetime | None = None) -> list[FoundWhereabouts]:
    found = whereabouts(conn, mission=MISSION, known_at=known_at)
    return [row for row in found if row.answer is not None]


def inside(conn: Connection) -> list[tuple[float | None, ...]]:
    """The bounds of the spells in the zone, in minutes after noon."""
    spells = [msgspec.json.decode(row.body, type=Spell) for row in told(conn) if row.zone_id]
    return [
        tuple(
            None if it is None else (it - NOON) / minutes(1)
            for it in (s.begun_after, s.begun_by, s.ended_after, s.ended_before)
        )
        for s in spells
        if s.answer is Answer.INSIDE and s.zone == "z"
    ]


def folded(conn: Connection, register: Register) -> list[bytes]:
    """The bodies that the pure fold gives for what is stored."""
    sightings = load_sightings(conn, MISSION, [SUBJECT])
    (found,) = fold.whereabouts(register, MISSION, list(sightings.items()))
    zones = [(spell.zone, msgspec.json.encode(spell)) for spell in found.spells]
    zones += [(crossing.zone, msgspec.json.encode(crossing)) for crossing in found.crossings]
    pairs = [(CONTRADICTIONS, msgspec.json.encode(pair)) for pair in found.contradictions]
    return [body for _, body in sorted(pairs + zones, key=lambda item: item[0])]


def messages(reports: list[Report]) -> list[Message]:
    return [said(it) for it in reports]


def test_a_visit_is_told_with_its_bounds(conn: Connection, register: Register) -> None:
    take_in_log(conn, register, log_of(messages(VISIT)))
    assert inside(conn) == [(0, 10, 10, 30), (0, 20, 20, 30)]


def test_a_late_withdrawal_takes_the_sighting_out(conn: Connection, register: Register) -> None:
    take_in_log(conn, register, log_of(messages([*VISIT, TAKEN_BACK])), cuts=(1, 3))
    assert inside(conn) == [(0, 10, 10, 30)]


def test_what_nobody_vouches_for_leaves_no_row(conn: Connection, register: Register) -> None:
    take_in_log(conn, register, log_of([said(VISIT[1], Voucher.NOBODY)]))
    assert one(conn, "SELECT count(*) FROM sightings") == 0


def test_a_version_that_names_another_subject_takes_the_sighting_from_both(
    conn: Connection, register: Register
) -> None:
    other = seen(10, IN_ZONE, subject_ref="column-2")
    take_in_log(conn, register, log_of(messages([VISIT[1], other])), cuts=(1,))
    assert told(conn) == []


HISTORY = [
    VISIT[1],
    VISIT[0],
    seen(10, FAR, "elsewhere"),
    VISIT[3],
    VISIT[2],
    report("taker-1", location=FAR, retracts="elsewhere"),
    seen(5, IN_ZONE, observed_to=NOON + minutes(12)),
    TAKEN_BACK,
    report("taker-2", location=FAR, retracts="m10"),
    report("taker-3", location=FAR, retracts="m5"),
    seen(40, IN_ZONE),
    seen(50, SOUTH_OF_THE_ROAD),
    seen(45, SOUTH_OF_THE_ROAD),
]


def test_generations_compose_to_the_fold_of_all_sightings(
    conn: Connection, register: Register
) -> None:
    for at, record in enumerate(log_of(messages(HISTORY))):
        take_in_log(conn, register, [record])
        assert [row.body for row in told(conn)] == folded(conn, register), f"after event {at}"


def test_a_crossing_of_the_road_is_told(conn: Connection, register: Register) -> None:
    take_in_log(conn, register, log_of(messages([seen(0, IN_ZONE), seen(9, SOUTH_OF_THE_ROAD)])))
    (row,) = [row for row in told(conn) if row.zone_id == "corridor:c"]
    assert row.answer == "may_have_crossed", "nobody has said how fast a subject is"
    crossing = msgspec.json.decode(row.body)
    assert (crossing["from_side"], crossing["to_side"]) == ("left", "right")
    assert (row.begun_after, row.ended_before) == (NOON, NOON + minutes(9))


def test_what_was_known_then_is_still_known(conn: Connection, register: Register) -> None:
    known = []
    for record in log_of(messages(HISTORY)):
        take_in_log(conn, register, [record])
        known.append([row.body for row in told(conn)])
    assert any(len(later) < len(earlier) for earlier, later in pairwise(known))
    for seconds, then in enumerate(known):
        at = RECEIVED + minutes(seconds / 60)
        assert [row.body for row in told(conn, known_at=at)] == then


def test_a_sighting_that_changes_nothing_makes_no_generation(
    conn: Connection, register: Register
) -> None:
    take_in_log(conn, register, log_of(messages(VISIT)))
    before = one(conn, "SELECT count(*) FROM whereabouts")
    take_in_log(conn, register, log_of(messages([VISIT[1], seen(60, None)])))
    assert one(conn, "SELECT count(*) FROM whereabouts") == before


@pytest.mark.parametrize("seed", range(6))
def test_any_order_repetition_and_cut_ends_in_the_same(
    conn: Connection, register: Register, seed: int
) -> None:
    rng = random.Random(seed)
    expected, _ = digests_of(conn, register, messages(HISTORY))
    other = messages([*HISTORY, *rng.sample(HISTORY, 3)])
    rng.shuffle(other)
    cuts = rng.sample(range(1, len(other)), 4)
    assert digests_of(conn, register, other, cuts)[0] == expected


def test_the_digest_tells_two_whereabouts_apart(conn: Connection, register: Register) -> None:
    take_in_log(conn, register, log_of(messages(VISIT[1:2])))
    before = digest(conn)
    rules = methodology(version=2, sightings=SightingRules(clock_error_s=1))
    load_documents(conn, [rules], RECEIVED)
    assert digest(conn) != before


def test_documents_that_are_loaded_later_read_the_sightings_of_their_time_anew(
    conn: Connection, register: Register
) -> None:
    take_in_log(conn, register, log_of(messages(VISIT)))
    rules = methodology(version=2, sightings=SightingRules(max_gap_s=900))
    load_documents(conn, [rules], RECEIVED)
    assert inside(conn) == [(0, 10, 20, 30)]
    away = agreement(version=2, zones=(builders.zone(geometry=builders.square(LON_AWAY)),))
    load_documents(conn, [away], RECEIVED)
    assert inside(conn) == []


def test_a_zone_is_read_as_it_was_when_the_subject_was_seen_however_late_that_comes(
    conn: Connection,
) -> None:
    at = NOON + minutes(15)
    moved = agreement(
        version=2,
        valid=Validity(from_=at),
        zones=(builders.zone(geometry=builders.square(LON_AWAY)),),
    )
    load_documents(conn, [moved], RECEIVED)
    take_in_log(conn, Register((agreement(), moved), (methodology(),)), log_of(messages(VISIT)))
    assert inside(conn) == [(0, 10, 10, 15)]
