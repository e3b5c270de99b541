"""What it takes to index zones of which a few have changed, against building the whole index.

    python -m tests.bench.grid_rebuild [--zones 20000] [--rounds 3]

CPU time of one process, the least of some rounds that take turns; the loops are warmed up on other
zones first. Every index made with copies is compared with the whole one, byte for byte.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
from shapely import Polygon

from geo.grid import gridded
from geo.grid_bytes import pack
from geo.zones import ZoneSet, ZoneShape
from tests.bench.wavy_zones import Ring, make_rings

CHANGED = (0, 1, 10, 100, 1_000)
GRID_BYTES = 128_000_000
MOVED_DEG = 0.003


def main() -> None:
    """Build, change, build again and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--zones", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    warm = gridded(_zones(list(make_rings(60))), GRID_BYTES)
    gridded(warm, GRID_BYTES, warm)
    rings = list(make_rings(options.zones))
    before = gridded(_zones(rings), GRID_BYTES)
    print("changed  whole, s of CPU  with copies, s of CPU  share")
    for changed in CHANGED:
        now = _zones(_moved(rings, changed))
        whole, copies = _measure(before, now, options.rounds)
        print(f"{changed:7}  {whole:15.2f}  {copies:21.2f}  {copies / whole:5.2f}")


def _zones(rings: list[Ring]) -> ZoneSet:
    return ZoneSet.build(ZoneShape(str(i), Polygon(ring)) for i, ring in enumerate(rings))


def _moved(rings: list[Ring], changed: int) -> list[Ring]:
    """So many of them a little farther north-east, anywhere in the field."""
    moved = list(rings)
    for at in np.random.default_rng(changed).choice(len(rings), changed, replace=False).tolist():
        moved[at] = tuple((lon + MOVED_DEG, lat + MOVED_DEG) for lon, lat in rings[at])
    return moved


def _measure(before: ZoneSet, now: ZoneSet, rounds: int) -> tuple[float, float]:
    """CPU seconds of either way."""
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        whole, seconds = _timed(lambda: gridded(now, GRID_BYTES))
        spent[0].append(seconds)
        copies, seconds = _timed(lambda: gridded(now, GRID_BYTES, before))
        spent[1].append(seconds)
        assert whole.grid is not None
        assert copies.grid is not None
        assert pack(whole.grid, bytes(32)) == pack(copies.grid, bytes(32))
    return min(spent[0]), min(spent[1])


def _timed(build: Callable[[], ZoneSet]) -> tuple[ZoneSet, float]:
    began = time.process_time()
    return build(), time.process_time() - began


if __name__ == "__main__":
    main()
