"""When a dispute begins and ceases to be told, by the clock alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.disputes import Disputes
from streams.agreement import AnnouncedWindow, Announcement
from tests.unit.streams import builders

NOW = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)
_HOURS = st.integers(-60, 60)


def window(number: int, starts: int, lasts: int, *, differs: bool) -> AnnouncedWindow:
    start, end = NOW + timedelta(hours=starts), NOW + timedelta(hours=starts + lasts)
    other = start + timedelta(minutes=30) if differs else start
    return AnnouncedWindow(
        id=f"w{number}",
        by=(
            Announcement(party="a", from_=start, to=end),
            Announcement(party="b", from_=other, to=end),
        ),
    )


@given(st.lists(st.tuples(_HOURS, st.integers(1, 40), st.booleans()), max_size=4))
def test_until_the_instant_that_is_named_nothing_turns(spans: list[tuple[int, int, bool]]) -> None:
    announced = tuple(
        window(number, starts, lasts, differs=differs)
        for number, (starts, lasts, differs) in enumerate(spans)
    )
    road = builders.corridor("road", announced=announced)
    disputes = Disputes([builders.agreement(corridors=(road,))])
    turn = disputes.turn_at(["road", "another"], NOW)
    minutes = [NOW + timedelta(minutes=number) for number in range(0, 24 * 60, 10)]
    told = [(it, disputes.soon("road", it + timedelta(microseconds=1))) for it in minutes]
    first = next((it for it, soon in told if soon != told[0][1]), None)
    assert first is None or (turn is not None and turn <= first + timedelta(microseconds=1))
    assert turn is None or turn > NOW


def test_it_is_named_a_day_before_a_window_and_when_the_window_ends() -> None:
    for starts, turns in ((30, 6), (-2, 3)):
        road = builders.corridor("road", announced=(window(0, starts, 5, differs=True),))
        disputes = Disputes([builders.agreement(corridors=(road,))])
        turn = disputes.turn_at(["road"], NOW)
        assert turn is not None
        assert turn - NOW - timedelta(hours=turns) <= timedelta(microseconds=1)
        before, after = (disputes.soon("road", turn - timedelta(hours=it)) for it in (1, 0))
        assert before != after
