"""Rules about places: zones and routes lie where the other zones are.

Place on the data's way: one group of the rules that `check` lists. They look at positions alone, so
that a ring that is unsound in itself hides nothing.

Lon and lat swapped: a geometry is taken for swapped when it lies more than 100 km from the median
of the others and, mirrored, at least five times nearer. In eastern Ukraine a swap is 1,500 km, on
the Lebanese coast 300 km. Where longitude and latitude are nearly equal (within about a degree) a
swap is too short to be told from a zone that lies there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from geo.ellipsoid import WGS84, Floats
from streams.documents.compose import Fields, Items, Node, Scalar
from streams.documents.select import Placed, nodes
from streams.errors import Mistake

SWAP_FAR_KM = 100.0
SWAP_GAIN = 5.0
ROUTE_FAR_KM = 1000.0

_SOME = 64
"""At about how many places of a packed text a position is looked for."""
_NUMBER = r"(-?[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?)"
_POSITION = re.compile(rf"\[{_NUMBER},{_NUMBER}[],]", re.IGNORECASE)
"""As `pack` writes it, which is without spaces."""
_PATTERNS = (
    "zones[*].geometry",
    "zones[*].geometry.facility",
    "zones[*].claims[*].geometry",
    "zones[*].claims[*].geometry.facility",
    "baselines[*].line",
    "corridors[*].route",
    "corridors[*].area",
)


def places_are_not_swapped(root: Node) -> Iterator[Mistake]:
    """A zone that is far from all others, and among them when mirrored, has lon and lat swapped."""
    drawn = [found for pattern in _PATTERNS for found in _drawn(root, pattern)]
    centres = np.array([np.median(found.value, axis=0) for found in drawn])
    for number, found in enumerate(drawn if len(drawn) > 1 else ()):
        others = np.median(np.delete(centres, number, axis=0), axis=0)
        far, near = (
            _nearest_km(spot[np.newaxis], others[np.newaxis])
            for spot in (centres[number], centres[number][::-1])
        )
        if far > SWAP_FAR_KM and near * SWAP_GAIN < far:
            said = (
                f"longitude and latitude look swapped: it lies {far:,.0f} km from the other "
                f"zones and routes, swapped it would be {near:,.0f} km; positions are "
                "[longitude, latitude]"
            )
            yield found.mistake("lon_lat_swapped", said)


def routes_are_near_zones(root: Node) -> Iterator[Mistake]:
    """A corridor a thousand kilometres from every zone belongs to another agreement."""
    zones = [np.median(found.value, axis=0) for found in _drawn(root, "zones[*].geometry")]
    swapped = {mistake.path for mistake in places_are_not_swapped(root)}
    drawn = [it for name in ("route", "area") for it in _drawn(root, f"corridors[*].{name}")]
    for found in drawn if zones else ():
        nearest_km = min(_nearest_km(found.value, zone[np.newaxis]) for zone in zones)
        if nearest_km > ROUTE_FAR_KM and found.path not in swapped:
            what = found.path.rpartition(".")[2]
            said = f"the {what} lies {nearest_km:,.0f} km from the nearest zone"
            yield found.mistake("route_far", said)


def _drawn(root: Node, pattern: str) -> Iterator[Placed[Floats]]:
    """The positions of each geometry that has any, float64[n, 2], sound or not."""
    for found in nodes(root, pattern):
        positions = list(_positions(found.value))
        if positions:
            yield Placed(np.array(positions), found.path, found.place)


def _positions(node: Node) -> Iterator[tuple[float, float]]:
    """Longitude and latitude as written, where both could be either."""
    packed = node.fields.get("geojson") if isinstance(node, Fields) else None
    if isinstance(packed, Scalar):
        yield from _packed(packed.text)
    elif isinstance(node, Fields):
        yield from _positions(node.fields.get("coordinates", Items((), node.place)))
    elif isinstance(node, Items):
        numbers = [item.value for item in node.items if isinstance(item, Scalar)]
        match numbers:
            case [int() | float() as lon, int() | float() as lat, *_]:
                if abs(lon) <= 180 and abs(lat) <= 180:
                    yield (float(lon), float(lat))
            case _:
                for item in node.items:
                    yield from _positions(item)


def _packed(text: str) -> Iterator[tuple[float, float]]:
    """Some positions of a packed geometry: enough to know where it lies, without reading it all."""
    for start in range(0, len(text), max(1, len(text) // _SOME)):
        found = _POSITION.search(text, start)
        if found is None:
            return
        lon, lat = map(float, found.groups())
        if abs(lon) <= 180 and abs(lat) <= 180:
            yield (lon, lat)


def _nearest_km(a: Floats, b: Floats) -> float:
    """Shortest geodesic between the spots `a`, float64[n, 2], and the one of `b`, float64[1, 2].

    A latitude beyond the pole, as a swap may give, counts as the pole.
    """
    here, there = np.broadcast_arrays(a, b)
    lat_here, lat_there = (np.clip(spots[:, 1], -90, 90) for spots in (here, there))
    lengths_m = WGS84.inv(here[:, 0], lat_here, there[:, 0], lat_there)[2]
    return float(np.min(lengths_m)) / 1000
