"""Position, bearings and distances of a SMM row → the report's location.

Place on the data's way: inside `smm`. With an anchor: the observer's spot and the sectors in which
it happened. Without one: a named place in the row's own words, which says where it happened and not
where the observer stood, and which no gazetteer will mistake for a point.
"""

from __future__ import annotations

from typing import Literal

from streams.events import Bearings, Location, NamedPlace, Sector
from streams.smm.fields import Row, RowError
from streams.smm.posts import POSTS, SEVERAL_PLACES, Post, spot_of
from streams.smm.tables import COMPASS


def locate_row(row: Row) -> Location | None:
    """Where it happened; None where the row speaks of several places at once."""
    position = row.text("position")
    if position in SEVERAL_PLACES:
        return None
    post = row.looked_up("position", POSTS, position)
    return _bearings(row, post) if post.anchored else _named(row, post)


def _bearings(row: Row, post: Post) -> Bearings:
    lon, lat = row.number("anchor_lon"), row.number("anchor_lat")
    if lon is None or lat is None:
        raise RowError(
            "missing", "anchor_lat", "the position has a gazetteer's point: fill in lat and lon"
        )
    spot = spot_of(post, lon, lat)
    near_m, far_m = _distances(row)
    return Bearings(
        lon=spot.lon,
        lat=spot.lat,
        accuracy_m=spot.accuracy_m,
        # No bearing reported: one sector, all round.
        sectors=tuple(
            Sector(bearing_deg=bearing)
            if near_m is None
            else Sector(bearing_deg=bearing, min_m=near_m, max_m=far_m)
            for bearing in _degrees(row) or (None,)
        ),
        compass_points=_compass_points(row),
    )


def _named(row: Row, post: Post) -> NamedPlace:
    """The wire's own offset where the row has one distance and one bearing, else its words."""
    place = post.words or row.position
    degrees = _degrees(row)
    near_m, far_m = _distances(row)
    if far_m == 0:
        return NamedPlace(name=place)
    if len(degrees) == 1 and near_m == far_m and far_m is not None:
        return NamedPlace(
            name=place,
            offset_m=far_m,
            bearing_deg=degrees[0],
            compass_points=_compass_points(row),
        )
    return NamedPlace(name=f"{_direction(row)} {place}")


def _direction(row: Row) -> str:
    """Such as `3-6 km N, NNE of`, `2-5 km from`, `N, W of`, `observed from`."""
    near, far = row.text("dist_min_km"), row.text("dist_max_km")
    bearings = ", ".join(row.words("bearing"))
    distance = "" if not far else f"{far} km" if near == far else f"{near}-{far} km"
    if bearings:
        return f"{distance} {bearings} of".strip()
    return f"{distance} from" if distance else "observed from"


def _degrees(row: Row) -> tuple[float, ...]:
    return tuple(row.looked_up("bearing", COMPASS, word) for word in row.words("bearing"))


def _compass_points(row: Row) -> Literal[16] | None:
    """A word of three letters shows that this row's bearings were given to 16 points.

    The position's own words are no sign of it: those are measured on a map.
    """
    return 16 if any(len(word) == 3 for word in row.words("bearing")) else None


def _distances(row: Row) -> tuple[float | None, float | None]:
    """Nearest and farthest, metres; both None where the distance was not reported."""
    near_km, far_km = row.number("dist_min_km"), row.number("dist_max_km")
    if (near_km is None) != (far_km is None):
        raise RowError("missing", "dist_max_km", "a distance needs both ends; equal ones for one")
    if near_km is None or far_km is None:
        return None, None
    if not 0 <= near_km <= far_km:
        raise RowError(
            "distance_reversed", "dist_max_km", "must be at least dist_min_km, from 0 up"
        )
    return round(near_km * 1_000, 1), round(far_km * 1_000, 1)
