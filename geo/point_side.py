"""On which side of a zone's outline a point is, compiled: all but the hairbreadth cases.

Behind the grid on the way from points to containment. A ray runs east from the point, and the edges
that it crosses are counted. On which side of an edge a point lies is the sign of a determinant;
where that is smaller than its rounding may be (J. R. Shewchuk, Adaptive precision floating-point
arithmetic and fast robust geometric predicates, Discrete Comput. Geom. 18, 1997: the filter of
orient2d), nothing is said, and Shapely's exact test answers.

In a cell of the grid the edges that enter it are enough: one goes east from the point to the cell's
border and then along it to its corner, on whose side nothing depends on the point. An edge that
does not enter the cell is not crossed on that way.
"""

from geo.compiled import kernel
from geo.densify import Ints
from geo.ellipsoid import Floats
from geo.outlines import Outlines, wait_for

OUT, IN, OPEN = 0, 1, 2
# (3 + 16 ε) ε with ε = 2⁻⁵³, times the sum of both products: what rounding changes at most.
_ROUNDING = (3.0 + 16.0 * 2.0**-53) * 2.0**-53


@kernel
def side(outlines: Outlines, zone: int, lon: float, lat: float, waiting: Ints) -> int:
    """`IN` or `OUT`, or `OPEN` on the boundary and too near to it to be told apart from it."""
    odd = False
    top = wait_for(outlines.roots[zone], outlines.roots[zone + 1], waiting, 0)
    while top:
        top -= 1
        node = waiting[top]
        box = outlines.box[node]
        if box[1] > lat or box[3] < lat or box[2] < lon:
            continue
        first, last = outlines.first[node], outlines.last[node]
        if node < outlines.leaves:
            top = wait_for(first, last, waiting, top)
        elif box[0] > lon:
            # East of the point as a whole: only where the run begins and ends counts.
            odd ^= (outlines.xy[first, 1] > lat) != (outlines.xy[last, 1] > lat)
        else:
            for e in range(first, last):
                ax, ay = outlines.xy[e, 0], outlines.xy[e, 1]
                bx, by = outlines.xy[e + 1, 0], outlines.xy[e + 1, 1]
                crosses = _crosses(ax, ay, bx, by, lon, lat)
                if crosses == OPEN:
                    return OPEN
                odd ^= crosses == IN
    return IN if odd else OUT


@kernel
def side_in_cell(  # noqa: PLR0913, PLR0917 (asked of each point: a tuple costs time)
    xy: Floats, first: int, last: int, lon: float, lat: float, border: float
) -> int:
    """`IN` where the edges are crossed an odd number of times on the way to the cell's corner.

    That is the point's side, or for the whole cell the other one. `first` to `last`: edges of one
    ring, among them all of the zone's that come near the cell; `border`: the longitude of its
    eastern border, beyond which no point of it lies.
    """
    odd = False
    bx, by = xy[first, 0], xy[first, 1]
    for e in range(first + 1, last + 1):
        ax, ay, bx, by = bx, by, xy[e, 0], xy[e, 1]
        crosses = _crosses(ax, ay, bx, by, lon, lat)
        turns = _crosses_border(ax, ay, bx, by, border, lat)
        if crosses == OPEN or turns == OPEN:  # noqa: PLR1714 (a tuple costs time)
            return OPEN
        odd ^= crosses != turns
    return IN if odd else OUT


@kernel
def _crosses(  # noqa: PLR0913, PLR0917 (an edge is four numbers)
    ax: float, ay: float, bx: float, by: float, lon: float, lat: float
) -> int:
    """`IN` where the ray crosses the edge, `OUT` where not, `OPEN` where that can't be told."""
    if (ay > lat and by > lat) or (ay < lat and by < lat) or (ax < lon and bx < lon):
        return OUT
    if ax > lon and bx > lon:
        return IN if (ay > lat) != (by > lat) else OUT
    left, right = (ax - lon) * (by - lat), (ay - lat) * (bx - lon)
    turn = left - right
    if abs(turn) <= _ROUNDING * (abs(left) + abs(right)):
        return OPEN
    if (ay > lat) == (by > lat):
        return OUT
    # On the left of an edge that rises, or on the right of one that falls: it is east of the point.
    return IN if (turn > 0.0) == (by > ay) else OUT


@kernel
def _crosses_border(  # noqa: PLR0913, PLR0917 (an edge is four numbers)
    ax: float, ay: float, bx: float, by: float, border: float, lat: float
) -> int:
    """`IN` where the edge is crossed by only one of the rays that run east and north from there."""
    if (ax <= border and bx <= border) or (ay < lat and by < lat):
        return OUT
    rises = (ay > lat) != (by > lat)
    if ax > border and bx > border:
        return IN if rises else OUT
    if ay > lat and by > lat:
        return IN
    left, right = (ax - border) * (by - lat), (ay - lat) * (bx - border)
    turn = left - right
    if abs(turn) <= _ROUNDING * (abs(left) + abs(right)):
        return OPEN
    north = (turn < 0.0) == (bx > ax)
    return IN if (rises and (turn > 0.0) == (by > ay)) != north else OUT
