"""The bearer token, from a file of mode 0600: never an argument, never in the environment."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.client.errors import TokenError

TOKEN_FILE_VARIABLE: Final = "TRUCELINE_TOKEN_FILE"  # noqa: S105  the name of a variable
LONGEST: Final = 4096
_FORM: Final = re.compile(r"[A-Za-z0-9._~+/=-]+")
"""RFC 6750's b64token: nothing that could begin another header."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token that no log or traceback shows."""

    secret: str = field(repr=False)


def read_token(path: Path) -> Token:
    """Read the token.

    Raises:
        TokenError: there is none, others may read it, or it is none. It never quotes the content.
    """
    try:
        # Checked on the opened file: what is checked is what is read.
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise TokenError(f"{path} may be read by others: run `chmod 600 {path}`")
            raw = file.read(LONGEST + 1)
    except FileNotFoundError as error:
        raise TokenError(
            f"no token: write the one that the gateway's operator gave you into {path} "
            f"(mode 0600), or name its file in {TOKEN_FILE_VARIABLE}"
        ) from error
    except OSError as error:
        raise TokenError(f"cannot read the token in {path}: {error.strerror}") from error
    text = raw.decode("ascii", errors="replace").strip()
    if len(raw) > LONGEST or not _FORM.fullmatch(text):
        raise TokenError(f"{path} holds no token: it is one word of letters, digits and ._~+/=-")
    return Token(text)
