"""Where the SMM's observers stood: the words of a row's position → a post.

Place on the data's way: beside `smm`, which asks here for the observer's position. A row's anchor
is the gazetteer's point of the settlement named; what the words say beyond it (an offset, an edge,
two posts at once) is applied here, post by post, and nowhere else. The accuracy of a post always
covers what its words leave open. A position that is not in the table is refused, never guessed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from geo.places import distance_m, offset
from streams.smm.tables import COMPASS

TOWN_POINT_M = 1_000.0
"""A gazetteer's point is a town, not a spot: never better than this."""
ROUND_UP_M = 100.0
"""Accuracies are rounded up to this: more digits would claim to know more."""


@dataclass(frozen=True, slots=True)
class Offset:
    """Such as `3km W of`: a distance, how coarsely it was rounded, and a compass point."""

    distance_m: float
    rounding_m: float
    """Half of the last digit's step."""
    point: str

    @property
    def spread_m(self) -> float:
        """How far from the named spot the words may still mean: the farthest corner of their arc.

        A point of three letters is one of 16 (±11.25°), else one of 8 (±22.5°).
        """
        half_width = math.radians(11.25 if len(self.point) == 3 else 22.5)
        far = self.distance_m + self.rounding_m
        near = self.distance_m
        return math.sqrt(far**2 + near**2 - 2 * far * near * math.cos(half_width))


@dataclass(frozen=True, slots=True)
class Post:
    """An observer's post, as its words have it."""

    slug: str
    """Of the report's source, after the platform: `camera-avdiivka`."""
    around_m: float = TOWN_POINT_M
    """How far from the anchor (or from each offset spot) the post may be, offsets' spread aside."""
    offsets: tuple[Offset, ...] = ()
    """Several: the row speaks of several posts at once, and any of them may be meant."""
    anchored: bool = True
    """False: the anchor is not where the post is, or there is none."""
    words: str | None = None
    """The position spelt out, where its own words lean on another row."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an observer stood: degrees, and the radius that covers what is not known."""

    lon: float
    lat: float
    accuracy_m: float


def spot_of(post: Post, lon: float, lat: float) -> Spot:
    """Apply a post's words to its anchor."""
    if not post.offsets:
        return Spot(lon, lat, post.around_m)
    spots = [
        (*offset(lon, lat, COMPASS[step.point], step.distance_m), post.around_m + step.spread_m)
        for step in post.offsets
    ]
    mid_lon = sum(spot[0] for spot in spots) / len(spots)
    mid_lat = sum(spot[1] for spot in spots) / len(spots)
    reach_m = max(distance_m(mid_lon, mid_lat, x, y) + around_m for x, y, around_m in spots)
    return Spot(round(mid_lon, 6), round(mid_lat, 6), math.ceil(reach_m / ROUND_UP_M) * ROUND_UP_M)


POSTS: dict[str, Post] = {
    # Villages, and a city's named centre: the point is as good as a gazetteer's gets.
    "Spartak": Post("spartak"),
    "Chermalyk": Post("chermalyk"),
    "Shyrokyne": Post("shyrokyne"),
    "Kominternove": Post("kominternove"),
    "Donetsk city centre": Post("donetsk-city-centre"),
    # Towns whose built-up area reaches about two kilometres from the middle.
    "Avdiivka": Post("avdiivka", 2_000),
    "Yasynuvata": Post("yasynuvata", 2_000),
    "Debaltseve": Post("debaltseve", 2_000),
    "Svitlodarsk": Post("svitlodarsk", 1_500),
    # Zolote is several mining settlements in a row.
    "Zolote": Post("zolote", 2_000),
    # Cities, with nothing said about where in them.
    "Horlivka": Post("horlivka", 4_000),
    "Donetsk": Post("donetsk", 6_000),
    # Edges and sides of a settlement, without a number: within two kilometres of its point, not
    # moved, because nothing says how far.
    "W side of Shyrokyne": Post("shyrokyne-west", 1_500),
    "E outskirts of Zalizne": Post("zalizne-east", 2_000),
    "immediately SW of Kominternove": Post("kominternove-south-west", 2_000),
    # "Areas": several spots on one patrol, at no stated distance; SMM gives one from a few
    # kilometres on.
    "areas NW of Yasynuvata": Post("yasynuvata-north-west", 5_000),
    # Measured offsets: the anchor is moved, the spread of the words is added to the town's point.
    "3km W of Yasynuvata": Post("yasynuvata-west", offsets=(Offset(3_000, 500, "W"),)),
    "3.5km WSW of Shyrokyne": Post("shyrokyne-west-3", offsets=(Offset(3_500, 250, "WSW"),)),
    # One row for two posts: it may have been either, so the circle holds both.
    "two observation posts 1.5km W and 4.5km NW of Shyrokyne": Post(
        "shyrokyne-two-posts", offsets=(Offset(1_500, 250, "W"), Offset(4_500, 250, "NW"))
    ),
    # Placed by the disengagement area's edge, not by the town. The agreed edge is not in the data,
    # and the zone of an agreement must not place the reports judged by it: so the town's point,
    # with a radius that holds its southern settlements (N edge) or reaches past the area (S edge).
    "checkpoint on road T1316, 400m from N edge of Zolote disengagement area": Post(
        "zolote-checkpoint-north", 3_000
    ),
    "checkpoint on S edge of Zolote disengagement area": Post("zolote-checkpoint-south", 5_000),
    # No anchor: mines, stations and villages that are not in the gazetteer. An offset from a town
    # ("8km NW of Donetsk", and of nearly the same place "6km NW of Donetsk centre") is a help to
    # the reader of the report, not a measurement: it is kept as words.
    "Donetsk railway station": Post("donetsk-railway-station", anchored=False),
    "Donetsk central railway station": Post("donetsk-central-railway-station", anchored=False),
    "Oktiabr mine": Post("oktiabr-mine", anchored=False),
    "Donetsk Filtration Station": Post("donetsk-filtration-station", anchored=False),
    "outskirts of Oktiabr": Post("oktiabr", anchored=False),
    "SW edge of Berezivske": Post("berezivske-south-west", anchored=False),
    "1.5km SW of Molodizhne": Post("molodizhne-south-west", anchored=False),
    "observation post 1km NW of Kruta Hora": Post("kruta-hora-north-west", anchored=False),
    # There are many villages of this name, and the gazetteer has only another one.
    "2km N of Petrivske": Post("petrivske-north", anchored=False),
    "camera site just outside Petrivske disengagement area": Post(
        "petrivske-camera-site", anchored=False
    ),
    "5km NW of that checkpoint": Post(
        "zolote-north-west",
        anchored=False,
        words="5km NW of the checkpoint on road T1316, 400m from N edge of Zolote "
        "disengagement area",
    ),
    # Its anchor is another Berdianske: 7 km west of Mariupol, where the row says 18.5 km east.
    "E outskirts of Berdianske": Post("berdianske-east", anchored=False),
    # An aggregate over three towns is in none of them: no location at all.
    "Zolote; Kadiivka; Popasna": Post("zolote-kadiivka-popasna", anchored=False),
}
"""Column `position`, word for word → the post."""

SEVERAL_PLACES = frozenset({"Zolote; Kadiivka; Popasna"})
"""Positions that are no one place: the report has no location."""
