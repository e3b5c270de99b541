"""Movements in the store: folded one by one, under every version, in whatever order they come."""

from __future__ import annotations

import random
from hashlib import sha256
from itertools import islice
from typing import Final

import msgspec
import pytest

from services.load import load_documents
from services.movements import MovementTold, Wanted, movements
from services.standing import Asked, unheeded
from services.store.engine import Connection
from services.worker.documents import load_register
from streams.events import (
    CheckedIn,
    ContextEvent,
    MovementDeparted,
    MovementEvent,
    NamedPlaces,
)
from streams.inforce import Register
from streams.vocabulary import MovementKind, MovementOutcome
from tests.integration.anywhere import tables_holding
from tests.integration.worker.intake import digests_of, take_in_log
from tests.integration.worker.records import RECEIVED, Voucher, log_of, relayed, said
from tests.integration.worker.stored import one, rows
from tests.unit.streams.builders import MISSION
from tests.unit.streams.context.said import at, nameless, notifies
from tests.unit.streams.movements.moved import (
    ACKNOWLEDGED,
    ended,
    moved,
    moving,
    notified,
)

WORDS: Final = (
    moved(1),
    moved(2, ACKNOWLEDGED, -60, source="liaison"),
    moved(3, MovementDeparted(), 1),
    moved(4, CheckedIn(), 1.5),
    moved(5, notified(2, 14), -70, supersedes=nameless(1)),
    moved(6, ended(MovementOutcome.FACILITATED), 4),
    moved(7, ended(MovementOutcome.FACILITATED), 4, retracts=nameless(6)),
    moved(8, ACKNOWLEDGED, -60, source="southern"),
    moved(9, source="aid-2", organiser="aid-2"),
)


@pytest.fixture
def amended(conn: Connection) -> Register:
    load_documents(conn, [moving(id=f"truce-{MISSION}", version=2)], RECEIVED)
    return load_register(conn)


def hear(conn: Connection, register: Register, *events: ContextEvent) -> None:
    take_in_log(conn, register, log_of(map(said, events)))


def shown(conn: Connection, hour: float) -> dict[str, MovementTold]:
    known_at = RECEIVED.replace(year=2030)
    return {it.organiser: it for it in movements(conn, Asked(MISSION, at(hour), known_at))}


def test_a_movement_stands_by_all_that_was_said(conn: Connection, amended: Register) -> None:
    hear(conn, amended, *WORDS)
    told = shown(conn, 2)["aid-1"]
    assert (told.phase, told.begins_at) == ("under_way", at(2))
    assert told.answers[0].answer == "acknowledged"
    assert shown(conn, 3)["aid-1"].check_in_overdue_since == at(2.5)
    assert shown(conn, 2)["aid-2"].phase == "notified"
    asked = Asked(MISSION, at(2), RECEIVED.replace(year=2030))
    reasons = {it.event.rpartition("-")[2].lstrip("0"): it.reason for it in unheeded(conn, asked)}
    assert reasons == {
        "1": "superseded",
        "6": "retracted",
        "7": "retraction",
        "8": "unknown_movement",
    }


def test_what_was_known_before_is_shown_as_it_was_known(
    conn: Connection, amended: Register
) -> None:
    hear(conn, amended, *WORDS[:3])
    take_in_log(conn, amended, log_of([said(WORDS[4])], RECEIVED.replace(day=9)))
    then = {it.begins_at for it in movements(conn, Asked(MISSION, at(2), RECEIVED.replace(day=8)))}
    now = {it.begins_at for it in movements(conn, Asked(MISSION, at(2), RECEIVED.replace(day=10)))}
    assert (then, now) == ({at(0)}, {at(2)})


def many(count: int) -> list[MovementEvent]:
    """Movements of one organiser; every third was notified anew, and begins at another time."""
    draw = random.Random(3)
    made: list[MovementEvent] = []
    for number in range(count):
        name = nameless(0x1000 + number)
        first = moved(10 * number + 100, notified(draw.randrange(20), 30), movement=name)
        again = notified(draw.randrange(20), 30)
        made += [first, moved(10 * number + 101, again, -60, movement=name)][
            : 1 + (number % 3 == 0)
        ]
    return made


def test_what_is_asked_for_is_what_all_of_them_have_of_it(
    conn: Connection, amended: Register
) -> None:
    hear(conn, amended, *many(30))
    for hour in (-65, 2):
        asked = Asked(MISSION, at(hour), RECEIVED.replace(year=2030))
        whole = list(movements(conn, asked))
        assert len(whole) == 30
        assert whole == sorted(whole, key=lambda it: it.after)
        for last in (whole[0], whole[13]):
            following = list(movements(conn, asked, Wanted(after=last.after)))
            assert following == [it for it in whole if it.after > last.after]
        window = Wanted(kind=MovementKind.MOVEMENT, since=at(5), until=at(9))
        assert list(movements(conn, asked, window)) == [
            it for it in whole if it.begins_at < at(9) and at(5) < it.ends_at
        ]
        assert not list(movements(conn, asked, Wanted(kind=MovementKind.STATIC_SITE)))


def test_a_page_tells_no_movement_that_is_not_on_it(conn: Connection, amended: Register) -> None:
    hear(conn, amended, *many(4))
    asked = Asked(MISSION, at(2), RECEIVED.replace(year=2030))
    *shown_first, last = [it.movement for it in movements(conn, asked)]
    conn.execute("ALTER TABLE movement_generations DISABLE TRIGGER USER")
    # Whoever reads this row whole fails; its place in the list is as it was.
    conn.execute(
        "UPDATE movement_generations SET body = convert_to(replace(convert_from(body, 'UTF8'),"
        " '\"addressed\":', '\"addressed\":0,\"_\":'), 'UTF8') WHERE movement LIKE %s",
        [f"%/{last}"],
    )
    told = movements(conn, asked)
    assert [it.movement for it in islice(told, 3)] == shown_first
    with pytest.raises(msgspec.ValidationError):
        next(told)


def test_any_order_repetition_and_cut_ends_in_the_same_rows(
    conn: Connection, amended: Register
) -> None:
    messages = [*map(said, WORDS), said(moved(11, MovementDeparted(), 1), Voucher.NOBODY)]
    chance = random.Random(7)
    whole = digests_of(conn, amended, messages)[0]
    for _ in range(6):
        again = [*messages, *chance.sample(messages, 4)]
        chance.shuffle(again)
        cuts = chance.sample(range(1, len(again)), 3)
        assert digests_of(conn, amended, again, cuts)[0] == whole
    assert digests_of(conn, amended, messages[:-2])[0] != whole


def test_what_changes_nothing_makes_no_generation(conn: Connection, amended: Register) -> None:
    hear(conn, amended, *WORDS)
    before = rows(conn, "SELECT count(*) FROM movement_generations")
    hear(conn, amended, *WORDS)
    assert rows(conn, "SELECT count(*) FROM movement_generations") == before


def test_a_movement_is_no_context_of_any_report(conn: Connection, amended: Register) -> None:
    hear(conn, amended, notifies("n", 0, 5))
    before = one(conn, "SELECT count(*) FROM context_generations")
    hear(conn, amended, *WORDS)
    assert one(conn, "SELECT count(*) FROM context_generations") == before
    for (body,) in rows(conn, "SELECT body FROM context_generations"):
        assert nameless(0xAA).encode() not in bytes(body)


def test_a_version_that_is_loaded_reads_the_movements_there_are(
    conn: Connection, amended: Register
) -> None:
    hear(conn, amended, *WORDS)
    assert shown(conn, 2)["aid-1"].late_notice is True
    third = moving(id=f"truce-{MISSION}", version=3, movement_notice=())
    load_documents(conn, [third], RECEIVED)
    assert shown(conn, 2)["aid-1"].late_notice is None


@pytest.mark.parametrize(
    "event",
    [
        moved(1, organiser="Ivanenko", source="Ivanenko"),
        moved(1, source="Ivanenko"),
        moved(1, notified(addressed=("Ivanenko",))),
        moved(1, notified(place=NamedPlaces(zones=("Ivanenko",)))),
        moved(1, notified(place=NamedPlaces(corridors=("c", "Ivanenko")))),
    ],
    ids=str,
)
def test_what_names_something_that_no_agreement_has_is_refused_and_forgotten(
    conn: Connection, amended: Register, event: ContextEvent
) -> None:
    (refused,) = take_in_log(conn, amended, log_of([said(event)]))
    assert refused.refusal.reason == "unknown_name"
    assert tables_holding(conn, "Ivanenko") == []
    kept = one(conn, "SELECT content_hash FROM rejected WHERE reason = 'unknown_name'")
    assert bytes(kept) == sha256(msgspec.json.encode(event)).digest()


def test_what_the_gateway_stored_is_taken_in_once(conn: Connection, amended: Register) -> None:
    take_in_log(conn, amended, log_of([relayed(WORDS[0]), said(WORDS[0]), said(WORDS[0])]))
    assert one(conn, "SELECT count(*) FROM context_events WHERE movement IS NOT NULL") in {1, 2}
    assert shown(conn, 0)["aid-1"].phase == "notified"
