"""Output: what every command shares: exit codes, `--json`, tables, instants as arguments.

Results go to standard output, for people as tables that fold at the terminal's width, with `--json`
as one JSON value a line: instants RFC 3339 in UTC, bytes lower-case hex, a time without end or
without beginning null. What events say is never trusted with the terminal: see `printable`.
"""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime
from typing import Any, Final, Literal, TypeVar

import msgspec
import rich_click as click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from streams.keys import Key

EXIT_NO: Final = 1
EXIT_USAGE: Final = 2
EXIT_CANNOT: Final = 3
EXIT_FAULT: Final = 70
EXIT_INTERRUPTED: Final = 130

F = TypeVar("F", bound=Callable[..., Any])


def json_option(command: F) -> F:
    """`--json`: machine-readable output, one JSON value a line on standard output."""
    option = click.option("--json", "as_json", is_flag=True, help="One JSON value a line.")
    return option(command)


def print_json(value: object) -> None:
    """One JSON value on one line."""
    sys.stdout.buffer.write(msgspec.json.encode(plain(value)) + b"\n")
    sys.stdout.flush()


def plain(value: object) -> object:
    """A value as JSON has it: instants in UTC, bytes as hex, tuples with names as objects."""
    if isinstance(value, Key):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return None if _is_endless(value) else value.astimezone(UTC)
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def _is_endless(value: datetime) -> bool:
    """Whether it stands for no time at all: the store's infinities (`services.store.instants`)."""
    return value.year in (MINYEAR, MAXYEAR)


PAPER_WIDTH: Final = 132
"""Columns where standard output is no terminal: a file, a pipe, a report."""


def console() -> Console:
    """Standard output for people: nothing that is printed is read as markup."""
    width = None if sys.stdout.isatty() else _asked_width() or PAPER_WIDTH
    return Console(highlight=False, markup=False, emoji=False, width=width)


def _asked_width() -> int | None:
    """Columns that the environment asks for where there is no terminal."""
    given = os.environ.get("COLUMNS", "")
    return int(given) if given.isdigit() and int(given) else None


WIDE: Final = 110
"""From so many columns on, tables show what is left out on a narrow terminal."""


def is_wide() -> bool:
    """Whether there is room for columns that a narrow terminal does without."""
    return console().width >= WIDE


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], note: str = ""
) -> None:
    """A table and a note that says what the figures are.

    A column whose name ends in # is of numbers, one whose name ends in ! is never folded.
    """
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for column in columns:
        justify: Literal["left", "right"] = "right" if column.endswith("#") else "left"
        # Folded, never cut: a zone's name that ends in dots names no zone.
        table.add_column(
            column.rstrip("#! "), justify=justify, overflow="fold", no_wrap=column.endswith("!")
        )
    for row in rows:
        table.add_row(*(cell(value) for value in row))
    out = console()
    out.print(table)
    if note:
        out.print(note)


def print_lines(lines: Iterable[str], *, indent: str = "") -> None:
    """Sentences, each on a line of its own; folded at words where a terminal shows them."""
    folded = sys.stdout.isatty() or _asked_width()
    width = console().width if folded else sys.maxsize
    for line in lines:
        text = indent + printable(line)
        hanging = indent + "  "
        click.echo(textwrap.fill(text, width, subsequent_indent=hanging, break_on_hyphens=False))


def cell(value: object) -> str:
    """A value in a table; several are one below the other."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, tuple):
        return "\n".join(cell(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else printable(str(value))


def printable(text: str) -> str:
    """Text with what is not printable written out: an event must not steer a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def instant(value: datetime) -> str:
    """An instant for people: UTC, to the minute, or to the second where it has any."""
    if _is_endless(value):
        return "always"
    form = "%Y-%m-%d %H:%M:%SZ" if value.second or value.microsecond else "%Y-%m-%d %H:%MZ"
    return value.astimezone(UTC).strftime(form)


def exact(value: datetime) -> str:
    """An instant to ask about again, UTC."""
    return value.astimezone(UTC).isoformat(" ").replace("+00:00", "Z")


def span(start: datetime, end: datetime | None) -> str:
    """An interval for people; the day is said once where it is the same."""
    if end is None or _is_endless(end):
        return "always" if _is_endless(start) else f"from {instant(start)} on"
    if _is_endless(start):
        return f"until {instant(end)}"
    day, _, time = instant(end).partition(" ")
    same_day = instant(start).startswith(day)
    return f"{instant(start).removesuffix('Z')} - {time if same_day else f'{day} {time}'}"


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
        if read is None or read.tzinfo is None or not MINYEAR < read.year < MAXYEAR:
            self.fail(f"{value!r} is no time with a UTC offset, e.g. 2026-03-01T08:00Z", param, ctx)
        return read.astimezone(UTC)


INSTANT: Final = InstantType()


def require_order(since: date | None, until: date | None) -> None:
    """Refuse an interval that ends before it begins: it would find nothing, and say so calmly.

    Both are instants, or both are days.
    """
    if since is not None and until is not None and until < since:
        raise click.UsageError("--until lies before --since")
