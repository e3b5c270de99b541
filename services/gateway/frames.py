"""Frames: posts and outcomes as bytes between the process that answers and the one that stores.

    length uint4 | MessagePack

Place on the data's way: `group` ⇄ **here** ⇄ `store_groups`. Both ends are of one version: they are
started by one program. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct as Packing
from typing import Any, Final

import msgspec
from msgspec import Struct

from services.gateway.posts import Outcome, Post
from streams.keys import Key

LENGTH: Final = Packing("!I")


class Reply(Struct, frozen=True, array_like=True):
    """What came of a group."""

    outcomes: list[Outcome] | None
    """In the order of its posts; none: nothing is known to be stored, see `error`."""
    error: str = ""


def _plain(value: object) -> bytes:
    assert isinstance(value, Key), "all else msgspec knows"
    return bytes(value)


def _own(of: type, value: bytes) -> Any:  # noqa: ANN401 (msgspec's hook)
    return of(value)


_encoder: Final = msgspec.msgpack.Encoder(enc_hook=_plain)
_posts: Final = msgspec.msgpack.Decoder(list[Post], dec_hook=_own)
_reply: Final = msgspec.msgpack.Decoder(Reply)


def frame_of(message: Sequence[Post] | Reply) -> bytes:
    """A whole frame."""
    body = _encoder.encode(message)
    return LENGTH.pack(len(body)) + body


def read_posts(body: bytes) -> list[Post]:
    """The posts in a frame's body."""
    return _posts.decode(body)


def read_reply(body: bytes) -> Reply:
    """The reply in a frame's body."""
    return _reply.decode(body)
