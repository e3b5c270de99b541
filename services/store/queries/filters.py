"""Conditions of a question, put together from those that were asked for.

Place on the data's way: inside the queries. Only conditions that are asked for reach PostgreSQL:
`x IS NULL OR column = x` would hide the indexes from its planner.
"""

from __future__ import annotations

from typing import Any, LiteralString

from psycopg import sql


class Filters:
    """The conditions of one question and their values."""

    def __init__(self) -> None:
        self._conditions: list[sql.Composable] = []
        self.values: list[Any] = []

    def add(self, condition: LiteralString, *values: Any) -> None:  # noqa: ANN401 (what columns hold)
        """Ask for a condition with a ``%s`` for each value; passed over where one is None."""
        if None not in values:
            self._conditions.append(sql.SQL(condition))
            self.values.extend(values)

    @property
    def where(self) -> sql.Composable:
        """``WHERE …`` of all conditions; true without any."""
        return sql.SQL("WHERE ") + sql.SQL(" AND ").join([sql.SQL("true"), *self._conditions])
