"""Degrees: decimal, with minutes, with minutes and seconds → a spot.

Place on the data's way: one form of `read_position`. Every number is taken as rounded to its last
digit: a position is the middle of the cell that its digits leave open, its radius reaches the
cell's corners. Which number is the latitude has to be said, by letters or labels or by the caller:
two bare numbers are both orders, and half of the world's programs write each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from geo.places import distance_m
from streams.where.reading import Candidate, Spot, Trouble, Unread

Order = Literal["lat-lon", "lon-lat"]
Axis = Literal["lat", "lon"]
LIMIT_DEG: Final[dict[Axis, int]] = {"lat": 90, "lon": 180}

_NUMBER = r"\d{1,8}(?:[.,]\d{1,12})?"
_ANGLE = re.compile(
    rf"(?P<sign>[+-]?)(?P<d>{_NUMBER})(?:\s?°)?"
    rf"(?:(?:\s|-|(?<=°)\s?)(?P<m>{_NUMBER})(?:\s?')?"
    rf"(?:(?:\s|-|(?<=')\s?)(?P<s>{_NUMBER})(?:\s?\")?)?)?"
)
_BODY = r"([+-]?\d[\d°'\"., -]{0,40}?)"
_LABEL = r"(lat(?:itude)?|lon(?:g(?:itude)?)?|lng)\s?[:=]?"
_BETWEEN = r"\s?[,;/]?\s?"
_MARKED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"([NSEW])\s?{_BODY}{_BETWEEN}([NSEW])\s?{_BODY}",
        rf"{_LABEL}\s?{_BODY}{_BETWEEN}{_LABEL}\s?{_BODY}",
    )
)
_MARKED_AFTER = re.compile(rf"{_BODY}\s?([NSEW]){_BETWEEN}{_BODY}\s?([NSEW])", re.IGNORECASE)
_COMPACT = re.compile(r"(\d{4}|\d{6})([NS])\s?(\d{5}|\d{7})([EW])", re.IGNORECASE)
"""As aviation notices write it: DDMM or DDMMSS, then DDDMM or DDDMMSS."""
_SEPARATORS: Final = (";", "/", ", ", " ", ",")
"""Between two bare numbers; the first that stands there once, for a comma may be a decimal one."""
_AXIS_OF: Final[dict[str, Axis]] = {"n": "lat", "s": "lat", "e": "lon", "w": "lon"}


@dataclass(frozen=True, slots=True)
class _Angle:
    """A number of degrees as written, and half of what its last digit stands for."""

    degrees: float
    half_deg: float


def read_degrees(text: str, order: Order | None = None) -> Spot | Unread:
    """Read a pair of degrees; `order` says which comes first where the text does not."""
    marked = _marks_and_bodies(text)
    if marked is None:
        return _read_bare(text, order)
    (mark, body), (other_mark, other_body) = marked
    first, second = _angle(body, mark), _angle(other_body, other_mark)
    if isinstance(first, Unread):
        return first
    if isinstance(second, Unread):
        return second
    axis = _axis(mark)
    if axis == _axis(other_mark):
        said = f"both numbers are marked as {_WORDS[axis]}: mark one N or S, the other E or W"
        return Unread(Trouble.SAME_AXIS_TWICE, said)
    return _spot(first, second) if axis == "lat" else _spot(second, first)


_WORDS: Final[dict[Axis, str]] = {"lat": "a latitude", "lon": "a longitude"}


def _marks_and_bodies(text: str) -> tuple[tuple[str, str], tuple[str, str]] | None:
    compact = _COMPACT.fullmatch(text)
    if compact:
        lat, north, lon, east = compact.groups()
        return (north, _spread(lat, 2)), (east, _spread(lon, 3))
    for pattern in _MARKED:
        found = pattern.fullmatch(text)
        if found:
            return (found[1], found[2]), (found[3], found[4])
    after = _MARKED_AFTER.fullmatch(text)
    return ((after[2], after[1]), (after[4], after[3])) if after else None


def _spread(digits: str, degrees: int) -> str:
    """`483412` as `48 34 12`."""
    rest = digits[degrees:]
    return " ".join([digits[:degrees], *(rest[at : at + 2] for at in range(0, len(rest), 2))])


def _read_bare(text: str, order: Order | None) -> Spot | Unread:
    once = [text.split(separator) for separator in _SEPARATORS if text.count(separator) == 1]
    halves = [_angle(body, "") for body in (once[0] if once else [text])]
    first, second = halves[0], halves[-1]
    if len(halves) == 1 or not isinstance(first, _Angle) or not isinstance(second, _Angle):
        said = "no position is written like this, e.g. 48.695N 38.515E or 48°41'42\"N 38°30'54\"E"
        return Unread(Trouble.NOT_UNDERSTOOD, said)
    if order is None:
        return _either(first, second)
    lat, lon = (first, second) if order == "lat-lon" else (second, first)
    return _spot(lat, lon)


def _either(first: _Angle, second: _Angle) -> Unread:
    """Nobody said which is the latitude: what both orders would mean."""
    both = (_spot(first, second), _spot(second, first))
    spots = [spot for spot in both if isinstance(spot, Spot)]
    return Unread(
        Trouble.ORDER_NOT_SAID,
        "which of the two numbers is the latitude is not said: write N or S and E or W behind "
        "them, or say the order",
        tuple(Candidate(written(spot.lon, spot.lat), spot.lon, spot.lat) for spot in spots),
    )


def _axis(mark: str) -> Axis:
    letter = mark[:1].lower()
    return _AXIS_OF[letter] if len(mark) == 1 else ("lat" if mark[:2].lower() == "la" else "lon")


def _angle(body: str, mark: str) -> _Angle | Unread:
    """Read one number of degrees; `mark` is its letter or label, empty where it has none."""
    found = _ANGLE.fullmatch(body.strip(" ,"))
    if found is None:
        said = f"{body.strip()!r} is no angle: degrees, then minutes, then seconds"
        return Unread(Trouble.NOT_UNDERSTOOD, said)
    parts = [part.replace(",", ".") for part in found.group("d", "m", "s") if part is not None]
    if any("." in part for part in parts[:-1]):
        said = f"only the last part of {body.strip()!r} may have decimals"
        return Unread(Trouble.NOT_UNDERSTOOD, said)
    if any(float(part) >= 60 for part in parts[1:]):
        said = f"minutes and seconds of {body.strip()!r} must be below 60"
        return Unread(Trouble.OUT_OF_RANGE, said)
    if found["sign"] and len(mark) == 1:
        said = f"{body.strip()!r} has a sign and a letter: leave out one of them"
        return Unread(Trouble.SIGN_AND_LETTER, said)
    degrees = sum(float(part) / 60**place for place, part in enumerate(parts))
    unit = 10.0 ** -len(parts[-1].partition(".")[2]) / 60 ** (len(parts) - 1)
    negative = found["sign"] == "-" or mark.lower() in ("s", "w")
    return _Angle(-degrees if negative else degrees, unit / 2)


def _spot(lat: _Angle, lon: _Angle) -> Spot | Unread:
    if abs(lat.degrees) > LIMIT_DEG["lat"] or abs(lon.degrees) > LIMIT_DEG["lon"]:
        return _out_of_range(lat, lon)
    radius_m = max(
        distance_m(lon.degrees, lat.degrees, lon.degrees + lon.half_deg, edge)
        for edge in (max(lat.degrees - lat.half_deg, -90), min(lat.degrees + lat.half_deg, 90))
    )
    return Spot(lon.degrees, lat.degrees, radius_m, "degrees")


def _out_of_range(lat: _Angle, lon: _Angle) -> Unread:
    if abs(lat.degrees) <= LIMIT_DEG["lon"] and abs(lon.degrees) <= LIMIT_DEG["lat"]:
        said = (
            f"latitude {lat.degrees:g} is beyond the pole, and the two numbers would fit the other "
            "way round: latitude and longitude look swapped; look again, and write it anew"
        )
        there = (lat.degrees, lon.degrees)
        return Unread(Trouble.LAT_LON_SWAPPED, said, (Candidate(written(*there), *there),))
    said = f"latitude {lat.degrees:g} or longitude {lon.degrees:g} is beyond 90 or 180 degrees"
    return Unread(Trouble.OUT_OF_RANGE, said)


def written(lon: float, lat: float, decimals: int = 5) -> str:
    """A position in decimal degrees with letters, as it is read again."""
    north, east = ("S" if lat < 0 else "N"), ("W" if lon < 0 else "E")
    return f"{abs(lat):.{decimals}f}{north} {abs(lon):.{decimals}f}{east}"


def written_in_seconds(lon: float, lat: float, decimals: int = 0) -> str:
    """A position in degrees, minutes and seconds, as it is read again."""
    north, east = ("S" if lat < 0 else "N"), ("W" if lon < 0 else "E")
    return f"{_in_seconds(abs(lat), decimals)}{north} {_in_seconds(abs(lon), decimals)}{east}"


def _in_seconds(degrees: float, decimals: int) -> str:
    # Counted in the last digit's units first: 59.9999 seconds must not be written as 60.
    unit = 10**decimals
    minutes, units = divmod(round(degrees * 3600 * unit), 60 * unit)
    whole, minutes = divmod(minutes, 60)
    return f"{whole}°{minutes:02d}'{units / unit:0{decimals + 3 if decimals else 2}.{decimals}f}\""
