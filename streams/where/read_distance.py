"""Distances: `8 km`, `3-6 km`, `about 800 m`, `up to 5 km` → nearest and farthest, metres.

Place on the data's way: below `read_place`. One number stands for all that is rounded to it: half a
unit of its last digit each way. Zeros at the end of a whole number are no digits (800 m is ±50 m),
and a kilometre is the coarsest unit (10 km is ±500 m, and so is 0). `about` takes the whole unit.
Both ends of a range are the speaker's own and stay as they are.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from streams.where.reading import Trouble, Unread

_NUMBER = r"\d{1,7}(?:[.,]\d{1,3})?"
DISTANCE: Final = (
    r"(?:(?P<about>about|approximately|approx\.?|around|circa|ca\.?|~)\s?|(?P<upto>up to|within)\s"
    rf"|(?P<over>over|at least|more than)\s)?(?P<near>{_NUMBER})"
    rf"(?:\s?(?:km|m)?\s?(?:-|to)\s?(?P<far>{_NUMBER}))?\s?(?P<unit>km|m|км|м)"
)
"""As a pattern, so that whoever reads a longer text can find it there."""
_COARSEST_M: Final = 1_000.0
_LIMIT_M: Final = 1_000_000.0


class Distance(NamedTuple):
    """From so near to so far; `max_m` of None: no one said how far."""

    min_m: float
    max_m: float | None
    note: str = ""


def read_distance(found: re.Match[str]) -> Distance | Unread:
    """Read what `DISTANCE` has found."""
    metres = 1_000.0 if found["unit"].lower() in ("km", "км") else 1.0
    near, far = found["near"].replace(",", "."), found["far"]
    near_m = float(near) * metres
    far_m = near_m if far is None else float(far.replace(",", ".")) * metres
    text = found.string[found.start("about" if found["about"] else "near") : found.end("unit")]
    if far_m < near_m:
        said = f"{text!r} ends nearer than it begins: write the smaller number first"
        return Unread(Trouble.DISTANCE_REVERSED, said)
    if far_m > _LIMIT_M:
        return Unread(Trouble.OUT_OF_RANGE, f"{text!r} is more than 1,000 km")
    if found["over"]:
        return Distance(near_m, None, "no one said how far at most: the extent is not known")
    if found["upto"]:
        return Distance(0.0, far_m)
    if far is not None:
        return Distance(_rounded(near_m), _rounded(far_m))
    half_m = _unit_m(near, metres) * (1.0 if found["about"] else 0.5)
    note = f"{text} is read as {max(near_m - half_m, 0):g} to {near_m + half_m:g} m"
    return Distance(_rounded(max(near_m - half_m, 0.0)), _rounded(near_m + half_m), note)


def _rounded(length_m: float) -> float:
    return round(length_m, 1)


def _unit_m(number: str, metres: float) -> float:
    """What one step of the last digit is, metres."""
    whole, _, decimals = number.partition(".")
    if decimals:
        return metres * 10.0 ** -len(decimals)
    in_metres = str(round(int(whole) * metres))
    if int(in_metres) == 0:
        return _COARSEST_M
    zeros = len(in_metres) - len(in_metres.rstrip("0"))
    return min(10.0**zeros, _COARSEST_M)
