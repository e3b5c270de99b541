"""Output: what every command shares: `--json`, tables, instants as arguments, exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

import click
import msgspec
from rich.console import Console
from rich.table import Table

EXIT_NO = 1
EXIT_CANNOT = 3

F = TypeVar("F", bound=Callable[..., Any])


def json_option(command: F) -> F:
    """`--json`: machine-readable output, one JSON value (or one a line) on standard output."""
    option = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
    return option(command)


def print_json(value: object) -> None:
    """One JSON value on one line; bytes as lower-case hex, instants RFC 3339 in UTC."""
    sys.stdout.buffer.write(msgspec.json.encode(_plain(value)) + b"\n")
    sys.stdout.flush()


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.year > 1 else None
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: _plain(item) for name, item in value._asdict().items()}
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


PAPER_WIDTH = 132
"""Columns where standard output is no terminal: a file, a pipe, a report."""


def console() -> Console:
    """Standard output for people; never narrower for a file than a wide page."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else PAPER_WIDTH)


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], note: str = ""
) -> None:
    """A table; the note says what the figures are and what they are not."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        right = column.endswith(("#", "%"))
        justify: Literal["left", "right"] = "right" if right else "left"
        # Folded, never cut: a zone's name that ends in dots names no zone.
        table.add_column(column.rstrip("#%").strip(), justify=justify, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(cell) for cell in row))
    console().print(table)
    if note:
        console().print(note)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return instant(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def instant(value: datetime | None) -> str:
    """An instant for people: UTC, to the second; none is until further notice."""
    if value is None:
        return "until further notice"
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")


class InstantType(click.ParamType):
    """RFC 3339 with its UTC offset: an instant without one has ended in the wrong hour before."""

    name = "instant"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read the argument, or say how it must look."""
        if isinstance(value, datetime):
            return value
        try:
            read = datetime.fromisoformat(str(value))
        except ValueError:
            read = None
        if read is None or read.tzinfo is None:
            self.fail(f"{value!r} is no time with a UTC offset, e.g. 2026-03-01T08:00Z", param, ctx)
        return read


INSTANT = InstantType()
