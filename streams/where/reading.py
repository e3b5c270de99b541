"""What comes of reading a text about a place: a location, or a trouble with what to do about it.

Place on the data's way: the values that everything in `where` gives back. A trouble is a value and
not an exception: one form that does not fit is no reason not to try the next.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from streams.events import Area, Location, Point

RECEIVER_M = 10.0
"""However many digits are written, no hand-held receiver is surely better than this."""


def degrees(value: float) -> float:
    """To a centimetre: more digits would be the computer's, not the writer's."""
    return round(value, 7)


class Trouble(StrEnum):
    """Why a text is no place. The words are stable: programs ask for them."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_UNDERSTOOD = "not_understood"
    OUT_OF_RANGE = "out_of_range"
    ORDER_NOT_SAID = "order_not_said"
    LAT_LON_SWAPPED = "lat_lon_swapped"
    SAME_AXIS_TWICE = "same_axis_twice"
    SIGN_AND_LETTER = "sign_and_letter"
    GRID_ZONE_MISSING = "grid_zone_missing"
    UNEVEN_DIGITS = "uneven_digits"
    NO_SUCH_SQUARE = "no_such_square"
    POLAR_GRID = "polar_grid"
    HEMISPHERE_AMBIGUOUS = "hemisphere_ambiguous"
    BAND_MISMATCH = "band_mismatch"
    EASTING_NORTHING_SWAPPED = "easting_northing_swapped"
    UNIT_NOT_SAID = "unit_not_said"
    MILS_NOT_SAID = "mils_not_said"
    NOT_TRUE_NORTH = "not_true_north"
    DISTANCE_REVERSED = "distance_reversed"
    ORIGIN_MISSING = "origin_missing"
    NO_GAZETTEER = "no_gazetteer"
    PLACE_UNKNOWN = "place_unknown"
    PLACE_AMBIGUOUS = "place_ambiguous"
    COUNTRY_NOT_SAID = "country_not_said"
    PLACE_FAR = "place_far"
    TOO_FAR_APART = "too_far_apart"
    ROUTE_UNKNOWN = "route_unknown"


class Candidate(NamedTuple):
    """One of several things that a text may mean."""

    said: str
    """As it may be written so that nothing else is meant, or as a person would tell it apart."""
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Unread:
    """A text that is no place: the location stays unknown."""

    trouble: Trouble
    message: str
    """What is wrong, and what to do."""
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Spot:
    """A position somebody wrote, with the radius that holds all that the writing leaves open."""

    lon: float
    lat: float
    radius_m: float
    form: str
    """Which form it was read in, e.g. `mgrs`."""
    square: Area | None = None
    """Of a grid reference that names a large square: the square itself."""
    notes: tuple[str, ...] = ()
    source: str | None = None
    """What else it was read from: the gazetteer and its entry."""

    def alone(self) -> Location:
        """As a location by itself: the square where it is large, else a disc."""
        if self.square is not None:
            return self.square
        return Point(lon=degrees(self.lon), lat=degrees(self.lat), accuracy_m=self.accuracy_m)

    @property
    def accuracy_m(self) -> float:
        """The radius, rounded up to whole metres."""
        return float(math.ceil(max(self.radius_m, RECEIVER_M)))


@dataclass(frozen=True, slots=True)
class Place:
    """A text that was understood."""

    location: Location
    form: str
    notes: tuple[str, ...]
    """Sentences: what was taken for granted, and what may be said more exactly."""
    sources: tuple[str, ...] = ()
    """What was looked up: with it the same text gives the same location again."""
