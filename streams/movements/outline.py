"""Outline: when a movement takes place and what it is, without what was said of it since.

Place on the data's way: store → **outline** → which movements are asked for, and in which order.
One page of a list needs every movement's place in it and no more; how each stands is told then of
those that are on the page (`standing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

import msgspec
from msgspec import Struct

from streams.vocabulary import MovementKind


class Notified(Protocol):
    """What was notified at an instant."""

    @property
    def at(self) -> datetime:
        """When."""


N = TypeVar("N", bound=Notified)


class NoticeOutline(Struct, frozen=True, gc=False):
    """Of a `history.Notice` what a list is ordered and narrowed by."""

    at: datetime
    kind: MovementKind
    begins_at: datetime
    ends_at: datetime


class MovementOutline(Struct, frozen=True, gc=False):
    """Of a `history.MovementHistory` the same."""

    organiser: str
    movement: str
    notices: tuple[NoticeOutline, ...]


_DECODER = msgspec.json.Decoder(MovementOutline)


def decode_outline(raw: bytes) -> MovementOutline:
    """Of what `history.encode_history` wrote; what else there is in it is passed over."""
    return _DECODER.decode(raw)


def notice_at(notices: Sequence[N], now: datetime) -> N | None:
    """The notice that counts at `now`: of those made by then the last; None: there is none.

    Args:
        notices: in the order of their `at`.
        now: aware.
    """
    return next((one for one in reversed(notices) if one.at <= now), None)
