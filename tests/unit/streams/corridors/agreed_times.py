"""Generated times at which a corridor may be open: windows, two capitals' words, hours by a clock.

Clocks are drawn where they are put forward and back during `histories`, edges of hours near what
they show meanwhile, so that some are skipped and some come twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from streams.agreement import AnnouncedWindow, Announcement, Daily, Recurring, Validity
from streams.vocabulary import Weekday
from tests.unit.streams.corridors.clocks import wall

START = datetime(2023, 3, 25, 21, 45, tzinfo=UTC)
"""In the night in which clocks are put forward in Beirut at midnight, in Kyiv at three, and back in
Asunción at midnight: 15, 195 and 315 minutes later."""


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


def validity(start: float, end: float | None) -> Validity:
    return Validity(from_=minute(start), to=None if end is None else minute(end))


@dataclass(frozen=True, slots=True)
class Times:
    """When a corridor may be open."""

    windows: tuple[Validity, ...]
    announced: tuple[AnnouncedWindow, ...] = ()
    hours: tuple[Daily | Recurring, ...] = ()
    valid: Validity | None = None


WINDOWS = (validity(30, 150), validity(180, 300), validity(280, 330))
_CLOCKS = st.sampled_from(
    ["Europe/Kyiv", "Europe/Moscow", "Asia/Beirut", "America/Asuncion", "Asia/Kolkata"]
)
_CAPITALS = (timezone(timedelta(hours=2)), timezone(timedelta(hours=3)))
_WEEKDAYS = st.sampled_from(
    [(), (), (), (), (Weekday.SATURDAY,), (Weekday.SUNDAY,), (Weekday.FRIDAY, Weekday.SUNDAY)]
)
_RULES = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=2",
        "FREQ=DAILY;COUNT=3",
        "FREQ=DAILY;UNTIL=20230326T000000Z",
        "FREQ=WEEKLY;BYDAY=SA,SU",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR,SA,SU",
        "FREQ=WEEKLY",
        "FREQ=MONTHLY;BYMONTHDAY=25,26",
    ]
)


@st.composite
def _shown(draw: st.DrawFn, clock: str, number: int) -> datetime:
    """What a clock shows at a minute of a history, or half an hour before or after."""
    return wall(clock, minute(number)) + timedelta(minutes=draw(st.sampled_from([0, 0, -30, 30])))


@st.composite
def _daily(draw: st.DrawFn) -> Daily:
    clock, begin = draw(_CLOCKS), draw(st.integers(-60, 250))
    lasts = draw(st.sampled_from([0, 30, 120, 120, 120, 200, 600, 1_400]))
    begins, ends = (f"{draw(_shown(clock, it)):%H:%M}" for it in (begin, begin + lasts))
    whole_days = begins == ends  # which is refused: nobody knows what it means
    return Daily(
        time_zone=clock,
        from_=begins,
        to="24:00" if whole_days else ends,
        weekdays=draw(_WEEKDAYS),
    )


@st.composite
def _recurring(draw: st.DrawFn) -> Recurring:
    clock = draw(_CLOCKS)
    before = timedelta(days=draw(st.sampled_from([0, 0, 0, 1, 2, 3, 7])))
    first = draw(_shown(clock, draw(st.integers(-60, 250)))) - before
    return Recurring(
        time_zone=clock,
        start=f"{first:%Y-%m-%dT%H:%M}",
        rule=draw(_RULES),
        minutes=draw(st.sampled_from([1, 45, 120, 120, 120, 240, 1_500])),
    )


@st.composite
def _announced(draw: st.DrawFn, number: int) -> AnnouncedWindow:
    """A window in the words of two or three, by their clocks; they may have nothing in common."""
    begins, lasts = draw(st.integers(0, 150)), draw(st.sampled_from([60, 200, 200]))
    moved = st.sampled_from([0, 0, 0, 0, 15, 60, -60])

    def announcement(party: str) -> Announcement:
        clock = _CAPITALS[draw(st.integers(0, 1))]
        start = minute(begins + draw(moved))
        end = draw(st.sampled_from([None, *[start + timedelta(minutes=lasts + draw(moved))] * 5]))
        return Announcement(
            party=party,
            from_=start.astimezone(clock),
            to=end.astimezone(clock) if end is not None and end > start else None,
        )

    parties = draw(st.sampled_from(["ab", "ab", "aba"]))
    return AnnouncedWindow(id=f"w{number}", by=tuple(announcement(party) for party in parties))


@st.composite
def agreed_times(draw: st.DrawFn) -> Times:
    """Windows as in the examples, or those of some kinds, or of all."""
    kinds = draw(st.sampled_from(["w", "w", "h", "h", "a", "a", "wa", "wh", "ha"]))
    valid = draw(st.sampled_from([None, None, None, validity(40, 260), validity(-50, None)]))
    announced = range(draw(st.integers(1, 2))) if "a" in kinds else ()
    hours: list[Daily | Recurring] = []
    if "h" in kinds:
        one = _daily() | _recurring()
        hours = draw(st.lists(one, min_size=1, max_size=2))
        valid = draw(
            st.sampled_from([validity(0, 340), validity(40, 260), *[validity(-600, 900)] * 2])
        )
    return Times(
        WINDOWS if "w" in kinds else (),
        tuple(draw(_announced(number)) for number in announced),
        tuple(hours),
        valid,
    )
