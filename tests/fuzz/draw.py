"""Draw the cases of a run from its seed: every class, the dear ones seldom."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from random import Random
from typing import Final

from tests.fuzz.bodies import BODIES, DEAR
from tests.fuzz.case import Case, Make, Sender
from tests.fuzz.events import EVENTS, RARE, framed
from tests.fuzz.lies import LIES, SLOW
from tests.fuzz.valid import VALID

RARELY: Final[tuple[Make, ...]] = (*DEAR, *(framed(name) for name in sorted(RARE)), *SLOW)
"""The slow ones last: a run of few has no time for them."""
COMMON: Final[tuple[Make, ...]] = (
    *(framed(name) for name in EVENTS if name not in RARE),
    *BODIES,
    *LIES,
)


def draw_cases(seed: int, count: int, rare: int, reporter: str, operator: str) -> Iterator[Case]:
    """So many cases: a tenth well, `rare` of those that are dear, and of the others by turns."""
    draw = Random(seed)
    sender = Sender(draw, reporter, operator)
    every = max(1, count // max(rare, 1))
    common, rarely = cycle(COMMON), cycle(RARELY)
    for number in range(count):
        if number % every == every - 1:
            yield next(rarely)(sender)
        elif number % 10 == 0:
            yield draw.choice(VALID)(sender)
        else:
            yield next(common)(sender)
