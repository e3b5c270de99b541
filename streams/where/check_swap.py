"""Swap: coordinates that lie far from the agreement, and near it with lat and lon exchanged.

Place on the data's way: after `read_position`, where the agreement is known. By the same measure as
a zone that is drawn in the wrong order (`streams.documents.check_places`): noticed, never mended.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo.places import distance_m
from streams.documents.check_places import SWAP_FAR_KM, SWAP_GAIN
from streams.where.read_degrees import written
from streams.where.reading import Candidate, Spot, Trouble, Unread, degrees


def swapped(spot: Spot, nearby: Sequence[tuple[float, float]]) -> Unread | None:
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


def nearest_km(at: tuple[float, float], nearby: Sequence[tuple[float, float]]) -> float:
    """How far it is to the nearest of several places; at least one."""
    lon, lat = np.array(nearby, dtype=np.float64).T.copy()
    here = np.full_like(lon, at[0]), np.full_like(lat, at[1])
    return float(distance_m(*here, lon, lat).min()) / 1000
