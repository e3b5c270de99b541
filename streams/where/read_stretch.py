"""Stretches: `km 12-15 of zolote-road` → a place on a route that the agreement declares.

Place on the data's way: below `read_place`. The event names corridor and kilometres; what spot of
the Earth that is, the agreement in force says when it is judged (`streams.locate`).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from streams.events import OnRoute
from streams.where.reading import Place, Trouble, Unread

_MARK = r"\d{1,4}(?:[.,]\d{1,3})?"
_KM = rf"km\s?(?P<near>{_MARK})(?:\s?(?:-|to)\s?(?:km\s?)?(?P<far>{_MARK}))?"
_BARE: Final = re.compile(_KM, re.IGNORECASE)
_SHAPES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_KM},? (?:of|on|along) (?:the )?(?P<route>.+)",
        rf"(?P<route>.+?),? {_KM}",
    )
)


_WIDER: Final = "the mission's accuracy is added to the marks' tolerance when it is judged"


class Route(NamedTuple):
    """A corridor's route as far as reading a text needs it."""

    id: str
    name: str
    first_km: float | None
    """Mark at its first position; None: the agreement does not count kilometres on it."""
    last_km: float | None


def read_stretch(text: str, routes: tuple[Route, ...]) -> Place | Unread | None:
    """Read kilometres on a route; None where the text speaks of none."""
    if _BARE.fullmatch(text):
        said = f"on which road? Write `of` and the route behind {text!r}"
        return Unread(Trouble.ROUTE_UNKNOWN, said)
    found = next((match for shape in _SHAPES if (match := shape.fullmatch(text))), None)
    if found is None:
        return None
    wanted = found["route"].casefold()
    named = [route for route in routes if wanted in (route.id.casefold(), route.name.casefold())]
    if len(named) != 1:
        known = ", ".join(route.id for route in routes) or "none: give the agreement"
        said = f"no one route is called {found['route']!r}; there is {known}"
        return Unread(Trouble.ROUTE_UNKNOWN, said)
    return _on(named[0], found)


def _on(route: Route, found: re.Match[str]) -> Place | Unread:
    near, far = found["near"].replace(",", "."), (found["far"] or "").replace(",", ".")
    from_km, to_km = float(near), float(far or near)
    notes: tuple[str, ...] = (_WIDER,)
    if to_km < from_km:
        said = f"km {near}-{far} runs backwards: write the smaller number first"
        return Unread(Trouble.DISTANCE_REVERSED, said)
    if not far:
        half = 0.5 * 10.0 ** -len(near.partition(".")[2])
        from_km, to_km = max(round(from_km - half, 4), 0.0), round(to_km + half, 4)
        notes = (f"km {near} is read as km {from_km:g} to {to_km:g}", _WIDER)
    if route.first_km is None or route.last_km is None:
        said = f"the agreement counts no kilometres on {route.id}: write coordinates"
        return Unread(Trouble.ROUTE_UNKNOWN, said)
    if to_km < route.first_km or from_km > route.last_km:
        said = f"{route.id} goes from km {route.first_km:g} to {route.last_km:.1f}"
        return Unread(Trouble.OUT_OF_RANGE, said)
    ends = (max(from_km, route.first_km), min(to_km, round(route.last_km, 3))) if not far else None
    start, end = ends or (from_km, to_km)
    return Place(OnRoute(corridor=route.id, from_km=start, to_km=end), "route", notes)
