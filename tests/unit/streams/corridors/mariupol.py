"""The road from Mariupol to Zaporizhzhia on 5 March 2022, as it was announced.

What was printed that day: the ministry of defence in Moscow has the corridor open from 10:00 Moscow
time, without an end (Interfax, RIA; UrduPoint adds "07:00 GMT", a tweet of Sputnik "06:00 GMT").
The city's council has people leave from 11:00 to 16:00 by Kyiv's clock, "noon to 5 p.m. Moscow
time" (Reuters, RIA), within a ceasefire "from 9 a.m. to 4 p.m. (10 a.m. to 5 p.m. Moscow time)",
on the way by Nikolske, Rozivka, Polohy and Orikhiv. The positions are ours, and rough.
"""

from __future__ import annotations

from datetime import datetime

from streams.agreement import AnnouncedWindow, Announcement, Corridor, LineString, Party
from streams.vocabulary import AgreedAxis
from tests.unit.streams import builders

PARTIES = (Party(id="moscow", name="Moscow"), Party(id="kyiv", name="Kyiv"))


def said(party: str, begins: str, ends: str | None = None) -> Announcement:
    return Announcement(
        party=party,
        from_=datetime.fromisoformat(begins),
        to=datetime.fromisoformat(ends) if ends else None,
    )


BY_MOSCOW = said("moscow", "2022-03-05T10:00:00+03:00")
BY_THE_CITY = said("kyiv", "2022-03-05T11:00:00+02:00", "2022-03-05T16:00:00+02:00")
CEASEFIRE = (
    said("kyiv", "2022-03-05T09:00:00+02:00", "2022-03-05T16:00:00+02:00"),
    said("kyiv", "2022-03-05T10:00:00+03:00", "2022-03-05T17:00:00+03:00"),
)
"""The council's own words, by both clocks: the same instants."""


def road(*by: Announcement) -> Corridor:
    """The road, its one window as these announce it."""
    return builders.corridor(
        "mariupol-zaporizhzhia",
        name="Mariupol - Zaporizhzhia",
        route=LineString(
            coordinates=(
                *((37.54, 47.10), (37.32, 47.20), (37.07, 47.38)),
                *((36.26, 47.48), (35.79, 47.57), (35.14, 47.84)),
            )
        ),
        axis=AgreedAxis.AGREED_IN_PRINCIPLE,
        announced=(AnnouncedWindow(id="5-march", by=by),),
    )
