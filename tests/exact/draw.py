"""Reports around a place, a third of them where a mistake of a centimetre would show.

Of each way its share. `offset_m` away from an edge, at right angles to it on the ellipsoid, on
either side; a circle's rim then passes the edge by as much.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from tests.exact.surroundings import RADIUS_MAX_M, WGS84, Surroundings

Floats = npt.NDArray[np.float64]
Rng = np.random.Generator

GAUSSIAN_SHARE = 0.25
CENTIMETRE, MILLIMETRE = 0.01, 0.001


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """Points with an accuracy, columns of one length; `way` says how each was drawn.

    `gaussian`: a bell whose reach is `radius_m`, else a circle of it; to the relation it is one.

    `lon` is continuous about the place, so it may lie beyond ±180.
    """

    lon: Floats
    lat: Floats
    radius_m: Floats
    gaussian: npt.NDArray[np.bool_]
    way: npt.NDArray[np.int8]


ABOUT_A_VERTEX = "circles about a vertex"
WAYS = (
    "points anywhere",
    "points ± 1 cm from an edge",
    "points ± 1 mm from an edge",
    "points on a vertex",
    "circles anywhere",
    "circles whose rim is ± 1 cm from an edge",
    "circles whose rim is ± 1 mm from the touch tolerance",
    "circles about a point ± 1 cm from an edge",
    ABOUT_A_VERTEX,
    "circles of 1 mm to 1 m",
)
SHARES = (0.14, 0.2, 0.04, 0.02, 0.2, 0.2, 0.1, 0.04, 0.02, 0.04)


def draw_reports(around: Surroundings, reach_m: float, count: int, rng: Rng) -> Reports:
    """About so many reports, none of them farther than some reach and radius from the place."""
    drawn = []
    for way, share in enumerate(SHARES):
        lon, lat, radius = _draw(way, around, reach_m, max(round(count * share), 1), rng)
        drawn.append((lon, lat, radius, np.full(lon.size, way, np.int8)))
    lon, lat, radius, ways = (np.concatenate(column) for column in zip(*drawn, strict=True))
    lon -= 360 * np.round((lon - around.place[0]) / 360)
    _, _, away = WGS84.inv(*_repeated(around.place, lon.size), lon, lat)
    kept = np.asarray(away) <= reach_m + RADIUS_MAX_M
    gaussian = rng.random(lon.size) < GAUSSIAN_SHARE
    return Reports(lon[kept], lat[kept], radius[kept], gaussian[kept], ways[kept])


def _draw(  # noqa: PLR0911 (one way a line)
    way: int, around: Surroundings, reach_m: float, count: int, rng: Rng
) -> tuple[Floats, Floats, Floats]:
    zero, radius = np.zeros(count), np.exp(rng.uniform(0, np.log(RADIUS_MAX_M), count))
    match way:
        case 0:
            return *_anywhere(around, reach_m, count, rng), zero
        case 1:
            return *_off_an_edge(around, zero + CENTIMETRE, rng), zero
        case 2:
            return *_off_an_edge(around, zero + MILLIMETRE, rng), zero
        case 3:
            lon, lat = _on_a_vertex(around, count, rng)
            return lon, lat, zero[: lon.size]
        case 4:
            return *_anywhere(around, reach_m, count, rng), radius
        case 5:
            off = radius + rng.choice([-CENTIMETRE, CENTIMETRE], count)
            return *_off_an_edge(around, np.abs(off), rng), radius
        case 6:
            touch = np.maximum(4e-7 * radius, MILLIMETRE)
            off = radius + touch + rng.choice([-MILLIMETRE, MILLIMETRE], count)
            return *_off_an_edge(around, off, rng), radius
        case 7:
            return *_off_an_edge(around, zero + CENTIMETRE, rng), radius
        case 8:
            lon, lat = _on_a_vertex(around, count, rng)
            return lon, lat, radius[: lon.size]
        case _:
            small = np.exp(rng.uniform(np.log(MILLIMETRE), 0, count))
            return *_off_an_edge(around, small * rng.uniform(0, 2, count), rng), small


def _anywhere(around: Surroundings, reach_m: float, count: int, rng: Rng) -> tuple[Floats, Floats]:
    away = reach_m * np.sqrt(rng.random(count))
    return _moved(*_repeated(around.place, count), rng.uniform(0, 360, count), away)


def _repeated(place: tuple[float, float], count: int) -> tuple[Floats, Floats]:
    return np.full(count, place[0]), np.full(count, place[1])


def _moved(lon: Floats, lat: Floats, azimuth: Floats, away: Floats) -> tuple[Floats, Floats]:
    to_lon, to_lat, _ = WGS84.fwd(lon, lat, azimuth, away)
    return np.asarray(to_lon), np.asarray(to_lat)


def _off_an_edge(around: Surroundings, off_m: Floats, rng: Rng) -> tuple[Floats, Floats]:
    """Positions `off_m` to the left or right of a random spot of a random edge nearby."""
    start, end = _edges(around)
    weight = np.hypot(*(end - start).T) + 1e-9
    edge = rng.choice(len(start), off_m.size, p=weight / weight.sum())
    step = end[edge] - start[edge]
    at = start[edge] + rng.random((off_m.size, 1)) * step
    ahead = at + step * (1e-5 / np.hypot(*step.T))[:, np.newaxis]
    azimuth, _, _ = WGS84.inv(at[:, 0], at[:, 1], ahead[:, 0], ahead[:, 1])
    side = rng.choice([-90.0, 90.0], off_m.size)
    return _moved(at[:, 0], at[:, 1], np.asarray(azimuth) + side, off_m)


def _on_a_vertex(around: Surroundings, count: int, rng: Rng) -> tuple[Floats, Floats]:
    """Vertices of the zones nearby, to the last bit."""
    lon, lat = around.place
    coords = np.concatenate([shapely.get_coordinates(zone) for zone in around.zones])
    away = np.hypot((coords[:, 0] - lon) * np.cos(np.radians(lat)), coords[:, 1] - lat)
    nearest = coords[np.argsort(away)[: max(20, len(coords) // 4)]]
    reachable = nearest[np.sort(away)[: len(nearest)] < 2_000 / 111_200]
    chosen = rng.choice(reachable, count) if len(reachable) else np.empty((0, 2))
    return chosen[:, 0].copy(), chosen[:, 1].copy()


def _edges(around: Surroundings) -> tuple[Floats, Floats]:
    """Edges nearby, lon/lat: float64[e, 2] from and to. Of every zone about as much."""
    starts, ends = [], []
    for lines in around.near:
        coords, line = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
        at = np.flatnonzero(line[:-1] == line[1:])
        starts.append(coords[at])
        ends.append(coords[at + 1])
    start, end = np.concatenate(starts), np.concatenate(ends)
    longer = np.hypot(*(end - start).T) > 0
    return start[longer], end[longer]
