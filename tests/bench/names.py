"""Names: how often the gazetteer knows a real place by its name, and how often it knows another.

    python -m tests.bench.names

The places are the 1,450 of the Israeli alert system that have a position of their own, with their
names in Hebrew, English, Russian and Arabic (`israel_alerts/cities.json.gz` of the real data). None
of these positions is GeoNames'. A name is counted as wrong where the one town that bears it lies
farther from the place than twice its extent and 3 km: there it is another place, not another spot.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from geo.places import distance_m
from services.gazetteer import load_gazetteer
from streams.where.gazetteer import Gazetteer, Town

PROJECT = Path(__file__).parents[2]
SCRIPTS = {"name": "Hebrew", "name_en": "English", "name_ru": "Russian", "name_ar": "Arabic"}
COUNTRY = "IL"
WHOLE = "the world"
OTHER_M = 3_000.0


class Counted(NamedTuple):
    """What came of the names of one script."""

    names: int
    none: int
    several: int
    one: int
    within: int
    """Of `one`: the place lies within the town's extent."""
    wrong: int

    def row(self, script: str, asked: str) -> str:
        """A line of the table."""
        share = f"{self.wrong / max(self.one, 1):.1%}"
        within = f"{self.within / max(self.one, 1):.1%}"
        cells = (script, asked, self.names, self.none, self.several, self.one, within, share)
        return "| " + " | ".join(map(str, cells)) + " |"


def main() -> None:
    """Print the table."""
    gazetteer = load_gazetteer()
    assert gazetteer is not None, "install truceline[gazetteer]"
    places = list(_places())
    print(f"{gazetteer.title}, sha256 {gazetteer.digest}\n")
    print("| names in | asked of | names | no town | several | one | within its extent | wrong |")
    print("|---|---|---|---|---|---|---|---|")
    everywhere = _as_one_country(gazetteer)
    for key, script in SCRIPTS.items():
        print(_count(places, key, gazetteer, COUNTRY).row(script, COUNTRY))
        print(_count(places, key, everywhere, WHOLE).row(script, WHOLE))


def _places() -> Iterator[dict[str, Any]]:
    folder = Path(os.environ.get("TRUCELINE_REAL_DATA", PROJECT / "../shared/data"))
    with gzip.open(folder / "israel_alerts" / "cities.json.gz") as file:
        yield from (place for place in json.load(file) if place.get("lat"))


def _as_one_country(gazetteer: Gazetteer) -> Gazetteer:
    """The same towns as if nobody had to say the country."""
    towns = [msgspec.structs.replace(town, country=WHOLE) for town in gazetteer.towns]
    return Gazetteer(gazetteer.title, gazetteer.digest, towns)


def _count(places: list[dict[str, Any]], key: str, gazetteer: Gazetteer, country: str) -> Counted:
    found = [(place, gazetteer.find(place[key], country)) for place in places if place.get(key)]
    single = [(place, towns[0]) for place, towns in found if len(towns) == 1]
    away = [(_away_m(place, town), town.extent_m) for place, town in single]
    return Counted(
        names=len(found),
        none=sum(not towns for _, towns in found),
        several=sum(len(towns) > 1 for _, towns in found),
        one=len(single),
        within=sum(away_m <= extent_m for away_m, extent_m in away),
        wrong=sum(away_m > 2 * extent_m + OTHER_M for away_m, extent_m in away),
    )


def _away_m(place: dict[str, Any], town: Town) -> float:
    return distance_m(town.lon, town.lat, float(place["lng"]), float(place["lat"]))


if __name__ == "__main__":
    main()
