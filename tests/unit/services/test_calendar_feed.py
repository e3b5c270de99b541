"""The calendar of corridors, as a program that we did not write reads it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import vobject
from msgspec.structs import replace

from services.calendar_feed import write_calendar
from streams.agreement import Agreement, Announcement, Corridor, LineString, Validity
from streams.corridors.agenda import Known, agenda
from streams.vocabulary import AgreedAxis
from tests.unit.streams import builders
from tests.unit.streams.corridors.mariupol import BY_MOSCOW, BY_THE_CITY, CEASEFIRE, PARTIES, road

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def window(begins: str, ends: str | None = None) -> Validity:
    end = datetime.fromisoformat(ends) if ends else None
    return Validity(from_=datetime.fromisoformat(begins), to=end)


def agreed(*windows: Validity, version: int = 1, **changes: object) -> Agreement:
    corridor = builders.corridor("c", windows=windows, **changes)
    return builders.agreement(version=version, corridors=(corridor,))


def known(*loaded: Iterable[Agreement]) -> list[Known]:
    """What was loaded on each day, all before it included."""
    return [
        Known(SINCE + DAY * number, [it for those in loaded[: number + 1] for it in those], NONE)
        for number in range(len(loaded))
    ]


NONE: frozenset[tuple[str, int]] = frozenset()


def read(*loaded: Iterable[Agreement]) -> dict[str, Any]:
    """The events by UID, as the other program reads them."""
    text = write_calendar("mission", agenda(known(*loaded))).decode()
    calendar = vobject.readOne(text)
    assert calendar.version.value == "2.0"
    return {it.uid.value: it for it in calendar.contents.get("vevent", [])}


def only(*loaded: Iterable[Agreement]) -> Any:  # noqa: ANN401 (the other program is untyped)
    (event,) = read(*loaded).values()
    return event


def span(event: Any) -> tuple[datetime, datetime]:  # noqa: ANN401 (as above)
    return event.dtstart.value.astimezone(UTC), event.dtend.value.astimezone(UTC)


def test_a_window_is_the_same_instants_on_days_when_clocks_are_set() -> None:
    """Kyiv sets its clocks on 2026-03-29, and back on 2026-10-25: both nights over midnight."""
    spring = window("2026-03-28T22:00:00+02:00", "2026-03-29T06:00:00+03:00")
    autumn = window("2026-10-24T22:00:00+03:00", "2026-10-25T06:00:00+02:00")
    found = sorted(span(it) for it in read([agreed(spring, autumn)]).values())
    assert found == [
        (datetime(2026, 3, 28, 20, tzinfo=UTC), datetime(2026, 3, 29, 3, tzinfo=UTC)),
        (datetime(2026, 10, 24, 19, tzinfo=UTC), datetime(2026, 10, 25, 4, tzinfo=UTC)),
    ]


def test_a_window_over_midnight_is_one_event() -> None:
    event = only([agreed(window("2026-05-01T20:00:00Z", "2026-05-02T04:00:00Z"))])
    assert span(event) == (
        datetime(2026, 5, 1, 20, tzinfo=UTC),
        datetime(2026, 5, 2, 4, tzinfo=UTC),
    )
    assert (event.status.value, event.sequence.value) == ("CONFIRMED", "0")


def test_a_route_over_the_antimeridian_is_placed_on_it_and_not_on_the_other_side() -> None:
    over = LineString(coordinates=((179.8, -16.5), (-179.8, -16.5)))
    event = only([agreed(window("2026-05-01T20:00:00Z"), route=over)])
    lat, lon = map(float, event.geo.value.split(";"))
    assert abs(abs(lon) - 180) < 1e-3
    assert abs(lat + 16.5) < 1e-3


def test_an_access_area_is_placed_inside_of_itself() -> None:
    event = only([builders.agreement(corridors=(builders.access_area(),))])
    lat, lon = map(float, event.geo.value.split(";"))
    assert abs(lat - builders.LAT) < 0.02
    assert abs(lon - builders.LON) < 0.02


def test_a_window_without_an_end_promises_none() -> None:
    event = only([agreed(window("2026-05-01T20:00:00Z"))])
    assert not hasattr(event, "dtend")
    assert "No end is agreed." in event.description.value


def test_a_revision_keeps_the_uid_and_raises_the_sequence() -> None:
    first = agreed(window("2026-05-01T06:00:00Z", "2026-05-01T14:00:00Z"))
    later = agreed(window("2026-05-01T06:00:00Z", "2026-05-01T12:00:00Z"), version=2)
    (before,), (after,) = read([first]).items(), read([first], [later]).items()
    assert before[0] == after[0]
    assert (before[1].sequence.value, after[1].sequence.value) == ("0", "1")
    assert span(after[1])[1] == datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert after[1].dtstamp.value.astimezone(UTC) == SINCE + DAY


def test_what_an_amendment_does_not_change_is_not_revised() -> None:
    same = window("2026-05-01T06:00:00Z", "2026-05-01T14:00:00Z")
    event = only([agreed(same)], [agreed(same, version=2)])
    assert event.sequence.value == "0"


def test_a_window_that_is_taken_away_is_cancelled_and_may_come_back() -> None:
    it = window("2026-05-01T06:00:00Z", "2026-05-01T14:00:00Z")
    gone, again = agreed(version=2), agreed(it, version=3)
    event = only([agreed(it)], [gone])
    assert (event.status.value, event.sequence.value) == ("CANCELLED", "1")
    assert "Taken away" in event.description.value
    event = only([agreed(it)], [gone], [again])
    assert (event.status.value, event.sequence.value) == ("CONFIRMED", "2")


def test_what_was_agreed_before_an_amendment_held_is_not_cancelled_by_it() -> None:
    it = window("2026-05-01T06:00:00Z", "2026-05-01T14:00:00Z")
    from_june = replace(agreed(version=2), valid=window("2026-06-01T00:00:00Z"))
    assert only([agreed(it)], [from_june]).status.value == "CONFIRMED"


def test_a_window_that_one_version_hands_on_to_the_next_is_one_event() -> None:
    it = window("2026-05-31T20:00:00Z", "2026-06-01T04:00:00Z")
    from_june = replace(agreed(it, version=2), valid=window("2026-06-01T00:00:00Z"))
    event = only([agreed(it)], [from_june])
    assert (span(event)[1] - span(event)[0], event.sequence.value) == (timedelta(hours=8), "0")


def test_a_draft_is_tentative_until_all_have_signed() -> None:
    made = agreed(window("2026-05-01T06:00:00Z", "2026-05-01T14:00:00Z"))
    draft = Known(SINCE, [made], frozenset({(made.id, 1)}))
    entries = agenda([draft, Known(SINCE + DAY, [made], NONE)])
    assert [(it.window.firmness, it.sequence) for it in entries] == [("agreed", 1)]
    assert [it.window.firmness for it in agenda([draft])] == ["tentative"]


def mariupol(*by: Announcement) -> list[Agreement]:
    drawn: Corridor = replace(road(*by), axis=AgreedAxis.AGREED_IN_DETAIL)
    return [builders.agreement(parties=PARTIES, corridors=(drawn,))]


def test_announcements_that_differ_make_a_tentative_event_that_says_so_by_both_clocks() -> None:
    event = only(mariupol(BY_MOSCOW, BY_THE_CITY))
    assert event.status.value == "TENTATIVE"
    assert span(event) == (
        datetime(2022, 3, 5, 9, tzinfo=UTC),
        datetime(2022, 3, 5, 14, tzinfo=UTC),
    )
    said = event.description.value
    assert "IN DISPUTE" in said
    assert "Announced by moscow: 2022-03-05 10:00 UTC+0300 to no end." in said
    assert "Announced by kyiv: 2022-03-05 11:00 UTC+0200 to 2022-03-05 16:00 UTC+0200." in said


def test_announcements_by_two_clocks_of_one_instant_are_simply_agreed() -> None:
    event = only(mariupol(*CEASEFIRE))
    assert (event.status.value, "IN DISPUTE" in event.description.value) == ("CONFIRMED", False)


def test_announcements_with_nothing_in_common_are_cancelled() -> None:
    by_night = Announcement(party="kyiv", **NIGHT)
    event = only(mariupol(BY_MOSCOW, by_night))
    assert event.status.value == "CANCELLED"
    assert "nothing stands" in event.description.value


NIGHT: dict[str, datetime] = {
    "from_": datetime(2022, 3, 4, 20, tzinfo=UTC),
    "to": datetime(2022, 3, 5, 5, tzinfo=UTC),
}


def test_it_never_says_open_and_always_until_when_it_is_valid() -> None:
    it = window("2026-05-01T06:00:00Z", "2026-05-01T14:00:00Z")
    text = write_calendar("mission", agenda(known([agreed(it)], [agreed(version=2)]))).decode()
    text += write_calendar("mission", agenda(known(mariupol(BY_MOSCOW, BY_THE_CITY)))).decode()
    assert "open" not in text.replace("\r\n ", "").lower()
    for event in (only([agreed(it)]), only(mariupol(BY_MOSCOW, BY_THE_CITY))):
        end = event.dtend.value.astimezone(UTC)
        assert f"Not valid after {end:%Y-%m-%d %H:%MZ}." in event.description.value


def test_the_same_knowledge_gives_the_same_bytes_and_lines_of_75_octets() -> None:
    made = [agreed(window("2026-05-01T06:00:00Z"), name="Дорога " * 20)]
    first, again = (write_calendar("mission", agenda(known(made))) for _ in range(2))
    assert first == again
    assert max(map(len, first.split(b"\r\n"))) <= 75
    assert only(made).location.value == "Дорога " * 20
