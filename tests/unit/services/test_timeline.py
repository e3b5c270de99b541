"""What several parts are together, of a corridor or of a leg of a way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from services.behind import SYSTEM_BEHIND
from services.timeline import most_cautious
from streams.corridors.effects import Cause
from streams.corridors.ways import State
from streams.vocabulary import Availability

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def state(cause: Cause, *events: str, minutes: int = 60) -> State:
    usable = cause.state in {Availability.OPEN, Availability.IMPEDED}
    reach = NOON + timedelta(minutes=minutes) if usable else None
    return State(cause.state, cause.value, events, reach)


@pytest.mark.parametrize("rank", range(1, len(Cause)))
def test_the_most_cautious_stands_in_whatever_order(rank: int) -> None:
    worse, better = list(Cause)[rank - 1 : rank + 1]
    told = [state(worse, "operator/1"), state(better, "operator/2"), state(Cause.OPEN_BY_STATUS)]
    for states in permutations(told):
        found = most_cautious(states)
        assert (found.cause, found.state) == (worse, worse.state)
        if worse is not better and better is not Cause.OPEN_BY_STATUS:
            assert found.cause_events == ("operator/1",)


def test_of_those_that_tie_every_event_is_named_once() -> None:
    fire, other = (state(Cause.SUSPENDED_BY_REPORT, *it) for it in (("p/2", "p/1"), ("p/2", "p/3")))
    for states in permutations([fire, other, state(Cause.IMPEDED_BY_REPORT, "p/9")]):
        assert most_cautious(states) == State(
            Availability.SUSPENDED, "suspended_by_report", ("p/1", "p/2", "p/3"), None
        )


def test_the_whole_is_valid_as_far_as_the_first_of_them() -> None:
    told = [state(Cause.OPEN_BY_STATUS, minutes=30), state(Cause.IMPEDED_BY_STATUS, minutes=20)]
    assert most_cautious(told).not_valid_after == NOON + timedelta(minutes=20)
    assert most_cautious(told[:1]).not_valid_after == NOON + timedelta(minutes=30)
    assert most_cautious([*told, state(Cause.STALE)]).not_valid_after is None


def test_that_the_system_is_behind_is_more_cautious_than_anything_usable() -> None:
    behind = State(Availability.UNKNOWN, SYSTEM_BEHIND, (), None)
    assert most_cautious([state(Cause.OPEN_BY_STATUS), behind]) == behind
    shut = state(Cause.CLOSED_BY_STATUS, "operator/1")
    assert most_cautious([behind, shut]) == shut
