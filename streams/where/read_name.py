"""Names: `Donetsk`, `Donetsk, UA`, `centre of Donetsk` → a spot, by a gazetteer; or the candidates.

Place on the data's way: below `read_place`. A name that two towns bear is no place: both are named,
and the location stays unknown until somebody says which. Nor is one that a single town bears, where
nobody said the country or the agreement: a village that is not listed has a namesake on some other
continent, one time in twenty in English, one in six in Russian (docs/benchmarks/names.md). The
gazetteer and the entry that were used become part of the answer, so that the same text gives the
same spot again.
"""

from __future__ import annotations

import re
from typing import Final

from streams.where.gazetteer import TOWN_M, Gazetteer, Town
from streams.where.reading import Candidate, Spot, Trouble, Unread, degrees

_CENTRE = re.compile(
    r"(?:the )?cent(?:re|er) of (?P<of>.+)|(?P<name>.+?)(?: city)? cent(?:re|er)", re.IGNORECASE
)
_COUNTRY = re.compile(r"(?P<name>.+?)(?:, ?(?P<comma>[^,]+)| ?\((?P<brackets>[^()]+)\))")
_SHOWN: Final = 10


def read_name(
    text: str,
    gazetteer: Gazetteer | None,
    country: str | None,
    region: str | None,
    *,
    anywhere: bool = False,
) -> Spot | Unread:
    """Look a name up.

    Args:
        text: the name, perhaps with its country behind it.
        gazetteer: None where there is none.
        country: code or English name, where the caller knows it; what the text says comes first.
        region: the gazetteer's code of a region, likewise.
        anywhere: whether a town of any country will do; the caller knows where to look.
    """
    if gazetteer is None:
        said = (
            f"{text!r} is no position, and to look up names the gazetteer is needed: install "
            "truceline[gazetteer], or write coordinates"
        )
        return Unread(Trouble.NO_GAZETTEER, said)
    centre = _CENTRE.fullmatch(text)
    name = text if centre is None else (centre["of"] or centre["name"])
    name, said_country = _country_of(name, gazetteer)
    code = said_country or (None if country is None else gazetteer.country(country))
    if country is not None and code is None:
        return Unread(Trouble.PLACE_UNKNOWN, f"the gazetteer knows no country {country!r}")
    towns = gazetteer.find(name, code, region)
    if len(towns) != 1:
        return _none_or_many(name, towns, gazetteer)
    if code is None and not anywhere:
        return _of_no_country(towns[0])
    return _spot(towns[0], gazetteer, only_centre=centre is not None)


def _country_of(name: str, gazetteer: Gazetteer) -> tuple[str, str | None]:
    """The name and the country behind it, where what stands there is one."""
    found = _COUNTRY.fullmatch(name)
    code = gazetteer.country(found["comma"] or found["brackets"]) if found else None
    return (name, None) if found is None or code is None else (found["name"].strip(), code)


def _none_or_many(name: str, towns: list[Town], gazetteer: Gazetteer) -> Unread:
    if not towns:
        said = (
            f"{gazetteer.title} knows no {name!r} there: look at the spelling, name a larger place "
            "with distance and direction, or write coordinates"
        )
        return Unread(Trouble.PLACE_UNKNOWN, said)
    said = (
        f"{name!r} is the name of {len(towns)} places: say the country or region, or write "
        "coordinates"
    )
    candidates = (Candidate(told_apart(t), t.lon, t.lat) for t in towns[:_SHOWN])
    return Unread(Trouble.PLACE_AMBIGUOUS, said, tuple(candidates))


def _of_no_country(town: Town) -> Unread:
    said = (
        "in which country is not said, and a smaller place of that name may lie in another: say it"
    )
    return Unread(
        Trouble.COUNTRY_NOT_SAID, said, (Candidate(told_apart(town), town.lon, town.lat),)
    )


def told_apart(town: Town) -> str:
    """A town as a person tells it from others of its name."""
    return (
        f"{town.name}, {town.country}, region {town.region}, {town.population:,} people, "
        f"GeoNames {town.id}"
    )


def _spot(town: Town, gazetteer: Gazetteer, *, only_centre: bool) -> Spot:
    radius_m = TOWN_M if only_centre else town.extent_m
    extent = "its centre" if only_centre else "all of the town, by its population"
    notes = (
        f"{told_apart(town)}: within {radius_m:,.0f} m, {extent}",
        "a smaller place of the same name may be missing from the gazetteer",
    )
    source = f"{gazetteer.title}, sha256 {gazetteer.digest}, GeoNames {town.id}"
    return Spot(degrees(town.lon), degrees(town.lat), radius_m, "name", None, notes, source)
