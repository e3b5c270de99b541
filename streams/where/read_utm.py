"""UTM: zone, easting, northing → a spot.

Place on the data's way: one form of `read_position`. The letter behind the zone is a band to some
and a hemisphere to others: `37S` is Syria as a band, and south of the equator as a hemisphere.
Where both readings fit, neither is taken.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from geo.places import distance_m
from geo.utm import ZONES, band, from_utm
from streams.where.read_degrees import written
from streams.where.reading import Candidate, Spot, Trouble, Unread

_METRES = r"\d{1,8}(?:[.,]\d{1,6})?"
_COORDINATE = rf"([EN])?\s?({_METRES})\s?(?:m\b)?\s?([EN])?"
_SHAPE = re.compile(
    rf"(?=.*\d{{6}})(?:utm\s?)?(?:zone\s?)?(\d{{1,2}})\s?([C-HJ-NP-X]|north|south)[ ,;]{{1,2}}"
    rf"{_COORDINATE}[ ,;]{{1,2}}{_COORDINATE}",
    re.IGNORECASE,
)
_NO_LETTER = re.compile(
    rf"(?=.*\d{{6}})(?:utm\s?)?(?:zone\s?)?\d{{1,2}}[ ,;]{{1,2}}{_METRES}[ ,;]{{1,2}}{_METRES}",
    re.IGNORECASE,
)
_EASTINGS_M: Final = (100_000, 900_000)
_NORTHINGS_M: Final = (0, 10_000_000)
_BAND_SLACK_DEG: Final = 0.01
"""A position on a band's edge is written with either letter."""


class _Grid(NamedTuple):
    """What the text says, as numbers."""

    zone: int
    easting_m: float
    northing_m: float
    half_m: float


def looks_like_utm(text: str) -> bool:
    """Whether a text is meant as UTM, right or wrong."""
    return bool(_SHAPE.fullmatch(text) or _NO_LETTER.fullmatch(text))


def read_utm(text: str) -> Spot | Unread:
    """Read such as `37U 411797 5335000` or `37 south 411797 8335000`."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        said = "write the band's letter, or north or south, behind the zone: 37U 411797 5335000"
        return Unread(Trouble.HEMISPHERE_AMBIGUOUS, said)
    zone, letter, *parts = found.groups()
    first, second = ((parts[0] or parts[2]), (parts[3] or parts[5]))
    numbers = [parts[1].replace(",", "."), parts[4].replace(",", ".")]
    if (first or "").upper() == "N" and (second or "").upper() == "E":
        numbers.reverse()
    digits = min(len(number.partition(".")[2]) for number in numbers)
    grid = _Grid(int(zone), float(numbers[0]), float(numbers[1]), 0.5 * 10.0**-digits)
    return _out_of_range(grid) or _read(grid, letter)


def _out_of_range(grid: _Grid) -> Unread | None:
    if grid.zone not in ZONES:
        said = f"zone {grid.zone} is none: zones go from 1 to 60"
        return Unread(Trouble.OUT_OF_RANGE, said)
    if _fits(grid.easting_m, _EASTINGS_M) and _fits(grid.northing_m, _NORTHINGS_M):
        return None
    if _fits(grid.northing_m, _EASTINGS_M) and _fits(grid.easting_m, _NORTHINGS_M):
        said = "easting and northing look swapped: the easting comes first, of six figures"
        return Unread(Trouble.EASTING_NORTHING_SWAPPED, said)
    said = "an easting lies between 100000 and 900000, a northing between 0 and 10000000 metres"
    return Unread(Trouble.OUT_OF_RANGE, said)


def _fits(value: float, limits: tuple[int, int]) -> bool:
    low, high = limits
    return low <= value <= high


def _read(grid: _Grid, letter: str) -> Spot | Unread:
    spots = [
        (how, spot)
        for how, south in _readings(letter)
        if (spot := _spot(grid, south=south)) is not None
        and (how == "hemisphere" or _is_in_band(letter, spot.lat))
    ]
    if len(spots) > 1 and abs(spots[0][1].lat - spots[1][1].lat) > _BAND_SLACK_DEG:
        said = (
            f"{letter.upper()} may be the band or the hemisphere: write {grid.zone} north or "
            f"{grid.zone} south"
        )
        return Unread(
            Trouble.HEMISPHERE_AMBIGUOUS,
            said,
            tuple(Candidate(written(s.lon, s.lat), s.lon, s.lat) for _, s in spots),
        )
    if not spots:
        said = f"the northing does not lie in band {letter.upper()}: one of the two is wrong"
        return Unread(Trouble.BAND_MISMATCH, said)
    return spots[0][1]


def _readings(letter: str) -> tuple[tuple[str, bool], ...]:
    """Whether south of the equator, by each meaning that the letter may have."""
    if len(letter) > 1:
        return (("hemisphere", letter.lower() == "south"),)
    upper = letter.upper()
    as_band = ("band", upper < "N")
    return (as_band, ("hemisphere", upper == "S")) if upper in "NS" else (as_band,)


def _is_in_band(letter: str, lat: float) -> bool:
    south, north = band(letter.upper())
    return south - _BAND_SLACK_DEG <= lat <= north + _BAND_SLACK_DEG


def _spot(grid: _Grid, *, south: bool) -> Spot | None:
    lon, lat = from_utm(grid.zone, grid.easting_m, grid.northing_m, south=south)
    if not (-180 <= lon <= 180 and -80.5 <= lat <= 84.5):
        return None
    corner = from_utm(
        grid.zone, grid.easting_m + grid.half_m, grid.northing_m + grid.half_m, south=south
    )
    return Spot(lon, lat, distance_m(lon, lat, *corner), "utm")
