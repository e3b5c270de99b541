"""Compiled: loops over points, cells and edges, turned into machine code by Numba.

Beside the data's way. A kernel takes and gives arrays, holds no lock of the interpreter while it
runs, and keeps to IEEE 754 arithmetic in the order written: no `fastmath`, so that the same input
gives the same bits on every machine.

Machine code is kept from one process to the next. It contains that of the kernels called, which
Numba does not look at when it asks whether the source has changed; so here all of `geo` is the
source of each.
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.resources import files
from typing import ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")


@cache
def sources() -> str:
    """Hash of all files of this package, read as Numba itself reads and keeps files here."""
    found = [file for file in files(__package__).iterdir() if file.name.endswith(".py")]
    found.sort(key=lambda file: file.name)
    return hashlib.sha256(b"".join(file.read_bytes() for file in found)).hexdigest()


def kernel(loop: Callable[P, R]) -> Callable[P, R]:
    """`loop`, compiled when it is first called for some types of arguments.

    The machine code is kept beside the source or in the user's cache folder (NUMBA_CACHE_DIR names
    another one).
    """
    compiled = numba.njit(nogil=True, error_model="numpy")(loop)
    # Where no folder can be written, as in a read-only container, each process compiles anew.
    with suppress(RuntimeError):
        compiled.enable_caching()
        compiled._cache._cache_file._source_stamp = sources()  # noqa: SLF001 (there is no other way)
    return compiled  # type: ignore[no-any-return]
