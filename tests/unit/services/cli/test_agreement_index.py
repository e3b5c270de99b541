from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from services.cli.agreement_index import index_line
from services.settings import Settings
from services.worker.grids import FROM_ZONES, Grids
from streams.inforce import compile_zones
from tests.bench.load import make_agreement


def settings(folder: Path, grid_mb: str = "2") -> Settings:
    return Settings(None, None, folder / "keys", "group", grids=folder / "grids", grid_mb=grid_mb)


def test_it_is_said_what_the_index_takes_and_may_take(tmp_path: Path) -> None:
    few, many = make_agreement(FROM_ZONES - 1), make_agreement(FROM_ZONES)
    here = settings(tmp_path)
    assert index_line(few, here).startswith("index: none for 49 zones")
    assert "at most 2 MB (TRUCELINE_GRID_MB); no worker has built it" in index_line(many, here)
    grid = Grids(here.grids, here.grid_bytes())(compile_zones(many)).grid
    assert grid is not None
    assert 0 < grid.nbytes <= 2_000_000
    assert f"{grid.nbytes / 1e6:.1f} MB in each worker, at most 2 MB" in index_line(many, here)
    assert index_line(many, replace(here, grid_mb="0")).startswith("index: none")
