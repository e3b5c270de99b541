"""Coarse cell: a square of a fixed grid, for those who are not told more of where it was.

Place on the data's way: a report's region → **cell** → what is disclosed. From the region in which
it happened, never from where the observer stood. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from geo.footprint import footprint
from geo.projection import unproject
from streams.events import Report
from streams.locate import Locator

STEPS: Final = 10
"""Cells to a degree: some 11 km from south to north."""

Polygon = dict[str, Any]


def coarse_cell(locator: Locator, versions: Sequence[Report]) -> Polygon | None:
    """The cell, as GeoJSON, that holds the middle of where a report's event may have been.

    None where it has no known place, or where its versions name different cells.
    """
    cells = {_cell(locator, report) for report in versions}
    (only,) = cells if len(cells) == 1 else (None,)
    return None if only is None else _drawn(*only)


def cell_of(lon: float, lat: float) -> Polygon:
    """The cell, as GeoJSON, that holds a place."""
    return _drawn(*_numbers(lon, lat))


def _cell(locator: Locator, report: Report) -> tuple[int, int] | None:
    regions = locator.locate([report]).regions
    if regions.others:
        (_, region), *_ = regions.others
        whole = footprint(region)
        middle = whole.shape.centroid
        (lon,), (lat,) = unproject(whole.lon, whole.lat, np.array([middle.x]), np.array([middle.y]))
    elif regions.circle_row.size:
        lon, lat = regions.circle_lon[0], regions.circle_lat[0]
    else:
        return None
    return _numbers(float(lon), float(lat))


def _numbers(lon: float, lat: float) -> tuple[int, int]:
    west = (lon + 180) % 360 - 180
    return math.floor(west * STEPS), math.floor(lat * STEPS)


def _drawn(column: int, row: int) -> Polygon:
    west, south = column / STEPS, row / STEPS
    east, north = (column + 1) / STEPS, (row + 1) / STEPS
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
