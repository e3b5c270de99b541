"""Figures of a corridor: promised time against usable time, by the cause of each loss.

Place on the data's way: promised time, the availability that the fold left → **figures** →
`truceline corridor stats`, GET /v1/corridors/{id}/stats. A partition: each moment that was promised
is usable, or lost to one cause, and no other moment counts. Exact: in whole microseconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from streams.corridors.promised import Stretch
from streams.vocabulary import Availability


class Spell(NamedTuple):
    """In [start, end) µs the corridor was in this state for this cause."""

    start: int
    end: int
    state: Availability
    cause: str


class Loss(NamedTuple):
    """Promised time that was lost to one cause."""

    cause: str
    state: Availability
    lost_us: int


class Figures(NamedTuple):
    """`promised_us` is the sum of the next two and of all losses."""

    promised_us: int
    open_us: int
    impeded_us: int
    losses: tuple[Loss, ...]
    """The largest first."""
    unknown_us: int
    """Of the losses those of which nobody's word tells how the corridor was."""
    longest_open: Stretch | None
    """The longest promised time without a break in which it was `open`; the first of several."""


def figures(promised: Sequence[Stretch], spells: Sequence[Spell]) -> Figures:
    """The figures of a period.

    Args:
        promised: the promised time of the period: disjoint, in order.
        spells: contiguous, in order, over all of the period.
    """
    pieces = list(pieces_of(promised, spells))
    lost: Counter[tuple[str, Availability]] = Counter()
    for piece in pieces:
        if piece.state not in _USABLE:
            lost[piece.cause, piece.state] += piece.end - piece.start
    return Figures(
        promised_us=sum(end - start for start, end in promised),
        open_us=_lasting(pieces, Availability.OPEN),
        impeded_us=_lasting(pieces, Availability.IMPEDED),
        losses=tuple(Loss(*by, us) for by, us in sorted(lost.items(), key=_largest_first)),
        unknown_us=_lasting(pieces, Availability.UNKNOWN),
        longest_open=_longest(pieces),
    )


def pieces_of(promised: Sequence[Stretch], spells: Sequence[Spell]) -> Iterator[Spell]:
    """What of the spells lies in promised time, in order."""
    place = 0
    for start, end in promised:
        while place < len(spells) and spells[place].end <= start:
            place += 1
        at = place
        while at < len(spells) and spells[at].start < end:
            spell = spells[at]
            if start <= spell.start and spell.end <= end:
                yield spell  # most of a year's: a copy of each would take as long as all else here
            else:
                yield spell._replace(start=max(start, spell.start), end=min(end, spell.end))
            at += 1


_USABLE: Final = frozenset({Availability.OPEN, Availability.IMPEDED})


def _largest_first(it: tuple[tuple[str, Availability], int]) -> tuple[int, str, str]:
    (cause, state), lost_us = it
    return -lost_us, cause, state


def _lasting(pieces: Sequence[Spell], state: Availability) -> int:
    return sum(piece.end - piece.start for piece in pieces if piece.state is state)


def _longest(pieces: Sequence[Spell]) -> Stretch | None:
    runs: list[Stretch] = []
    for piece in pieces:
        if piece.state is not Availability.OPEN:
            continue
        if runs and runs[-1][1] == piece.start:
            runs[-1] = (runs[-1][0], piece.end)
        else:
            runs.append((piece.start, piece.end))
    return max(runs, key=lambda run: (run[1] - run[0], -run[0]), default=None)
