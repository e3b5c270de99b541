"""Present: the token in an `Authorization` header. Pure."""

from __future__ import annotations

from typing import Final

_BEARER: Final = "bearer "


def presented_token(header: str) -> str | None:
    """What is presented as a bearer token; None: nothing is."""
    if header[: len(_BEARER)].lower() != _BEARER:
        return None
    return header[len(_BEARER) :].strip()
