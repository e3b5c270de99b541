"""How a position's error is spread over its disc: even by area, or a bell about the point.

Beside `shapes`; `circle_area` asks here for what one piece of a boundary cuts off. Let F(r) be the
share of a radial distribution within r of the centre. By Green's theorem a polygon holds

    (1 / 2π) ∮ F dθ

of it, over its boundary seen from the centre: the chord from `start` to `end` on a line that
passes the centre at `off` gives `off` · ∫ F / r² dt. Both integrands are smooth through the centre.

**Uniform**: F = r² / R², in the plane that keeps areas; the integral is a product.

**Gaussian**: the direction of the error is even, its distance s is Rayleigh: F = 1 - exp(-s² / 2v),
v its variance on one axis, so 95 % lie within R95 = √(2 v ln 20). No distance is impossible then,
and every position would be undetermined against every zone on Earth. So it is cut off where all but
1e-6 lie within, at 2.1475 R95, and what is left counts as all: "inside" and "outside" speak of that
disc, like a circle's, and no share differs from the endless bell's by more than the 1e-6 that
shares are rounded to. In the plane that keeps distances F holds exactly on the ellipsoid. F / r²
is smooth along the whole chord, so Gauss-Legendre is good to 1e-10 with nodes by its length.

The integral is Owen's T less an angle (D. B. Owen, Tables for computing bivariate normal
probabilities, Ann. Math. Statist. 27, 1956), which falls steeply near the centre; this does not.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geo.edges import EdgeTable
from geo.ellipsoid import Floats
from geo.projection import plane_radius, project, project_equidistant, to_equidistant
from geo.verdicts import chord_error_m

CUT_OFF_SHARE = 1e-6
"""What of a Gaussian lies beyond its disc, and is left out."""
REACH_PER_R95 = math.sqrt(math.log(CUT_OFF_SHARE) / math.log(0.05))
"""Radius of a Gaussian's disc over the radius that holds 95 % of it: 2.1475."""
REACH_DEVIATIONS = math.sqrt(-2 * math.log(CUT_OFF_SHARE))
# Chords of up to so many standard deviations, and nodes that are good to 1e-10 there.
BELL_RULES = tuple(
    (longest, np.polynomial.legendre.leggauss(count))
    for longest, count in ((0.25, 3), (1.0, 5), (2.5, 8), (5.5, 12), (math.inf, 20))
)
_TINY = 1e-300


class Density(Protocol):
    """A radial distribution on a disc, and the plane in which it is told."""

    def project(
        self, centre_lon: Floats, centre_lat: Floats, lon: Floats, lat: Floats
    ) -> tuple[Floats, Floats]:
        """Positions in the planes of their centres, metres east and north."""

    def rim(self, lat: Floats, reach_m: Floats) -> Floats:
        """Radius, in the plane, of the disc of `reach_m` on the ellipsoid."""

    def chord_error_m(self, reach_m: Floats) -> Floats:
        """How far the chords of an edge may stray from it."""

    def swept(self, off: Floats, start: Floats, end: Floats, rim: Floats) -> Floats:
        """∫ F dθ along chords within the disc, anticlockwise positive; metres, and radians."""

    def share(
        self, part: Polygon | MultiPolygon, disc: Polygon | MultiPolygon, lat: float
    ) -> float:
        """The share in `part` of all that is in `disc`, both in the plane of equal area."""


@dataclass(frozen=True, slots=True)
class EvenDensity:
    """Even by area."""

    def project(
        self, centre_lon: Floats, centre_lat: Floats, lon: Floats, lat: Floats
    ) -> tuple[Floats, Floats]:
        """Into the plane of equal area."""
        return project(centre_lon, centre_lat, lon, lat)

    def rim(self, lat: Floats, reach_m: Floats) -> Floats:
        """By the plane's own radius."""
        return plane_radius(lat, reach_m)

    def chord_error_m(self, reach_m: Floats) -> Floats:
        """A share of the reach."""
        return chord_error_m(reach_m)

    def swept(self, off: Floats, start: Floats, end: Floats, rim: Floats) -> Floats:
        """Twice the triangle between chord and centre, over R²."""
        return off * (end - start) / (rim * rim)

    def share(
        self, part: Polygon | MultiPolygon, disc: Polygon | MultiPolygon, lat: float
    ) -> float:
        """The quotient of the areas."""
        del lat
        return float(part.area / disc.area)


@dataclass(frozen=True, slots=True)
class BellDensity:
    """A circular bell about the point, cut off where 1e-6 of it lie beyond."""

    def project(
        self, centre_lon: Floats, centre_lat: Floats, lon: Floats, lat: Floats
    ) -> tuple[Floats, Floats]:
        """Into the plane of equal distances."""
        return project_equidistant(centre_lon, centre_lat, lon, lat)

    def rim(self, lat: Floats, reach_m: Floats) -> Floats:
        """Distances are kept."""
        del lat
        return reach_m

    def chord_error_m(self, reach_m: Floats) -> Floats:
        """As of a circle of R95: the middle is denser than a circle's, so chords keep closer."""
        return chord_error_m(reach_m / REACH_PER_R95)

    def swept(self, off: Floats, start: Floats, end: Floats, rim: Floats) -> Floats:
        """∫ F dθ = ∫ F / r² `off` dt, by Gauss-Legendre in standard deviations."""
        unit = rim / REACH_DEVIATIONS
        h, half, middle = off / unit, (end - start) / unit / 2, (end + start) / unit / 2
        total = np.empty_like(h)
        shortest = 0.0
        for longest, (nodes, weights) in BELL_RULES:
            at = np.flatnonzero((2 * half >= shortest) & (2 * half < longest))
            total[at] = _integral(h[at], half[at], middle[at], nodes, weights)
            shortest = longest
        return total / (1 - CUT_OFF_SHARE)

    def share(
        self, part: Polygon | MultiPolygon, disc: Polygon | MultiPolygon, lat: float
    ) -> float:
        """The quotient of the integrals around both."""
        rim = float(np.hypot(*shapely.get_coordinates(disc).T).max())
        return self._around(part, lat, rim) / self._around(disc, lat, rim)

    def _around(self, shape: Polygon | MultiPolygon, lat: float, rim: float) -> float:
        """∮ F dθ around a polygon of the plane of equal area about a centre at `lat`."""
        oriented = np.array([shapely.orient_polygons(shape)], dtype=np.object_)
        table = EdgeTable.of(oriented)
        ends = table.ends(table.starts)
        off, start, end = on_lines(*to_equidistant(lat, *ends[:2]), *to_equidistant(lat, *ends[2:]))
        return float(self.swept(off, start, end, np.full_like(off, rim)).sum())


def on_lines(ax: Floats, ay: Floats, bx: Floats, by: Floats) -> tuple[Floats, Floats, Floats]:
    """Pieces from A to B as `off`, `start`, `end`, metres: positions on their lines.

    `off` is the line's distance from the origin, positive where that lies on the left; `start` and
    `end` count along the line from the point nearest to the origin, `start` ≤ `end`.
    """
    dx, dy = bx - ax, by - ay
    length = np.hypot(dx, dy)
    with np.errstate(divide="ignore", invalid="ignore"):
        east, north = np.where(length > 0, (dx / length, dy / length), ((1.0,), (0.0,)))
    return ax * north - ay * east, ax * east + ay * north, bx * east + by * north


def _integral(h: Floats, half: Floats, middle: Floats, nodes: Floats, weights: Floats) -> Floats:
    """`h` ∫ (1 - exp(-u / 2)) / u dt with u = h² + t², over t within `half` of `middle`."""
    total = np.zeros_like(h)
    for node, weight in zip(nodes.tolist(), weights.tolist(), strict=True):
        u = np.maximum(h * h + np.square(middle + half * node), _TINY)
        total -= weight * np.expm1(-u / 2) / u
    return h * half * total


UNIFORM = EvenDensity()
GAUSSIAN = BellDensity()
