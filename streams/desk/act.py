"""Act: what one person decided of one item, and upon which state of it.

Place on the data's way: a person → **Act** → store → fold. Acts are kept for good. `seq` is the
order in which they were decided: each names the one that it follows, so that no two follow the
same (`services.desk_acts`).
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from streams.vocabulary import Word


class Action(Word):
    """What a person may do with an item."""

    CONFIRM = "confirm"
    """It is as the program says; answers a question that stood open."""
    RETURN = "return"
    """A question is to be answered first; of a released one: it is taken back."""
    MERGE = "merge"
    """Others tell of the same, and are released with this one."""
    SPLIT = "split"
    """They do not."""
    RELEASE = "release"
    """Parties and the public are told."""


class Act(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person's decision on one item."""

    item: str
    seq: int
    """From 1, without a gap."""
    reading: int
    """Of the result, as it was when this was decided."""
    action: Action
    principal: str
    """The person, by the name that is in the token."""
    token_id: str
    at: datetime
    note: str
    """Of a return: the question."""
    people: int
    """How many different people a release took by the methodology then."""
    parts: tuple[str, ...] = ()
    """Of a merge and a split, on the one that stays: the others, sorted."""
    into: str | None = None
    """Of a merge and a split, on each of the others: the one that stays."""
