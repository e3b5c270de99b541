"""Small posts: whether any have come lately, so that large bodies are taken in more slowly. Pure.

Place on the data's way: told by `writers`, asked where a large body is read, stored and answered.
One body of 5,000 lines is half a second of both cores. Beside small posts each of its steps is as
small as theirs, and rests afterwards: whoever posts one report waits hardly longer than without it,
and the body takes about twice its time. Where nobody posts but bodies, nothing is slower.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf
from typing import Final

LATELY_S: Final = 1.0


class SmallPosts:
    """Those of one gateway."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._came_at = -inf

    def note(self) -> None:
        """One has come."""
        self._came_at = self._clock()

    def come(self) -> bool:
        """Whether they come just now."""
        return self._clock() - self._came_at < LATELY_S
