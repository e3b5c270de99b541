"""Drawn zones: an agreement's zones as they are judged by, for people and for maps.

Place on the data's way: beside it, for `truceline agreement show`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import shapely

from geo.ellipsoid import WGS84
from geo.extent import on_ellipsoid_m2
from streams.agreement import Agreement, Baseline, Derived, Zone
from streams.draw import Area, Baselines, Outline, baselines_of, derivation, draw, outlines

Bounds = tuple[float, float, float, float]
"""West, south, east, north; degrees."""


class DrawnZone(NamedTuple):
    """One outline of a zone, and what somebody who checks it wants to know first."""

    zone: Zone
    claimed_by: str | None
    """The party whose claim it is; None: the agreed one."""
    outline: Area
    derivation: str
    """How it is drawn, in words."""
    area_km2: float
    bounds: Bounds


def drawn_zones(agreement: Agreement) -> list[DrawnZone]:
    """Every outline of every zone of a checked agreement, in its order."""
    baselines = baselines_of(agreement)
    return [
        _drawn(zone, outline, baselines) for zone in agreement.zones for outline in outlines(zone)
    ]


def _drawn(zone: Zone, outline: Outline, baselines: Baselines) -> DrawnZone:
    drawn = draw(outline.geometry, baselines, geodesic_edges=zone.edges == "geodesic")
    west, south, east, north = drawn.bounds
    area_m2 = on_ellipsoid_m2(drawn)
    said = _said(outline, drawn, zone.edges)
    bounds = (west, south, east, north)
    return DrawnZone(zone, outline.claimed_by, drawn, said, area_m2 / 1e6, bounds)


def _said(outline: Outline, drawn: Area, edges: str) -> str:
    claimed = "" if outline.claimed_by is None else f"as {outline.claimed_by} claims it: "
    if isinstance(outline.geometry, Derived):
        return claimed + derivation(outline.geometry)
    return f"{claimed}by {shapely.get_num_coordinates(drawn):,} positions, edges {edges}"


def extent(bounds: Bounds) -> str:
    """Bounds as people read them."""
    return ", ".join(f"{degrees:.4f}" for degrees in bounds)


def measured_baselines(agreement: Agreement) -> Iterator[tuple[Baseline, float]]:
    """Every baseline with its length in metres."""
    measured = baselines_of(agreement)
    for baseline in agreement.baselines:
        lon, lat = measured[baseline.id].points.T.copy()
        yield baseline, float(WGS84.line_length(lon, lat))


def zone_features(agreement: Agreement) -> dict[str, Any]:
    """The zones as a GeoJSON FeatureCollection; of a derived one the `derivation` as well."""
    return {"type": "FeatureCollection", "features": [_feature(z) for z in drawn_zones(agreement)]}


def _feature(drawn: DrawnZone) -> dict[str, Any]:
    zone = drawn.zone
    properties = {
        "kind": zone.kind,
        "name": zone.name,
        "valid": msgspec.to_builtins(zone.valid),
        "claimed_by": drawn.claimed_by,
        "drawn": drawn.derivation,
        "area_km2": round(drawn.area_km2, 6),
    }
    outline = shapely.geometry.mapping(shapely.orient_polygons(drawn.outline))
    return {"type": "Feature", "id": zone.id, "properties": properties, "geometry": outline}
