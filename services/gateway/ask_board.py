"""Ask for the board: every corridor that a token may see, as it is now.

Place on the data's way: GET /v1/corridors/board. The same as `ask_corridors` tells, without what a
phone on a bad line has no use for; and a glance at what may change it, for who waits for a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from services.behind import SYSTEM_BEHIND
from services.disputes import Disputes
from services.drafts import Drafts
from services.gateway.ask_corridors import PartTold, last_drawn
from services.gateway.board import Board, CorridorShown
from services.store.documents import DocumentsLoaded, documents_loaded, loaded_agreements
from services.store.engine import Connection
from services.store.generations import StoredInterval
from services.store.instants import SINCE_EVER
from services.store.queries.corridors import CorridorName, corridors, last_words
from services.timeline import states_now
from services.tokens.token import Token
from streams.corridors.divided import PartState


class Glance(NamedTuple):
    """What may change a board, and is read at once: agreements themselves take longer."""

    shown: tuple[CorridorShown, ...]
    """The states alone, without names, drafts and disputes."""
    loaded: DocumentsLoaded


class Seen(NamedTuple):
    """A board, and what it was made from."""

    board: Board
    as_of: datetime
    """Who asks what could be seen then is told the same."""
    glance: Glance
    turns_at: datetime | None
    """When the clock alone may change what is said of its windows and signatures."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The corridors on it."""
        return tuple(shown.corridor for shown in self.glance.shown)


def ask_board(conn: Connection, token: Token, now: datetime) -> Seen:
    """Every corridor that the token's agreements name, or of which anything is known."""
    # Counted before it is read: what is loaded in between is looked for again, never missed.
    counted = documents_loaded(conn, token.mission)
    known = loaded_agreements(conn, token.mission)
    loaded = [it.document for it in known]
    drawn, disputes = last_drawn(loaded), Disputes(loaded)
    drafts = Drafts.among(conn, known, token.mission)
    draft = drafts.cover(now, now)
    ids = sorted({name.corridor_id for name in corridors(conn, token.mission)} | drawn.keys())
    shown = _states(conn, token, now, ids)
    named = {id_: corridor.name for id_, corridor in drawn.items()}
    items = tuple(
        replace(
            it,
            name=named.get(it.corridor),
            draft=draft,
            window_disputed=disputes.soon(it.corridor, now),
        )
        for it in shown
    )
    turns = [it for it in (disputes.turn_at(ids, now), drafts.turn_at(now)) if it is not None]
    board = Board(mission=token.mission, items=items)
    return Seen(board, now, Glance(shown, counted), min(turns, default=None))


def ask_glance(conn: Connection, token: Token, now: datetime, ids: Sequence[str]) -> Glance:
    """These corridors' states; equal to another glance where nothing has changed."""
    counted = documents_loaded(conn, token.mission)
    return Glance(_states(conn, token, now, ids), counted)


def _states(
    conn: Connection, token: Token, now: datetime, ids: Sequence[str]
) -> tuple[CorridorShown, ...]:
    names = [CorridorName(token.mission, id_) for id_ in ids]
    words = last_words(conn, token.mission, ids, now)
    states = states_now(conn, names, now)
    return tuple(
        _shown(id_, interval, words.get(id_)) for id_, interval in zip(ids, states, strict=True)
    )


def _shown(id_: str, interval: StoredInterval, last_word_at: datetime | None) -> CorridorShown:
    starts_at = interval.starts_at
    # Since when something waits too long nobody knows; now would be another board every moment.
    is_known = starts_at != SINCE_EVER and interval.cause != SYSTEM_BEHIND
    return CorridorShown(
        corridor=id_,
        state=str(interval.state),
        cause=interval.cause,
        since=starts_at if is_known else None,
        not_valid_after=interval.not_valid_after,
        last_word_at=last_word_at,
        parts=tuple(map(_part, interval.parts)),
    )


def _part(part: PartState) -> PartTold:
    return PartTold(
        segment=part.segment,
        direction=part.direction,
        traveller=part.traveller,
        state=part.state,
        cause=part.cause,
        not_valid_after=part.not_valid_after,
    )
