"""Calendar feed: the agenda's entries as an iCalendar file (RFC 5545).

Place on the data's way: agenda → **bytes** → `truceline corridor calendar`,
GET /v1/corridors/calendar.ics. All times are in UTC, so that no reader's time zones matter. It says
what is agreed; that a road can be used no calendar knows, and none of its words can be read so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from icalendar import Calendar, Event
from icalendar.prop import vDuration

from streams.agreement import Announcement
from streams.corridors.agenda import Doubt, Entry, Firmness, Window

AGAIN_AFTER: Final = timedelta(minutes=15)
"""How often a subscriber is asked to look again."""
SAID: Final = (
    "The parties agreed on this time. That is no word on the road: ask the board before you go."
)
_STATUS: Final = {
    Firmness.AGREED: "CONFIRMED",
    Firmness.TENTATIVE: "TENTATIVE",
    Firmness.CANCELLED: "CANCELLED",
}
_DOUBTS: Final = {
    Doubt.DRAFT: "Not all parties have signed.",
    Doubt.NOT_IN_DETAIL: "Not agreed in detail.",
    Doubt.DISPUTED: "IN DISPUTE: announcements differ; this is what they have in common.",
    Doubt.NOTHING_IN_COMMON: "IN DISPUTE: announcements have no moment in common; nothing stands.",
    Doubt.EXPIRED: "The agreement on this corridor has expired.",
    Doubt.TAKEN_AWAY: "Taken away: it is not agreed any more.",
}


def write_calendar(mission: str, entries: Iterable[Entry]) -> bytes:
    """The bytes of a calendar of all entries; the same entries give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Truceline//Corridors//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Corridors of {mission}: agreed windows")
    again = vDuration(AGAIN_AFTER, params={"VALUE": "DURATION"})
    calendar.add("refresh-interval", again)
    for entry in entries:
        calendar.add_component(_event(mission, entry))
    written: bytes = calendar.to_ical()
    return written


def _event(mission: str, entry: Entry) -> Event:
    window, event = entry.window, Event()
    lon, lat = window.position
    event.add("uid", f"{mission}/{entry.key}@truceline")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.revised_at.astimezone(UTC))
    event.add("last-modified", entry.revised_at.astimezone(UTC))
    event.add("dtstart", window.valid.from_.astimezone(UTC))
    if window.valid.to is not None:
        event.add("dtend", window.valid.to.astimezone(UTC))
    event.add("status", _STATUS[window.firmness])
    event.add("summary", f"{window.name}: {window.firmness} window")
    event.add("description", "\n".join(_lines(window)))
    event.add("location", window.name)
    event.add("geo", (round(lat, 6), round(lon, 6)))
    event.add("transp", "TRANSPARENT")
    return event


def _lines(window: Window) -> Iterator[str]:
    yield SAID if window.firmness is not Firmness.CANCELLED else "Do not plan by this."
    end = window.valid.to
    yield (
        "No end is agreed." if end is None else f"Not valid after {end.astimezone(UTC):%F %H:%MZ}."
    )
    yield from (_DOUBTS[doubt] for doubt in window.doubts)
    yield from (_announced(it) for it in window.announced)
    yield f"Corridor {window.corridor}, agreement {window.agreement}."


def _announced(it: Announcement) -> str:
    until = "no end" if it.to is None else _by_its_clock(it.to)
    return f"Announced by {it.party}: {_by_its_clock(it.from_)} to {until}."


def _by_its_clock(instant: datetime) -> str:
    return f"{instant:%F %H:%M} UTC{instant:%z}"
