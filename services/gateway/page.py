"""Page: some of what was found, and where those after them begin.

Place on the data's way: the rows of a question → **a page** → what is told of each → `cursors`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

Place = tuple[Any, ...]
"""A row's place in its order, which the query continues after."""


class Placed(Protocol):
    """A row that knows its place."""

    @property
    def after(self) -> Place:
        """Ask with this for the page that follows."""


R = TypeVar("R", bound=Placed)
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Page(NamedTuple, Generic[T_co]):
    """Some of what was found, and the place after which the next page begins."""

    told: Sequence[T_co]
    next: Place | None


def page_of(found: Sequence[R], limit: int) -> Page[R]:
    """At most `limit` of the rows, of which one more was asked for: is there another page."""
    shown = found[:limit]
    return Page(shown, shown[-1].after if len(found) > limit else None)


class AfterRows(NamedTuple):
    """The place in rows that are all made again for each page: after this many."""

    rows: int


def page_from(rows: Sequence[T], limit: int, after: AfterRows | None) -> Page[T]:
    """At most `limit` of all rows that there are."""
    first = after.rows if after else 0
    end = first + limit
    return Page(rows[first:end], AfterRows(end) if len(rows) > end else None)
