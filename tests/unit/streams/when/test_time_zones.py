"""Time zones come from the locked package, whatever the machine has."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime
from importlib.metadata import version

import pytest

from streams.when.time_zones import TZDATA_VERSION, UnknownTimeZoneError, time_zone, time_zone_names


def test_a_zone_is_read_without_the_systems_files() -> None:
    path = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=[])
    try:
        kyiv = datetime(2024, 7, 1, tzinfo=UTC).astimezone(time_zone("Europe/Kyiv"))
    finally:
        zoneinfo.reset_tzpath(to=path)
    assert kyiv.isoformat() == "2024-07-01T03:00:00+03:00"


@pytest.mark.parametrize("name", ["Kyiv", "Europe/Kiyv", "../tzdata", "+03:00", "", "EET2"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(UnknownTimeZoneError, match="no time zone"):
        time_zone(name)


def test_every_name_is_a_zone() -> None:
    assert len([time_zone(name) for name in time_zone_names()]) > 400


def test_the_release_is_the_packages() -> None:
    assert TZDATA_VERSION[:4] == version("tzdata").split(".")[0]
