"""Who answers "which points lie in which zones": us, three engines, and Shapely's tree twice.

Each is made with a scene and holds zones and points as it likes them best: tables in memory, the
tree built, geometries made; asking gives the pairs. Building that is not timed, except that
SedonaDB and DuckDB index their smaller side within the join, each time.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import duckdb_extension_spatial
import geopandas
import numpy as np
import pyarrow as pa
import sedonadb
import shapely
from pyproj import Transformer
from shapely import STRtree

from geo.containment import Containment, Relation, contain
from geo.grid import gridded
from geo.shapes import RegionBatch
from geo.zones import ZoneSet, ZoneShape
from tests.bench.geofence_scene import Geometries, Pairs, Scene, to_metres

GRID_BYTES = 128_000_000
"""What the program allows by default (`TRUCELINE_GRID_MB`)."""
OURS, SEDONA, TREE = "Truceline", "SedonaDB", "best tree"

Ask = Callable[[], object]
"""What is timed."""
Read = Callable[[object], Pairs]
"""What it came to, in order; not timed."""
Engine = tuple[Ask, Read]


def plain_engines(scene: Scene) -> dict[str, Engine]:
    """Points without an accuracy."""
    return {
        OURS: _ours(scene, np.zeros_like(scene.radius_m)),
        SEDONA: _sedona(scene),
        "DuckDB spatial": _duckdb(scene),
        "GeoPandas": _geopandas(scene),
        "STRtree": _bulk_tree(scene),
        TREE: _best_plain_tree(scene),
    }


def uncertain_engines(scene: Scene) -> dict[str, Engine]:
    """Points with an accuracy: inside or not, and whether the zone's boundary is within it."""
    return {OURS: _ours(scene, scene.radius_m), TREE: _best_uncertain_tree(scene)}


def indexed(scene: Scene) -> ZoneSet:
    """Our index over the scene's zones."""
    zones = ZoneSet.build(ZoneShape(str(i), zone) for i, zone in enumerate(scene.zones))
    return gridded(zones, GRID_BYTES)


def _ours(scene: Scene, radius_m: np.ndarray) -> Engine:
    zones = indexed(scene)
    rows = np.arange(scene.lon.size, dtype=np.int64)
    uniform = np.zeros(rows.size, dtype=np.bool_)
    batch = RegionBatch(rows.size, rows, scene.lon, scene.lat, radius_m, uniform)

    def read(found: object) -> Pairs:
        assert isinstance(found, Containment)
        point = np.repeat(rows, np.diff(found.offsets))
        return Pairs.of(point, found.zone, found.relation == Relation.UNDETERMINED)

    return lambda: contain(zones, batch), read


def _sedona(scene: Scene) -> Engine:
    database = sedonadb.connect()
    points = geopandas.GeoDataFrame(
        {"i": np.arange(scene.lon.size)}, geometry=shapely.points(scene.lon, scene.lat)
    )
    zones = geopandas.GeoDataFrame({"j": np.arange(scene.zones.size)}, geometry=scene.zones)
    database.create_data_frame(points).to_memtable().to_view("points", overwrite=True)
    database.create_data_frame(zones).to_memtable().to_view("zones", overwrite=True)
    query = (
        "SELECT points.i, zones.j FROM points JOIN zones "
        "ON ST_Contains(zones.geometry, points.geometry)"
    )
    return lambda: pa.table(database.sql(query)), _of_table


def _duckdb(scene: Scene) -> Engine:
    database = duckdb.connect()
    folder = Path(duckdb_extension_spatial.__file__).parent / "extensions"
    database.execute(f"LOAD '{folder / f'v{duckdb.__version__}' / 'spatial.duckdb_extension'}'")
    given = pa.table({"i": np.arange(scene.lon.size), "lon": scene.lon, "lat": scene.lat})
    drawn = pa.table(
        {"j": np.arange(scene.zones.size), "wkb": shapely.to_wkb(scene.zones).tolist()}
    )
    database.register("given", given)
    database.register("drawn", drawn)
    database.execute("CREATE TABLE points AS SELECT i, ST_Point(lon, lat) AS g FROM given")
    database.execute("CREATE TABLE zones AS SELECT j, ST_GeomFromWKB(wkb) AS g FROM drawn")
    query = "SELECT points.i, zones.j FROM points JOIN zones ON ST_Contains(zones.g, points.g)"
    return lambda: database.execute(query).to_arrow_table(), _of_table


def _of_table(table: object) -> Pairs:
    assert isinstance(table, pa.Table)
    return Pairs.of(table["i"].to_numpy(), table["j"].to_numpy())


def _geopandas(scene: Scene) -> Engine:
    points = geopandas.GeoDataFrame(geometry=shapely.points(scene.lon, scene.lat))
    zones = geopandas.GeoDataFrame(geometry=scene.zones)
    zones.sindex  # noqa: B018 (built once, as ours is)

    def read(found: object) -> Pairs:
        assert isinstance(found, geopandas.GeoDataFrame)
        return Pairs.of(found.index.to_numpy(), found["index_right"].to_numpy())

    return lambda: points.sjoin(zones, predicate="within"), read


def _bulk_tree(scene: Scene) -> Engine:
    """The tree's own bulk query."""
    tree = STRtree(scene.zones)
    points = shapely.points(scene.lon, scene.lat)
    return lambda: tree.query(points, predicate="within"), lambda found: Pairs.of(*_two(found))


def _best_plain_tree(scene: Scene) -> Engine:
    """Bounding boxes from the tree, then prepared zones, sorted by zone so that they stay warm."""
    zones = scene.zones.copy()
    shapely.prepare(zones)
    tree = STRtree(zones)

    def ask() -> tuple[np.ndarray, np.ndarray]:
        point, zone = tree.query(shapely.points(scene.lon, scene.lat))
        order = np.argsort(zone, kind="stable")
        point, zone = point[order], zone[order]
        inside = shapely.contains_xy(zones[zone], scene.lon[point], scene.lat[point])
        return point[inside], zone[inside]

    return ask, lambda found: Pairs.of(*_two(found))


def _best_uncertain_tree(scene: Scene) -> Engine:
    """The same in metres, projected beforehand: boxes of the circles, then prepared `dwithin`."""
    plane = to_metres()
    zones = _projected(scene.zones, plane)
    boundaries = np.asarray(shapely.boundary(zones), dtype=np.object_)
    shapely.prepare(zones)
    shapely.prepare(boundaries)
    tree = STRtree(zones)
    x, y = (np.asarray(v) for v in plane.transform(scene.lon, scene.lat))
    r = scene.radius_m

    def ask() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        point, zone = tree.query(shapely.box(x - r, y - r, x + r, y + r))
        order = np.argsort(zone, kind="stable")
        point, zone = point[order], zone[order]
        centre = shapely.points(x[point], y[point])
        touched = shapely.dwithin(boundaries[zone], centre, r[point])
        inside = shapely.contains_xy(zones[zone], x[point], y[point])
        kept = touched | inside
        return point[kept], zone[kept], touched[kept]

    def read(found: object) -> Pairs:
        assert isinstance(found, tuple)
        return Pairs.of(*found)

    return ask, read


def _projected(zones: Geometries, plane: Transformer) -> Geometries:
    """Zones in metres, their edges cut so finely that they bend with the parallels."""
    fine = shapely.segmentize(zones, 0.02)
    return np.asarray(
        shapely.transform(fine, lambda c: np.stack(plane.transform(c[:, 0], c[:, 1]), axis=1))
    )


def _two(found: object) -> tuple[np.ndarray, np.ndarray]:
    both = np.asarray(found)
    return both[0], both[1]
