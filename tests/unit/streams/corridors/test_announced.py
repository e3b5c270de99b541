"""Windows that two sides announced: only what all have said stands, and what differs is flagged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.agreement import (
    Agreement,
    AnnouncedWindow,
    Announcement,
    Daily,
    Recurring,
    Validity,
    canonical_bytes,
)
from streams.corridors.agenda import Known, agenda
from streams.corridors.announced import is_disputed, standing_of, windows_of
from streams.corridors.effects import Cause
from streams.corridors.fold import availability
from streams.corridors.promised import disputed, promised
from streams.instants import micros
from tests.unit.streams import builders
from tests.unit.streams.corridors.mariupol import (
    BY_MOSCOW,
    BY_THE_CITY,
    CEASEFIRE,
    PARTIES,
    road,
    said,
)

DAY = datetime(2022, 3, 5, tzinfo=UTC)
PERIOD = (micros(DAY), micros(DAY + timedelta(days=1)))
LAST = 8


def hour(number: int) -> datetime:
    return DAY + timedelta(hours=number)


def agreed(*by: Announcement) -> Agreement:
    return builders.agreement(parties=PARTIES, corridors=(road(*by),))


def spans(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """In hours of the day."""
    return [(_hours(start), _hours(end)) for start, end in found]


def _hours(us: int) -> int:
    return (us - PERIOD[0]) // 3_600_000_000


def test_two_printed_announcements_of_one_road_that_differ_are_flagged() -> None:
    window = AnnouncedWindow(id="w", by=(BY_MOSCOW, BY_THE_CITY))
    assert is_disputed(window)
    stands = standing_of(window)
    assert stands is not None
    assert (stands.from_, stands.to) == (hour(9), hour(14))
    made = agreed(BY_MOSCOW, BY_THE_CITY)
    assert spans(promised("mariupol-zaporizhzhia", [made], PERIOD)) == [(9, 14)]
    assert spans(disputed("mariupol-zaporizhzhia", [made], PERIOD)) == [(7, 24)]


def test_ten_in_moscow_and_nine_in_kyiv_are_one_instant_and_no_dispute() -> None:
    assert not is_disputed(AnnouncedWindow(id="w", by=CEASEFIRE))
    made = agreed(*CEASEFIRE)
    assert spans(promised("mariupol-zaporizhzhia", [made], PERIOD)) == [(7, 14)]
    assert disputed("mariupol-zaporizhzhia", [made], PERIOD) == []


def test_the_same_figures_on_two_clocks_are_an_hour_apart_and_flagged() -> None:
    """Ten o'clock is not ten o'clock: what a list of corridors without offsets hides."""
    ten = ("2022-03-05T10:00:00", "2022-03-05T16:00:00")
    in_moscow = said("moscow", *(f"{at}+03:00" for at in ten))
    in_kyiv = said("kyiv", *(f"{at}+02:00" for at in ten))
    made = agreed(in_moscow, in_kyiv)
    assert spans(promised("mariupol-zaporizhzhia", [made], PERIOD)) == [(8, 13)]
    assert spans(disputed("mariupol-zaporizhzhia", [made], PERIOD)) == [(7, 14)]


def test_offsets_are_kept_as_they_were_given() -> None:
    made = agreed(BY_MOSCOW, BY_THE_CITY)
    again = msgspec.json.decode(canonical_bytes(made), type=Agreement)
    (window,) = again.corridors[0].announced
    assert [it.from_.isoformat() for it in window.by] == [
        "2022-03-05T10:00:00+03:00",
        "2022-03-05T11:00:00+02:00",
    ]


def test_where_they_have_nothing_in_common_nothing_stands_and_the_road_is_in_no_window() -> None:
    night = said("kyiv", "2022-03-04T20:00:00+02:00", "2022-03-05T06:00:00+02:00")
    day = said("moscow", "2022-03-05T10:00:00+03:00", "2022-03-05T16:00:00+03:00")
    corridor = replace(road(night, day), axis=builders.corridor().axis)
    made = builders.agreement(parties=PARTIES, corridors=(corridor,))
    assert windows_of(corridor) == ()
    told = availability(corridor, made, builders.methodology(), ())
    assert {it.cause for it in told} == {Cause.OUTSIDE_WINDOW}
    assert spans(disputed(corridor.id, [made], PERIOD)) == [(0, 13)]


def test_windows_that_come_again_follow_the_clock_of_their_place() -> None:
    """In Kyiv clocks go forward in the night to 2026-03-29: seven o'clock comes an hour earlier."""
    corridor = builders.corridor(
        "c",
        hours=(
            Daily(time_zone="Europe/Kyiv", from_="07:00", to="17:00"),
            Recurring(
                time_zone="Europe/Kyiv", start="2026-03-28T22:00", rule="FREQ=WEEKLY", minutes=300
            ),
        ),
        valid=Validity(
            from_=datetime(2026, 3, 28, tzinfo=UTC), to=datetime(2026, 3, 30, tzinfo=UTC)
        ),
    )
    assert [(it.from_.isoformat(), it.to and it.to.isoformat()) for it in windows_of(corridor)] == [
        ("2026-03-28T05:00:00+00:00", "2026-03-28T15:00:00+00:00"),
        ("2026-03-28T20:00:00+00:00", "2026-03-29T01:00:00+00:00"),
        ("2026-03-29T04:00:00+00:00", "2026-03-29T14:00:00+00:00"),
    ]
    made = builders.agreement(corridors=(corridor,))
    (entry, *_) = agenda([Known(DAY, [made], frozenset())])
    assert entry.key.endswith("/c/20260328T050000Z")


_EDGES = st.tuples(st.integers(0, LAST), st.integers(0, LAST)).filter(lambda it: it[0] < it[1])


@given(st.lists(_EDGES, min_size=2, max_size=4), st.sampled_from(["+02:00", "+03:00", "-11:00"]))
def test_an_hour_stands_where_all_have_announced_it(
    announced: list[tuple[int, int]], offset: str
) -> None:
    zone = datetime.fromisoformat(f"2022-01-01T00:00:00{offset}").tzinfo
    by = tuple(
        Announcement(party="kyiv", from_=hour(start).astimezone(zone), to=hour(end))
        for start, end in announced
    )
    found = promised("mariupol-zaporizhzhia", [agreed(*by)], PERIOD)
    hours = {it for start, end in spans(found) for it in range(start, end)}
    assert hours == {it for it in range(LAST) if all(start <= it < end for start, end in announced)}


@pytest.mark.parametrize("by", [(BY_MOSCOW,), ()])
def test_who_announces_alone_gives_an_ordinary_window(by: tuple[Announcement, ...]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"id": "w", "by": msgspec.to_builtins(by)}, AnnouncedWindow)
