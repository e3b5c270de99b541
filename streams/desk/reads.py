"""How a result reads, by what a person has done with it; one place for all who are told.

Place on the data's way: review, or release → **words** → CLI, HTTP, explanations. Until a person
has released it a result is automatic and unreviewed, whoever else has looked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from streams.assessment import DRAFT, status_of
from streams.desk.fold import Held, Review

_WORDS: Final[Mapping[Held, str]] = {
    Held.STANDS: "released",
    Held.SUPERSEDED: "released, then superseded",
    Held.WITHDRAWN: "released, then taken back",
}


def reads(held: Held | None, *, draft: bool) -> str:
    """The status of a result; None: it was not released."""
    if held is None:
        return status_of(draft=draft)
    return f"{_WORDS[held]}; {DRAFT}" if draft else _WORDS[held]


def reads_now(review: Review, *, draft: bool) -> str:
    """The status of a result at its reading now."""
    return reads(Held.STANDS if review is Review.RELEASED else None, draft=draft)
