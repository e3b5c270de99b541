"""Ask for flags: what in a mission's reports asks for a second look.

Place on the data's way: GET /v1/flags. The rows are those of the command (`services.flags`), within
the token's mission and agreement; only for who sees the whole of it: a flag names sources, and
tells who made something up what to do better.
"""

from __future__ import annotations

from typing import Final

from services.flags import FlagsAsked, FlagTold, TooManyReportsError, flags
from services.gateway.page import AfterRows, Page, page_from
from services.gateway.parameters import bad
from services.gateway.represent import Shape
from services.store.engine import Connection

FLAGS: Final = Shape(FlagTold.__struct_fields__, lambda _: None)
NOTE: Final = "a hint to people: no verdict, total or grading changes by it"


def ask_flags(
    conn: Connection, asked: FlagsAsked, limit: int, after: AfterRows | None
) -> Page[FlagTold]:
    """A page of flags, by kind and source.

    Raises:
        ProblemError: the period holds more reports than are looked at together.
    """
    try:
        found = flags(conn, asked)
    except TooManyReportsError as error:
        raise bad("from", f"and `to` leave too much: {error}") from None
    return page_from(found, limit, after)
