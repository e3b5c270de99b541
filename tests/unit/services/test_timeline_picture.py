"""A corridor's days as letters and as SVG: told without colour, never more open than known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

from services.store.generations import NOTHING_KNOWN, StoredInterval
from services.timeline_picture import LOOKS, MOST_DAYS, cells_of, days_of, shown_of, svg
from streams.vocabulary import Availability

A = Availability
DAY = datetime(2018, 9, 5, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


def at(hours: float) -> datetime:
    return DAY + timedelta(hours=hours)


def interval(start: float, end: float | None, state: Availability) -> StoredInterval:
    ends_at = None if end is None else at(end)
    return StoredInterval(at(start), ends_at, state.value, "<&cause>", (), None)


KNOWN = [
    NOTHING_KNOWN._replace(ends_at=at(4)),
    interval(4, 6.25, A.OPEN),
    interval(6.25, 6.3, A.CLOSED),
    interval(6.3, 26, A.IMPEDED),
    interval(26, None, A.SUSPENDED),
]
DAYS = list(days_of(KNOWN, DAY, at(30)))


def letters(number: int) -> str:
    return "".join(LOOKS[it].letter if it else " " for it in cells_of(*DAYS[number]))


def test_a_letter_stands_for_the_most_cautious_state_of_its_half_hour() -> None:
    assert letters(0) == "?" * 8 + "O" * 4 + "C" + "I" * 35
    assert letters(1) == "I" * 4 + "S" * 8 + " " * 36


def test_every_state_has_a_letter_and_a_look_of_its_own() -> None:
    assert set(LOOKS) == set(A)
    assert len({look.letter for look in LOOKS.values()}) == len(A)
    assert len({look.pattern for look in LOOKS.values()}) == len(A)


def test_the_picture_covers_each_day_and_names_states_and_causes() -> None:
    drawn = ET.fromstring(svg("a <b>", DAYS))  # noqa: S314 (our own text)
    told = [it for it in drawn.iter(f"{SVG}rect") if it.find(f"{SVG}title") is not None]
    by_row: dict[str, list[float]] = {}
    for rect in told:
        by_row.setdefault(rect.attrib["y"], []).append(float(rect.attrib["width"]))
    assert [round(sum(widths)) for widths in by_row.values()] == [24 * 40, 6 * 40]
    patterns = {it.attrib["id"] for it in drawn.iter(f"{SVG}pattern")}
    assert {it.attrib["fill"] for it in told} <= {f"url(#{name})" for name in patterns}
    titles = [it.findtext(f"{SVG}title") for it in told]
    assert "06:15 - 06:18 UTC closed: <&cause>" in titles
    assert "a <b>" in [it.text for it in drawn.iter(f"{SVG}text")]


def test_a_week_is_shown_until_now_and_of_an_old_beginning_a_year() -> None:
    now = datetime(2026, 7, 14, 12, tzinfo=UTC)
    week, most = timedelta(days=7), timedelta(days=MOST_DAYS)
    assert shown_of(None, None, now) == (now - week, now)
    assert shown_of(None, now - week, now) == (now - 2 * week, now - week)
    assert shown_of(now - week, None, now) == (now - week, now)
    assert shown_of(now - 2 * most, None, now) == (now - 2 * most, now - most)
    assert shown_of(now - most, now, now) == (now - most, now)


def test_no_time_and_more_than_a_year_are_not_shown() -> None:
    now = datetime(2026, 7, 14, 12, tzinfo=UTC)
    assert shown_of(now, now, now) is None
    assert shown_of(now, None, now) is None
    assert shown_of(now - timedelta(days=MOST_DAYS, hours=1), now, now) is None
