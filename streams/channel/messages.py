"""Messages of the joint channel, each a document whose bytes are kept as they came.

Place on the data's way: POST /v1/channel → **message** → `fold`. A message changes no finding, no
case and no other message; what it is about it names.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from streams.cases.acts import CaseId, Statement
from streams.errors import StreamError
from streams.events import Instant, Sha256Hex, Slug

FORMAT: Final = "truceline.channel-message.v1"
MESSAGE_BYTES: Final = 128 * 1024
"""The most that a message takes."""
_NAME_LENGTH: Final = 20

Addressees = Annotated[
    tuple[Slug, ...],
    Meta(max_length=64, description="Parties of the agreement; empty: the mission."),
]


class Message(
    Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="message",
):
    """What every message says."""

    format: Literal["truceline.channel-message.v1"]
    mission: Slug
    agreement: Slug
    source: Slug
    """Who writes; a party through a source of the agreement that speaks for it."""
    at: Instant
    """By the writer's clock."""
    text: Statement


class Request(Message, frozen=True, kw_only=True, tag="request"):
    """Somebody wants an answer."""

    to: Addressees = ()
    deadline: Instant | None = None
    """Who has not answered by then is overdue; absent: nobody ever is."""
    about: CaseId | None = None
    """The case that it is about."""


class Reply(Message, frozen=True, kw_only=True, tag="reply"):
    """An answer."""

    request: Sha256Hex


class Dissent(Message, frozen=True, kw_only=True, tag="dissent"):
    """Disagreement with a message; to a request it is an answer."""

    with_: Sha256Hex = msgspec.field(name="with")


class Notice(Message, frozen=True, kw_only=True, tag="notice"):
    """Something to know, which nobody has to answer."""

    to: Addressees = ()
    about: CaseId | None = None


ChannelMessage = Request | Reply | Dissent | Notice


class NoMessageError(StreamError):
    """The bytes are no message of the joint channel."""


_DECODER: Final[msgspec.json.Decoder[ChannelMessage]] = msgspec.json.Decoder(ChannelMessage)
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


def read_message(raw: bytes) -> ChannelMessage:
    """Read a message.

    Raises:
        NoMessageError: it is none; the text says where.
    """
    if len(raw) > MESSAGE_BYTES:
        raise NoMessageError(f"a message takes at most {MESSAGE_BYTES} bytes")
    try:
        return _DECODER.decode(raw)
    except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
        raise NoMessageError(f"this is no message of the joint channel: {error}") from error


def write_message(message: ChannelMessage) -> bytes:
    """A message's bytes as this program writes it."""
    return _ENCODER.encode(message)


def message_hash(raw: bytes) -> str:
    """What a message is called by: SHA-256 (hex) of its bytes."""
    return hashlib.sha256(raw).hexdigest()


def name_of(sha256: str) -> str:
    """How it is called where it is listed and falls due."""
    return sha256[:_NAME_LENGTH]
