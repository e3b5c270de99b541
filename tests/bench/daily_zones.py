"""How long an agreement takes whose zone is drawn anew every day for two years.

    python -m tests.bench.daily_zones [--days 730] [--positions 3000]

Writes an agreement with a file of one feature a line into a temporary folder, then checks, stores
and compiles it. CPU time of one process, and the most memory it had; no engine is involved.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np

from services.documents import read_agreement_file
from streams.agreement import Agreement, canonical_bytes
from streams.inforce import compile_in_force
from tests.unit.streams.builders import methodology

FIRST = datetime(2022, 2, 24, tzinfo=UTC)
NAME = "daily.geojsonl"


def write(folder: Path, days: int, positions: int) -> Path:
    """A band about a line that wanders a little from day to day, `positions` in all each day."""
    rng = np.random.default_rng(20_220_224)
    half = (positions - 1) // 2
    lon, line = np.linspace(36.0, 40.0, half), np.cumsum(rng.normal(0, 0.002, half))
    with (folder / NAME).open("w", encoding="utf-8") as file:
        for number in range(days):
            lat = 48.0 + line + np.cumsum(rng.normal(0, 1e-4, half))
            south, north = (np.stack([lon, lat + shift], axis=1) for shift in (-0.05, 0.05))
            ring = np.round(np.concatenate([south, north[::-1], south[:1]]), 7).tolist()
            geometry = {"type": "Polygon", "coordinates": [ring]}
            json.dump({"type": "Feature", "id": str(number), "geometry": geometry}, file)
            file.write("\n")
    path = folder / "agreement.json"
    path.write_text(json.dumps(_agreement(days)), encoding="utf-8")
    return path


def _agreement(days: int) -> dict[str, object]:
    def at(number: int) -> str:
        return (FIRST + timedelta(days=number)).isoformat()

    zones = [
        {
            "id": "grey-zone",
            "kind": "area_of_separation",
            "name": "Grey zone of the day",
            "geometry": {"file": NAME, "feature": str(number)},
            "valid": {"from": at(number), "to": at(number + 1)},
        }
        for number in range(days)
    ]
    term = {"id": "t", "clause": "1", "text": "No fire.", "prohibits": ["explosion"]}
    return {
        "format": "truceline.agreement.v1",
        "id": "daily",
        "version": 1,
        "mission": "mission",
        "title": "A line drawn anew every day",
        "valid": {"from": at(0)},
        "parties": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}],
        "zones": zones,
        "terms": [
            term
            | {"where": {"zones": ["grey-zone"]}, "severity": "grave"}
            | {"violation": "fire_into_zone"}
        ],
    }


def measure(path: Path) -> None:
    """Each step with its CPU time and the peak of memory after it."""
    began = time.process_time()

    def lap(step: str) -> None:
        nonlocal began
        now = time.process_time()
        peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{step:44} {now - began:6.1f} s CPU   peak {peak_mib:5.0f} MiB")
        began = now

    agreement = read_agreement_file(path)
    lap("read and checked (agreement check)")
    stored = canonical_bytes(agreement)
    lap(f"canonical bytes, {len(stored) / 1e6:.0f} MB (agreement load)")
    again = msgspec.json.decode(stored, type=Agreement)
    lap("decoded (worker)")
    compile_in_force(again, methodology())
    lap("compiled (worker)")


def main() -> None:
    """Write and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--positions", type=int, default=3_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(write(Path(folder), options.days, options.positions))


if __name__ == "__main__":
    main()
