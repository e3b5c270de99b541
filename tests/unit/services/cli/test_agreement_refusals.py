"""`truceline agreement check` refuses hostile geometry: by code, file, line, path and reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from tests.unit.services.cli.conftest import Run
from tests.unit.streams.documents.texts import AGREEMENT, ZONES_GEOJSON

WRITTEN = ZONES_GEOJSON[ZONES_GEOJSON.index("[[\n") : ZONES_GEOJSON.index("]]") + 2]
LINE = 1 + ZONES_GEOJSON[: ZONES_GEOJSON.index(WRITTEN)].count("\n")
SQUARE: list[Any] = [[37.9, 47.8], [37.95, 47.8], [37.95, 47.84], [37.9, 47.84], [37.9, 47.8]]


class Refused(NamedTuple):
    name: str
    ring: list[Any]
    code: str
    words: str
    path: str = ".coordinates[0]"
    line: int = LINE


def long_ring() -> list[Any]:
    turn = np.linspace(0, 2 * np.pi, 100_000, endpoint=False)
    ring: list[Any] = np.round(np.stack([np.cos(turn) + 38, np.sin(turn) + 48], 1), 7).tolist()
    return [*ring, ring[0]]


REFUSED = (
    Refused("NaN", [[float("nan"), 47.8], *SQUARE[1:]], "wrong_type", "expected a number"),
    Refused("infinite", [[float("inf"), 47.8], *SQUARE[1:]], "wrong_type", "expected a number"),
    Refused("unclosed", SQUARE[:-1], "unclosed_ring", "close the ring"),
    Refused(
        "crosses itself",
        [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]],
        "self_intersection",
        "meet at 37.9250000, 47.8200000",
        ".coordinates[0][0]",
    ),
    Refused("zero area", [*SQUARE[:2], [37.92, 47.8], SQUARE[0]], "zero_area", "on one line"),
    Refused(
        "swapped",
        [position[::-1] for position in SQUARE],
        "lon_lat_swapped",
        "longitude and latitude look swapped",
        "",
        LINE - 2,
    ),
    Refused(
        "beyond a hemisphere",
        [[-100, 0], [0, 0], [100, 0], [100, 9], [0, 9], [-100, 9], [-100, 0]],
        "too_large",
        "draw less",
        ".coordinates",
    ),
    Refused("100,001 vertices", long_ring(), "too_many_vertices", "at most 100000", ".coordinates"),
    Refused(
        "beyond the pole",
        [[37.9, 97.8], *SQUARE[1:-1], [37.9, 97.8]],
        "out_of_range",
        "is not at most 90",
        ".coordinates[0][0][1]",
    ),
)


@pytest.mark.parametrize("refused", REFUSED, ids=lambda refused: refused.name)
def test_hostile_geometry_is_refused_by_file_line_and_path(
    refused: Refused, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "agreement.yaml"
    file.write_text(AGREEMENT, encoding="utf-8")
    drawn = ZONES_GEOJSON.replace(WRITTEN, json.dumps([refused.ring]), 1)
    (tmp_path / "zones.geojson").write_text(drawn, encoding="utf-8")
    ran = run("agreement", "check", file, "--json")
    assert ran.code == 1
    (said,) = ran.lines
    first = said["mistakes"][0]
    assert (first["code"], first["file"]) == (refused.code, "zones.geojson")
    assert first["line"] == refused.line
    assert first["path"].startswith(f"zones[1].geometry{refused.path}")
    assert refused.words in first["message"]
