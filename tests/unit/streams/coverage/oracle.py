"""Coverage as a raster: every minute, every zone, a lattice of spots in it.

Independent of `geo` and `streams.coverage`: no polygons, no planes, no spans. The Earth is flat
here, with the lengths of a degree at the latitude of the scene (WGS84 series): good to 1e-3 over
the 30 km of a scene. A spot is watched in a minute when, in its middle, somebody who is up is no
farther from it than they watch for certain.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Spots = npt.NDArray[np.float64]
_SIDE = 40
_RAD = math.pi / 180


class Box(NamedTuple):
    """A zone: degrees."""

    west: float
    south: float
    east: float
    north: float


class Post(NamedTuple):
    """Somebody who watches, in minutes, degrees and metres."""

    start: int
    end: int
    points: tuple[tuple[float, float], ...]
    sure_m: float
    """Range less what the position may be off."""
    down: tuple[tuple[int, int], ...]


def metres_of_a_degree(lat: float) -> tuple[float, float]:
    """East and north."""
    phi = lat * _RAD
    north = 111_132.954 - 559.822 * math.cos(2 * phi) + 1.175 * math.cos(4 * phi)
    east = 111_412.84 * math.cos(phi) - 93.5 * math.cos(3 * phi)
    return east, north


def shares(zone: Box, posts: Sequence[Post], minutes: int) -> npt.NDArray[np.float64]:
    """The share of the zone that is watched in each minute."""
    east, north = metres_of_a_degree((zone.south + zone.north) / 2)
    lons = zone.west + (zone.east - zone.west) * (np.arange(_SIDE) + 0.5) / _SIDE
    lats = zone.south + (zone.north - zone.south) * (np.arange(_SIDE) + 0.5) / _SIDE
    x, y = (it.ravel() for it in np.meshgrid(lons * east, lats * north))
    raster = np.zeros((minutes, x.size), dtype=bool)
    for post in posts:
        for minute in range(max(0, post.start), min(minutes, post.end)):
            if any(a <= minute < b for a, b in post.down):
                continue
            lon, lat = position(post, minute + 0.5)
            away = np.hypot(x - lon * east, y - lat * north)
            raster[minute] |= away <= post.sure_m
    found: npt.NDArray[np.float64] = raster.mean(axis=1)
    return found


def position(post: Post, minute: float) -> tuple[float, float]:
    """Where somebody is who goes on at one pace."""
    if len(post.points) == 1:
        return post.points[0]
    lengths = []
    for (lon0, lat0), (lon1, lat1) in zip(post.points[:-1], post.points[1:], strict=True):
        east, north = metres_of_a_degree((lat0 + lat1) / 2)
        lengths.append(math.hypot((lon1 - lon0) * east, (lat1 - lat0) * north))
    gone = (minute - post.start) / (post.end - post.start) * sum(lengths)
    for leg, length in enumerate(lengths):
        if gone <= length or leg == len(lengths) - 1:
            part = gone / length if length else 0.0
            (lon0, lat0), (lon1, lat1) = post.points[leg], post.points[leg + 1]
            return lon0 + (lon1 - lon0) * part, lat0 + (lat1 - lat0) * part
        gone -= length
    raise AssertionError("a way has legs")
