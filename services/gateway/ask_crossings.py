"""Ask for crossings: a page of passages of subjects over lines, as far as their asker may see.

Place on the data's way: GET /v1/crossings. As of whereabouts: who sees the whole of a mission is
told which subject it was and by whose reports; all others that *something* crossed, or may have.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from services.drafts import Drafts
from services.gateway.ask_whereabouts import Telling, WhereaboutsAsked, told_page
from services.gateway.page import Page
from services.gateway.represent import Shape
from services.store.engine import Connection
from services.store.queries.whereabouts import FoundWhereabouts
from services.tokens.token import Token
from streams.assessment import status_of
from streams.whereabouts.fold import Crossing, Passing


class CrossingTold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A passage over a line. From `subject_ref` on: only to who sees the whole of the mission."""

    mission: str
    line: str
    """`baseline:ID`, or `corridor:ID`, whose route it is."""
    answer: str
    from_side: str
    """Left or right of the line as it is drawn."""
    to_side: str
    status: str
    """Nothing here is a finding of any mission."""
    draft: bool
    """Not all parties had signed a version in force meanwhile."""
    after: datetime
    by: datetime
    known_at: datetime | None = None
    subject_ref: str | None = None
    first: str | None = None
    last: str | None = None


CROSSINGS: Final = Shape(CrossingTold.__struct_fields__, lambda _: None)


def ask_crossings(conn: Connection, token: Token, asked: WhereaboutsAsked) -> Page[CrossingTold]:
    """A page of the crossings that the token's holder may see, as they count or counted."""
    return told_page(conn, token, asked, Telling(tuple(Passing), _told, _place))


def _place(one: CrossingTold) -> tuple[object, ...]:
    return one.line, one.after, one.by, one.answer


def _told(row: FoundWhereabouts, drafts: Drafts, *, whole: bool) -> CrossingTold:
    crossing = msgspec.json.decode(row.body, type=Crossing)
    draft = drafts.cover(crossing.after, crossing.by)
    return CrossingTold(
        mission=row.mission,
        line=crossing.zone,
        answer=crossing.answer,
        from_side=crossing.from_side,
        to_side=crossing.to_side,
        status=status_of(draft=draft),
        draft=draft,
        after=crossing.after,
        by=crossing.by,
        known_at=row.known_at,
        subject_ref=row.subject_ref if whole else None,
        first=crossing.first if whole else None,
        last=crossing.last if whole else None,
    )
