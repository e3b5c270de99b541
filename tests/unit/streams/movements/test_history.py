"""Who may say what of a movement, what is kept of it, and who may see it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from streams.events import CheckedIn, MovementDeparted, MovementStep, NamedPlaces
from streams.movements.history import decode_history, encode_history
from streams.vocabulary import MovementKind, MovementOutcome
from tests.unit.streams.context.said import at, heard, nameless
from tests.unit.streams.movements.moved import (
    ACKNOWLEDGED,
    ended,
    history,
    moved,
    moving,
    notified,
    told,
    why,
)

NOTICE = moved(1)


def test_a_movement_is_there_once_who_may_notify_has_notified_it() -> None:
    state = told(NOTICE)
    assert state.unheeded == ()
    assert state.readers == ("aid-1", "envoy", "liaison")
    (notice,) = history(NOTICE).notices
    assert (notice.kind, notice.corridors, notice.addressed) == ("movement", ("c",), ("north",))
    assert decode_history(encode_history(history(NOTICE))) == history(NOTICE)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"source": "guest", "organiser": "guest"}, "without_right"),
        ({"source": "aid-2"}, "unknown_movement"),
        ({"source": "stranger", "organiser": "stranger"}, "unknown_source"),
        ({"exercise": True}, "exercise"),
        ({"step": notified(place=NamedPlaces(zones=("nowhere",)))}, "unknown_place"),
        ({"step": notified(addressed=("nobody",))}, "unknown_place"),
    ],
)
def test_what_does_not_notify_makes_no_movement(changes: dict[str, Any], reason: str) -> None:
    state = told(moved(1, **changes))
    assert state.history is None
    assert why(state) == {1: reason}


@pytest.mark.parametrize(
    ("source", "step"),
    [
        ("aid-2", MovementDeparted()),
        ("aid-2", ended(MovementOutcome.DENIED)),
        ("aid-2", ACKNOWLEDGED),
        ("southern", ACKNOWLEDGED),
        ("southern", CheckedIn()),
        ("liaison", CheckedIn()),
        ("liaison", ended(MovementOutcome.FACILITATED)),
        ("guest", ended(MovementOutcome.FACILITATED)),
        ("hq", MovementDeparted()),
    ],
)
def test_a_word_that_is_not_the_speakers_to_say_is_answered_as_one_on_no_movement(
    source: str, step: MovementStep
) -> None:
    word = moved(2, step, -60, source=source)
    assert why(told(NOTICE, word)) == why(told(word)) == {2: "unknown_movement"}
    assert told(NOTICE, word).history == told(NOTICE).history


@pytest.mark.parametrize(
    ("source", "step"),
    [
        ("aid-1", MovementDeparted()),
        ("aid-1", ended(MovementOutcome.FACILITATED)),
        ("liaison", ACKNOWLEDGED),
        ("envoy", ACKNOWLEDGED),
        ("hq", ended(MovementOutcome.DENIED)),
    ],
)
def test_each_says_what_is_its_own_to_say(source: str, step: MovementStep) -> None:
    state = told(NOTICE, moved(2, step, -60, source=source))
    assert state.unheeded == ()
    assert state.history is not None
    assert [word.source for word in state.history.words] == [source]


def test_what_nobody_vouches_for_says_nothing_and_shows_it_to_nobody() -> None:
    forged = heard(moved(1, notified(addressed=("north", "south"))), vouched=False)
    assert why(told(forged)) == {1: "not_vouched"}
    assert told(forged).readers == ()


def test_who_was_told_once_is_told_on() -> None:
    again = moved(2, notified(addressed=("south",)), -70, supersedes=nameless(1))
    state = told(NOTICE, again)
    assert state.readers == ("aid-1", "envoy", "liaison", "southern")
    assert [one.addressed for one in history(NOTICE, again).notices] == [("south",)]
    gone = told(NOTICE, moved(3, retracts=nameless(1)))
    assert (gone.history, gone.readers) == (None, ("aid-1", "envoy", "liaison"))


def test_two_versions_of_one_step_say_nothing() -> None:
    other = replace(NOTICE, step=notified(end=14))
    assert why(told(NOTICE, other)) == {1: "versions_contradict"}


@pytest.mark.parametrize(
    ("told_at", "received_at", "late"),
    [(-48, -48, False), (-47.9, -47.9, True), (-72, -47, True), (-48, -60, False)],
)
def test_notice_is_late_by_when_the_parties_or_we_were_told_the_later_of_them(
    told_at: float, received_at: float, *, late: bool
) -> None:
    word = replace(heard(moved(1, hour=told_at)), received_at=max(at(received_at), at(told_at)))
    assert history(word).notices[0].is_late is late


def test_without_an_agreed_notice_nobody_says_that_it_was_late() -> None:
    site = moved(1, notified(kind=MovementKind.STATIC_SITE), hour=-1)
    assert history(site).notices[0].is_late is None
    assert history(moved(1, hour=-1), under=moving(movement_notice=())).notices[0].is_late is None


def test_nothing_is_heard_from_the_future() -> None:
    ahead = replace(heard(moved(2, MovementDeparted(), 5)), received_at=at(1))
    assert why(told(NOTICE, ahead)) == {2: "from_future"}
