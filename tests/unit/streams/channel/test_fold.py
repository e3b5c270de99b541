"""A request is owed an answer by whom it is addressed to, in whatever order messages come."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from streams.agreement import Source
from streams.cases.authority import Authority, Version
from streams.cases.case import Standing
from streams.cases.misfit import Misfit
from streams.channel.due import due_on_channel, subject_of
from streams.channel.fold import MISSION, Channel, Sent, fold_channel, readers_of
from streams.channel.messages import (
    FORMAT,
    ChannelMessage,
    Dissent,
    NoMessageError,
    Notice,
    Reply,
    Request,
    message_hash,
    read_message,
    write_message,
)
from streams.due import Due, Rule
from streams.vocabulary import Right
from tests.unit.streams.builders import NOON, agreement, hours
from tests.unit.streams.signatures import PARTIES

LIAISONS = tuple(
    Source(id=f"{party}-liaison", rights=(Right.NOTIFY,), party=party)
    for party in ("north", "south")
)
AUTHORITY = Authority([Version(agreement(parties=PARTIES, sources=LIAISONS), draft=True)])
OF: dict[str, Any] = {"format": FORMAT, "mission": "mission", "agreement": "agreement"}


def sent(message: ChannelMessage, hour: float, standing: Standing | None = None) -> Sent:
    of_party = message.source.endswith("-liaison")
    default = Standing.PARTY if of_party else Standing.MISSION
    sha256 = message_hash(write_message(message))
    return Sent(sha256, message, NOON + hours(hour), standing or default)


def by(source: str, hour: float = 1) -> dict[str, Any]:
    return {**OF, "source": source, "at": NOON + hours(hour), "text": f"At {hour}."}


ASKED = sent(Request(**by("office"), to=("north", "south"), deadline=NOON + hours(4)), 1)
OF_NORTH = sent(Reply(**by("north-liaison", 2), request=ASKED.sha256), 2)
OF_SOUTH = sent(Dissent(**by("south-liaison", 3), with_=ASKED.sha256), 3)
NOTED = sent(Notice(**by("north-liaison")), 1)


def fold(*messages: Sent) -> Channel:
    return fold_channel(messages, AUTHORITY)


def due(*messages: Sent) -> list[Due]:
    return due_on_channel(fold(*messages))


def late(*parties: str) -> list[Due]:
    return sorted(
        Due(NOON + hours(4), Rule.REPLY_OVERDUE, subject_of(ASKED.sha256, it)) for it in parties
    )


@pytest.mark.parametrize("one", [ASKED, OF_NORTH, OF_SOUTH, NOTED], ids=lambda it: it.sha256[:6])
def test_a_message_is_read_as_it_was_written(one: Sent) -> None:
    assert read_message(write_message(one.message)) == one.message
    with pytest.raises(NoMessageError):
        read_message(write_message(one.message).replace(b'"text"', b'"words"'))


def test_who_has_not_answered_in_time_falls_due() -> None:
    assert due(ASKED) == late("north", "south")
    assert due(ASKED, OF_NORTH) == late("south")
    assert due(ASKED, OF_NORTH, OF_SOUTH) == []


def test_an_answer_is_in_time_by_our_clock_and_not_by_its_date() -> None:
    backdated = OF_NORTH._replace(received_at=NOON + hours(4.5))
    assert due(ASKED, backdated, OF_SOUTH) == late("north")
    on_time = OF_NORTH._replace(received_at=NOON + hours(4))
    assert due(ASKED, on_time, OF_SOUTH) == []


def test_without_a_deadline_nobody_is_ever_overdue() -> None:
    assert due(sent(Request(**by("office"), to=("north",)), 1)) == []


def test_a_request_to_the_mission_is_answered_by_it() -> None:
    asked = sent(Request(**by("north-liaison"), deadline=NOON + hours(2)), 1)
    assert [it.subject for it in due(asked)] == [f"{asked.sha256[:20]}/mission"]
    answered = sent(Reply(**by("office", 1.5), request=asked.sha256), 1.5)
    assert due(asked, answered) == []
    assert fold(asked, answered).requests[0].owed[0].party == MISSION


def test_any_order_and_repetition_come_to_the_same() -> None:
    messages = [ASKED, OF_NORTH, OF_SOUTH, NOTED]
    expected = fold(*messages)
    assert len(expected.letters) == len(messages)
    for some in permutations(messages):
        assert fold(*some, some[0]) == expected


REFUSED = [
    (sent(Reply(**by("north-liaison"), request="0" * 64), 1), Misfit.NO_SUCH_MESSAGE),
    (sent(Reply(**by("north-liaison"), request=NOTED.sha256), 1), Misfit.NO_SUCH_MESSAGE),
    (sent(Reply(**by("office"), request=ASKED.sha256), 2), Misfit.NOT_ADDRESSED),
    (sent(Dissent(**by("south-liaison"), with_=NOTED.sha256), 2), Misfit.NOT_ADDRESSED),
    (sent(Notice(**by("office"), to=("west",)), 2), Misfit.UNKNOWN_PARTY),
    (sent(Notice(**by("stranger")), 2, Standing.PARTY), Misfit.NOT_A_PARTYS),
    (sent(Notice(**by("office")), 2, Standing.ADMINISTRATOR), Misfit.ADMINISTRATOR),
    (sent(Notice(**by("office", 3)), 2), Misfit.FROM_FUTURE),
    (sent(Request(**by("office"), deadline=NOON), 2), Misfit.DEADLINE_PASSED),
]


@pytest.mark.parametrize(("one", "reason"), REFUSED)
def test_what_has_no_place_is_kept_with_its_reason(one: Sent, reason: Misfit) -> None:
    channel = fold(ASKED, NOTED, one)
    assert dict(channel.out_of_place) == {one.sha256: reason}
    assert len(channel.letters) == 2


def test_an_answer_is_shown_to_whoever_is_shown_the_request() -> None:
    asked = sent(Request(**by("office"), to=("north",)), 1)
    private = sent(Reply(**by("north-liaison", 2), request=asked.sha256), 2)
    readers = {
        it.sent.sha256: readers_of(it, AUTHORITY)
        for it in (*fold(ASKED, OF_SOUTH, NOTED).letters, *fold(asked, private).letters)
    }
    both = {"north-liaison", "south-liaison"}
    assert readers[ASKED.sha256] == readers[OF_SOUTH.sha256] == both
    assert readers[asked.sha256] == readers[private.sha256] == {"north-liaison"}
    assert readers[NOTED.sha256] == {"north-liaison"}


def test_it_is_overdue_from_its_deadline_on() -> None:
    owed = fold(ASKED).requests[0].owed[0]
    deadline = NOON + hours(4)
    assert owed.overdue_since(deadline, deadline - timedelta(microseconds=1)) is None
    assert owed.overdue_since(deadline, deadline) == deadline
    assert owed.overdue_since(None, deadline) is None
