"""Timeline pictures: a corridor's days as lines of letters and as SVG.

Place on the data's way: timeline → **picture** → `truceline corridor timeline`. Pure. A state is
told by its letter and its pattern, and by its colour besides: a printed page has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from services.store.generations import StoredInterval
from streams.vocabulary import Availability

CELL: Final = timedelta(minutes=30)
DAY: Final = timedelta(days=1)
MOST_DAYS: Final = 366
USUAL_DAYS: Final = 7
"""What is shown where nobody says from when on."""
NO_PERIOD: Final = f"by {MOST_DAYS} days at most"


class Look(NamedTuple):
    """How a state is drawn."""

    letter: str
    colour: str
    """Of the terminal."""
    fill: str
    pattern: str
    """SVG in a square of 8 by 8 over the fill; empty: plain."""


LOOKS: Final = {
    Availability.OPEN: Look("O", "green", "#d9f2dc", ""),
    Availability.IMPEDED: Look(
        "I", "yellow", "#ffe9a8", '<circle cx="4" cy="4" r="1.4" fill="#6b5200"/>'
    ),
    Availability.UNKNOWN: Look("?", "white", "#ffffff", '<path d="M0 4H8" stroke="#8a8a8a"/>'),
    Availability.SUSPENDED: Look(
        "S", "magenta", "#d9a3c9", '<path d="M0 8L8 0" stroke="#4a1237" stroke-width="1.5"/>'
    ),
    Availability.CLOSED: Look(
        "C", "red", "#c0564b", '<path d="M0 0L8 8M0 8L8 0" stroke="#3a0d08" stroke-width="1.5"/>'
    ),
}
"""From the least cautious to the most; fills grow darker in this order but for unknown."""
_CAUTION: Final = {state: place for place, state in enumerate(LOOKS)}


class Piece(NamedTuple):
    """A part of one day in one state."""

    start: datetime
    end: datetime
    state: Availability
    cause: str


def shown_of(
    since: datetime | None, until: datetime | None, now: datetime
) -> tuple[datetime, datetime] | None:
    """From when to when days are shown of what was asked; None: it is no time, or too long."""
    most = timedelta(days=MOST_DAYS)
    end = until or (min(now, since + most) if since else now)
    start = since or end - timedelta(days=USUAL_DAYS)
    return (start, end) if start < end <= start + most else None


def days_of(
    intervals: Sequence[StoredInterval], since: datetime, until: datetime
) -> Iterator[tuple[datetime, list[Piece]]]:
    """Each day, UTC, that has a moment in [since, until), with its pieces in order.

    `intervals` are contiguous over all of it.
    """
    day = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    while day < until:
        start, end = max(day, since), min(day + DAY, until)
        yield (
            day,
            [
                Piece(
                    max(it.starts_at, start),
                    min(it.ends_at or end, end),
                    Availability(it.state),
                    it.cause,
                )
                for it in intervals
                if it.starts_at < end and (it.ends_at is None or it.ends_at > start)
            ],
        )
        day += DAY


def cells_of(day: datetime, pieces: Sequence[Piece]) -> list[Availability | None]:
    """The state of each half hour: the most cautious of those in it; None: it is not asked for."""
    return [_worst(day + number * CELL, pieces) for number in range(DAY // CELL)]


def _worst(start: datetime, pieces: Sequence[Piece]) -> Availability | None:
    here = [it.state for it in pieces if it.start < start + CELL and it.end > start]
    return max(here, key=_CAUTION.__getitem__, default=None)


_LEFT: Final = 90
_HOUR: Final = 40
_ROW: Final = 26
_TOP: Final = 70


def svg(title: str, days: Sequence[tuple[datetime, Sequence[Piece]]]) -> str:
    """The days below each other, with a legend; of no other file, so that it can be sent on."""
    width, height = _LEFT + 24 * _HOUR + 20, _TOP + _ROW * len(days) + 20
    size, font = f'viewBox="0 0 {width} {height}"', 'font-family="sans-serif" font-size="12"'
    rows = [line for number, it in enumerate(days) for line in _row(*it, _TOP + _ROW * number)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>',
            "<defs>",
            *map(_pattern, LOOKS),
            "</defs>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            f'<text x="10" y="18" font-size="14">{escape(title)}</text>',
            *_legend(),
            *map(_hour, range(0, 25, 3)),
            *rows,
            "</svg>\n",
        ]
    )


def _hour(hour: int) -> str:
    return f'<text x="{_LEFT + hour * _HOUR}" y="{_TOP - 6}" text-anchor="middle">{hour}</text>'


def _pattern(state: Availability) -> str:
    look = LOOKS[state]
    return (
        f'<pattern id="{state}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{look.fill}"/>{look.pattern}</pattern>'
    )


def _legend() -> Iterator[str]:
    for number, (state, look) in enumerate(LOOKS.items()):
        x = _LEFT + number * 150
        yield f'<rect x="{x}" y="28" width="24" height="16" fill="url(#{state})" stroke="#333"/>'
        yield f'<text x="{x + 30}" y="41">{look.letter} {state}</text>'


def _row(day: datetime, pieces: Sequence[Piece], y: int) -> Iterator[str]:
    yield f'<text x="10" y="{y + 16}">{day:%Y-%m-%d}</text>'
    for piece in pieces:
        x, end = (_LEFT + _HOUR * ((it - day) / timedelta(hours=1)) for it in piece[:2])
        told = f"{piece.start:%H:%M} - {piece.end:%H:%M} UTC {piece.state}: {piece.cause}"
        yield (
            f'<rect x="{x:.2f}" y="{y}" width="{end - x:.2f}" height="{_ROW - 4}"'
            f' fill="url(#{piece.state})" stroke="#333"><title>{escape(told)}</title></rect>'
        )
        if end - x >= _WIDE:
            yield from _letter(LOOKS[piece.state].letter, (x + end) / 2, y)


_WIDE: Final = 16
"""Narrower than that there is no room for a letter: the pattern tells it."""


def _letter(letter: str, x: float, y: int) -> Iterator[str]:
    yield f'<rect x="{x - 7:.2f}" y="{y + 3}" width="14" height="16" fill="#ffffff"/>'
    yield f'<text x="{x:.2f}" y="{y + 16}" text-anchor="middle">{letter}</text>'
