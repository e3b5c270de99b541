"""Place: what a person writes about where → a location of the wire, or why it is none.

    km 12-15 of ROUTE             a stretch of a route that the agreement declares
    between X and Y               the circle whose diameter joins them
    3-6 km N, NE, SE of X         sectors seen from X
    within 2 km of X              a circle around X
    X                             X itself

X is a position (`read_position`) or a name (`read_name`). Place on the data's way: the table of
contents of `where`; `truceline where` and importers call it before an event is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

import shapely

from geo.places import bearing_deg, distance_m, offset
from streams.events import Bearings, Location, Point
from streams.where.check_swap import nearest_km, swapped
from streams.where.gazetteer import Gazetteer
from streams.where.plain_text import plain_text
from streams.where.read_bearing import WIDEST_DEG, Direction, MilsCircle, read_bearing
from streams.where.read_degrees import Order
from streams.where.read_distance import DISTANCE, Distance, read_distance
from streams.where.read_name import read_name
from streams.where.read_position import read_position
from streams.where.read_stretch import Route, read_stretch
from streams.where.reading import Candidate, Place, Spot, Trouble, Unread, degrees

LIMIT: Final = 400
_FARTHEST_APART_M: Final = 200_000.0
_FAR_NAME_KM: Final = 100.0

_BETWEEN = re.compile(r"between (?P<one>.+?) and (?P<other>.+)", re.IGNORECASE)
_WITHIN = re.compile(rf"{DISTANCE} (?:of|from|around) (?P<place>.+)", re.IGNORECASE)
_SEEN = tuple(
    re.compile(rf"{order}\s*\b(?:of|from) (?P<place>.+)", re.IGNORECASE)
    for order in (
        rf"(?:{DISTANCE}\s*)?(?P<directions>.*?)",
        rf"(?P<directions>.+?),? {DISTANCE}",
    )
)
_NO_ORIGIN = re.compile(rf"(?:{DISTANCE}\s*)?(?P<directions>.+)", re.IGNORECASE)
_LISTED = re.compile(r"\s*(?:,|&|\+(?!/|-)|\band\b|\bor\b)\s*", re.IGNORECASE)
_FILLER = re.compile(r"^(?:to |in |at )?(?:the )?(?:bearing |azimuth )?", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{3}")


@dataclass(frozen=True, slots=True)
class Known:
    """What the caller knows beside the text."""

    order: Order | None = None
    mils_circle: MilsCircle | None = None
    compass_points: Literal[8, 16] | None = None
    known_to_m: float | None = None
    """How well a position is known, beyond how it is written."""
    country: str | None = None
    region: str | None = None
    gazetteer: Gazetteer | None = None
    routes: tuple[Route, ...] = ()
    """Of the agreement, for kilometres on a route."""
    nearby: tuple[shapely.Geometry, ...] = ()
    """The agreement's zones and routes (lon, lat): what lies far from them is looked at twice."""


def read_place(text: str, known: Known) -> Place | Unread:
    """Read a text about a place. Pure: the same text and the same `known` give the same answer."""
    plain = plain_text(text)
    if not plain:
        return Unread(Trouble.EMPTY, "nothing is written")
    if len(plain) > LIMIT:
        return Unread(Trouble.TOO_LONG, f"more than {LIMIT} characters: write the place alone")
    stretch = read_stretch(plain, known.routes)
    if stretch is not None:
        return stretch
    between = _BETWEEN.fullmatch(plain)
    if between:
        return _between(between["one"], between["other"], known)
    return _directed(plain, known) or _alone(plain, known)


def _alone(text: str, known: Known) -> Place | Unread:
    spot = _spot(text, known)
    if isinstance(spot, Unread):
        return spot
    return _place(spot.alone(), spot.form, spot.notes, (spot,))


def _spot(text: str, known: Known) -> Spot | Unread:
    """A position, or where it is none a name."""
    spot: Spot | Unread = read_position(text, known.order, known.known_to_m)
    unread = isinstance(spot, Unread) and spot.trouble is Trouble.NOT_UNDERSTOOD
    if unread and _LETTERS.search(text):
        near = bool(known.nearby)
        spot = read_name(text, known.gazetteer, known.country, known.region, anywhere=near)
        if isinstance(spot, Unread):
            return _with_distances(spot, known)
        return _far(spot, text, known) or spot
    if isinstance(spot, Unread):
        return spot
    return swapped(spot, known.nearby) or spot


def _with_distances(unread: Unread, known: Known) -> Unread:
    """Candidates, each with how far it is from the agreement: for who chooses, not to choose by."""
    if not known.nearby:
        return unread
    candidates = (
        each._replace(
            said=f"{each.said}, {nearest_km((each.lon, each.lat), known.nearby):,.0f} km "
            "from the agreement's zones and routes"
        )
        for each in unread.candidates
    )
    return replace(unread, candidates=tuple(candidates))


def _far(spot: Spot, name: str, known: Known) -> Unread | None:
    """A name far from the agreement's places: a smaller one, not listed, may be meant.

    Where the region was said, somebody has looked.
    """
    far_km = nearest_km((spot.lon, spot.lat), known.nearby) if known.nearby else 0.0
    if far_km <= _FAR_NAME_KM or known.region is not None:
        return None
    said = (
        f"the only {name!r} of the gazetteer lies {far_km:,.0f} km from the agreement's zones and "
        "routes, and a smaller one may be meant: say the region, or write coordinates"
    )
    return Unread(Trouble.PLACE_FAR, said, (Candidate(spot.notes[0], spot.lon, spot.lat),))


def _directed(text: str, known: Known) -> Place | Unread | None:
    """Distance and directions from a spot; None where the text has none."""
    within = _WITHIN.fullmatch(text)
    if within:
        distance = read_distance(within)
        spot = distance if isinstance(distance, Unread) else _spot(within["place"], known)
        return _around(spot, distance, within)
    for order in _SEEN:
        found = order.fullmatch(text)
        directions = found and _directions(found["directions"], known.mils_circle)
        if found and directions:
            return _from(found, directions, known)
    return _undirected(text, known)


def _from(
    found: re.Match[str], directions: list[Direction] | Unread, known: Known
) -> Place | Unread:
    if isinstance(directions, Unread):
        return directions
    distance = read_distance(found) if found["near"] else Distance(0.0, None, _NO_DISTANCE)
    if isinstance(distance, Unread):
        return distance
    spot = _spot(found["place"], known)
    return spot if isinstance(spot, Unread) else _seen(spot, distance, directions, known)


def _undirected(text: str, known: Known) -> Unread | None:
    """A direction that is none, or one from nowhere; None where the text speaks of no direction."""
    found = _SEEN[0].fullmatch(text)
    if found and found["near"]:
        said = f"{found['directions']!r} is no direction: N, NNE, 315° ± 3 or 5600 mils"
        return Unread(Trouble.NOT_UNDERSTOOD, said)
    bare = _NO_ORIGIN.fullmatch(text)
    if bare and isinstance(_directions(bare["directions"], known.mils_circle), list):
        said = "from where? Write `of` and the observer's position behind it"
        return Unread(Trouble.ORIGIN_MISSING, said)
    return None


_NO_DISTANCE: Final = "no distance is said: the extent is not known"


def _directions(text: str, circle: MilsCircle | None) -> list[Direction] | Unread | None:
    """The directions listed; None where one of the words is no direction."""
    words = [_FILLER.sub("", word) for word in _LISTED.split(text)]
    read = [read_bearing(word.strip(), circle) for word in words]
    troubles = [each for each in read if isinstance(each, Unread)]
    if any(each is None for each in read):
        return None
    return troubles[0] if troubles else [each for each in read if isinstance(each, Direction)]


def _around(
    spot: Spot | Unread, distance: Distance | Unread, found: re.Match[str]
) -> Place | Unread:
    """A circle, or where the text says no direction but a distance, a ring."""
    if isinstance(distance, Unread):
        return distance
    if isinstance(spot, Unread):
        return spot
    if found["upto"] and distance.max_m is not None:
        radius_m = spot.accuracy_m + distance.max_m
        disc = Point(lon=degrees(spot.lon), lat=degrees(spot.lat), accuracy_m=radius_m)
        return _place(disc, f"circle around {spot.form}", spot.notes, (spot,))
    everywhere = Direction(0.0, half_width_deg=180.0)
    return _seen(spot, distance, [everywhere], Known())


def _seen(
    spot: Spot, distance: Distance, directions: list[Direction], known: Known
) -> Place | Unread:
    shown = any(direction.points for direction in directions)
    location = Bearings(
        lon=degrees(spot.lon),
        lat=degrees(spot.lat),
        accuracy_m=spot.accuracy_m,
        sectors=tuple(each.sector(distance.min_m, distance.max_m) for each in directions),
        compass_points=16 if shown else known.compass_points,
    )
    notes = [*spot.notes, *([distance.note] if distance.note else [])]
    if any(direction.unmeasured for direction in directions):
        said = f"how exact the bearing is was not said: ±{WIDEST_DEG:g}°; write ± behind it"
        notes.append(said)
    return _place(location, f"sectors from {spot.form}", notes, (spot,))


def _between(one: str, other: str, known: Known) -> Place | Unread:
    """Anywhere in the circle whose diameter joins two spots: roads between them bend."""
    spots = [_spot(text, known) for text in (one, other)]
    for spot in spots:
        if isinstance(spot, Unread):
            return spot
    a, b = (spot for spot in spots if isinstance(spot, Spot))
    apart_m = distance_m(a.lon, a.lat, b.lon, b.lat)
    if apart_m > _FARTHEST_APART_M:
        said = f"they lie {apart_m / 1000:,.0f} km apart, which says next to nothing: write nearer"
        return Unread(Trouble.TOO_FAR_APART, said)
    lon, lat = offset(a.lon, a.lat, bearing_deg(a.lon, a.lat, b.lon, b.lat), apart_m / 2)
    radius_m = float(round(apart_m / 2 + max(a.accuracy_m, b.accuracy_m)))
    location = Point(lon=degrees(lon), lat=degrees(lat), accuracy_m=radius_m)
    note = f"they lie {apart_m / 1000:.1f} km apart: the circle over the line that joins them"
    return _place(location, "between", (*a.notes, *b.notes, note), (a, b))


def _place(location: Location, form: str, notes: Iterable[str], spots: Iterable[Spot]) -> Place:
    sources = tuple(dict.fromkeys(spot.source for spot in spots if spot.source is not None))
    return Place(location, form, tuple(dict.fromkeys(notes)), sources)
