"""MGRS, the military grid: a reference → the square it names.

Place on the data's way: one form of `read_position`. A reference is cut off, not rounded: four
figures name a square of a kilometre and say nothing about where in it. From 1 km on the location is
the square itself, taken whole where the edge of a zone cuts it; a smaller one is the disc around
it, which differs from it by less than anybody knows where they stand. Letters are NGA's own code
(package `mgrs`), bands are checked here, metres to degrees is PROJ's.
"""

from __future__ import annotations

import re
import warnings
from typing import Final

import mgrs

from geo.places import distance_m
from geo.shapes import HALF_TURN_DEG
from geo.utm import band, from_utm, square
from streams.events import Area
from streams.where.reading import Spot, Trouble, Unread

_SHAPE = re.compile(r"(\d{1,2})([C-HJ-NP-X])([A-Z]{2})(\d*)", re.IGNORECASE)
_POLAR = re.compile(r"[ABYZ][A-HJ-NP-Z]{2}\d*", re.IGNORECASE)
_NO_ZONE = re.compile(r"[A-HJ-NP-Z][A-HJ-NP-V](\d\d){1,5}", re.IGNORECASE)
_GROUPS = re.compile(r"\d+|[^\d\s]+")
_AREA_FROM_M: Final = 1_000.0
_SQUARE_M: Final = 100_000.0
_FINEST: Final = 10
_NGA = mgrs.MGRS()

Ring = tuple[tuple[float, float], ...]


def looks_like_mgrs(text: str) -> bool:
    """Whether a text is meant as a grid reference, right or wrong."""
    joined = text.replace(" ", "")
    return any(shape.fullmatch(joined) for shape in (_SHAPE, _POLAR, _NO_ZONE))


def read_mgrs(text: str) -> Spot | Unread:
    """Read a reference such as `37U DQ 4700 9600`."""
    joined = text.replace(" ", "").upper()
    found = _SHAPE.fullmatch(joined)
    if found is None:
        return _not_read(joined)
    zone, digits = int(found[1]), found[4]
    if _is_uneven(text, digits):
        said = (
            f"{len(digits)} figures in unequal parts: half of them is the easting, half the "
            "northing, e.g. 37U DQ 4700 9600"
        )
        return Unread(Trouble.UNEVEN_DIGITS, said)
    # A property of the text: it names no square, and the same text never will.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the band: `_is_in_band` asks
            _, hemisphere, easting_m, northing_m = _NGA.MGRSToUTM(joined)
    except mgrs.core.MGRSError:
        return Unread(
            Trouble.NO_SUCH_SQUARE,
            f"{joined[: -len(digits) or None]} is no square of the grid: look at zone and letters",
        )
    side_m = _SQUARE_M / 10 ** (len(digits) // 2)
    spot, ring = _spot(zone, easting_m, northing_m, side_m, south=hemisphere == "S")
    return spot if _is_in_band(found[2], ring) else _mismatch(found)


def _is_uneven(text: str, digits: str) -> bool:
    """Whether easting and northing are not told apart: odd, too many, or split elsewhere."""
    groups = [group for group in _GROUPS.findall(text) if group.isdigit()][1:]
    lengths = {len(group) for group in groups}
    return len(digits) % 2 == 1 or len(digits) > _FINEST or (len(groups) == 2 and len(lengths) > 1)


def _spot(
    zone: int, easting_m: float, northing_m: float, side_m: float, *, south: bool
) -> tuple[Spot, Ring]:
    """The square about an easting and northing: GEOTRANS gives a reference's middle."""
    west_m, south_m = (round(v - side_m / 2) for v in (easting_m, northing_m))
    lon, lat = from_utm(zone, west_m + side_m / 2, south_m + side_m / 2, south=south)
    ring = square(zone, west_m, south_m, side_m, south=south)
    lons = [x for x, _ in ring]
    radius_m = max(distance_m(lon, lat, x, y) for x, y in ring)
    # One that ±180° goes through would have to be cut there: the disc around it says as much.
    is_whole = max(lons) - min(lons) < HALF_TURN_DEG
    area = Area(coordinates=(ring,)) if side_m >= _AREA_FROM_M and is_whole else None
    notes = (f"the reference names a {_side(side_m)}",)
    return Spot(lon, lat, radius_m, "mgrs", area, notes), ring


def _is_in_band(letter: str, ring: Ring) -> bool:
    """Whether some of the square lies in the band: GEOTRANS is content with one farther on."""
    south, north = band(letter.upper())
    lats = [lat for _, lat in ring]
    return min(lats) <= north and max(lats) >= south


def _mismatch(found: re.Match[str]) -> Unread:
    said = (
        f"no square {found[3].upper()} of zone {found[1]} lies in band {found[2].upper()}: one of "
        "the letters is wrong"
    )
    return Unread(Trouble.BAND_MISMATCH, said)


def _side(side_m: float) -> str:
    length = f"{side_m / 1000:g} km" if side_m >= _AREA_FROM_M else f"{side_m:g} m"
    return f"square of {length}"


def _not_read(joined: str) -> Unread:
    if _POLAR.fullmatch(joined):
        said = "the polar grid is not read: write degrees"
        return Unread(Trouble.POLAR_GRID, said)
    if _NO_ZONE.fullmatch(joined):
        said = f"{joined} stands in every zone: write the zone before it, e.g. 37U {joined}"
        return Unread(Trouble.GRID_ZONE_MISSING, said)
    said = "no grid reference is written like this, e.g. 37U DQ 4700 9600"
    return Unread(Trouble.NOT_UNDERSTOOD, said)


def written_as_mgrs(lon: float, lat: float, figures: int = 8) -> str | None:
    """The square of so many figures that a position lies in; None over the poles' own grid."""
    if not -80 <= lat < 84:
        return None
    return str(_NGA.toMGRS(lat, lon, MGRSPrecision=figures // 2))
