"""Events out of files: bytes as they stand, numbers that find the line again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.event_files import EventFileError, is_table, read_events
from tests.unit.examples.example import FOLDER

TABLE = FOLDER / "smm_observations.csv"


def raws(path: Path) -> list[bytes]:
    events = read_events(path, mission="m")
    assert events.mistakes == ()
    return list(events.raws)


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"{}", [b"{}"]),
        (b"{}\n", [b"{}"]),
        (b'{"a":1}\r\n{"b":2}\r\n', [b'{"a":1}', b'{"b":2}']),
        (b'{"a":1}\n\n  \n{"b":2}', [b'{"a":1}', b"", b"", b'{"b":2}']),
        (b"\xef\xbb\xbf{}\n\xef\xbb\xbf{}", [b"{}", b"\xef\xbb\xbf{}"]),
        (b'{"a": "\xff"}\n', [b'{"a": "\xff"}']),
    ],
)
@pytest.mark.parametrize("name", ["a.ndjson", "a.jsonl", "a"])
def test_lines_are_passed_on_as_they_stand(
    name: str, content: bytes, expected: list[bytes], tmp_path: Path
) -> None:
    assert raws(written(tmp_path, name, content)) == expected


def test_the_lines_of_a_file_may_be_asked_for_again(tmp_path: Path) -> None:
    events = read_events(written(tmp_path, "a.ndjson", b"{}\n[]\n"), mission="m")
    assert [*events.raws] == [*events.raws] == [b"{}", b"[]"]


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=(b"{}\n[]\n",))
    writer.start()
    lines = read_events(pipe, mission="m").raws
    assert isinstance(lines, Iterator)
    assert [*lines] == [b"{}", b"[]"]
    writer.join()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [b""]),
        (b' {"a":\n 1} \n', [b'{"a":\n 1}']),
        (b'\xef\xbb\xbf[{"a": 1.50}, {"b":2}]', [b'{"a": 1.50}', b'{"b":2}']),
        (b"[]", []),
        (b"nonsense", [b"nonsense"]),
    ],
)
def test_a_json_file_is_one_event_or_an_array_whose_bytes_are_kept(
    content: bytes, expected: list[bytes], tmp_path: Path
) -> None:
    assert raws(written(tmp_path, "a.JSON", content)) == expected


@pytest.mark.parametrize("content", [b"[1, 2", b"[" * 200_000, b'[{"a": 1}, nonsense]'])
def test_a_broken_array_is_said_to_be_one(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(EventFileError, match=r"a\.json is no JSON array"):
        raws(written(tmp_path, "a.json", content))


def test_a_tables_rows_stand_at_their_lines() -> None:
    events = raws(TABLE)
    assert len(events) == 175
    assert events[0] == b""
    assert json.loads(events[1])["mission"] == "m"


def test_a_mistaken_row_leaves_its_place_empty_and_the_others_where_they_are(
    tmp_path: Path,
) -> None:
    lines = TABLE.read_text(encoding="utf-8").splitlines()[:6]
    sound = raws(written(tmp_path, "sound.csv", "\n".join(lines).encode()))
    lines[3] = lines[3].replace(lines[3].split(",")[0], lines[2].split(",")[0], 1)
    events = read_events(written(tmp_path, "bad.csv", "\n".join(lines).encode()), mission="m")
    (mistake,) = events.mistakes
    assert (mistake.code, mistake.line, mistake.file) == ("duplicate_id", 4, "bad.csv")
    found = list(events.raws)
    assert found == [*sound[:3], b"", *sound[4:]]


def test_a_table_without_its_columns_has_one_mistake_and_no_event(tmp_path: Path) -> None:
    events = read_events(written(tmp_path, "a.csv", b"a,b\n1,2\n"), mission="m")
    assert [mistake.code for mistake in events.mistakes] == ["missing_column"]
    assert [raw for raw in events.raws if raw] == []


def test_a_spreadsheets_mark_and_line_ends_are_no_part_of_a_table(tmp_path: Path) -> None:
    text = "\r\n".join(TABLE.read_text(encoding="utf-8").splitlines())
    assert raws(written(tmp_path, "a.csv", b"\xef\xbb\xbf" + text.encode())) == raws(TABLE)


def test_a_table_that_is_not_utf8_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(EventFileError, match="save it as CSV in UTF-8"):
        raws(written(tmp_path, "a.csv", b"\xff\xfea,b"))


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(st.dictionaries(st.text(), st.integers()), max_size=5))
def test_an_array_and_lines_give_the_same_bytes(events: list[object], tmp_path: Path) -> None:
    parts = [json.dumps(event).encode() for event in events]
    lines = raws(written(tmp_path, "a.ndjson", b"\n".join(parts)))
    assert raws(written(tmp_path, "a.json", b"[" + b" , ".join(parts) + b"]")) == lines == parts


def test_a_table_is_known_by_its_suffix() -> None:
    assert is_table(Path("a.CSV"))
    assert not is_table(Path("csv"))
