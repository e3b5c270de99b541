"""`truceline whereabouts fold` on the example: what its README says of the column."""

from __future__ import annotations

import random
from pathlib import Path

from tests.unit.examples.example import FOLDER
from tests.unit.services.cli.conftest import Run

DOCUMENTS = (FOLDER / "agreement.yaml", FOLDER / "methodology.yaml")
SIGHTINGS = FOLDER / "column-day.ndjson"


def test_the_columns_entry_exit_and_dwell_are_intervals(run: Run) -> None:
    ran = run("whereabouts", "fold", *DOCUMENTS, SIGHTINGS)
    assert ran.code == 0
    assert ran.err == "2 subjects, 0 reports refused\n"
    column, uav = ran.lines
    (visit,) = (s for s in column["spells"] if (s["zone"], s["answer"]) == ("zolote", "inside"))
    assert visit == {
        "zone": "zolote",
        "answer": "inside",
        "begun_after": "2018-09-05T06:09:30Z",
        "begun_by": "2018-09-05T06:25:30Z",
        "ended_after": "2018-09-05T06:39:30Z",
        "ended_before": "2018-09-05T07:30:30Z",
        "first": "patrol-2/sighting-02",
        "last": "camera-1/sighting-03",
        "sightings": 2,
        "least_s": 14 * 60,
        "most_s": 81 * 60,
    }
    (left_open,) = (
        s for s in column["spells"] if (s["zone"], s["answer"]) == ("zolote", "undetermined")
    )
    assert left_open["open_by"] == "location"
    assert "contradictions" not in column
    assert [s["answer"] for s in uav["spells"] if s["zone"] == "zolote"] == [
        "outside",
        "inside",
        "outside",
    ]


def test_what_was_withdrawn_contradicts_while_it_stands(run: Run, tmp_path: Path) -> None:
    kept = [row for row in SIGHTINGS.read_bytes().splitlines() if b"retracts" not in row]
    file = tmp_path / "some.ndjson"
    file.write_bytes(b"\n".join(kept))
    column, _ = run("whereabouts", "fold", *DOCUMENTS, file).lines
    (pair,) = column["contradictions"]
    assert {pair["first"], pair["second"]} == {"patrol-3/sighting-05", "patrol-3/sighting-06"}


def test_the_order_of_the_file_changes_no_byte(run: Run, tmp_path: Path) -> None:
    rows = SIGHTINGS.read_bytes().splitlines()
    random.Random(7).shuffle(rows)
    file = tmp_path / "shuffled.ndjson"
    file.write_bytes(b"\n".join([*rows, *rows[:3]]))
    assert run("whereabouts", "fold", *DOCUMENTS, file).out == (
        run("whereabouts", "fold", *DOCUMENTS, SIGHTINGS).out
    )


def test_what_cannot_be_read_is_refused_and_the_exit_code_is_1(run: Run) -> None:
    ran = run("whereabouts", "fold", *DOCUMENTS, FOLDER / "refused-event.json", "--json")
    assert ran.code == 1
    assert ran.lines[0]["refused"] == "missing_utc_offset"
