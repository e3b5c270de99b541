"""`truceline judge`: the same bytes every time, refusals named, sentences on request."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.unit.examples.example import FOLDER
from tests.unit.services.cli.conftest import Run

DOCUMENTS = (FOLDER / "agreement.yaml", FOLDER / "methodology.yaml")
REFUSED = FOLDER / "refused-event.json"


def judged(**environment: str) -> bytes:
    words = [sys.executable, "-m", "services.cli", "judge"]
    ran = subprocess.run(
        [*words, *map(str, DOCUMENTS), str(FOLDER / "smm_observations.csv")],
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
    )
    assert ran.stderr.decode() == "174 reports judged, 0 refused\n"
    return ran.stdout


def test_the_same_bytes_whatever_the_process_is_started_with() -> None:
    first = judged(PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    again = judged(PYTHONHASHSEED="2", TZ="Asia/Kathmandu", LC_ALL="tr_TR.UTF-8")
    assert first == again
    assert len(first.splitlines()) == 174


def test_each_line_is_an_assessment_and_they_add_up_to_the_committed_totals(run: Run) -> None:
    ran = run("judge", *DOCUMENTS, FOLDER / "smm_observations.csv", "--json")
    assert ran.code == 0
    for line in ran.lines:
        assert line["status"] == "automatic, unreviewed"
        assert {"mission", "source", "id", "verdict", "findings", "context"} <= set(line)
    with (FOLDER / "expected.csv").open(encoding="utf-8") as file:
        expected: Counter[str] = Counter()
        for row in csv.DictReader(file):
            if row["clause"] == "all":
                expected[row["verdict"]] += int(row["reports"])
    assert Counter(line["verdict"] for line in ran.lines) == expected


def test_a_refused_event_is_named_with_its_reason_and_exits_1(run: Run) -> None:
    ran = run("judge", *DOCUMENTS, REFUSED)
    assert ran.code == 1
    (line,) = ran.lines
    assert (line["line"], line["refused"]) == (1, "missing_utc_offset")
    assert line["message"]
    assert ran.err == "0 reports judged, 1 refused\n"


def test_one_bad_row_of_a_table_is_named_and_the_others_are_judged(
    run: Run, tmp_path: Path
) -> None:
    table = (FOLDER / "smm_observations.csv").read_text(encoding="utf-8")
    header, first, second, third, *_ = table.splitlines()
    bad = second.replace(",heard,", ",smelt,").replace(",saw,", ",smelt,")
    assert bad != second
    file = tmp_path / "some.CSV"
    file.write_text(f"{header}\n{first}\n{bad}\n{third}", encoding="utf-8")
    ran = run("judge", *DOCUMENTS, file)
    assert ran.code == 1
    refused, *others = ran.lines
    assert refused["line"] == 3
    assert "smelt" in refused["message"]
    assert [line["id"] for line in others] == [f"smm-{row.split(',')[0]}" for row in (first, third)]


def test_sentences_instead_of_json(run: Run) -> None:
    ran = run("judge", *DOCUMENTS, FOLDER / "smm_observations.csv", "--explain")
    assert ran.out.count("Result: ") == 174
    assert "9 explosions (impact), automatic grenade launcher, recorded by camera" in ran.out
    refused = run("judge", *DOCUMENTS, REFUSED, "--explain")
    assert refused.out.startswith("Line 1 was refused: ")
    assert "[missing_utc_offset]" in refused.out


@pytest.mark.parametrize(("language", "word"), [("uk", "порушення"), ("ar", "انتهاك")])
def test_it_explains_in_the_language_that_is_asked_for(run: Run, language: str, word: str) -> None:
    observations = FOLDER / "smm_observations.csv"
    ran = run("judge", *DOCUMENTS, observations, "--explain", "--language", language)
    assert ran.code == 0
    assert word in ran.out
    assert "Result: " not in ran.out


def test_sentences_and_json_at_once_are_refused(run: Run) -> None:
    ran = run("judge", *DOCUMENTS, REFUSED, "--explain", "--json")
    assert (ran.code, ran.failure["code"]) == (2, "usage")


def test_documents_in_the_wrong_order_are_said_to_be_so(run: Run) -> None:
    ran = run("judge", *reversed(DOCUMENTS), REFUSED, "--json")
    assert ran.code == 1
    assert ran.failure["code"] == "mistakes"
    assert ran.failure["mistakes"][0]["code"] == "wrong_document"


@pytest.mark.parametrize("what", ["missing.ndjson", "a-folder"])
def test_a_file_that_is_none_is_wrong_usage(what: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "a-folder").mkdir()
    ran = run("judge", *DOCUMENTS, tmp_path / what, "--json")
    assert ran.code == 2
    assert what in ran.failure["error"]
