"""Counts on real data by two independent tools, recorded for the tests: GeoPandas and DuckDB.

    .venv-bench/bin/python -m tests.exact.independent            writes the record anew
    .venv-bench/bin/python -m tests.exact.independent --check    exit code 1 where it differs

Knows nothing of our code. What the two tools do not count alike ends it at once.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import duckdb_extension_spatial
import geopandas
import numpy as np
import pyarrow as pa
import shapely

PROJECT = Path(__file__).parents[2]
RECORD = Path(__file__).with_name("independent.json")
METRES = "EPSG:32636"
"""UTM 36N: Israel, distances to 4e-4."""


def folder() -> Path:
    """The real data, where the tests find it too."""
    return Path(os.environ.get("TRUCELINE_REAL_DATA", PROJECT / "../shared/data")).resolve()


def alert_zones() -> geopandas.GeoDataFrame:
    """The alert zones by id."""
    path = folder() / "israel_alerts" / "alert_zones.geojson.gz"
    with gzip.open(path) as file:
        features = json.load(file)["features"]
    return _frame((str(f["id"]), f) for f in features)


def disputed_areas() -> geopandas.GeoDataFrame:
    """Natural Earth's disputed areas by number and name."""
    path = folder() / "natural_earth_disputed" / "ne_10m_admin_0_disputed_areas.geojson"
    features = json.loads(path.read_text())["features"]
    return _frame((f"{i} {f['properties']['NAME']}", f) for i, f in enumerate(features))


def _frame(features: Any) -> geopandas.GeoDataFrame:  # noqa: ANN401 (decoded JSON)
    rows = [
        {"id": key, "geometry": shapely.geometry.shape(f["geometry"]), **f["properties"]}
        for key, f in features
    ]
    return geopandas.GeoDataFrame(rows, crs="EPSG:4326").set_index("id")


def incidents() -> geopandas.GeoSeries:
    """The positions of all incidents."""
    path = folder() / "combined_incidents" / "incidents.ndjson.gz"
    with gzip.open(path) as file:
        rows = [json.loads(line) for line in file]
    lon, lat = ([row[name] for row in rows] for name in ("lon", "lat"))
    return geopandas.GeoSeries(geopandas.points_from_xy(lon, lat), crs="EPSG:4326")


def refusals(zones: geopandas.GeoDataFrame) -> dict[str, list[float]]:
    """Zones that are invalid, with the place that GEOS names first."""
    reasons = zones[~zones.is_valid].is_valid_reason()
    found = {}
    for key, reason in reasons.items():
        words, _, place = reason.partition("[")
        assert "elf-intersection" in words, reason
        found[str(key)] = [float(v) for v in place.rstrip("]").split()]
    return found


def strays(zones: geopandas.GeoDataFrame) -> dict[str, float]:
    """Places of alerts outside of the zone that bears their name: metres to it."""
    places = alert_places()
    drawn = zones.geometry.reindex(places.index)
    outside = drawn.notna() & ~drawn.intersects(places)
    away = drawn[outside].to_crs(METRES).distance(places[outside].to_crs(METRES))
    return {str(key): round(float(metres), 1) for key, metres in sorted(away.items())}


def alert_places() -> geopandas.GeoSeries:
    """The position that each zone's alerts bear."""
    path = folder() / "israel_alerts" / "israel_alerts_geolocated.ndjson.gz"
    with gzip.open(path) as file:
        alerts = [json.loads(line) for line in file]
    found = {str(alert["zone_id"]): (alert["lon"], alert["lat"]) for alert in alerts}
    lon, lat = zip(*found.values(), strict=True)
    return geopandas.GeoSeries(geopandas.points_from_xy(lon, lat), list(found), crs="EPSG:4326")


def counts(zones: geopandas.GeoDataFrame, points: geopandas.GeoSeries) -> dict[str, int]:
    """Points within each zone, where there are any: by both tools, which must agree."""
    frame = geopandas.GeoDataFrame(geometry=points)
    found = Counter(frame.sjoin(zones, predicate="within")["id"].astype(str))
    other = _by_duckdb(zones, points)
    assert found == other, "GeoPandas and DuckDB differ"
    touching = len(frame.sjoin(zones, predicate="intersects"))
    assert touching == found.total(), "a point lies on a boundary"
    return dict(sorted(found.items()))


def _by_duckdb(zones: geopandas.GeoDataFrame, points: geopandas.GeoSeries) -> Counter[str]:
    database = duckdb.connect()
    here = Path(duckdb_extension_spatial.__file__).parent / "extensions"
    database.execute(f"LOAD '{here / f'v{duckdb.__version__}' / 'spatial.duckdb_extension'}'")
    ids = [str(key) for key in zones.index]
    drawn = pa.table({"id": ids, "wkb": list(zones.to_wkb().geometry)})
    given = pa.table({"lon": np.asarray(points.x), "lat": np.asarray(points.y)})
    database.register("drawn", drawn)
    database.register("given", given)
    rows = database.execute(
        "SELECT id, count(*) FROM (SELECT ST_Point(lon, lat) AS spot FROM given) "
        "JOIN (SELECT id, ST_GeomFromWKB(wkb) AS zone FROM drawn) ON ST_Contains(zone, spot) "
        "GROUP BY id"
    ).fetchall()
    return Counter(dict(rows))


def record() -> dict[str, Any]:
    """Everything that the tests compare with, and what counted it."""
    alerts, points = alert_zones(), incidents()
    refused = refusals(alerts)
    usable = alerts[alerts.is_valid]
    disputed = disputed_areas()
    return {
        "counted_by": {
            "geopandas": geopandas.__version__,
            "shapely": shapely.__version__,
            "geos": shapely.geos_version_string,
            "duckdb": duckdb.__version__,
        },
        "incidents": len(points),
        "alert_zones": len(alerts),
        "alert_zones_refused": refused,
        "alert_places_outside_their_zone": strays(usable),
        "incidents_in_alert_zones": counts(usable, points),
        "disputed_areas": len(disputed),
        "incidents_in_disputed_areas": counts(disputed[disputed.is_valid], points),
    }


def main() -> None:
    """Count, and write or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the record")
    options = parser.parse_args()
    found = record()
    if not options.check:
        RECORD.write_text(json.dumps(found, ensure_ascii=False, allow_nan=False, indent=1) + "\n")
        return
    kept = json.loads(RECORD.read_text())
    differing = [key for key in found if key != "counted_by" and found[key] != kept[key]]
    said = ", ".join(f"{name} {version}" for name, version in found["counted_by"].items())
    outcome = f"differs in {', '.join(differing)}" if differing else "as recorded"
    print(f"real data counted by {said}: {outcome}")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
