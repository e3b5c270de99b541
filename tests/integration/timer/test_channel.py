"""A request that nobody answers in time becomes one row, once; a late answer takes none back."""

from __future__ import annotations

from services.channel import send_message
from services.filing import Filer
from services.store.engine import connect
from streams.agreement import Source
from streams.cases.case import Standing
from streams.channel.messages import (
    FORMAT,
    ChannelMessage,
    Reply,
    Request,
    message_hash,
    write_message,
)
from streams.vocabulary import Right
from tests.integration.timer.clockwork import Clockwork, document
from tests.unit.streams.context.said import SOURCES, at

RULE = "reply_overdue"
LIAISON = Source(id="north-liaison", rights=(Right.NOTIFY,), party="north")


def request(*to: str, deadline: float = 4) -> Request:
    under = document()
    return Request(
        format=FORMAT,
        mission=under.mission,
        agreement=under.id,
        source="office",
        at=at(1),
        to=to,
        deadline=at(deadline),
        text="Which units?",
    )


ASKED = request("north", "south")
SHA256 = message_hash(write_message(ASKED))


def send(work: Clockwork, message: ChannelMessage, hour: float) -> None:
    of_party = message.source == LIAISON.id
    standing = Standing.PARTY if of_party else Standing.MISSION
    sources = frozenset({message.source})
    filer = Filer("tok", None, message.mission, None, sources, standing)
    with connect(work.url) as conn:
        send_message(conn, filer, write_message(message), at(hour))


def answer(hour: float) -> Reply:
    return Reply(
        format=FORMAT,
        mission=ASKED.mission,
        agreement=ASKED.agreement,
        source=LIAISON.id,
        at=at(hour),
        text="None of ours.",
        request=SHA256,
    )


def rows(work: Clockwork) -> list[tuple[float, str, int, bool]]:
    """(hour, party, revision, stands) of every row of the channel."""
    found = [row for row in work.rows() if row[1] == RULE]
    assert {row[2].partition("/")[0] for row in found} <= {SHA256[:20]}
    return [(row[0], row[2].partition("/")[2], row[3], row[4]) for row in found]


def begin(work: Clockwork) -> None:
    work.load([document(version=2, sources=(*SOURCES, LIAISON))], -80)
    send(work, ASKED, 1)


def test_who_has_not_answered_in_time_is_overdue_once(work: Clockwork) -> None:
    begin(work)
    send(work, answer(3), 3)
    work.turn(3.9)
    assert rows(work) == []
    for hour in (4, 4.5, 9):
        work.turn(hour)
        work.turn(hour, work.another())
    assert rows(work) == [(4, "south", 1, True)]


def test_an_outage_is_caught_up_with_and_a_late_answer_was_late(work: Clockwork) -> None:
    begin(work)
    send(work, answer(3), 5)  # dated back
    work.turn(30, work.another())
    assert rows(work) == [(4, "north", 1, True), (4, "south", 1, True)]
    work.turn(31, work.another())
    assert len(rows(work)) == 2
