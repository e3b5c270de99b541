"""The share of a small disc in a zone, compiled: what `circle_area` gives, or nothing.

Behind the grid on the way from circles to containment. Every step is `circle_area`'s, on the very
same pieces of edges; only the plane is another one, a series in place of geodesics (`near_plane`),
whose error is known. Where that error may change the rounded share, or whether the boundary is
touched, the pair is left `OPEN`, and `circle_area` answers.

What an error of δ in each position changes of a share is at most δ times the length of the boundary
within the disc times the greatest density; and where pieces meet, δ seen from the centre as an
angle.
"""

import math
from typing import NamedTuple

import numpy as np

from geo.compiled import kernel
from geo.densify import OBLIQUE, SMALLEST_RADIUS_M, Ints
from geo.density import BELL_RULES, CUT_OFF_SHARE, REACH_DEVIATIONS, REACH_PER_R95
from geo.ellipsoid import (
    EQUATOR_DEGREE_M,
    LONGEST_LAT_DEGREE_M,
    SHORTEST_LAT_DEGREE_M,
)
from geo.near_plane import NearPlane, error_m, near_plane, to_plane
from geo.outlines import Outlines, wait_for
from geo.verdicts import CHORD_SHARE, NOISE_M, P_DECIMALS, SMALLEST_TOUCH_M

IN, OUT, TOUCHED, OPEN = 0, 1, 2, 3
_RADIAN = math.pi / 180.0
_SCALE = 10.0**P_DECIMALS
# A box's corner is farther than the disc that it holds.
_CORNER = 1.5
# How much denser a bell is in its middle than a circle of the same reach.
_BELL_PEAK = -math.log(CUT_OFF_SHARE)
# What rounding, and a bell's quadrature, change of a share by each piece.
_ROUNDING, _QUADRATURE = 1e-14, 2e-10
# A number of pieces is rounded up; so near to a whole number it may be rounded otherwise.
_WHOLE = 1e-7
_BELL_NODES = np.zeros((len(BELL_RULES), 20))
_BELL_WEIGHTS = np.zeros((len(BELL_RULES), 20))
_BELL_COUNTS = np.zeros(len(BELL_RULES), np.int64)
_BELL_LONGEST = np.zeros(len(BELL_RULES))
for _i, (_longest, (_nodes, _weights)) in enumerate(BELL_RULES):
    _BELL_LONGEST[_i], _BELL_COUNTS[_i] = _longest, _nodes.size
    _BELL_NODES[_i, : _nodes.size], _BELL_WEIGHTS[_i, : _nodes.size] = _nodes, _weights


class Disc(NamedTuple):
    """One disc: its box in degrees, its rim in the plane, and what decides on pieces."""

    west: float
    south: float
    east: float
    north: float
    rim: float
    gaussian: bool
    plane: NearPlane
    per_piece: float
    bend: float
    tan: float
    sec2: float
    cos: float
    sin: float


class Cut(NamedTuple):
    """What pieces of a boundary cut off: 2π times the share; squared distance of the nearest one.

    `length_m` of all within the disc, or more; `pieces`; `open` where their number is in doubt.
    """

    total: float
    nearest2: float
    length_m: float
    pieces: int
    open: bool


@kernel
def disc_in_zone(  # noqa: PLR0913, PLR0917 (a disc is four numbers and where its centre is)
    outlines: Outlines,
    zone: int,
    lon: float,
    lat: float,
    radius_m: float,
    gaussian: bool,
    inside: bool,
    waiting: Ints,
) -> tuple[int, float]:
    """`IN`, `OUT`, or `TOUCHED` with the share, rounded; `OPEN` where that can't be told."""
    disc = _disc(lon, lat, radius_m, gaussian)
    cut = _cut(outlines, zone, disc, waiting)
    if cut.open:
        return OPEN, 0.0
    error = error_m(disc.plane, _CORNER * radius_m)
    nearest = math.sqrt(cut.nearest2)
    touching = radius_m + max(2 * CHORD_SHARE * radius_m, SMALLEST_TOUCH_M)
    if nearest > touching + 2 * error:
        return (IN, 1.0) if inside else (OUT, 0.0)
    if nearest > touching - 2 * error:
        return OPEN, 0.0
    if nearest <= 2 * CHORD_SHARE * radius_m + NOISE_M + 2 * error:
        return OPEN, 0.0
    density = (_BELL_PEAK if gaussian else 1.0) / (math.pi * disc.rim * disc.rim)
    doubt = error * (cut.length_m * density + cut.pieces / (2 * math.pi * nearest))
    doubt += (_QUADRATURE if gaussian else _ROUNDING) * cut.pieces
    share = min(max((1.0 if inside else 0.0) + cut.total / (2 * math.pi), 0.0), 1.0)
    scaled = share * _SCALE
    if abs(scaled - math.floor(scaled) - 0.5) <= doubt * _SCALE:
        return OPEN, 0.0
    return TOUCHED, np.rint(scaled) / _SCALE


@kernel
def _disc(lon: float, lat: float, radius_m: float, gaussian: bool) -> Disc:
    plane = near_plane(lon, lat, not gaussian)
    # `reach_half_degrees` of the radius and twice `touch_m`.
    reach = radius_m + 2 * max(2 * CHORD_SHARE * radius_m, SMALLEST_TOUCH_M)
    dlat = reach / SHORTEST_LAT_DEGREE_M
    dlon = reach / (EQUATOR_DEGREE_M * math.cos((abs(lat) + dlat) * _RADIAN))
    cos, sin = math.cos(abs(lat) * _RADIAN), math.sin(abs(lat) * _RADIAN)
    chord_m = CHORD_SHARE * (radius_m / REACH_PER_R95 if gaussian else radius_m)
    twice = 2 / math.sqrt(plane.curvature)
    return Disc(
        lon - dlon,
        lat - dlat,
        lon + dlon,
        lat + dlat,
        radius_m if gaussian else twice * math.sin(radius_m / twice),
        gaussian,
        plane,
        1 / math.sqrt(8 * SMALLEST_RADIUS_M * chord_m),
        2 * radius_m / SMALLEST_RADIUS_M,
        sin / cos,
        1 / (cos * cos),
        cos,
        sin,
    )


@kernel
def _cut(outlines: Outlines, zone: int, disc: Disc, waiting: Ints) -> Cut:
    """What all edges of the zone near the disc cut off."""
    cut = Cut(0.0, np.inf, 0.0, 0, False)  # noqa: FBT003
    top = wait_for(outlines.roots[zone], outlines.roots[zone + 1], waiting, 0)
    while top:
        top -= 1
        node = waiting[top]
        box = outlines.box[node]
        if box[1] > disc.north or box[3] < disc.south or box[0] > disc.east or box[2] < disc.west:
            continue
        first, last = outlines.first[node], outlines.last[node]
        if node < outlines.leaves:
            top = wait_for(first, last, waiting, top)
            continue
        for e in range(first, last):
            ax, ay = outlines.xy[e, 0], outlines.xy[e, 1]
            bx, by = outlines.xy[e + 1, 0], outlines.xy[e + 1, 1]
            if (
                min(ay, by) > disc.north
                or max(ay, by) < disc.south
                or min(ax, bx) > disc.east
                or max(ax, bx) < disc.west
            ):
                continue
            cut = _edge(ax, ay, bx, by, disc, cut)
    return cut


@kernel
def _clip(a: float, b: float, low: float, high: float) -> tuple[float, float]:
    """Where an edge's one coordinate enters and leaves its span, as shares of the edge."""
    step = b - a
    if step == 0.0 or (low < min(a, b) and max(a, b) < high):
        return 0.0, 1.0
    one, other = (low - a) / step, (high - a) / step
    return max(min(one, other), 0.0), min(max(one, other), 1.0)


@kernel
def _edge(  # noqa: PLR0913, PLR0917 (an edge is four numbers)
    ax: float, ay: float, bx: float, by: float, disc: Disc, cut: Cut
) -> Cut:
    """Add what one edge cuts off, in as many pieces as `densify.pieces` says."""
    enter, leave = _clip(ax, bx, disc.west, disc.east)
    enter_y, leave_y = _clip(ay, by, disc.south, disc.north)
    enter, leave = max(enter, enter_y), min(leave, leave_y)
    if enter > leave:
        return cut
    dx, dy = bx - ax, by - ay
    raw = _pieces(disc, dx * (leave - enter), ay + enter * dy, ay + leave * dy)
    count = max(math.ceil(raw), 1)
    doubtful = cut.open or (raw > 0.5 and abs(raw - np.rint(raw)) < _WHOLE * raw)
    total, nearest2, length_m = cut.total, cut.nearest2, cut.length_m
    x0, y0 = to_plane(disc.plane, ax + enter * dx, ay + enter * dy)
    for k in range(1, count + 1):
        share = enter + (leave - enter) * (k / count)
        x1, y1 = to_plane(disc.plane, ax + share * dx, ay + share * dy)
        swept, away2, within_m = _piece(x0, y0, x1, y1, disc)
        total += swept
        nearest2 = min(nearest2, away2)
        length_m += within_m
        x0, y0 = x1, y1
    return Cut(total, nearest2, length_m, cut.pieces + count, doubtful)


@kernel
def _pieces(disc: Disc, dx: float, y0: float, y1: float) -> float:
    """How many pieces an edge needs, not rounded up; sines about the centre by their series."""
    low = 0.0 if y0 * y1 < 0 else min(abs(y0), abs(y1))
    centre = abs(disc.plane.lat)
    up = (max(abs(y0), abs(y1)) - centre) * _RADIAN
    down = (low - centre) * _RADIAN
    cos = disc.cos - down * (disc.sin + down * disc.cos / 2)
    tan = disc.tan + up * disc.sec2 * (1 + up * disc.tan)
    east, north = dx * EQUATOR_DEGREE_M * cos, (y1 - y0) * LONGEST_LAT_DEGREE_M
    return (
        math.sqrt(east * east + north * north)
        * math.sqrt(OBLIQUE * tan + disc.bend)
        * disc.per_piece
    )


@kernel
def _piece(ax: float, ay: float, bx: float, by: float, disc: Disc) -> tuple[float, float, float]:
    """2π times what a piece cuts off; its squared distance from the centre; its length within."""
    dx, dy = bx - ax, by - ay
    length = math.sqrt(dx * dx + dy * dy)
    east, north = (dx / length, dy / length) if length > 0 else (1.0, 0.0)
    off = ax * north - ay * east
    start, end = ax * east + ay * north, bx * east + by * north
    beside = min(max(0.0, start), end)
    away2 = off * off + beside * beside
    rim2 = disc.rim * disc.rim
    half2 = rim2 - off * off
    if half2 <= 0.0:
        return 0.0, away2, 0.0
    if start * start > half2 or end * end > half2:
        half = math.sqrt(half2)
        start, end = max(start, -half), min(end, half)
    if start >= end:
        return 0.0, away2, 0.0
    angle = math.atan2(off * (end - start), off * off + start * end)
    if disc.gaussian:
        return _bell(off, start, end, disc.rim) - angle, away2, end - start
    return off * (end - start) / rim2 - angle, away2, end - start


@kernel
def _bell(off: float, start: float, end: float, rim: float) -> float:
    """`BellDensity.swept` of one chord."""
    unit = rim / REACH_DEVIATIONS
    h, half, middle = off / unit, (end - start) / unit / 2, (end + start) / unit / 2
    rule = 0
    while 2 * half >= _BELL_LONGEST[rule]:
        rule += 1
    total = 0.0
    for i in range(_BELL_COUNTS[rule]):
        t = middle + half * _BELL_NODES[rule, i]
        u = max(h * h + t * t, 1e-300)
        total -= _BELL_WEIGHTS[rule, i] * math.expm1(-u / 2) / u
    return h * half * total / (1 - CUT_OFF_SHARE)
