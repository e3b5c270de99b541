"""Read an event: bytes → a post, or the outcome that it cannot be one.

Place on the data's way: `read_body` → **read event** → `take_in`. Pure: decoding is the stages'
own (`streams.decode`), whether the caller may speak for the source is the token's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

from services.gateway.posts import Outcome, Post, Status
from services.tokens.token import Role, Token
from streams.decode import Refusal, decode_context, decode_report, decode_reports, decode_status
from streams.events import Event, MovementEvent, NamelessEvent, Report
from streams.keys import EventKind, event_key

_DECODE: Final[dict[EventKind, Callable[[bytes], Event | Refusal]]] = {
    EventKind.REPORT: decode_report,
    EventKind.CORRIDOR_STATUS: decode_status,
    EventKind.CONTEXT: decode_context,
}


def read_event(kind: EventKind, raw: bytes, token: Token) -> Post | Outcome:
    """Decode one event and ask whether its caller may submit it."""
    return _post_of(kind, _DECODE[kind](raw), raw, token)


def read_events(kind: EventKind, raws: Sequence[bytes], token: Token) -> list[Post | Outcome]:
    """The same of several, in order."""
    if kind is EventKind.REPORT:
        reports = decode_reports(raws)
        return [_post_of(kind, one, raw, token) for one, raw in zip(reports, raws, strict=True)]
    return [read_event(kind, raw, token) for raw in raws]


def _post_of(kind: EventKind, event: Event | Refusal, raw: bytes, token: Token) -> Post | Outcome:
    if isinstance(event, Refusal):
        return Outcome(Status.REFUSED, refusal=event)
    if not _may_say(token, event):
        return Outcome(Status.FORBIDDEN)
    key = event_key(kind, event.mission, event.source, event.id)
    return Post.of(kind, event, key, raw, sha256(raw).digest(), token.id)


def _may_say(token: Token, event: Event) -> bool:
    """A count in an exchange, or a word on a movement, comes from a source that the token names.

    A token for every source would let its holder write any name there. Who organises movements
    speaks of nothing else.
    """
    if isinstance(event, Report):  # nearly all that comes: to ask for the others costs more
        return token.roles != ORGANISES and token.speaks_for(event.mission, event.source)
    if isinstance(event, NamelessEvent) and event.source not in token.sources:
        return False
    if not isinstance(event, MovementEvent) and token.roles == ORGANISES:
        return False
    return token.speaks_for(event.mission, event.source)


ORGANISES: Final = frozenset({Role.MOVEMENT_ORGANISER})
