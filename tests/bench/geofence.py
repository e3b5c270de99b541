"""`make bench-geofence`: points/s against 200, 2,000 and 20,000 zones of 125 vertices, one thread.

    plain       which points lie in which zones: us, SedonaDB and DuckDB on all cores, GeoPandas,
                Shapely's tree by its own bulk query, and the best that can be made of that tree
    uncertain   the same for points with 10 to 250 m of accuracy, beside that best tree
    build       our index: seconds, its bytes, the process's growth (in a process of its own)

Engines hold points and zones as they like them best; what is timed gives the pairs. Rounds are
interleaved, figures are medians by the wall clock; CPU stands beside it. All give the same pairs,
or it ends. Exit code 1 where a floor is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tests.bench.geofence_engines import (
    OURS,
    SEDONA,
    TREE,
    Engine,
    plain_engines,
    uncertain_engines,
)
from tests.bench.geofence_page import write_page
from tests.bench.geofence_scene import Pairs, Scene, make_scene
from tests.bench.geofence_verify import explain

SIZES = (200, 2_000, 20_000)
FLOORS = {
    ("plain", SEDONA): dict(zip(SIZES, (3.0, 4.0, 7.0), strict=True)),
    ("uncertain", TREE): dict(zip(SIZES, (8.0, 7.0, 3.0), strict=True)),
}
"""How many times as fast as that engine."""
BUILD_S, BUILD_MB = 15.0, 200.0
AT_ZONES = 20_000


@dataclass(frozen=True, slots=True)
class Rate:
    """One engine's median at one size."""

    kind: str
    engine: str
    zones: int
    points_per_s: float
    cpu_us: float
    """CPU a point, of all threads."""
    pairs: int


@dataclass(frozen=True, slots=True)
class Build:
    """What building the index over so many zones took."""

    zones: int
    seconds: float
    index_mb: float
    rss_mb: float


def measure(kind: str, zones: int, scene: Scene, rounds: int) -> Iterator[Rate]:
    """The engines of one kind at one size, in turns."""
    engines = plain_engines(scene) if kind == "plain" else uncertain_engines(scene)
    answers = {name: read(ask()) for name, (ask, read) in engines.items()}  # and the warm-up
    verify(kind, scene, answers)
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in engines}
    for number in range(rounds):
        for name, engine in engines.items():
            taken[name].append(timed(engine))
        say(f"{kind}, {zones} zones, round {number + 1} of {rounds}")
    for name, times in taken.items():
        wall, cpu = (statistics.median(column) for column in zip(*times, strict=True))
        points = scene.lon.size
        pairs = answers[name].point.size
        yield Rate(kind, name, zones, points / wall, cpu / points * 1e6, pairs)


def timed(engine: Engine) -> tuple[float, float]:
    """Seconds of the wall clock and of CPU that asking took."""
    ask, _ = engine
    wall, cpu = time.perf_counter(), time.process_time()
    kept = ask()
    taken = time.perf_counter() - wall, time.process_time() - cpu
    del kept
    return taken


def verify(kind: str, scene: Scene, answers: dict[str, Pairs]) -> None:
    """All must give our pairs; what a plane's scale moves across a rim is held to geodesics."""
    ours = answers[OURS]
    for name, other in answers.items():
        alike = (
            np.array_equal(ours.point, other.point)
            and np.array_equal(ours.zone, other.zone)
            and np.array_equal(ours.touched, other.touched)
        )
        if alike:
            continue
        if kind == "plain":
            sys.exit(f"{name} gives {other.point.size} pairs, we {ours.point.size}, or others")
        say(f"{name}: {explain(scene, ours, other)}")


def build(zones: int) -> Build:
    """Build the index in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.geofence_build", str(zones)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Build(**json.loads(done.stdout))


def misses(rates: list[Rate], built: Build) -> Iterator[str]:
    """Every floor that is not reached."""
    for (kind, engine), floors in FLOORS.items():
        for zones, floor in floors.items():
            found = ratio(rates, kind, engine, zones)
            if found is not None and found < floor:
                yield f"{kind}, {zones} zones: {found:.1f} x {engine}, floor {floor:g} x"
    if built.seconds > BUILD_S:
        yield f"build of {built.zones} zones: {built.seconds:.1f} s, at most {BUILD_S:g} s"
    for name, mb in (("index", built.index_mb), ("growth", built.rss_mb)):
        if mb > BUILD_MB:
            yield f"{name} of {built.zones} zones: {mb:.0f} MB, at most {BUILD_MB:g} MB"


def ratio(rates: list[Rate], kind: str, engine: str, zones: int) -> float | None:
    """How many times as fast as an engine we are."""
    found = {r.engine: r.points_per_s for r in rates if (r.kind, r.zones) == (kind, zones)}
    return found[OURS] / found[engine] if {OURS, engine} <= set(found) else None


def say(words: str) -> None:
    """Progress, on stderr."""
    print(words, file=sys.stderr, flush=True)


def machine() -> str:
    """Where it ran."""
    words = (platform.machine(), f"{os.cpu_count()} cores", f"Python {platform.python_version()}")
    return ", ".join(words)


def main() -> None:
    """Run it; print, and write the page where asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--zones", type=int, nargs="+", default=SIZES)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="table and plot go there")
    options = parser.parse_args()
    rates: list[Rate] = []
    for zones in options.zones:
        scene = make_scene(zones, options.points)
        for kind in ("plain", "uncertain"):
            rates.extend(measure(kind, zones, scene, options.rounds))
    built = build(max(options.zones))
    missed = list(misses(rates, built))
    figures = {
        "machine": machine(),
        "points": options.points,
        "rounds": options.rounds,
        "rates": [asdict(rate) for rate in rates],
        "build": asdict(built),
        "missed": missed,
    }
    print(json.dumps(figures, indent=1) if options.json else "\n".join(lines(rates, built)))
    if options.write:
        write_page(options.write, figures)
    for words in missed:
        say(f"MISSED {words}")
    sys.exit(1 if missed else 0)


def lines(rates: list[Rate], built: Build) -> Iterator[str]:
    """The figures in lines."""
    for rate in rates:
        times = ratio(rates, rate.kind, rate.engine, rate.zones)
        yield (
            f"{rate.kind:9} {rate.zones:6} zones {rate.engine:15} "
            f"{rate.points_per_s / 1e6:7.3f} M points/s {rate.cpu_us:8.3f} us CPU a point "
            f"{rate.pairs:9,} pairs" + (f", we are {times:.1f} x" if rate.engine != OURS else "")
        )
    yield (
        f"build     {built.zones:6} zones in {built.seconds:.1f} s: index {built.index_mb:.0f} MB, "
        f"process grew by {built.rss_mb:.0f} MB"
    )


if __name__ == "__main__":
    main()
