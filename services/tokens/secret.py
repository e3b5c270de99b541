"""Secret: the text that a caller presents, `trc_tok-<12 hex>_<43 characters>`.

Place on the data's way: made once and shown once; the store has SHA-256 of its 32 random bytes. No
slow hash: there is nothing to guess in 256 random bits.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from streams.text64 import bytes64, text64

SECRET_BYTES: Final = 32
_ID_BYTES: Final = 6
_WRITTEN = re.compile(r"trc_(tok-[0-9a-f]{12})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Secret:
    """A token's id and its secret; neither log nor traceback shows the secret."""

    token_id: str
    raw: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """What the caller presents."""
        return f"trc_{self.token_id}_{text64(self.raw)}"

    @property
    def hash(self) -> bytes:
        """What the store has."""
        return sha256(self.raw).digest()


def make_secret() -> Secret:
    """A new one, from the system's randomness."""
    return Secret(f"tok-{secrets.token_hex(_ID_BYTES)}", secrets.token_bytes(SECRET_BYTES))


def read_secret(presented: str) -> Secret | None:
    """Read what somebody presents; None where it cannot be a token of ours."""
    found = _WRITTEN.fullmatch(presented)
    raw = bytes64(found[2]) if found else None
    return Secret(found[1], raw) if found and raw is not None else None
