"""Parameters: what stands behind the question mark, read as values.

Place on the data's way: query → **parameters** → a question. Pure. What is not known, given twice
or cannot be read is refused: a filter that is silently passed over shows more than was asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from services.gateway.problems import Code, ProblemError


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

    def text(self, name: str) -> str | None:
        """A word as it came; None: not given."""
        return self._given.get(name)


def bad(name: str, what: str) -> ProblemError:
    """The problem that a parameter is."""
    return ProblemError(Code.BAD_PARAMETER, f"`{name}` {what}.", {"parameter": name})
