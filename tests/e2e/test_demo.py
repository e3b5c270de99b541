"""What `make demo` runs, as a newcomer would: its results, and that nothing is left behind."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.local.folder import HOME_VARIABLE
from services.local.programs import CACHE_VARIABLE, cache_folder
from tests.unit.examples.example import FOLDER, agreement

PROGRAM = (sys.executable, "-m", "services.cli", "demo")
STANDING = {"violation", "possible_violation"}
DAY = [
    # UTC; the arrangement's own day is Kyiv's, three hours ahead
    ("2018-09-04T21:00:00Z", "unknown", "outside_window"),
    ("2018-09-05T04:00:00Z", "unknown", "never_opened"),
    ("2018-09-05T04:15:00Z", "open", "open_by_status"),
    ("2018-09-05T04:50:00Z", "impeded", "impeded_by_status"),
    ("2018-09-05T05:20:00Z", "open", "open_by_status"),
    ("2018-09-05T05:35:00Z", "impeded", "impeded_by_report"),
    ("2018-09-05T07:10:00Z", "impeded", "impeded_by_report"),
    ("2018-09-05T07:30:00Z", "closed", "closed_by_status"),
    ("2018-09-05T09:00:00Z", "unknown", "not_reopened"),
    ("2018-09-05T09:40:00Z", "open", "open_by_status"),
    ("2018-09-05T13:35:00Z", "unknown", "stale"),
    ("2018-09-05T14:00:00Z", "unknown", "outside_window"),
    ("2018-09-05T21:00:00Z", "unknown", "not_in_force"),
]


@pytest.fixture(name="place", scope="module")
def _place() -> Iterator[Path]:
    """A temporary folder that the engines' account can reach, as root's /tmp is."""
    with tempfile.TemporaryDirectory(prefix="truceline-e2e-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        yield place


def start(place: Path, *options: str, **more: str) -> subprocess.Popen[str]:
    home = place / "home"
    home.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "HOME": str(home),
        "TMPDIR": str(place),
        CACHE_VARIABLE: str(cache_folder()),
        HOME_VARIABLE: str(home / "none"),
        # What the demo must not listen to:
        "TRUCELINE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "TRUCELINE_KAFKA_BOOTSTRAP": "127.0.0.1:1",
        **more,
    }
    return subprocess.Popen(
        [*PROGRAM, *options],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def left_behind(place: Path) -> list[str]:
    """Processes that name the place or work in it, and files in it besides the empty home."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            cwd = str((entry / "cwd").readlink())
        except OSError:
            continue  # ended meanwhile, or somebody else's
        if str(place) in command or cwd.startswith(str(place)):
            found.append(command)
    return found + [str(path) for path in place.rglob("*") if path != place / "home"]


@pytest.fixture(name="shown", scope="module")
def _shown(place: Path) -> Any:  # noqa: ANN401  JSON
    running = start(place, "--json")
    out, err = running.communicate(timeout=240)
    assert running.returncode == 0, err
    (line,) = out.splitlines()
    assert left_behind(place) == []
    assert "stopped; the temporary folder is removed" in err
    return json.loads(line)


@pytest.fixture(name="expected", scope="module")
def _expected() -> list[dict[str, str]]:
    return list(csv.DictReader((FOLDER / "expected.csv").read_text(encoding="utf-8").splitlines()))


def test_all_was_sent_and_one_event_refused(shown: Any) -> None:  # noqa: ANN401  JSON
    assert shown["sent"] == {"reports": 174, "statuses": 7, "refused": 1}
    (refused,) = shown["refused"]
    assert refused["reason"] == "missing_utc_offset"
    assert refused["origin"] == "refused-event.json:1"
    assert shown["notice"].startswith("Illustrative.")
    assert shown["draft"] is False


def test_a_rate_stands_beside_its_coverage_and_the_day_after_has_none(
    shown: Any,  # noqa: ANN401  JSON
) -> None:
    road = {
        it["day"]: it
        for it in shown["coverage"]
        if it["zone"] == "surroundings" and "means" not in it
    }
    first, second = road["2019-05-14"], road["2019-05-15"]
    hours = first["watched_s"] / 3_600
    assert first["violations"] == first["while_watched"] == 1
    assert first["per_watched_hour"] == pytest.approx(1 / hours, abs=1e-5)
    assert (second["state"], second["watched_s"]) == ("no_coverage", 0)


def test_every_other_event_has_a_receipt_and_one_is_verified(shown: Any) -> None:  # noqa: ANN401  JSON
    assert shown["receipts"] == 174 + 7
    receipt = shown["receipt"]
    assert receipt["receipt"]["id"] == "smm-CC-4"
    assert receipt["verified"]
    assert receipt["one_byte_off"] == "other_event"
    assert receipt["same_again"]


def test_verdicts_are_the_committed_ones(
    shown: Any,  # noqa: ANN401  JSON
    expected: list[dict[str, str]],
) -> None:
    wanted: Counter[str] = Counter()
    for row in expected:
        if row["clause"] == "all":
            wanted[row["verdict"]] += int(row["reports"])
    assert {row["verdict"]: row["reports"] for row in shown["verdicts"]} == wanted
    assert {row["verdict"]: row["reports"] for row in shown["overall"]} == {
        verdict: wanted[verdict] for verdict in STANDING
    }


def test_both_totals_of_every_zone_are_the_committed_ones(
    shown: Any,  # noqa: ANN401  JSON
    expected: list[dict[str, str]],
) -> None:
    """A cell of the store is of a kind of violation; a clause of the example has one each."""
    kind_of = {term.id: term.violation.value for term in agreement().terms if term.violation}
    rows: defaultdict[tuple[str, str, str], list[dict[str, str]]] = defaultdict(list)
    for row in expected:
        if row["clause"] != "all" and row["verdict"] in STANDING:
            rows[row["zone"], kind_of[row["clause"]], row["verdict"]].append(row)
    wanted = {
        cell: (
            sum(int(row["reports"]) for row in found),
            sum(int(row["observed_min"]) for row in found),
            None
            if any(not row["observed_max"] for row in found)
            else sum(int(row["observed_max"]) for row in found),
        )
        for cell, found in rows.items()
    }
    assert {
        (cell["zone_id"], cell["kind"], cell["verdict"]): (
            cell["reports"],
            cell["count_min"],
            cell["count_max"],
        )
        for cell in shown["totals"]
    } == wanted


def test_every_report_of_the_totals_is_in_one_incident_of_each_of_its_zones(
    shown: Any,  # noqa: ANN401  JSON
) -> None:
    reports = [report for one in shown["incidents"] for report in one["reports"]]
    assert len(set(reports)) == sum(row["reports"] for row in shown["overall"])
    held = [(one["zone"], report) for one in shown["incidents"] for report in one["reports"]]
    assert len(held) == len(set(held))
    together = [one for one in shown["incidents"] if len(one["reports"]) > 1]
    assert len(together) > 3
    observed = [one["violations"]["events"]["min"] for one in together]
    assert max(observed) == 86  # of 22 August 2017, three reports that name a number


def test_a_late_report_makes_one_incident_of_two(shown: Any) -> None:  # noqa: ANN401  JSON
    merged = shown["merged"]
    first, second = merged["apart"]
    assert [it["reports"] for it in (first, second)] == [["patrol-1/i-01"], ["patrol-2/i-02"]]
    together, gone = merged["together"], merged["gone"]
    assert (together["id"], gone["id"]) == (first["id"], second["id"])
    assert together["told"]["reports"] == ["patrol-1/i-01", "patrol-3/i-03", "patrol-2/i-02"]
    assert together["told"]["violations"]["events"] == {"min": 9, "max": 9}
    assert together["revisions"][-1]["reason"] == "merged"
    assert together["revisions"][-1]["others"] == [second["id"]]
    assert not gone["is_there"]
    assert gone["leads_to"] == [first["id"]]


def test_the_corridors_day_is_as_expected(shown: Any) -> None:  # noqa: ANN401  JSON
    told = [(i["starts_at"], i["state"], i["cause"]) for i in shown["corridor"]]
    first = told.index(DAY[0])
    assert told[first : first + len(DAY)] == DAY


ROAD_DAY = [
    # UTC; the road's own day is three hours ahead. The segment that was fired at, and the others.
    ("2019-05-14T04:00:00Z", "never_opened", "unknown", "unknown"),
    ("2019-05-14T04:15:00Z", "open_by_status", "open", "open"),
    ("2019-05-14T06:00:00Z", "suspended_by_report", "suspended", "open"),
    ("2019-05-14T07:00:00Z", "not_reopened", "unknown", "open"),
    ("2019-05-14T07:30:00Z", "open_by_status", "open", "open"),
    ("2019-05-14T11:25:00Z", "stale", "unknown", "unknown"),
    ("2019-05-14T14:00:00Z", "outside_window", "unknown", "unknown"),
]


def test_a_violation_suspends_a_segment_until_who_may_has_seen_it_again(
    shown: Any,  # noqa: ANN401  JSON
) -> None:
    """What was open before the suspension stays void, also once the report is settled by name."""
    told: list[tuple[str, ...]] = []
    for it in shown["road"]:
        parts = {part.get("segment"): part["state"] for part in it["parts"]}
        fields, town = (parts.get(name, it["state"]) for name in ("fields", "town"))
        if not told or told[-1][1:] != (it["cause"], fields, town):
            told.append((it["starts_at"], it["cause"], fields, town))
    assert told == ROAD_DAY


def test_the_decision_is_explained(shown: Any) -> None:  # noqa: ANN401  JSON
    assert "9 explosions (impact)" in shown["explained"][0]
    assert "Result: violation (automatic, unreviewed)." in shown["explained"]


def test_two_people_release_what_a_party_is_told_of(shown: Any) -> None:  # noqa: ANN401  JSON
    released = shown["released"]
    assert released["told_before"] == 0
    assert released["item"]["releases"][0]["people"] == ["ana.petrovic", "ben.okafor"]
    assert "It takes two people" in released["alone"]
    assert released["told"]["status"] == "released"
    assert not {"source", "report", "count_min"} & released["told"].keys()


@pytest.mark.usefixtures("shown")
def test_for_people_it_is_pages_of_80_columns_and_sigterm_leaves_nothing(place: Path) -> None:
    running = start(place, COLUMNS="80", PYTHONUNBUFFERED="1")
    assert running.stdout is not None
    told = []
    for line in running.stdout:
        told.append(line.rstrip("\n"))
        if "README.md" in line:
            running.terminate()  # all is shown, the engines still run
            time.sleep(0.3)
            running.terminate()  # while it clears away: that is gone on with
            break
    _, err = running.communicate(timeout=60)
    assert "Traceback" not in err
    assert told, err
    text = "\n".join(told)
    assert max(len(line) for line in told if not line.startswith("[")) <= 80
    said = " ".join(text.split())
    assert said.count("are not the lines the parties agreed") == 1, "the notice is given once"
    for heading in (
        "1. What came in",
        "2. How",
        "3. What",
        "4. Violations",
        "5. A",
        "6. Who",
        "7. One",
        "8. The",
        "9. What",
        "10. One",
        "11. Where",
    ):
        assert f"\n{heading}" in text
    assert left_behind(place) == []
