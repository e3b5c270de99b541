from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from shapely import box

from geo import grid, grid_reuse, settle
from geo.zones import ZoneSet, ZoneShape
from services.worker import grids
from services.worker.grids import KEPT, Grids

LIMIT = 300_000
ZONES = ZoneSet.build(
    ZoneShape(f"z{i}", box(38 + i / 100, 48, 38.008 + i / 100, 48.01)) for i in range(60)
)


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def grid_bytes(zones: ZoneSet) -> bytes:
    assert zones.grid is not None
    return zones.grid.entries.tobytes()


def test_an_index_is_kept_for_its_owner_alone_and_taken_up_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "grids"
    first = Grids(folder, LIMIT)(ZONES)
    (kept,) = files(folder)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    monkeypatch.setattr(grids, "_write", lambda *_: pytest.fail("it was built again"))
    assert grid_bytes(Grids(folder, LIMIT)(ZONES)) == grid_bytes(first)


@pytest.mark.parametrize("harm", ["truncated", "changed", "empty", "foreign"])
def test_a_file_that_is_not_what_it_should_be_is_made_anew(tmp_path: Path, harm: str) -> None:
    first = Grids(tmp_path, LIMIT)(ZONES)
    (kept,) = files(tmp_path)
    whole = kept.read_bytes()
    kept.write_bytes(
        {
            "truncated": whole[: len(whole) // 2],
            "changed": whole[:200] + bytes([whole[200] ^ 1]) + whole[201:],
            "empty": b"",
            "foreign": b"something else",
        }[harm]
    )
    assert grid_bytes(Grids(tmp_path, LIMIT)(ZONES)) == grid_bytes(first)
    assert kept.read_bytes() == whole


def test_where_nothing_can_be_kept_there_is_an_index_all_the_same(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("no folder")
    assert Grids(in_the_way / "grids", LIMIT)(ZONES).grid is not None


def test_old_files_go(tmp_path: Path) -> None:
    for number in range(KEPT + 3):
        old = tmp_path / f"{number}.grid"
        old.touch()
        os.utime(old, (number, number))
    Grids(tmp_path, LIMIT)(ZONES)
    left = files(tmp_path)
    assert len(left) == KEPT
    assert tmp_path / "0.grid" not in left


def test_few_zones_and_no_memory_have_no_index(tmp_path: Path) -> None:
    few = ZoneSet.build([ZoneShape("z", box(38, 48, 39, 49))])
    assert Grids(tmp_path, LIMIT)(few).grid is None
    assert Grids(tmp_path, 0)(ZONES).grid is None
    assert not files(tmp_path)


def test_every_loop_is_asked_before_a_report_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    densities: list[set[bool]] = []

    def noted(*given: Any) -> Any:  # noqa: ANN401  as it came
        discs = next(it for it in given if isinstance(it, settle.Discs))
        answers = next(it for it in given if isinstance(it, settle.Answers))
        densities.append({bool(discs.gaussian[it]) for it in answers.circle[given[-1]]})
        return decided(*given)

    decided = settle.settle
    monkeypatch.setattr(settle, "settle", noted)
    Grids(tmp_path, LIMIT)(ZONES)
    assert densities == [{False, True}], "discs of either kind that an edge runs through"


def test_what_a_change_of_zones_leaves_is_taken_from_the_index_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Grids(tmp_path / "one", LIMIT)(ZONES)
    shapes = [ZoneShape(id_, it) for id_, it in zip(ZONES.ids, ZONES.geometries, strict=True)]
    now = ZoneSet.build(
        [*shapes[:30], ZoneShape("z30", box(38.3, 48, 38.301, 48.02)), *shapes[31:]]
    )
    whole = Grids(tmp_path / "two", LIMIT)(now)
    asked: list[Any] = []

    def noted(*given: Any) -> Any:  # noqa: ANN401  as it came
        asked.append(given)
        return copied(*given)

    copied = grid_reuse.tiles_to_copy
    monkeypatch.setattr(grid, "tiles_to_copy", noted)
    assert grid_bytes(Grids(tmp_path / "one", LIMIT)(now, before)) == grid_bytes(whole)
    assert asked
    kept_one, kept_two = (
        {it.name: it.read_bytes() for it in files(tmp_path / n)} for n in ("one", "two")
    )
    assert kept_two.items() <= kept_one.items()
