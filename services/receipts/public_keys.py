"""Public keys: the file with which anybody checks a receipt, for a lifetime.

    {"format": "truceline.receipt-keys.v1", "keys": [
        {"key_id": "rk-…", "public_key": "…", "not_before": "…", "not_after": "…"}]}

Place on the data's way: made beside the private keys, handed out by the gateway and by `truceline
receipt keys`, read by `verify`. No key is ever taken out of it; `not_after` null: until further
notice.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from services.receipts.errors import ReceiptKeysError
from services.receipts.receipt import KeyId
from streams.events import Instant
from streams.text64 import bytes64

KEYS_FORMAT: Final = "truceline.receipt-keys.v1"
PUBLIC_BYTES: Final = 32


class PublicKey(Struct, frozen=True, forbid_unknown_fields=True):
    """One key: Ed25519, base64url; it signs what is received in [not_before, not_after)."""

    key_id: KeyId
    public_key: Annotated[str, Meta(min_length=43, max_length=43)]
    not_before: Instant
    not_after: Instant | None = None

    @property
    def raw(self) -> bytes:
        """Its 32 bytes."""
        value = bytes64(self.public_key)
        if value is None or len(value) != PUBLIC_BYTES:
            raise ReceiptKeysError(f"the public key {self.key_id} is not 32 bytes in base64url")
        return value

    def holds_at(self, received_at: datetime) -> bool:
        """Whether it may sign what is received then."""
        ended = self.not_after is not None and received_at >= self.not_after
        return self.not_before <= received_at and not ended


class PublicKeys(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file, the oldest key first."""

    format: Literal["truceline.receipt-keys.v1"] = KEYS_FORMAT
    keys: tuple[PublicKey, ...] = ()

    def find(self, key_id: str) -> PublicKey | None:
        """The key of this id."""
        return next((key for key in self.keys if key.key_id == key_id), None)

    def at(self, received_at: datetime) -> PublicKey | None:
        """The key to sign with: the newest of those that hold."""
        return next((key for key in reversed(self.keys) if key.holds_at(received_at)), None)


def write_public(keys: PublicKeys, indent: int = 2) -> bytes:
    """The file's bytes; all on one line where `indent` is 0."""
    return msgspec.json.format(msgspec.json.encode(keys), indent=indent or -1) + b"\n"


def read_public(path: Path) -> PublicKeys:
    """Read a public key file.

    Raises:
        ReceiptKeysError: it is not there, or it is none.
    """
    try:
        keys = msgspec.json.decode(path.read_bytes(), type=PublicKeys)
    except OSError as error:
        raise ReceiptKeysError(f"cannot read the keys in {path}: {error.strerror}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ReceiptKeysError(f"{path} is no public key file: {error}") from error
    if len({key.key_id for key in keys.keys}) < len(keys.keys):
        raise ReceiptKeysError(f"two keys in {path} have the same id: whose receipts are they?")
    return keys
