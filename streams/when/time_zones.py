"""Time zones by their IANA names, always from the package `tzdata`.

Place on the data's way: below all that reads local clocks. Never from the system's zone files: the
same bytes must judge alike on every machine, and the package's version is one of the locked ones.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

import tzdata

TZDATA_VERSION: str = tzdata.IANA_VERSION
"""Release of the IANA time zone database, e.g. ``2026a``."""


class UnknownTimeZoneError(ValueError):
    """No time zone of the IANA database has this name."""


@lru_cache(maxsize=1)
def time_zone_names() -> frozenset[str]:
    """Every name that `time_zone` knows."""
    listing = resources.files("tzdata").joinpath("zones").read_text("utf-8")
    return frozenset(listing.split())


@lru_cache(maxsize=256)
def time_zone(name: str) -> ZoneInfo:
    """The zone of that name.

    Raises:
        UnknownTimeZoneError: the database has none.
    """
    if name not in time_zone_names():
        raise UnknownTimeZoneError(f"no time zone is called {name!r}")
    path = resources.files("tzdata.zoneinfo").joinpath(*name.split("/"))
    with path.open("rb") as file:
        return ZoneInfo.from_file(file, key=name)
