"""Builds our index over so many zones and prints, as JSON, what that took.

    python -m tests.bench.geofence_build 20000

In a process of its own, so that its growth is the index's and nothing else's. Growth is counted
from when the zones' outlines are there; compiled loops are warmed up on other zones first.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np

from tests.bench.geofence_engines import indexed
from tests.bench.geofence_scene import make_scene

PAGE_BYTES = 4096


def main() -> None:
    """Build and print."""
    zones = int(sys.argv[1])
    indexed(make_scene(50, 0))
    scene = make_scene(zones, 0)
    gc.collect()
    before = resident_bytes()
    began = time.perf_counter()
    index = indexed(scene)
    seconds = time.perf_counter() - began
    gc.collect()
    print(
        json.dumps(
            {
                "zones": zones,
                "seconds": seconds,
                "index_mb": array_bytes(index.grid) / 1e6,
                "rss_mb": (resident_bytes() - before) / 1e6,
            }
        )
    )


def resident_bytes() -> int:
    """Of this process (proc_pid_statm(5), field 2)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES


def array_bytes(value: object) -> int:
    """All arrays that a value of dataclasses and tuples holds."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, tuple):
        return sum(map(array_bytes, value))
    if is_dataclass(value):
        return sum(array_bytes(getattr(value, field.name)) for field in fields(value))
    return 0


if __name__ == "__main__":
    main()
