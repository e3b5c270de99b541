"""Along a track: inside, outside or undetermined, in the order in which it was travelled.

Between geofence and the fold of whereabouts. `contain` says how a track as a whole lies to a zone;
a track that leaves one is `undetermined` there. Here it is walked: where its line keeps farther
from the zone's boundary than its accuracy, it was inside or outside for certain, whatever the true
path within that accuracy was.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon

from geo.ellipsoid import Floats
from geo.footprint import footprint, in_plane, track_line
from geo.polygons import polygonal
from geo.shapes import Track
from geo.verdicts import Relation, touch_m

# Round corners of the band about a boundary are drawn so fine; what that leaves out is added.
_QUARTER_STEPS = 90
_CORNER_SHARE = 1e-4
# Pieces of a leg shorter than this are what overlay leaves of rounding.
_LEAST_M = 1e-6


def along_track(zone: Polygon | MultiPolygon, track: Track) -> tuple[Relation, ...]:
    """The relations that the track goes through, neighbours differing; at least one.

    `zone` lon/lat on a continuous longitude, as `ZoneSet` has it. Passing from inside to outside is
    two answers, without the `undetermined` moment between them; "undetermined" between two equal
    answers, or at an end, stands: there it may have been on the other side.
    """
    whole = footprint(track)
    for turned in (whole.turned(turn) for turn in (-360.0, 0.0, 360.0)):
        near = polygonal(shapely.intersection(zone, shapely.box(*turned.box)))
        if not near.is_empty:
            plane = in_plane(near, turned.lon, turned.lat, turned.reach_m)
            line = track_line(track, whole.lon, whole.lat)
            margin = track.accuracy_m + float(touch_m(np.float64(whole.reach_m)))  # type: ignore[arg-type]
            return _passed(_walk(line, plane, margin))
    return (Relation.OUTSIDE,)


def _walk(
    line: LineString | Point, zone: Polygon | MultiPolygon, margin_m: float
) -> Iterator[Relation]:
    """Each relation along the line, leg by leg, as often as it shows."""
    band = zone.boundary.buffer(margin_m * (1 + _CORNER_SHARE), quad_segs=_QUARTER_STEPS)
    shapely.prepare(zone)
    if isinstance(line, Point):
        yield _relation(zone, line) if not band.intersects(line) else Relation.UNDETERMINED
        return
    for start, end in pairwise(shapely.get_coordinates(line)):
        yield from _walk_leg(start, end, zone, band)


def _walk_leg(
    start: Floats, end: Floats, zone: Polygon | MultiPolygon, band: shapely.Geometry
) -> Iterator[Relation]:
    leg = LineString([start, end])
    at = 0.0
    for clear in clear_pieces(start, end, band):
        first, last = (leg.project(Point(c)) for c in (clear.coords[0], clear.coords[-1]))
        if first - at > _LEAST_M:
            yield Relation.UNDETERMINED
        yield _relation(zone, clear.interpolate(0.5, normalized=True))
        at = last
    if leg.length - at > _LEAST_M:
        yield Relation.UNDETERMINED


def clear_pieces(start: Floats, end: Floats, band: shapely.Geometry) -> list[LineString]:
    """The pieces of a leg that keep out of a band, from its start on, each in its direction."""
    clear = shapely.difference(LineString([start, end]), band)
    pieces = [part for part in shapely.get_parts(clear) if part.length > _LEAST_M]
    origin = Point(start)
    directed = [
        piece
        if origin.distance(Point(piece.coords[0])) <= origin.distance(Point(piece.coords[-1]))
        else piece.reverse()
        for piece in pieces
    ]
    return sorted(directed, key=lambda piece: origin.distance(Point(piece.coords[0])))


def _relation(zone: Polygon | MultiPolygon, spot: Point) -> Relation:
    return Relation.INSIDE if zone.contains(spot) else Relation.OUTSIDE


def _passed(shown: Iterator[Relation]) -> tuple[Relation, ...]:
    """Without repetition, and without the moments of passing from one side to the other."""
    kept: list[Relation] = []
    for relation in shown:
        if kept and kept[-1] is relation:
            continue
        if len(kept) > 1 and kept[-1] is Relation.UNDETERMINED and relation is not kept[-2]:
            kept.pop()
        kept.append(relation)
    return tuple(kept) or (Relation.UNDETERMINED,)
