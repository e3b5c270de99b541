"""What is printed: JSON that can be read back, tables that fold and are never steered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import NamedTuple

import pytest
import rich_click as click
from hypothesis import given
from hypothesis import strategies as st

from services.cli.output import (
    INSTANT,
    cell,
    instant,
    print_json,
    print_lines,
    print_table,
    printable,
    require_order,
    span,
)
from services.store.instants import SINCE_EVER, WITHOUT_END
from streams.keys import Key

NOON = datetime(2018, 9, 5, 12, tzinfo=UTC)


class Word(StrEnum):
    OPEN = "open"


class Row(NamedTuple):
    at: datetime
    hash: bytes


@dataclass(frozen=True, slots=True)
class Whole:
    row: Row
    rest: tuple[int, ...]


def printed(value: object, capsys: pytest.CaptureFixture[str]) -> object:
    print_json(value)
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (NOON.astimezone(timezone(timedelta(hours=3))), "2018-09-05T12:00:00Z"),
        (NOON + timedelta(microseconds=5), "2018-09-05T12:00:00.000005Z"),
        (SINCE_EVER, None),
        (WITHOUT_END, None),
        (b"\x00\xff", "00ff"),
        (Word.OPEN, "open"),
        (Key((1).to_bytes(16)), "00000000-0000-0000-0000-000000000001"),
        (float("nan"), None),
        ((NOON, b"\x01"), ["2018-09-05T12:00:00Z", "01"]),
        (Row(NOON, b"\x01"), {"at": "2018-09-05T12:00:00Z", "hash": "01"}),
        (
            Whole(Row(SINCE_EVER, b""), (1, 2)),
            {"row": {"at": None, "hash": ""}, "rest": [1, 2]},
        ),
    ],
)
def test_json_has_instants_in_utc_bytes_in_hex_and_words(
    value: object, said: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed({"value": value}, capsys) == {"value": said}


@given(st.text())
def test_what_is_printed_for_people_never_steers_a_terminal(text: str) -> None:
    assert printable(text).isprintable()


def test_text_in_any_script_is_left_as_it_is() -> None:
    assert printable("Золоте, Świdnik, 停火") == "Золоте, Świdnik, 停火"


def test_an_escape_sequence_is_written_out() -> None:
    assert printable("\x1b[2Jgone\u202e") == "\\x1b[2Jgone\\u202e"


def test_a_tables_cells_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("T", ("A", "B #"), [("[bold]x[/]", 1), (":smile:", None)], note="[red]n[/red]")
    out = capsys.readouterr().out
    for text in ("[bold]x[/]", ":smile:", "[red]n[/red]"):
        assert text in out


@pytest.mark.parametrize("columns", ["80", "132", "not a number"])
def test_a_table_keeps_to_the_width_and_loses_no_character(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    long = "a-zone-with-a-name-" * 8
    print_table("T", ("When!", "Zone", "Reports #"), [("2018-09-05 12:00Z", long, 12345)])
    out = capsys.readouterr().out
    width = int(columns) if columns.isdigit() else 132
    assert max(map(len, out.splitlines())) <= width
    assert "2018-09-05 12:00Z" in out
    assert long in "".join(out.split()).replace("2018-09-0512:00Z", "").replace("12345", "")


def test_sentences_are_folded_only_where_a_width_is_known(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sentence = "word " * 40 + "end"
    monkeypatch.delenv("COLUMNS", raising=False)
    print_lines([sentence])
    assert capsys.readouterr().out == sentence + "\n"
    monkeypatch.setenv("COLUMNS", "60")
    print_lines([sentence], indent="  ")
    folded = capsys.readouterr().out.splitlines()
    assert max(map(len, folded)) <= 60
    assert folded[1].startswith("    word")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (NOON, "2018-09-05 12:00Z"),
        (NOON + timedelta(seconds=7), "2018-09-05 12:00:07Z"),
        (SINCE_EVER, "always"),
        (0.5, "0.5"),
        (None, "-"),
        (("a", None), "a\n-"),
    ],
)
def test_cells_are_for_people(value: object, said: str) -> None:
    assert cell(value) == said


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (NOON, NOON + timedelta(hours=1), "2018-09-05 12:00 - 13:00Z"),
        (NOON, NOON + timedelta(days=1), "2018-09-05 12:00 - 2018-09-06 12:00Z"),
        (NOON, None, "from 2018-09-05 12:00Z on"),
        (NOON, WITHOUT_END, "from 2018-09-05 12:00Z on"),
        (SINCE_EVER, NOON, "until 2018-09-05 12:00Z"),
        (SINCE_EVER, None, "always"),
    ],
)
def test_a_span_says_the_day_once_and_what_has_no_end(
    start: datetime, end: datetime | None, said: str
) -> None:
    assert span(start, end) == said


@given(st.datetimes(datetime(1900, 1, 2), datetime(2199, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_an_instant_is_read_as_it_was_written(value: datetime) -> None:
    assert INSTANT.convert(value.isoformat(), None, None) == value
    assert instant(value)[:10] == f"{value:%Y-%m-%d}"


@pytest.mark.parametrize(
    "text", ["2018-09-05T12:00", "2018-09-05", "noon", "", "0001-01-01T00:00Z", "9999-12-31T23:59Z"]
)
def test_a_time_without_offset_or_sense_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(
        click.BadParameter, match=r"no time with a UTC offset, e\.g\. 2026-03-01T08:00Z"
    ):
        INSTANT.convert(text, None, None)


def test_an_interval_must_not_end_before_it_begins() -> None:
    require_order(NOON, NOON)
    require_order(None, NOON)
    with pytest.raises(click.UsageError, match="--until lies before --since"):
        require_order(NOON, NOON - timedelta(seconds=1))
