"""Ask for due instants: what is coming up, and what has fallen due.

Place on the data's way: GET /v1/due. The rows are those of the command (`services.due`), within the
token's mission and agreement.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from services.due import DueAsked, DueTold, due
from services.gateway.disclosure import sees_all
from services.gateway.represent import Shape
from services.store.engine import Connection
from services.tokens.token import Token
from streams.due import Rule

DUE: Final = Shape(DueTold.__struct_fields__, lambda _: None)
NOTE: Final = "what is coming may still be moved; overdue is no finding"
BEFORE: Final = timedelta(days=1)
AFTER: Final = timedelta(days=7)
"""What is asked for where the question names no time."""


class Page(NamedTuple):
    """Some due instants, and the instant from which the others are to be asked for."""

    told: Sequence[DueTold]
    next: datetime | None


def ask_due(conn: Connection, token: Token, asked: DueAsked, limit: int) -> Page:
    """A page, in the order of time; what falls due at one instant is never on two."""
    found = [
        row
        for row in due(conn, asked._replace(mission=token.mission))
        # The name of an incident is a hash over a source's words: who knows of some could try them.
        if row.rule is not Rule.INCIDENT_ENDED or sees_all(token)
    ]
    end = min(limit, len(found))
    while end < len(found) and found[end].due_at == found[end - 1].due_at:
        end += 1
    return Page(found[:end], found[end].due_at if end < len(found) else None)
