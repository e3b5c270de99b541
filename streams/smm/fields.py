"""The cells of one SMM row, typed as they are asked for.

Place on the data's way: inside `smm`. A cell that can't be read raises `RowError`, which names the
column and what to do; `smm` turns it into a mistake and goes on with the next row.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class RowError(Exception):
    """A row that can't be read: code, column, what is wrong and what to do. Never leaves smm."""

    def __init__(self, code: str, column: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.column = column
        self.message = message


@dataclass(frozen=True, slots=True)
class Row:
    """One row's cells by column name."""

    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """The cell without surrounding blanks; empty where there is none."""
        return (self.cells.get(column) or "").strip()

    def required(self, column: str) -> str:
        """The cell, which must not be empty."""
        found = self.text(column)
        if not found:
            raise RowError("missing", column, "is empty; fill it in")
        return found

    def words(self, column: str) -> tuple[str, ...]:
        """The cell's words between bars; empty cell, no words."""
        found = self.text(column)
        return tuple(found.split("|")) if found else ()

    def looked_up(self, column: str, table: Mapping[K, V], key: K) -> V:
        """What the table makes of a key; a key that is not in it is a mistake, never a guess."""
        if key not in table:
            words = " + ".join(key) if isinstance(key, tuple) else key
            raise RowError(
                "unknown_word",
                column,
                f"{words!r} is not in the mapping table: correct the row, or add the word there",
            )
        return table[key]

    def whole_number(self, column: str) -> int:
        """A count, in digits."""
        found = self.required(column)
        if not (found.isascii() and found.isdigit()):
            raise RowError("bad_number", column, f"{found!r} is no whole number; write digits")
        return int(found)

    def numbers(self, column: str) -> tuple[float, ...]:
        """The numbers between bars; finite and not negative."""
        return tuple(self._number(column, word) for word in self.words(column))

    def number(self, column: str) -> float | None:
        """One number; None where the cell is empty."""
        found = self.text(column)
        return self._number(column, found) if found else None

    def _number(self, column: str, word: str) -> float:
        try:
            number = float(word)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise RowError("bad_number", column, f"{word!r} is no number; write digits")
        return number

    @property
    def position(self) -> str:
        """The observer's position in the row's own words, with its reference."""
        reference = self.text("position_ref")
        return self.text("position") + (f" ({reference})" if reference else "")
