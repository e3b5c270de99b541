"""Kernels: `geo`'s loops are compiled in a process of their own, once on an installation.

Place on the data's way: beside it, before the first index. Compiling takes half a minute of a core
and holds the interpreter meanwhile: in a worker every report would wait for it. A process of its
own, behind all others, leaves the machine code in Numba's folder (`geo/compiled.py`), and the
worker takes it up from there. Until then the tree answers the same.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np
import structlog
from shapely import box

from geo.clusters import LEAST_NEAR_M, components, earth_centred
from geo.zones import ZoneSet, ZoneShape
from services.worker.grids import FROM_ZONES, Grids

log = structlog.get_logger(__name__)

SUFFIX: Final = ".compiled"
LIMIT_BYTES: Final = 1_000_000
LEAST_URGENT: Final = 19


def _run() -> int:
    command = [sys.executable, "-m", "services.worker.kernels"]
    quiet = subprocess.DEVNULL
    return subprocess.run(command, check=False, stdin=quiet, stdout=quiet, stderr=quiet).returncode  # noqa: S603  words of our own


def compile_apart(folder: Path, run: Callable[[], int] = _run) -> None:
    """Have the loops compiled, unless a mark in the folder says that these have been.

    A crash before the mark: it is done again, and takes a few seconds where the machine code is
    there.
    """
    from geo.compiled import sources  # noqa: PLC0415 (it brings the compiler with it)

    mark = folder / f"{sources()}{SUFFIX}"
    if mark.exists():
        return
    begun = time.monotonic()
    code = run()
    seconds = round(time.monotonic() - begun, 3)
    if code:
        # Going on is safe: each loop is compiled here when it is called, and reports wait for it.
        log.warning("could not compile apart", code=code, seconds=seconds)
        return
    log.info("compiled what looks up zones", seconds=seconds)
    with suppress(OSError):  # nothing can be kept there: it is done again at the next start
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in folder.glob(f"*{SUFFIX}"):
            old.unlink(missing_ok=True)
        mark.touch(mode=0o600)


def main() -> None:
    """Compile all that a worker calls, of an index that is built and of one that is read.

    And what joins incidents, so that nobody who asks for some waits for the compiler.
    """
    os.nice(LEAST_URGENT)
    zones = ZoneSet.build(
        ZoneShape(f"z{i}", box(38 + i / 100, 48, 38.008 + i / 100, 48.01))
        for i in range(FROM_ZONES)
    )
    # One at a time: who comes second finds the machine code there. The lock goes with the process.
    with Path(__file__).open("rb") as turn, tempfile.TemporaryDirectory() as folder:
        fcntl.flock(turn, fcntl.LOCK_EX)
        for _ in ("built", "read"):
            Grids(Path(folder), LIMIT_BYTES)(zones)
        one, now = np.zeros(1), np.zeros(1, dtype=np.int64)
        components(earth_centred(one, one), one, now, now, near_m=LEAST_NEAR_M, gap=0)


if __name__ == "__main__":
    main()
