"""Represent: an answer's bytes in the form that its asker accepts, and the tag that names them.

Place on the data's way: what was found → **bytes**. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Final

from services.gateway.problems import Code, ProblemError


class Form(StrEnum):
    """The media types that questions are answered in."""

    JSON = "application/json"


JSON_ALONE: Final = (Form.JSON,)


@dataclass(frozen=True, slots=True)
class Representation:
    """What goes back where nothing is a problem."""

    form: Form
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        """A strong tag (RFC 9110, 8.8.3): of the bytes, their form, and the next page."""
        named = "\n".join([self.form, self.headers.get("Link", ""), ""]).encode()
        return f'"{sha256(named + self.body).hexdigest()[:32]}"'


def choose(accept: str, forms: Sequence[Form]) -> Form:
    """The first of our forms that the asker likes best (RFC 9110, 12.5.1).

    Raises:
        ProblemError: it accepts none of them.
    """
    liked = [(form, _quality(accept, form)) for form in forms]
    best = max(quality for _, quality in liked)
    if best <= 0:
        raise ProblemError(Code.FORM_UNKNOWN, more={"forms": [form.value for form in forms]})
    return next(form for form, quality in liked if quality == best)


def _quality(accept: str, form: Form) -> float:
    """How much a form is liked: by the most precise range that covers it."""
    if not accept.strip():
        return 1.0
    ranges = {form.value: 3, f"{form.value.partition('/')[0]}/*": 2, "*/*": 1}
    best = (0, 0.0)
    for part in accept.split(","):
        name, *options = (word.strip().lower() for word in part.split(";"))
        if name in ranges:
            best = max(best, (ranges[name], _weight(options)))
    return best[1]


def _weight(options: Sequence[str]) -> float:
    for option in options:
        if option.startswith("q="):
            try:
                return min(1.0, max(0.0, float(option[2:])))
            except ValueError:
                return 0.0  # what cannot be read is not asked for
    return 1.0
