"""Directions: compass points, degrees, mils → a bearing and how wide it is.

Place on the data's way: below `read_place`. A direction is a sector. Of a compass point the width
is half the way to its neighbours, by how many points the speaker used: 8 unless a word of three
letters, or the caller, shows 16. Of degrees and mils the width is what the text says behind ±, and
half of the last digit; where nothing is said it stays the wire's own, the widest (±22.5°): digits
alone show how finely somebody wrote, not how well they measured.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from streams.events import Sector
from streams.where.reading import Trouble, Unread

MilsCircle = Literal[6000, 6400]
NATO: Final = 6400
FULL_TURN_DEG: Final = 360.0
WIDEST_DEG: Final = 22.5
"""What the wire takes where no width is said (`streams.locate.HALF_WIDTH_DEG`)."""

_ROSE: Final = (
    "N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW".split()  # noqa: SIM905  a rose on a line
)
_POINTS: Final = {point: 22.5 * number for number, point in enumerate(_ROSE)}
_LETTERS: Final = {"north": "N", "south": "S", "east": "E", "west": "W"}
_WORD = re.compile(r"north|south|east|west", re.IGNORECASE)
_NUMBER = r"\d{1,4}(?:\.\d{1,4})?"
_MARGIN = rf"(?:\s?(?:±|\+/-|\+-)\s?(?P<margin>{_NUMBER}))?"
_DEGREE = r"\s?(?:°|deg\b|degrees\b)"
_NORTH = r"(?:\s?(?P<north>true|t|magnetic|mag|m|grid|g)\b)?"
_DEGREES = re.compile(
    rf"(?P<value>{_NUMBER})(?:{_DEGREE})?(?:\s?(?:-|to)\s?(?P<to>{_NUMBER}))?{_DEGREE}{_NORTH}"
    rf"{_MARGIN}(?:{_DEGREE})?{_NORTH.replace('north>', 'late>')}",
    re.IGNORECASE,
)
_MILS = re.compile(
    rf"(?P<value>\d{{1,4}}|\d\d-\d\d)\s?(?P<said>mils?|mil6000|mils6000|mils6400){_MARGIN}"
    rf"(?:\s?mils?)?{_NORTH}",
    re.IGNORECASE,
)
_BARE = re.compile(rf"{_NUMBER}|\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Direction:
    """A direction: `half_width_deg` of None is by compass points, `points` those it shows."""

    bearing_deg: float
    half_width_deg: float | None = None
    points: Literal[16] | None = None
    unmeasured: bool = False
    """Degrees or mils without a word about their error."""

    def sector(self, min_m: float, max_m: float | None) -> Sector:
        """The sector from so near to so far."""
        return Sector(
            bearing_deg=self.bearing_deg,
            half_width_deg=self.half_width_deg,
            min_m=min_m,
            max_m=max_m,
        )


def read_bearing(text: str, mils_circle: MilsCircle | None = None) -> Direction | Unread | None:
    """Read one direction; None where the text is none at all.

    Args:
        text: as `plain_text` gives it.
        mils_circle: how many mils the circle has, where somebody said so; else NATO's 6400.
    """
    point = _point(text)
    if point is not None:
        return point
    for pattern in (_DEGREES, _MILS):
        found = pattern.fullmatch(text)
        if found:
            late = found.groupdict().get("late")
            return _not_true(found["north"] or late) or (
                _degrees(found) if pattern is _DEGREES else _mils(found, mils_circle)
            )
    if _BARE.fullmatch(text):
        said = f"{text!r} may be degrees or mils: write 315° or 5600 mils"
        return Unread(Trouble.UNIT_NOT_SAID, said)
    return None


def _point(text: str) -> Direction | None:
    letters = _WORD.sub(lambda word: _LETTERS[word[0].lower()], text)
    joined = letters.replace("-", "").replace(" ", "").upper()
    # `n w` is no compass point, `north west` is one.
    if joined not in _POINTS or (
        joined == letters.replace(" ", "").upper()
        and " " in text.strip()
        and not _WORD.search(text)
    ):
        return None
    return Direction(_POINTS[joined], points=16 if len(joined) == 3 else None)


def _not_true(north: str | None) -> Unread | None:
    if north is None or north[0].lower() == "t":
        return None
    kind, correction = (
        ("grid", "the convergence")
        if north[0].lower() == "g"
        else (
            "magnetic",
            "the declination, east of north counted as plus,",
        )
    )
    said = f"bearings are from true north: add {correction} to the {kind} bearing, and write it so"
    return Unread(Trouble.NOT_TRUE_NORTH, said)


def _degrees(found: re.Match[str]) -> Direction | Unread:
    value, margin = float(found["value"]), found["margin"]
    to = None if found["to"] is None else float(found["to"])
    if max(value, to or 0.0) > FULL_TURN_DEG:
        return Unread(Trouble.OUT_OF_RANGE, f"{found[0]!r} is more than a full turn of 360°")
    if to is not None:
        return _between(value, to, margin)
    return _measured(value, _half_unit(found["value"]), margin, 1.0)


def _between(start: float, to: float, margin: str | None) -> Direction | Unread:
    """From one bearing clockwise to another."""
    turn = (to - start) % FULL_TURN_DEG
    if turn == 0:
        said = "a range from a bearing to itself is no range"
        return Unread(Trouble.OUT_OF_RANGE, said)
    half = min(turn / 2 + float(margin or 0), FULL_TURN_DEG / 2)
    return Direction((start + turn / 2) % FULL_TURN_DEG, half)


def _mils(found: re.Match[str], asked: MilsCircle | None) -> Direction | Unread:
    said_6000 = found["said"].endswith("6000")
    if "-" in found["value"] and not said_6000 and asked != 6000:
        said = (
            f"{found['value']} is how mils of 6000 to the circle are written, and that is not "
            "said: write mils6000 behind it, or NATO's 6400 without a hyphen"
        )
        return Unread(Trouble.MILS_NOT_SAID, said)
    if said_6000 and asked == NATO:
        said = "the text says mils of 6000, and 6400 were asked for: which of them?"
        return Unread(Trouble.MILS_NOT_SAID, said)
    circle = 6000 if said_6000 else 6400 if found["said"].endswith("6400") else (asked or NATO)
    value = int(found["value"].replace("-", ""))
    if value > circle:
        return Unread(Trouble.OUT_OF_RANGE, f"{value} is more than a full turn of {circle} mils")
    in_degrees = FULL_TURN_DEG / circle
    return _measured(value * in_degrees, in_degrees / 2, found["margin"], in_degrees)


def _measured(
    bearing_deg: float, half_unit_deg: float, margin: str | None, unit_deg: float
) -> Direction:
    """A bearing with its margin, in units of so many degrees; or with none said."""
    if margin is None:
        return Direction(bearing_deg, WIDEST_DEG, unmeasured=True)
    half = min(float(margin) * unit_deg + half_unit_deg, FULL_TURN_DEG / 2)
    return Direction(bearing_deg, half)


def _half_unit(number: str) -> float:
    return 0.5 * 10.0 ** -len(number.partition(".")[2])
