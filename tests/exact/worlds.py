"""Worlds: zones of every kind that has gone wrong somewhere, and the places where reports fall.

A world is drawn from a seed. Vertices stand on multiples of 2⁻²⁴ degree (7 mm), so that a turn of
360° rounds none of them and a report can be put exactly on one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from tests.unit.geo.zoo import holed, scattered, star

Zone = Polygon | MultiPolygon
Place = tuple[float, float]
Rng = np.random.Generator

KM_DEG = 1 / 111.2
"""A kilometre in degrees of latitude, near enough to draw with."""
_STEP_DEG = 2.0**-24
_LONG_RING = 99_999


@dataclass(frozen=True, slots=True)
class World:
    """Zones, and the places that reports are drawn around, no farther away than `reach_m`.

    `drawn` are the zones on a longitude that runs on past 180, as nobody may send them.
    """

    kind: str
    drawn: tuple[Zone, ...]
    places: tuple[Place, ...]
    reach_m: float = 2_500.0


def draw_world(kind: str, rng: Rng) -> World:
    """One world of that kind."""
    return KINDS[kind](rng)


def _somewhere(rng: Rng, top: float = 70.0) -> Place:
    return float(rng.uniform(-178, 178)), float(rng.uniform(-top, top))


def _near(rng: Rng, place: Place, km: float) -> Place:
    """A place up to so many kilometres away."""
    lon, lat = place
    east, north = rng.uniform(-km, km, 2) * KM_DEG
    return float(lon + east / np.cos(np.radians(lat))), float(lat + north)


def _on_grid(zone: Zone) -> Zone:
    """The zone with its vertices on the multiples that survive a turn."""
    return shapely.transform(zone, lambda coords: np.round(coords / _STEP_DEG) * _STEP_DEG)


def _flat(zone: Zone, place: Place) -> Zone:
    """A zone drawn round in degrees, made as wide in kilometres as it is high."""
    lon, lat = place
    narrow = 1 / np.cos(np.radians(lat))
    return shapely.transform(
        zone, lambda coords: np.stack([lon + (coords[:, 0] - lon) * narrow, coords[:, 1]], 1)
    )


def _finished(kind: str, zones: list[Zone], places: list[Place], reach_m: float = 2_500.0) -> World:
    drawn = tuple(_on_grid(zone) for zone in zones)
    return World(kind, tuple(zone for zone in drawn if zone.is_valid), tuple(places), reach_m)


def _star(rng: Rng, place: Place, km: float, corners: int) -> Zone:
    return _flat(Polygon(star(rng, *place, km * KM_DEG, corners)), place)


def _stars_at(rng: Rng, place: Place) -> list[Zone]:
    sizes = rng.uniform(0.3, 3.0, 5)
    return [_star(rng, _near(rng, place, 1.5), float(s), int(rng.integers(5, 126))) for s in sizes]


def _stars(rng: Rng) -> World:
    places = [_somewhere(rng) for _ in range(12)]
    return _finished("stars", [z for p in places for z in _stars_at(rng, p)], places)


def _holes_at(rng: Rng, place: Place) -> list[Zone]:
    """Zones with a hole, and of each hole a zone of its own: they share all of its edge."""
    found: list[Zone] = []
    for km in rng.uniform(0.5, 3.0, 3):
        centre = _near(rng, place, 1.0)
        zone = holed(rng, *centre, km * KM_DEG, int(rng.integers(6, 60)))
        filled = Polygon(zone.interiors[0])
        found += [_flat(zone, centre), _flat(filled, centre)]
    return found


def _holes(rng: Rng) -> World:
    places = [_somewhere(rng) for _ in range(12)]
    return _finished("holes", [z for p in places for z in _holes_at(rng, p)], places)


def _parts_at(rng: Rng, place: Place) -> list[Zone]:
    sizes = rng.uniform(0.3, 1.5, 4)
    return [
        _flat(scattered(rng, *_near(rng, place, 1.0), s * KM_DEG, int(rng.integers(6, 40))), place)
        for s in sizes
    ]


def _parts(rng: Rng) -> World:
    places = [_somewhere(rng) for _ in range(12)]
    return _finished("multipolygons", [z for p in places for z in _parts_at(rng, p)], places)


def _tiles_at(rng: Rng, place: Place, side: int = 5) -> list[Zone]:
    """Cells of a crooked lattice, some edges along a parallel or a meridian: all edges shared."""
    lon, lat = place
    steps = np.arange(side + 1) - side / 2
    x, y = np.meshgrid(steps, steps)
    crooked = rng.random((side + 1, side + 1)) < 0.7
    x = x + crooked * rng.uniform(-0.3, 0.3, x.shape)
    y = y + crooked * rng.uniform(-0.3, 0.3, y.shape)
    corner = np.stack([lon + x * KM_DEG / np.cos(np.radians(lat)), lat + y * KM_DEG], -1)
    return [
        Polygon([corner[i, j], corner[i, j + 1], corner[i + 1, j + 1], corner[i + 1, j]])
        for i in range(side)
        for j in range(side)
    ]


def _tiles(rng: Rng) -> World:
    places = [_somewhere(rng) for _ in range(6)]
    return _finished("shared_edges", [z for p in places for z in _tiles_at(rng, p)], places)


def _slivers_at(rng: Rng, place: Place) -> list[Zone]:
    """Needles of some kilometres by 0.1 to 5 m, two by two with a long edge in common."""
    found: list[Zone] = []
    for _ in range(4):
        start, end = _near(rng, place, 2.0), _near(rng, place, 2.0)
        across = np.array([start[1] - end[1], end[0] - start[0]])
        across *= rng.uniform(1e-4, 5e-3) * KM_DEG / np.hypot(*across)
        middle = (np.array(start) + np.array(end)) / 2
        found += [
            Polygon([start, end, tuple(middle + across)]),
            Polygon([start, tuple(middle - across), end]),
        ]
    return found


def _slivers(rng: Rng) -> World:
    places = [_somewhere(rng) for _ in range(12)]
    return _finished("slivers", [z for p in places for z in _slivers_at(rng, p)], places)


def _long_ring(rng: Rng) -> World:
    """One ring of 100,000 vertices, 40 km across, an edge every 1.3 m."""
    place = _somewhere(rng)
    angle = np.linspace(0, 2 * np.pi, _LONG_RING, endpoint=False)
    km = 18 + 2 * np.sin(7 * angle) + 1e-4 * rng.uniform(-1, 1, angle.size)
    ring = np.stack([np.cos(angle), np.sin(angle)], 1) * (km * KM_DEG)[:, np.newaxis] + place
    zone = _flat(Polygon(ring), place)
    return _finished("ring_of_100000", [zone], _along(rng, zone, 3))


def _along(rng: Rng, zone: Zone, count: int) -> list[Place]:
    """Places on the zone's boundary."""
    points = shapely.line_interpolate_point(zone.boundary, rng.random(count), normalized=True)
    return [(float(point.x), float(point.y)) for point in points]


def _antimeridian(rng: Rng) -> World:
    places: list[Place] = []
    zones: list[Zone] = []
    for _ in range(9):
        place = (180.0 + float(rng.uniform(-0.02, 0.02)), float(rng.uniform(-70, 70)))
        draw = (_stars_at, _holes_at, _tiles_at)[len(places) % 3]
        zones += draw(rng, place)
        places.append(place)
    return _finished("antimeridian", zones, places)


def _polar(rng: Rng) -> World:
    places: list[Place] = []
    zones: list[Zone] = []
    for _ in range(9):
        place = (float(rng.uniform(-150, 150)), float(rng.uniform(88, 89.9) * rng.choice([-1, 1])))
        zones += _stars_at(rng, place) + _holes_at(rng, place)
        places.append(place)
    return _finished("near_a_pole", zones, places)


def _huge(rng: Rng) -> World:
    """Zones 2,000 km across, with smaller ones on their edges; edges of 50 to 1,000 km."""
    centre = (float(rng.uniform(-160, 160)), float(rng.uniform(-50, 50)))
    zones: list[Zone] = [_star(rng, centre, 1_000, int(c)) for c in (12, 40, 150)]
    places = [place for zone in zones for place in _along(rng, zone, 4)]
    return _finished("2000_km", zones + [_star(rng, p, 1.0, 9) for p in places], places)


def _tiny(rng: Rng) -> World:
    places = [_somewhere(rng) for _ in range(12)]
    zones = [_star(rng, _near(rng, p, 0.08), 0.01, 7) for p in places for _ in range(12)]
    return _finished("20_m", zones, places, reach_m=300.0)


def _mixed(rng: Rng) -> World:
    """One place of each kind, and a zone of 2,000 km over some: all in one set."""
    draws = (_stars_at, _holes_at, _parts_at, _tiles_at, _slivers_at)
    places = [_somewhere(rng) for _ in draws] + [(179.995, 12.0), (20.0, 89.2)]
    zones = [z for draw, p in zip(draws, places, strict=False) for z in draw(rng, p)]
    zones += [z for p in places[-2:] for z in _stars_at(rng, p)]
    over = _star(rng, _near(rng, places[0], 100), 1_000, 60)
    return _finished("mixed", [*zones, over], places)


KINDS: dict[str, Callable[[Rng], World]] = {
    "stars": _stars,
    "holes": _holes,
    "multipolygons": _parts,
    "shared_edges": _tiles,
    "slivers": _slivers,
    "ring_of_100000": _long_ring,
    "antimeridian": _antimeridian,
    "near_a_pole": _polar,
    "2000_km": _huge,
    "20_m": _tiny,
    "mixed": _mixed,
}
