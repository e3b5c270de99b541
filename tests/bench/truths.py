"""Truths, and reports drawn from them: the truth first, never the region.

For the calibration of `p_inside`. A truth is a spot, evenly spread by area over a field that
reaches 13 km beyond every zone, so that no region that touches a zone leaves it. Then somebody
reports it as well as his accuracy allows. Who reports, and by what words, does not depend on the
zones, and every report that could have been made of a truth is as likely from each truth that fits
it: this, and nothing else, makes the region's inside evenly (or normally) likely.

A `Fault` is what a reporter gets wrong: the accuracy that he states, or all his bearings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from shapely import Polygon, STRtree

from geo.densify import Ints
from geo.density import REACH_PER_R95
from geo.ellipsoid import WGS84, Floats, curvature_radius_m
from geo.projection import plane_radius
from geo.shapes import Area, Region, RegionBatch, Sector, Sectors, Track
from geo.zones import ZoneSet, ZoneShape
from tests.unit.geo.zoo import star

WEST, SOUTH, STEP_DEG, ACROSS = 37.0, 47.7, 0.11, 6
"""The zones: one in each cell of a lattice, 12 km apart, 6 by 6."""
STRETCH = 1.5
"""Degrees of longitude are about as much shorter here."""
FIELD = (
    WEST - 0.18,
    SOUTH - 0.12,
    WEST + ACROSS * STEP_DEG * STRETCH + 0.18,
    SOUTH + ACROSS * STEP_DEG + 0.12,
)
_E2 = 6.694_379_990_141_3e-3


@dataclass(frozen=True)
class Fault:
    """What is stated is `stated` times what is true; bearings are `bias_deg` too far clockwise."""

    stated: float = 1.0
    bias_deg: float = 0.0


HONEST = Fault()


@dataclass(frozen=True)
class Reported:
    """Truths that somebody reported, and their regions: report i has row `row[i]` of `regions`."""

    lon: Floats
    lat: Floats
    row: Ints
    regions: RegionBatch


Things = npt.NDArray[np.object_]
Draw = Callable[[np.random.Generator, int, Fault], Reported]


def zones() -> ZoneSet:
    """36 stars that do not overlap, every third with a hole."""
    rng = np.random.default_rng(19)
    return ZoneSet.build(ZoneShape(f"z{k}", _zone(rng, k)) for k in range(ACROSS**2))


def _zone(rng: np.random.Generator, number: int) -> Polygon:
    lat = SOUTH + (number // ACROSS + 0.5) * STEP_DEG
    lon = WEST + (number % ACROSS + 0.5) * STEP_DEG * STRETCH
    size = float(rng.uniform(0.025, 0.054))
    rings = [star(rng, 0.0, 0.0, size, int(rng.integers(5, 40)))]
    if number % 3 == 0:
        rings.append(star(rng, 0.0, 0.0, size * 0.35, 8))
    shell, *holes = [[(lon + STRETCH * x, lat + y) for x, y in ring] for ring in rings]
    return Polygon(shell, holes)


def truths(rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
    """`n` spots, evenly by area of the ellipsoid."""
    west, south, east, north = FIELD
    steps = np.linspace(south, north, 2_001)
    sin = np.sin(np.radians(steps))
    strip = np.cos(np.radians(steps)) / (1 - _E2 * sin * sin) ** 2
    below = np.concatenate([[0.0], np.cumsum(strip[1:] + strip[:-1])])
    lat = np.interp(rng.random(n) * below[-1], below, steps)
    return rng.uniform(west, east, n), np.asarray(lat)


def in_circles(rng: np.random.Generator, n: int, fault: Fault) -> Reported:
    """The reported point is off the truth, evenly by area within the accuracy."""
    lon, lat = truths(rng, n)
    radius_m = rng.uniform(200, 3_500, n)
    # Evenly by area: even in the square of the plane's radius.
    twice = 2 * curvature_radius_m(lat)
    away = twice * np.arcsin(plane_radius(lat, radius_m) * np.sqrt(rng.random(n)) / twice)
    return _points(rng, lon, lat, away, radius_m * fault.stated, gaussian=False)


def in_bells(rng: np.random.Generator, n: int, fault: Fault) -> Reported:
    """The reported point is off the truth by a normal error, whose tail is not cut off."""
    lon, lat = truths(rng, n)
    radius95_m = rng.uniform(800, 3_000, n)
    away = radius95_m * np.sqrt(rng.exponential(1.0, n) / np.log(20))
    return _points(rng, lon, lat, away, radius95_m * fault.stated * REACH_PER_R95, gaussian=True)


def _points(
    rng: np.random.Generator,
    lon: Floats,
    lat: Floats,
    away: Floats,
    reach: Floats,
    *,
    gaussian: bool,
) -> Reported:
    row = np.arange(lon.size, dtype=np.int64)
    to_lon, to_lat, _ = WGS84.fwd(lon, lat, rng.uniform(-180, 180, lon.size), away)
    batch = RegionBatch(
        lon.size, row, np.asarray(to_lon), np.asarray(to_lat), reach, np.full(lon.size, gaussian)
    )
    return Reported(lon, lat, row, batch)


RANGES_M = np.array([0.0, 1_000.0, 2_000.0, 4_000.0, 6_000.0])
"""Distances are said as one of these ranges."""


@dataclass(frozen=True)
class Hearing:
    """How observers hear: to how many compass points, and how well they know where they stand."""

    points: int
    post_m: float
    posts: int = 30

    def __call__(self, rng: np.random.Generator, n: int, fault: Fault) -> Reported:
        """The truth's bearing and distance from one of the posts, in words.

        Half of the reports name a second bearing beside the first, on either side alike. An
        observer stands anywhere within `post_m` of his post. Stated twice or half as finely, the
        words are another rose's.
        """
        post_lon, post_lat = truths(np.random.default_rng(23), self.posts)
        posts = np.asarray(shapely.points(_flat(np.stack([post_lon, post_lat], axis=1))))
        lon, lat, post = _within(
            rng, n, posts, np.full(self.posts, RANGES_M[-1] + self.post_m + 10)
        )
        stand = _moved(rng, post_lon[post], post_lat[post], self.post_m)
        azimuth, _, away = WGS84.inv(*stand, lon, lat)
        azimuth = np.asarray(azimuth) + fault.bias_deg
        heard = np.asarray(away) < RANGES_M[-1]
        point = np.round(azimuth / 360 * self.points).astype(np.int64) % self.points
        span = np.searchsorted(RANGES_M, away, side="right") - 1
        # The first of one point or two, clockwise: the second stands on either side alike.
        two = rng.random(lon.size) < 0.5
        point = (point - (two & (rng.random(lon.size) < 0.5))) % self.points
        words = np.stack([post, point, span, two], axis=1)[heard]
        distinct, row = np.unique(words, axis=0, return_inverse=True)
        spots = np.stack([post_lon, post_lat], axis=1).tolist()
        regions = [self._region(spots[word[0]], word, fault) for word in distinct.tolist()]
        return Reported(lon[heard], lat[heard], row.reshape(-1), RegionBatch.of(regions))

    def _region(self, spot: list[float], word: list[int], fault: Fault) -> Region:
        _, point, span, two = word
        half = 180 / self.points * fault.stated
        near, far = RANGES_M[span : span + 2].tolist()
        sectors = (
            Sector(k % self.points * 360 / self.points, half, near, far)
            for k in range(point, point + 1 + two)
        )
        lon, lat = spot
        return Sectors(lon, lat, self.post_m, tuple(sectors))


def _within(
    rng: np.random.Generator, n: int, things: Things, reach_m: Floats
) -> tuple[Floats, Floats, Ints]:
    """Truths, each with a post or way within whose reach it lies: at least `n` pairs.

    Of all in reach each reports or does not, all alike.
    """
    tree, found, have = STRtree(things), list[tuple[Floats, Floats, Ints]](), 0
    while have < n:
        lon, lat = truths(rng, n)
        spots = np.asarray(shapely.points(_flat(np.stack([lon, lat], axis=1))))
        spot, thing = tree.query(spots, predicate="dwithin", distance=reach_m.max())
        reports = shapely.distance(spots[spot], things[thing]) <= reach_m[thing]
        reports &= rng.random(spot.size) < 0.5
        spot, thing = spot[reports], thing[reports].astype(np.int64)
        found.append((lon[spot], lat[spot], thing))
        have += thing.size
    lon, lat, which = (np.concatenate(column) for column in zip(*found, strict=True))
    return lon, lat, which


def _moved(
    rng: np.random.Generator, lon: Floats, lat: Floats, by_m: float
) -> tuple[Floats, Floats]:
    away = by_m * np.sqrt(rng.random(lon.size))
    to_lon, to_lat, _ = WGS84.fwd(lon, lat, rng.uniform(-180, 180, lon.size), away)
    return np.asarray(to_lon), np.asarray(to_lat)


def in_areas(rng: np.random.Generator, n: int, fault: Fault) -> Reported:
    """The field is parted into crooked quadrilaterals; the one that holds the truth is reported."""
    del fault  # an area states no accuracy
    lon, lat = truths(rng, n)
    cells = _quadrilaterals()
    spot, cell = STRtree(cells).query(shapely.points(lon, lat), predicate="within")
    regions = RegionBatch.of([Area(polygon) for polygon in cells])
    return Reported(lon[spot], lat[spot], cell.astype(np.int64), regions)


def _quadrilaterals() -> list[Polygon]:
    rng = np.random.default_rng(29)
    west, south, east, north = FIELD
    x, y = np.meshgrid(np.linspace(west, east, 41), np.linspace(south, north, 37))
    x += rng.uniform(-0.3, 0.3, x.shape) * (east - west) / 40
    y += rng.uniform(-0.3, 0.3, y.shape) * (north - south) / 36
    corners = np.stack([x, y], axis=-1)
    rings = np.stack(
        [corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=2
    )
    return [Polygon(ring) for ring in rings.reshape(-1, 4, 2) if Polygon(ring).is_valid]


TRACKS = 1_000


def on_tracks(rng: np.random.Generator, n: int, fault: Fault) -> Reported:
    """One of 1,000 ways that pass within their accuracy of the truth is reported."""
    lines, accuracy_m = _ways()
    things = np.asarray([shapely.LineString(_flat(_in_twentieths(line))) for line in lines])
    lon, lat, way = _within(rng, n, things, accuracy_m)
    regions = [
        Track(tuple(map(tuple, line.tolist())), float(metres) * fault.stated)
        for line, metres in zip(lines, accuracy_m, strict=True)
    ]
    return Reported(lon, lat, way, RegionBatch.of(regions))


def _ways() -> tuple[list[Floats], Floats]:
    """Bent lines of 2 to 8 km, lon/lat, and how well each is known."""
    rng = np.random.default_rng(31)
    lon, lat = truths(rng, TRACKS)
    lines = []
    for x, y in zip(lon.tolist(), lat.tolist(), strict=True):
        turn = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.uniform(-0.8, 0.8, rng.integers(1, 4)))
        leg = rng.uniform(0.015, 0.025, turn.size)
        steps = np.stack([STRETCH * leg * np.sin(turn), leg * np.cos(turn)], axis=1)
        lines.append(
            np.array([x, y]) + np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)])
        )
    return lines, rng.uniform(300, 1_500, TRACKS)


def _in_twentieths(line: Floats) -> Floats:
    """More vertices: a line is straight in lon/lat, not on the map that gives the distances."""
    at = np.linspace(0, len(line) - 1, 20 * (len(line) - 1) + 1)
    return np.stack([np.interp(at, np.arange(len(line)), column) for column in line.T], axis=1)


def _flat(lonlat: Floats) -> Floats:
    """Metres on an equidistant map: distances are good to 1e-4 in the field."""
    x, y = _MAP.transform(*lonlat.T)
    return np.stack([x, y], axis=1)


_MAP = Transformer.from_crs(
    "EPSG:4326", "+proj=aeqd +lat_0=48.03 +lon_0=37.5 +ellps=WGS84", always_xy=True
)

KINDS: dict[str, Draw] = {
    "circle": in_circles,
    "Gaussian": in_bells,
    "sectors of 8 points": Hearing(8, 5.0),
    "sectors of 16 points": Hearing(16, 5.0),
    "area": in_areas,
    "track": on_tracks,
}
"""The ways to say where it was, by name."""
COARSE_POSTS: dict[str, Draw] = {
    "sectors, post known to 50 m": Hearing(8, 50.0),
    "sectors, post known to 1 km": Hearing(8, 1_000.0),
}
"""Where the region is not evenly likely: a sector widened by the circle of its post is the less
likely the nearer to its rim, and the nearest sector is only 1 km long."""
