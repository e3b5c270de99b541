"""Cut edges into pieces so short that a chord stands for the curve within a stated error.

An edge straight in lon/lat bends away from the geodesic with a curvature of at most 1.09·tan(lat)/R
(the parallel's tan(lat)/R, times at most 1.09 for an oblique edge), and the local plane adds at
most d/R² at distance d from its centre. A piece of length L therefore stays within
L² · curvature / 8 of its chord.
"""

import numpy as np
import numpy.typing as npt

from geo.ellipsoid import EQUATOR_DEGREE_M, LONGEST_LAT_DEGREE_M, SEMI_MAJOR_M, WGS84, Floats
from geo.errors import InvalidZoneError

Ints = npt.NDArray[np.int64]

OBLIQUE = 1.1
# Smallest radius of curvature of the ellipsoid (the meridian's at the equator), for upper bounds.
SMALLEST_RADIUS_M = 6_335_439.0
# A hundred thousand long edges would become a hundred million: gigabytes from one document.
MAX_GEODESIC_POINTS = 2_000_000


def spread(counts: Ints) -> tuple[Ints, Ints]:
    """Owners and places within them: `counts` [2, 0, 3] gives [0, 0, 2, 2, 2], [0, 1, 0, 1, 2]."""
    owner = np.repeat(np.arange(counts.size, dtype=np.int64), counts)
    first = np.cumsum(counts) - counts
    return owner, np.arange(owner.size, dtype=np.int64) - first[owner]


def pieces(  # noqa: PLR0913, PLR0917 (an edge is four numbers)
    x0: Floats, y0: Floats, x1: Floats, y1: Floats, reach_m: Floats, error_m: Floats
) -> Ints:
    """How many pieces each lon/lat edge needs for its chords to stay within `error_m`, ≥ 1.

    `reach_m` is how far from the plane's centre the edge may lie (0 where there is no plane).
    """
    top = np.minimum(np.maximum(np.abs(y0), np.abs(y1)), 89.999)
    low = np.where(y0 * y1 < 0, 0.0, np.minimum(np.abs(y0), np.abs(y1)))
    length = np.hypot(
        (x1 - x0) * EQUATOR_DEGREE_M * np.cos(np.radians(low)), (y1 - y0) * LONGEST_LAT_DEGREE_M
    )
    bend = OBLIQUE * np.tan(np.radians(top)) + reach_m / SMALLEST_RADIUS_M
    count = np.ceil(length * np.sqrt(bend / (8 * SMALLEST_RADIUS_M * error_m)))
    return np.asarray(np.maximum(count, 1), dtype=np.int64)


def densified(coords: Floats, ring: Ints, reach_m: float, error_m: float) -> tuple[Floats, Ints]:
    """Outlines with vertices added on the edges straight in lon/lat; every old vertex is kept.

    `coords` float64[m, 2] with `ring` int64[m] saying which outline a vertex belongs to, as
    `shapely.get_coordinates(..., return_index=True)` gives them.
    """
    start, end, counts = _edges(coords, ring)
    x0, y0, x1, y1 = coords[start, 0], coords[start, 1], coords[end, 0], coords[end, 1]
    is_edge = ring[start] == ring[end]
    reach, error = np.full_like(x0, reach_m), np.full_like(x0, error_m)
    counts[:-1] = np.where(is_edge, pieces(x0, y0, x1, y1, reach, error), 1)
    owner, k = spread(counts)
    share = (k / counts[owner])[:, np.newaxis]
    following = np.minimum(owner + 1, len(coords) - 1)
    return coords[owner] + share * (coords[following] - coords[owner]), ring[owner]


def geodesic_densified(coords: Floats, ring: Ints, error_m: float) -> tuple[Floats, Ints]:
    """Outlines with vertices added along the *geodesic* between each two, as `densified`.

    The pieces, read as straight in lon/lat, stay within `error_m` of the geodesic. An edge gives
    the same points whichever end it is walked from, so neighbouring zones still meet.

    Raises:
        InvalidZoneError: it would take more than `MAX_GEODESIC_POINTS`.
    """
    start, end, counts = _edges(coords, ring)
    flip = (coords[start, 0] > coords[end, 0]) | (
        (coords[start, 0] == coords[end, 0]) & (coords[start, 1] > coords[end, 1])
    )
    a, b = np.where(flip, end, start), np.where(flip, start, end)
    x0, y0, x1, y1 = coords[a, 0], coords[a, 1], coords[b, 0], coords[b, 1]
    azimuth, _, length = WGS84.inv(x0, y0, x1, y1)
    # A meridian is a geodesic already; the cut at ±180 must stay exactly where it is.
    bends = (ring[start] == ring[end]) & (x0 != x1)
    zero, error = np.zeros_like(x0), np.full_like(x0, error_m)
    counts[:-1] = np.where(bends, _geodesic_pieces(x0, y0, x1, y1, length, zero, error), 1)
    if (needed := int(counts.sum())) > MAX_GEODESIC_POINTS:
        raise InvalidZoneError(
            f"its geodesic edges take {needed:,} positions, at most {MAX_GEODESIC_POINTS:,}: "
            "leave out long edges, or let them be straight"
        )
    owner, k = spread(counts)
    new = k > 0
    edge, place = owner[new], k[new]
    share = np.where(flip[edge], counts[edge] - place, place) / counts[edge]
    lon, lat, _ = WGS84.fwd(x0[edge], y0[edge], azimuth[edge], length[edge] * share)
    points = coords[owner]
    # Continuous with the edge's start: at ±180 the sign is the ring's, not the library's.
    points[new, 0] = np.asarray(lon) - 360.0 * np.round((np.asarray(lon) - x0[edge]) / 360.0)
    points[new, 1] = lat
    return points, ring[owner]


def _edges(coords: Floats, ring: Ints) -> tuple[Ints, Ints, Ints]:
    """Start and end vertex of each step, and a count of one point per vertex."""
    start = np.arange(len(coords) - 1, dtype=np.int64)
    return start, start + 1, np.ones(len(ring), dtype=np.int64)


def _geodesic_pieces(  # noqa: PLR0913, PLR0917 (an edge is four numbers)
    x0: Floats, y0: Floats, x1: Floats, y1: Floats, length: Floats, reach: Floats, error: Floats
) -> Ints:
    """Pieces of a geodesic, which bulges towards the pole: by its length, at its top latitude."""
    bulge = np.degrees(length / SEMI_MAJOR_M) / 2
    top = np.minimum(np.maximum(np.abs(y0), np.abs(y1)) + bulge, 89.9)
    # As if the edge ran along its uppermost parallel with the geodesic's own length.
    width = length / (EQUATOR_DEGREE_M * np.cos(np.radians(top)))
    return np.maximum(
        pieces(x0, top, x0 + width, top, reach, error), pieces(x0, y0, x1, y1, reach, error)
    )
