"""Touching: which facts bear on a report, by its time, asked a million times.

Place on the data's way: `MissionContext` → **what touches one report** → its `Context`. Facts are
few and reports many: time is cut at every edge of a fact, and what touches a piece is looked up
once (`MissionContext.touching` says what touches).
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime

from streams.context.facts import NOTHING_KNOWN, MissionContext, Notification, TruceHeld


class Touching:
    """The facts under one agreement version, ready to be asked."""

    def __init__(self, context: MissionContext) -> None:
        self._context = context
        edges = {phase.at for phase in context.phases}
        for window in _windows(context):
            edges |= {window.start, window.end}
        self._edges = sorted(edges)
        self._pieces: dict[int, MissionContext] = {}

    def of(self, start: datetime, end: datetime) -> MissionContext:
        """The facts that touch [start, end]; `NOTHING_KNOWN` itself where none does."""
        piece = bisect_right(self._edges, start)
        if start is not end and piece != bisect_right(self._edges, end):
            return self._select(start, end)
        found = self._pieces.get(piece)
        if found is None:
            found = self._pieces[piece] = self._select(start, end)
        return found

    def _select(self, start: datetime, end: datetime) -> MissionContext:
        found = self._context.touching(start, end)
        return NOTHING_KNOWN if found == NOTHING_KNOWN else found


Span = tuple[datetime, datetime | None]
"""[start, end); None: until further notice."""


def changed_spans(before: MissionContext, after: MissionContext) -> list[Span]:
    """When two contexts differ: what happened outside of these spans is judged alike by both.

    In order, and apart from each other.
    """
    phases = {*before.phases} ^ {*after.phases}
    windows = {*_windows(before)} ^ {*_windows(after)}
    spans: list[Span] = [(phase.at, None) for phase in phases]
    spans += [(window.start, window.end) for window in windows]
    joined: list[Span] = []
    for start, end in sorted(spans, key=lambda span: span[0]):
        if not joined or (joined[-1][1] is not None and joined[-1][1] < start):
            joined.append((start, end))
        else:
            last_start, last_end = joined[-1]
            joined[-1] = (
                last_start,
                None if last_end is None or end is None else max(last_end, end),
            )
    return joined


def _windows(context: MissionContext) -> list[Notification | TruceHeld]:
    return [*context.notifications, *context.truces]
