"""Grids: a zone set's index, kept in the data folder from one start to the next.

Place on the data's way: beside it. `Documents` asks here, in the background, for the grid of the
zones in force; until there is one the tree answers the same, slower. A file that is not what it
should be is made anew. A crash while one is written leaves a `.part` that nobody reads; later
writers remove it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import shapely
import structlog

from geo.containment import contain
from geo.shapes import RegionBatch
from geo.zones import ZoneSet

log = structlog.get_logger(__name__)

FROM_ZONES: Final = 50
"""For fewer zones the tree is as good, and a worker is 100 MB smaller without the compiler."""
KEPT: Final = 8
"""Files that stay, the newest: those of amended agreements go."""
SUFFIX: Final = ".grid"


class Grids:
    """Gives zone sets their grids, each of at most `limit_bytes`.

    `compile_first` is called with the folder before there is anything to compile.
    """

    def __init__(
        self,
        folder: Path,
        limit_bytes: int,
        compile_first: Callable[[Path], None] = lambda _: None,
    ) -> None:
        self._compile_first = compile_first
        self._folder = folder
        self._limit_bytes = limit_bytes

    def kept_bytes(self, zones: ZoneSet) -> int | None:
        """What the grid of these zones takes of memory, by its file; None where there is none."""
        from geo.grid_bytes import grid_key  # noqa: PLC0415 (it brings the compiler with it)

        path = self._path(grid_key(zones, self._limit_bytes))
        return path.stat().st_size if path.exists() else None

    def _path(self, key: bytes) -> Path:
        return self._folder / f"{key.hex()}{SUFFIX}"

    def __call__(self, zones: ZoneSet, previous: ZoneSet | None = None) -> ZoneSet:
        """The same zones with their grid, from the folder or built and kept there.

        Where `previous` zones have a grid, only what the change of zones comes near is built.
        """
        if not is_indexed(zones, self._limit_bytes):
            return zones
        self._compile_first(self._folder)
        from geo.grid import gridded  # noqa: PLC0415 (it brings the compiler with it)
        from geo.grid_bytes import grid_key, pack, unpack  # noqa: PLC0415

        begun = time.monotonic()
        key = grid_key(zones, self._limit_bytes)
        path = self._path(key)
        grid = unpack(_read(path), key, zones)
        kept = grid is not None
        if grid is None:
            grid = gridded(zones, self._limit_bytes, previous).grid
            if grid is not None:
                _write(path, pack(grid, key))
        log.info(
            "indexed the zones in force",
            zones=len(zones),
            bytes=grid.nbytes if grid else 0,
            limit_bytes=self._limit_bytes,
            read=kept,
            after_a_change=not kept and previous is not None and previous.grid is not None,
            seconds=round(time.monotonic() - begun, 3),
        )
        indexed = replace(zones, grid=grid)
        _ask_once(indexed)
        return indexed


def is_indexed(zones: ZoneSet, limit_bytes: int) -> bool:
    """Whether so many zones have an index where it may take so much."""
    return len(zones) >= FROM_ZONES and limit_bytes > 0


_ASKED: Final = 50
"""Corners of zones that are asked about beforehand."""


def _ask_once(zones: ZoneSet) -> None:
    """So that no report waits for the compiler, where no machine code is kept yet.

    Of discs of both densities that edges run through: they leave out no loop.
    """
    lon, lat = shapely.get_coordinates(zones.geometries[:1])[:_ASKED].T
    gaussian = np.arange(lon.size) % 2 == 1
    lon = (lon + 180.0) % 360.0 - 180.0
    radius_m = np.full(lon.size, 100.0)
    contain(zones, RegionBatch(lon.size, np.arange(lon.size), lon, lat, radius_m, gaussian))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # it is built instead


def _write(path: Path, data: bytes) -> None:
    """Put the file there whole or not at all, for its owner alone."""
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(opened, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _tidy(path.parent)
    except OSError as e:
        # The grid is in memory; the next start builds it once more.
        log.warning("could not keep the index", file=str(path), error=e.strerror or str(e))


def _tidy(folder: Path) -> None:
    """Remove all but the newest files."""
    files = [*folder.glob(f"*{SUFFIX}"), *folder.glob("*.part")]
    files.sort(key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[KEPT:]:
        file.unlink(missing_ok=True)
