"""Parameters: what stands behind the question mark, read as values.

Place on the data's way: query → **parameters** → a question. Pure. What is not known, given twice
or cannot be read is refused: a filter that is silently passed over shows more than was asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime
from enum import Enum
from typing import Final, TypeVar

from services.gateway.problems import Code, ProblemError

LIMIT: Final = 1_000
DEFAULT_LIMIT: Final = 100

Words = TypeVar("Words", bound=Enum)


class Parameters:
    """The parameters of one request, by name."""

    def __init__(self, given: Iterable[tuple[str, str]], known: Collection[str]) -> None:
        self._given: dict[str, str] = {}
        for name, value in given:
            if name not in known:
                raise bad(name[:40], f"is not known here; known are {', '.join(known)}")
            if name in self._given:
                raise bad(name, "is given twice")
            if "\x00" in value:
                raise bad(name, "holds a character that no word has")
            self._given[name] = value

    @property
    def given(self) -> Mapping[str, str]:
        """As they came."""
        return self._given

    def text(self, name: str) -> str | None:
        """A word as it came; None: not given."""
        return self._given.get(name)

    def instant(self, name: str) -> datetime | None:
        """An instant, RFC 3339 with its UTC offset."""
        text = self._given.get(name)
        if text is None:
            return None
        read: datetime | None
        try:
            # A "+" that was not percent-encoded comes as a space.
            read = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
            read = read.astimezone(UTC) if read.tzinfo else None
        except (ValueError, OverflowError):
            read = None
        if read is None:
            raise bad(name, "must be a time with its UTC offset, e.g. 2026-03-01T08:00:00Z")
        return read

    def day(self, name: str) -> date | None:
        """A day of the mission's."""
        text = self._given.get(name)
        if text is None:
            return None
        try:
            read = date.fromisoformat(text)
        except ValueError:
            read = None
        if read is None or not MINYEAR < read.year < MAXYEAR:
            raise bad(name, "must be a day, e.g. 2026-03-01")
        return read

    def days(self) -> tuple[date | None, date | None]:
        """`first_day` and `last_day`, in order."""
        first, last = self.day("first_day"), self.day("last_day")
        if first is not None and last is not None and last < first:
            raise bad("last_day", "lies before `first_day`")
        return first, last

    def word(self, name: str, words: type[Words]) -> Words | None:
        """One of a vocabulary's words."""
        text = self._given.get(name)
        if text is None:
            return None
        try:
            return words(text)
        except ValueError:
            listed = ", ".join(str(word.value) for word in words)
            raise bad(name, f"must be one of {listed}") from None

    def limit(self) -> int:
        """How many at most on a page."""
        return self.number("limit", LIMIT) or DEFAULT_LIMIT

    def number(self, name: str, most: int) -> int | None:
        """A whole number from 1 to `most`, which has five digits at the most."""
        text = self._given.get(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= most):
            raise bad(name, f"must be a number from 1 to {most}")
        return int(text)

    def span(self) -> tuple[datetime | None, datetime | None]:
        """`from` and `to`, in order."""
        start, end = self.instant("from"), self.instant("to")
        if start is not None and end is not None and end < start:
            raise bad("to", "lies before `from`")
        return start, end


def bad(name: str, what: str) -> ProblemError:
    """The problem that a parameter is."""
    return ProblemError(Code.BAD_PARAMETER, f"`{name}` {what}.", {"parameter": name})
