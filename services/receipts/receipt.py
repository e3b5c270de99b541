"""Receipt: what it says, and its bytes that are signed.

Place on the data's way: a stored version → **receipt** → sign → whoever sent it. The bytes are
canonical JSON (RFC 8785), so that the same receipt is made again from the stored row, at any time,
by any program.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from services.receipts.errors import NoReceiptError
from streams.events import END, Id, Sha256Hex, Slug
from streams.keys import EventKind
from streams.text64 import text64

FORMAT: Final = "truceline.receipt.v1"

KeyId = Annotated[str, Meta(pattern=rf"^rk-[0-9a-f]{{12}}{END}")]
ReceivedAt: TypeAlias = Annotated[
    str, Meta(pattern=rf"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{6}}Z{END}")
]
"""RFC 3339 in UTC, to the microsecond, always with six digits: one instant has one text."""


class Receipt(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """What was received, from whom, and when.

    The fields stand in the order of their names, so that msgspec writes them as RFC 8785 asks, a
    hundred times faster than a canonicaliser in Python. A test holds the two equal.
    """

    format: Literal["truceline.receipt.v1"] = FORMAT
    id: Id
    key_id: KeyId
    kind: EventKind
    mission: Slug
    received_at: ReceivedAt
    revision: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    sha256: Sha256Hex
    source: Slug


class SignedReceipt(Struct, frozen=True, gc=False):
    """A receipt as it is handed out; what else stands beside it (a status) is ignored."""

    receipt: Receipt
    signature: str
    """Ed25519 over the receipt's canonical bytes, or over a tree's root with the path to it
    (`services.receipts.sign`): base64url without padding."""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(SignedReceipt).decode


def make_receipt(  # noqa: PLR0913 (what a receipt says)
    *,
    kind: EventKind,
    id: str,  # noqa: A002 (the wire's word)
    mission: str,
    source: str,
    revision: int,
    content_hash: bytes,
    received_at: datetime,
    key_id: str,
) -> Receipt:
    """The receipt of a version of an event; `content_hash` is SHA-256 of its bytes as they came."""
    return Receipt(
        kind=kind,
        id=id,
        mission=mission,
        source=source,
        revision=revision,
        sha256=content_hash.hex(),
        received_at=written(received_at),
        key_id=key_id,
    )


@lru_cache(maxsize=64)  # a group's versions have one instant, nearly all of them
def written(instant: datetime) -> str:
    """An aware instant as receipts write it."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def canonical(receipt: Receipt) -> bytes:
    """The bytes that are signed: RFC 8785."""
    return _encode(receipt)


def signed(receipt: Receipt, signature: bytes) -> SignedReceipt:
    """The receipt as it is handed out."""
    return SignedReceipt(receipt, text64(signature))


def write_signed(one: SignedReceipt) -> bytes:
    """Its bytes on the wire."""
    return _encode(one)


def read_signed(raw: bytes) -> SignedReceipt:
    """Read a receipt that somebody holds.

    Raises:
        NoReceiptError: it is none, or of a format that this program does not know.
    """
    try:
        return _decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NoReceiptError(f"this is no receipt: {error}") from error


def read_parts(receipt: bytes, signature: str) -> SignedReceipt:
    """Read a receipt and its signature that are kept apart.

    Raises:
        NoReceiptError: they are none.
    """
    return read_signed(b'{"receipt":%b,"signature":%b}' % (receipt, msgspec.json.encode(signature)))
