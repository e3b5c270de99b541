"""Swap: coordinates that lie far from the agreement, and near it with lat and lon exchanged.

Place on the data's way: after `read_position`, where the agreement is known. By the same measure as
a zone that is drawn in the wrong order (`streams.documents.check_places`): noticed, never mended.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely

from geo.ellipsoid import Floats
from geo.places import distance_m
from streams.documents.check_places import SWAP_FAR_KM, SWAP_GAIN
from streams.where.read_degrees import written
from streams.where.reading import Candidate, Spot, Trouble, Unread, degrees


def swapped(spot: Spot, nearby: Sequence[shapely.Geometry]) -> Unread | None:
    """Why a spot looks swapped beside the agreement's own places; None where it does not."""
    if not nearby or abs(spot.lon) > 90:
        return None
    here, mirrored = (spot.lon, spot.lat), (spot.lat, spot.lon)
    far_km, near_km = nearest_km(here, nearby), nearest_km(mirrored, nearby)
    if far_km <= SWAP_FAR_KM or near_km * SWAP_GAIN >= far_km:
        return None
    there = (degrees(spot.lat), degrees(spot.lon))
    said = (
        f"latitude and longitude look swapped: it lies {far_km:,.0f} km from the agreement's zones "
        f"and routes, swapped it would be {near_km:,.0f} km; look again, and write it anew"
    )
    return Unread(Trouble.LAT_LON_SWAPPED, said, (Candidate(written(*there), *there),))


def nearest_km(at: tuple[float, float], nearby: Sequence[shapely.Geometry]) -> float:
    """How far it is from a position to the nearest of several zones and routes; 0 within one.

    The nearest spot of each is found with degrees of longitude as short as they are there, which
    may be some spot beside it where the way is hundreds of kilometres long; the way is exact.
    """
    shrink = np.array([math.cos(math.radians(at[1])), 1.0])
    here = shapely.Point(np.array(at) * shrink)
    there = (_nearest(shapely.transform(each, lambda c: c * shrink), here) for each in nearby)
    return min(distance_m(*at, *map(float, spot / shrink)) for spot in there) / 1000


def _nearest(place: shapely.Geometry, here: shapely.Point) -> Floats:
    return np.array(shapely.shortest_line(place, here).coords[0])
