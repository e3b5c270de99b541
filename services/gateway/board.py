"""Board: what a convoy lead sees of all corridors at a glance, as values and as plain text. Pure.

Place on the data's way: `ask_board` → **the board** → GET /v1/corridors/board. It gives
instants and no ages, so that it is the same until something changes; the text reckons the ages as
it is written. What it rounds it rounds to the careful side.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from services.gateway.ask_corridors import NOTE, PartTold
from streams.assessment import DRAFT

_MINUTE: Final = timedelta(minutes=1)
_HOUR_MIN: Final = 60
_DAY_MIN: Final = 24 * _HOUR_MIN


class CorridorShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A corridor on the board."""

    corridor: str
    name: str | None = None
    state: str
    cause: str
    since: datetime | None = None
    """When it came into this state by this cause; absent: since ever, or nobody can tell."""
    not_valid_after: datetime | None = None
    """Nobody may rely on it after that."""
    last_word_at: datetime | None = None
    """When the last word that changed what is known of it reached us; absent: there is none."""
    draft: bool = False
    """A version that not all parties have signed is in force."""
    window_disputed: bool = False
    """Announcements of a window of the next 24 hours differ; what they have in common counts."""
    parts: tuple[PartTold, ...] = ()
    """Every part once, where they are not all alike; `state` is the most cautious of them."""


class Board(Struct, frozen=True, kw_only=True):
    """All corridors of a mission that a token may see."""

    mission: str
    note: str = NOTE
    items: tuple[CorridorShown, ...]


class BoardTold(Board, frozen=True, kw_only=True):
    """A board, and as of when it was looked at."""

    known_at: datetime
    """By it each corridor is told again as it was shown: `at` and `known_at` of its
    `availability`."""


def write_text(board: Board, known_at: datetime) -> str:
    """The board for a narrow screen; ages are as of `known_at`, which its last line has exactly."""
    head = (f"{board.mission} at {_instant(known_at)}", board.note)
    rest = (line for shown in board.items for line in ("", *_lines(shown, known_at)))
    return "\n".join([*head, *rest, "", f"known_at {known_at.isoformat()}", ""])


def _lines(shown: CorridorShown, now: datetime) -> Iterator[str]:
    yield f"{shown.corridor}: {shown.state.upper()}, {shown.cause}"
    if shown.since is not None:
        yield f" since {_instant(shown.since)}"
    if shown.not_valid_after is not None:
        yield f" {_valid(shown.not_valid_after, now)}"
    if shown.last_word_at is not None:
        yield f" last word {_instant(shown.last_word_at)}, {_age(now - shown.last_word_at)} ago"
    if shown.draft:
        yield f" {DRAFT}"
    if shown.window_disputed:
        yield " window in dispute: announcements differ"
    yield from (f" {_part(part, now)}" for part in shown.parts)


def _part(part: PartTold, now: datetime) -> str:
    named = ", ".join(it for it in (part.segment, part.direction, part.traveller) if it)
    valid = f", {_valid(part.not_valid_after, now)}" if part.not_valid_after else ""
    return f"{named or 'else'}: {part.state.upper()}, {part.cause}{valid}"


def _valid(until: datetime, now: datetime) -> str:
    """Both cut down to the minute: nobody is told a moment too many."""
    left = max(0, math.floor((until - now) / _MINUTE))
    return f"not valid after {_instant(until)}, in {_minutes(left)}"


def _age(passed: timedelta) -> str:
    """Rounded up: nothing looks newer than it is."""
    return _minutes(max(0, math.ceil(passed / _MINUTE)))


def _minutes(count: int) -> str:
    if count >= _DAY_MIN:
        return f"{count // _DAY_MIN} d {count % _DAY_MIN // _HOUR_MIN} h"
    if count >= _HOUR_MIN:
        return f"{count // _HOUR_MIN} h {count % _HOUR_MIN} min"
    return f"{count} min"


def _instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%MZ}"
