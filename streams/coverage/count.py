"""Count: how long a zone was watched in each hour or mission day.

Place on the data's way: watch → **count** → tell. `watched` is the time in which at least the
methodology's share of the zone was in somebody's reach, `partly` the time in which less of it was:
touching is not covering. The rest of the time that the zone was in force nobody watched, and
nothing is known of it: `no_coverage` is not calm.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from streams.coverage.watch import Pieces
from streams.when.spans import Span

SLACK = 1e-6
"""Of a share: what drawing one outline in two ways may change of it."""


class State(StrEnum):
    """Whether anybody watched a zone in a period."""

    WATCHED = "watched"
    """For some of the time, enough of it."""
    PARTLY_WATCHED = "partly_watched"
    """Never enough of it at once."""
    NO_COVERAGE = "no_coverage"
    """Nobody at all. That nothing was reported says nothing."""


class Amount(NamedTuple):
    """Times in microseconds, of one zone in one period."""

    in_force: int = 0
    watched: int = 0
    partly: int = 0
    shared: float = 0.0
    """The share of the zone that was watched, summed over time: of half of it for an hour, half
    an hour."""

    def with_(self, other: Amount) -> Amount:
        """Both together, of other times."""
        return Amount(*(a + b for a, b in zip(self, other, strict=True)))  # type: ignore[arg-type]

    @property
    def state(self) -> State:
        """What can be said of the period."""
        if self.watched:
            return State.WATCHED
        return State.PARTLY_WATCHED if self.partly else State.NO_COVERAGE


NOTHING = Amount()
NOBODY = Pieces(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


def count(pieces: Pieces, periods: Sequence[Span], in_force: Span, enough: float) -> list[Amount]:
    """The amounts by period.

    Args:
        pieces: none of which goes over the end of a period.
        periods: sorted and disjoint.
        in_force: when the zone's outline was.
        enough: the share from which on the zone is watched.
    """
    amounts = []
    for start, end in periods:
        first, after = np.searchsorted(pieces.starts, [start, end])
        lasts = pieces.ends[first:after] - pieces.starts[first:after]
        shares = pieces.shares[first:after]
        full = shares >= enough - SLACK
        amounts.append(
            Amount(
                in_force=max(0, min(end, in_force[1]) - max(start, in_force[0])),
                watched=int(lasts[full].sum()),
                partly=int(lasts[~full].sum()),
                shared=float((lasts * shares).sum()),
            )
        )
    return amounts


def watched_spans(pieces: Pieces, enough: float) -> list[Span]:
    """When the zone was watched."""
    full = pieces.shares >= enough - SLACK
    return list(zip(pieces.starts[full].tolist(), pieces.ends[full].tolist(), strict=True))
