"""The bench's zones: wavy discs of 125 vertices on a grid, however many.

About 28 % of points drawn uniformly from the field lie in one, whatever their number. Needs no
package, so that the environment of the rivals can make the same zones.
"""

from __future__ import annotations

import math

WEST, SOUTH, WIDTH_DEG, HEIGHT_DEG = 36.0, 47.0, 4.0, 2.5
VERTICES = 125
SHARE_INSIDE = 0.28

Ring = tuple[tuple[float, float], ...]


def make_rings(zones: int) -> tuple[Ring, ...]:
    """So many closed rings, lon/lat, each counter-clockwise."""
    columns = max(1, round(math.sqrt(zones * 1.6)))
    rows = math.ceil(zones / columns)
    return tuple(_ring(number, columns, rows, zones) for number in range(zones))


def _ring(number: int, columns: int, rows: int, zones: int) -> Ring:
    row, column = divmod(number, columns)
    width, height = WIDTH_DEG / columns, HEIGHT_DEG / rows
    lon, lat = WEST + (column + 0.5) * width, SOUTH + (row + 0.5) * height
    # Half axes of an ellipse that covers its share of what one zone stands for.
    scale = math.sqrt(SHARE_INSIDE * WIDTH_DEG * HEIGHT_DEG / (zones * math.pi * width * height))
    ring = []
    for vertex in range(VERTICES):
        angle = 2 * math.pi * vertex / VERTICES
        reach = scale * (1 + 0.15 * math.sin(7 * angle + number))
        ring.append((lon + reach * width * math.cos(angle), lat + reach * height * math.sin(angle)))
    ring.append(ring[0])
    return tuple(ring)
