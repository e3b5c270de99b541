"""Ask for a corridor's days: what the picture and the table of them are made from.

Place on the data's way: GET /v1/corridors/{id}/timeline. The same pieces as
`truceline corridor timeline` shows; no event is named in them, so everybody who may ask for
corridors is told the same.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from services.disputes import DISPUTED, Disputes
from services.drafts import Drafts
from services.gateway.ask_corridors import NOTE, require_corridor
from services.gateway.parameters import bad
from services.store.engine import Connection
from services.store.generations import NOTHING_KNOWN
from services.timeline import TimelineAsked, timeline
from services.timeline_picture import NO_PERIOD, days_of, shown_of, svg
from services.tokens.token import Token
from streams.assessment import DRAFT


class PieceTold(Struct, frozen=True, kw_only=True):
    """A part of one day, UTC, in one state."""

    start: datetime
    end: datetime
    state: str
    cause: str


class TimelineTold(Struct, frozen=True, kw_only=True):
    """A corridor's days."""

    mission: str
    corridor: str
    since: datetime
    until: datetime
    known_at: datetime
    """By what was known then."""
    window_disputed: bool
    """Announcements of a window of that time differ; what they have in common counts."""
    draft: bool
    """A version in force at some time of it is not signed by all parties, by what was known."""
    note: str = NOTE
    items: tuple[PieceTold, ...]


class DaysAsked(NamedTuple):
    """Of which corridor or part of it, from when to when."""

    timeline: TimelineAsked
    since: datetime | None
    until: datetime | None


class Days(NamedTuple):
    """What is told, and the same as a picture."""

    told: TimelineTold
    picture: str


def ask_days(conn: Connection, token: Token, now: datetime, asked: DaysAsked) -> Days:
    """The pieces of each day, in order.

    Raises:
        ProblemError: the token's agreements name no such corridor or part, or it is no period.
    """
    name = asked.timeline.name
    shown = shown_of(asked.since, asked.until, now)
    if shown is None:
        raise bad("to", f"must come after `from`, {NO_PERIOD}")
    since, until = shown
    require_corridor(conn, name, asked.timeline.part)
    of = asked.timeline._replace(since=since, until=until)
    known = timeline(conn, of, now)
    before = NOTHING_KNOWN._replace(ends_at=known[0].starts_at if known else None)
    known_at = min(asked.timeline.known_at or now, now)
    disputes = Disputes.of(conn, token.mission, known_at)
    days = list(days_of([before, *known], since, until))
    told = TimelineTold(
        mission=token.mission,
        corridor=name.corridor_id,
        since=since,
        until=until,
        known_at=known_at,
        window_disputed=disputes.cover(name.corridor_id, since, until),
        draft=Drafts.of(conn, token.mission, known_at).cover(since, until),
        items=tuple(
            PieceTold(start=it.start, end=it.end, state=it.state, cause=it.cause)
            for _, pieces in days
            for it in pieces
        ),
    )
    return Days(told, svg(_title(told), days))


def _title(told: TimelineTold) -> str:
    """As the command's picture has it."""
    known_at = f"{told.known_at:%Y-%m-%d %H:%M:%SZ}"
    said = [f"Corridor {told.corridor} of {told.mission}, as known at {known_at}", told.note]
    more = ((f"Agreed {DRAFT}", told.draft), (DISPUTED, told.window_disputed))
    return ". ".join([*said, *(word for word, holds in more if holds)])
