"""Ask for whereabouts: a page of spells of subjects in zones, as far as their asker may see.

Place on the data's way: GET /v1/whereabouts. Who sees the whole of a mission is told which subject
it was and by whose reports; all others that *something* was, or may have been, inside a zone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

import msgspec
from msgspec import Struct

from services.drafts import Drafts
from services.gateway.disclosure import sees_all
from services.gateway.page import Page, page_of
from services.gateway.represent import Shape
from services.store.engine import Connection
from services.store.queries.whereabouts import After, FoundWhereabouts, whereabouts
from services.tokens.token import Token
from streams.assessment import status_of
from streams.whereabouts.fold import Answer, Passing, Spell

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class WhereaboutsAsked(NamedTuple):
    """What is asked for; of crossings the zone is the line."""

    subject: str | None
    zone: str | None
    answer: Answer | Passing | None
    since: datetime | None
    until: datetime | None
    known_at: datetime | None
    limit: int
    after: After | None


class SpellTold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A spell in a zone. From `subject_ref` on: only to who sees the whole of the mission."""

    mission: str
    zone: str
    answer: str
    status: str
    """Nothing here is a finding of any mission."""
    draft: bool
    """Not all parties had signed a version in force meanwhile."""
    begun_after: datetime
    begun_by: datetime
    ended_after: datetime
    ended_before: datetime | None = None
    least_s: float | None = None
    most_s: float | None = None
    open_by: str | None = None
    known_at: datetime | None = None
    subject_ref: str | None = None
    first: str | None = None
    last: str | None = None
    sightings: int | None = None


SPELLS: Final = Shape(SpellTold.__struct_fields__, lambda _: None)
DISCLOSED: Final = (Answer.INSIDE, Answer.UNDETERMINED)
"""To who is not told the subject: where something else was is no business of theirs."""


def ask_whereabouts(conn: Connection, token: Token, asked: WhereaboutsAsked) -> Page[SpellTold]:
    """A page of the spells that the token's holder may see, as they count or counted."""
    answers = tuple(Answer) if sees_all(token) else DISCLOSED
    return told_page(conn, token, asked, Telling(answers, _told, _place))


def _place(one: SpellTold) -> tuple[object, ...]:
    return one.zone, one.begun_after, one.begun_by, one.ended_after


class Tell(Protocol[T_co]):
    """How a row is told."""

    def __call__(self, row: FoundWhereabouts, drafts: Drafts, *, whole: bool) -> T_co:
        """Tell it, its subject too if it is to be told as a `whole`."""
        ...


class Telling(NamedTuple, Generic[T]):
    """How what is stored of subjects is told."""

    answers: Sequence[Answer] | Sequence[Passing]
    """These alone."""
    tell: Tell[T]
    place: Callable[[T], Any]
    """Where it stands in the list of who is not told which subject it was."""


def told_page(conn: Connection, token: Token, asked: WhereaboutsAsked, how: Telling[T]) -> Page[T]:
    """A page of what is stored of subjects, as far as the token's holder may see it."""
    whole = sees_all(token)
    page = _find_page(conn, token, asked, how.answers)
    drafts = Drafts.of(conn, token.mission, asked.known_at)
    told = [how.tell(row, drafts, whole=whole) for row in page.told]
    if not whole:
        # Not subject by subject, as they are stored: which of them are of one is not told.
        told.sort(key=how.place)
    return Page(told, page.next)


def _find_page(
    conn: Connection,
    token: Token,
    asked: WhereaboutsAsked,
    disclosed: Sequence[Answer] | Sequence[Passing],
) -> Page[FoundWhereabouts]:
    """A page of what is stored of subjects, of these answers alone."""
    if asked.subject is not None and not sees_all(token):
        return Page((), None)  # whether there is such a subject is not theirs to find out
    found = whereabouts(
        conn,
        mission=token.mission,
        subjects=None if asked.subject is None else [asked.subject],
        zone=asked.zone,
        answers=[it for it in disclosed if asked.answer in {None, it}],
        since=asked.since,
        until=asked.until,
        known_at=asked.known_at,
        limit=asked.limit + 1,  # whether there is another page
        after=asked.after,
    )
    return page_of(found, asked.limit)


def _told(row: FoundWhereabouts, drafts: Drafts, *, whole: bool) -> SpellTold:
    spell = msgspec.json.decode(row.body, type=Spell)
    draft = drafts.cover(spell.begun_after, spell.ended_before)
    return SpellTold(
        mission=row.mission,
        zone=spell.zone,
        answer=spell.answer,
        status=status_of(draft=draft),
        draft=draft,
        begun_after=spell.begun_after,
        begun_by=spell.begun_by,
        ended_after=spell.ended_after,
        ended_before=spell.ended_before,
        least_s=spell.least_s,
        most_s=spell.most_s,
        open_by=spell.open_by,
        known_at=row.known_at,
        subject_ref=row.subject_ref if whole else None,
        first=spell.first if whole else None,
        last=spell.last if whole else None,
        sightings=spell.sightings if whole else None,
    )
