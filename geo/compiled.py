"""Compiled: loops over points, cells and edges, turned into machine code by Numba.

Beside the data's way. A kernel takes and gives arrays, holds no lock of the interpreter while it
runs, and keeps to IEEE 754 arithmetic in the order written: no `fastmath`, so that the same input
gives the same bits on every machine.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")


def kernel(loop: Callable[P, R]) -> Callable[P, R]:
    """`loop`, compiled when it is first called for some types of arguments.

    The machine code is kept beside the source or in the user's cache folder (NUMBA_CACHE_DIR names
    another one).
    """
    compiled = numba.njit(nogil=True, error_model="numpy")(loop)
    # Where no folder can be written, as in a read-only container, each process compiles anew.
    with suppress(RuntimeError):
        compiled.enable_caching()
    return compiled  # type: ignore[no-any-return]
