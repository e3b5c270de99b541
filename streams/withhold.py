"""Withhold: of a refused event about an exchange or a movement, or that may be, nothing is kept.

    refused bytes → may they be of one? → the reason without a word that they hold

Place on the data's way: the end of `decode`, wherever an event comes in. What is wrong with such an
event may be that it names somebody. Its bytes, ids and words stay out of the store, the log, the
announcements and the answer; the SHA-256 of its bytes and the reason code are what remains.

Where it cannot be told, it may be. On the topic of context events, whose bytes are withheld unless
they are plainly one of the other kinds; elsewhere, where words of theirs stand in them: a malformed
report is no reason to lose a report.
"""

from __future__ import annotations

import json
import re
from typing import Final, get_args

import msgspec
from msgspec import Struct

from streams.events import ContextEvent, MovementStep, NamelessEvent
from streams.keys import EventKind, Key, event_key

_TAG: Final = "event"
_NAMELESS: Final = get_args(NamelessEvent)
_NAMELESS_TAGS: Final = frozenset(str(kind.__struct_config__.tag) for kind in _NAMELESS)
_OTHERS: Final = tuple(kind for kind in get_args(ContextEvent) if kind not in _NAMELESS)
_OTHER_TAGS: Final = frozenset(str(kind.__struct_config__.tag) for kind in _OTHERS)
_OWN: Final = (
    frozenset[str]()
    .union(*(kind.__struct_fields__ for kind in _NAMELESS))
    .difference(*(kind.__struct_fields__ for kind in _OTHERS))
)
"""Fields that no other context event has: what has one was perhaps meant to be one of them."""
_TELLING: Final = frozenset({"exchange", "handed_over_by", "organiser", "movement"})
"""Those of them that no report and no status would have by chance."""
_SIZE_LIMIT: Final = 1 << 20
_WORDS: Final = re.compile(rb'\b(exchange|handed_over_by|organiser)\b|"movement"')
"""Not `exchange_of_fire`, which is a kind of report; nor that a remark speaks of movement."""
_ESCAPED: Final = re.compile(rb"\\u00([0-7][0-9a-f])")

_FIELDS: Final = frozenset({_TAG, "type"}).union(
    *(kind.__struct_fields__ for kind in (*_NAMELESS, *get_args(MovementStep)))
)
_PLACE: Final = re.compile(r" - at `\$\.([\w.]+)`$")
NOT_REPEATED: Final = (
    "an event about an exchange or a movement holds the words, numbers and times of its schema and "
    "nothing else; what was sent is neither repeated nor kept"
)


def may_be_nameless(raw: bytes, *, of_context: bool) -> bool:
    """Whether refused bytes are, or may be, an event about an exchange or a movement.

    Args:
        raw: what was refused.
        of_context: whether they came where context events come.
    """
    if not of_context and not _WORDS.search(_plain(raw)):
        return False
    members = _members(raw) if len(raw) <= _SIZE_LIMIT else None
    if members is None:  # nobody can say what it is
        return True
    keys = [key.lower() for key, _ in members]
    tags = [value for key, value in members if key.lower() == _TAG]
    if not of_context:
        return not _TELLING.isdisjoint(keys) or any(_is_nameless(tag) for tag in tags)
    plainly_other = len(tags) == 1 and isinstance(tags[0], str) and tags[0] in _OTHER_TAGS
    return not plainly_other or not _OWN.isdisjoint(keys)


def without_its_words(message: str, *, quotes: bool) -> str:
    """What may be told of what is wrong.

    Args:
        message: what was found, which ends with where it was.
        quotes: whether it may hold what was sent; then only a field of ours is told of it.
    """
    if not quotes:
        return f"{message}; {NOT_REPEATED}"
    place = _PLACE.search(message)
    if place is None or not _FIELDS.issuperset(place[1].split(".")):
        return NOT_REPEATED
    return f"no word of the schema - at `$.{place[1]}`; {NOT_REPEATED}"


class _Named(Struct, frozen=True):
    """What every event of ours has, whatever else a later program asks of it."""

    mission: str
    source: str
    id: str


_NAMED: Final = msgspec.json.Decoder(_Named)


def key_if_stored(raw: bytes) -> Key | None:
    """The key under which an earlier program may have stored refused bytes of a context event.

    None: none can have, since they do not say who calls them what.
    """
    try:
        named = _NAMED.decode(raw)
        return event_key(EventKind.CONTEXT, named.mission, named.source, named.id)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        # Going on is safe: what has no key is not in the store.
        return None


def _plain(raw: bytes) -> bytes:
    """The bytes as they are searched: without what writes the same letters another way."""
    text = raw.replace(b"\0", b"").lower()
    if b"\\u00" not in text:
        return text
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text)


def _is_nameless(tag: object) -> bool:
    return str(tag).lower() in _NAMELESS_TAGS


def _members(raw: bytes) -> list[tuple[str, object]] | None:
    """Every key with its value, at any depth, repeated ones too; None: it is no JSON object."""
    members: list[tuple[str, object]] = []

    def note(pairs: list[tuple[str, object]]) -> None:
        members.extend(pairs)

    try:
        json.loads(raw, object_pairs_hook=note, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        # Going on is safe: what cannot be read is withheld.
        return None
    return members or None
