"""A gazetteer of a few towns, as GeoNames has them."""

from __future__ import annotations

from streams.where.gazetteer import Gazetteer, Town

DONETSK = Town(
    709717, "Donetsk", "UA", "05", 37.80224, 48.023, 901_645,
    ("DOK", "Donets'k", "Donezk", "Донецк", "Донецьк", "دونيتسك", "דונצק"),
)  # fmt: skip
DONETSK_OF_ROSTOV = Town(
    565348, "Donetsk", "RU", "61", 39.95229, 48.33711, 50_850, ("Gundorovka", "Донецк")
)
ZOLOTE = Town(686868, "Zolote", "UA", "14", 38.51512, 48.69516, 13_007, ("Золоте", "Zolotoye"))
POPASNA = Town(696566, "Popasna", "UA", "14", 38.3747, 48.6316, 19_199, ("Попасна",))
ALEPPO = Town(170063, "Aleppo", "SY", "09", 37.16117, 36.20124, 2_098_210, ("Ḩalab", "حَلَب"))
KHAN_YUNIS = Town(
    281124, "Khān Yūnis", "PS", "GZ", 34.30627, 31.34018, 173_183, ("خانيونس", "חאן יונס")
)
SHYROKYNE = Town(693044, "Shyrokyne", "UA", "05", 37.81784, 47.09771, 1_180)
AVDIIVKAS = (
    Town(713122, "Avdiyivka", "UA", "05", 37.75008, 48.14019, 35_826, ("Avdiivka", "Авдіївка")),
    Town(713120, "Avdiyivka", "UA", "02", 32.79988, 51.7766, 2_012, ("Avdiivka", "Авдіївка")),
)

DIGEST = "ab" * 32
GAZETTEER = Gazetteer(
    "a few towns",
    DIGEST,
    (DONETSK, DONETSK_OF_ROSTOV, ZOLOTE, POPASNA, ALEPPO, KHAN_YUNIS, SHYROKYNE, *AVDIIVKAS),
    {"Ukraine": "UA", "Russia": "RU", "Syria": "SY", "Palestinian Territory": "PS"},
)
