"""Every command on real engines, on the example, in the order of a first day."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from services.local.engines import Engines
from tests.integration.cli.conftest import AGREEMENT, METHODOLOGY, Walk, wait_until_judged
from tests.unit.examples.example import FOLDER

NAME = "donetsk-luhansk-illustrative"
INTERVAL_KEYS = {
    *("mission", "corridor_id", "starts_at", "ends_at", "state", "cause", "cause_events"),
    *("not_valid_after", "parts", "draft", "window_disputed", "known_at"),
}


@pytest.fixture
def amended(tmp_path: Path) -> Path:
    """A folder with a copy of the example, to be changed."""
    for file in (AGREEMENT, METHODOLOGY, *FOLDER.glob("*.geojson")):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path / AGREEMENT.name


def change(path: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def expected_verdicts() -> Counter[str]:
    found: Counter[str] = Counter()
    for row in csv.DictReader((FOLDER / "expected.csv").read_text(encoding="utf-8").splitlines()):
        if row["clause"] == "all":
            found[row["verdict"]] += int(row["reports"])
    return found


def test_before_the_migration_one_line_says_what_to_do(walk: Walk) -> None:
    for name in ("not migrated", "status not migrated"):
        ran = walk.steps[name]
        assert (ran.code, ran.failure["code"]) == (3, "not_migrated")
        assert "truceline db upgrade" in ran.failure["error"]


def test_the_upgrade_can_be_repeated(walk: Walk) -> None:
    assert walk.steps["upgrade"].lines == [{"upgraded": True}]
    assert walk.steps["upgrade again"].code == 0
    assert "truceline agreement load" in walk.steps["list nothing"].out


def test_documents_are_loaded_once(walk: Walk) -> None:
    loaded = walk.steps["load"].lines
    assert [set(line) for line in loaded] == [{"document", "hash", "new"}] * 2
    assert all(line["new"] for line in loaded)
    assert walk.steps["load again"].out.count("was loaded before, byte for byte") == 2


def test_a_version_is_a_draft_until_its_signatures_are_loaded(walk: Walk) -> None:
    assert [line.get("draft") for line in walk.steps["list a draft"].lines] == [True, None]
    signed = walk.steps["sign"].lines
    assert [line["signed_by"] for line in signed] == ["formations", "government"]
    listed = walk.console.run("agreement", "list", "--json").lines
    assert [line.get("draft") for line in listed] == [False, None]
    shown = walk.console.run("agreement", "signatures", f"{NAME}@1", "--json")
    assert (shown.code, shown.lines[0]["missing"]) == (0, [])
    assert all(one["loaded_at"] for one in shown.lines[0]["signatures"])
    assert "signed by all" in walk.console.run("agreement", "show", NAME).out


def test_loaded_documents_are_listed_and_shown(walk: Walk) -> None:
    listed = walk.console.run("agreement", "list", "--json").lines
    assert {(line["kind"], line["id"], line["version"]) for line in listed} == {
        ("agreement", "donetsk-luhansk-illustrative", 1),
        ("methodology", "smm-illustrative", 1),
    }
    assert "donetsk-luhansk-illustrative@1" in walk.console.run("agreement", "list").out
    shown = walk.console.run("agreement", "show", "donetsk-luhansk-illustrative", "--json")
    assert shown.lines[0]["version"] == 1
    same = walk.console.run("agreement", "diff", "donetsk-luhansk-illustrative@1", AGREEMENT)
    assert same.out == "nothing changed\n"


def test_an_agreement_that_is_not_loaded_is_not_shown(walk: Walk) -> None:
    ran = walk.console.run("agreement", "show", "donetsk-luhansk-illustrative@9", "--json")
    assert (ran.code, ran.failure["code"]) == (1, "unknown_document")


def test_other_contents_under_a_loaded_version_are_refused(walk: Walk, amended: Path) -> None:
    ran = walk.console.run("agreement", "load", change(amended, "title: ", "title: Other "))
    assert (ran.code, ran.out) == (1, "")
    assert "give the amended one a new version [document_conflict]" in ran.err


def test_a_second_agreement_of_a_mission_is_refused_with_what_to_do(
    walk: Walk, amended: Path
) -> None:
    other = change(amended, "donetsk-luhansk-illustrative", "another-truce")
    ran = walk.console.run("agreement", "load", other, "--json")
    assert (ran.code, ran.failure["code"]) == (1, "load")
    assert "by a new version under its own id" in ran.failure["error"]
    listed = walk.console.run("agreement", "list", "--json").lines
    assert "another-truce" not in {line["id"] for line in listed}


def test_of_several_documents_all_are_loaded_or_none(walk: Walk, amended: Path) -> None:
    good = change(amended.with_name(METHODOLOGY.name), "version: 1", "version: 2")
    bad = change(amended, "title: ", "title: Other ")
    assert walk.console.run("agreement", "load", good, bad).code == 1
    listed = walk.console.run("agreement", "list", "--json").lines
    assert {line["version"] for line in listed} == {1}


def test_a_corridor_is_unknown_before_anybody_spoke(walk: Walk) -> None:
    (line,) = walk.steps["corridor at first"].lines
    assert (line["corridor_id"], line["state"]) == ("zolote-road", "unknown")


def test_everything_was_sent_and_the_broken_one_named(walk: Walk) -> None:
    assert walk.steps["submit"].lines == [{"sent": 181, "refused": 0, "tagged": True}]
    bad, summary = walk.steps["submit refused"].lines
    assert (bad["refused"], bad["sent"]) == ("missing_utc_offset", True)
    assert summary == {"sent": 1, "refused": 1, "tagged": True}


def test_status_before_any_worker_says_what_waits_and_worries(walk: Walk) -> None:
    ran = walk.steps["status before"]
    (line,) = ran.lines
    assert ran.code == 1
    assert (line["lag"], line["workers"]) == (182, 0)
    assert 0 <= line["oldest_waiting_s"] < 60
    assert any("no worker runs" in worry for worry in line["worries"])


def test_what_fell_due_is_written_by_the_timer(walk: Walk) -> None:
    span = ("--since", "2018-09-01T00:00Z", "--until", "2018-10-01T00:00Z")
    told = walk.console.run("due", "--json", *span).lines
    assert {line["state"] for line in told} == {"due"}
    assert {"corridor_stale", "corridor_lapses"} & {line["rule"] for line in told}
    assert all(line["written_at"] > line["due_at"] for line in told)


def test_status_after_counts_what_was_sent_and_has_no_worry(walk: Walk) -> None:
    ran = walk.steps["status after"]
    (line,) = ran.lines
    assert (ran.code, line["worries"]) == (0, [])
    assert (line["lag"], line["workers"], line["oldest_waiting_s"]) == (0, 1, None)
    figures = line["figures"]
    assert (figures["reports"], figures["corridor_statuses"], figures["rejected"]) == (174, 7, 1)
    assert figures["last_received_at"].endswith("Z")
    text = walk.console.run("status")
    assert "1, nothing waits" in text.out
    assert "174 reports, 7 corridor statuses, 1 refused" in text.out


def test_the_same_file_again_changes_nothing(walk: Walk) -> None:
    before = walk.console.run("violations", "--totals").out
    assert walk.console.run("submit", "--kafka", FOLDER / "corridor-day.ndjson").code == 0
    wait_until_judged(walk)
    assert walk.console.run("violations", "--totals").out == before


def test_violations_come_in_pages_that_add_up(walk: Walk) -> None:
    everything = walk.console.run("violations", "--limit", "1000", "--json").lines
    assert len(everything) == 84
    assert {line["status"] for line in everything} == {"automatic, unreviewed"}
    assert [line["observed_from"] for line in everything] == sorted(
        (line["observed_from"] for line in everything), reverse=True
    )
    paged, page = [], None
    while True:
        more = () if page is None else ("--after", page)
        ran = walk.console.run("violations", "--limit", "30", "--json", *more)
        paged += ran.lines
        if len(ran.lines) < 30:
            break
        page = ran.lines[-1]["page"]
        assert f"--after {page}" in ran.err
    assert paged == everything


def test_violations_are_filtered(walk: Walk) -> None:
    asked = ("violations", "--zone", "security-zone", "--verdict", "violation", "--json")
    found = walk.console.run(*asked).lines
    assert {(line["zone_id"], line["verdict"]) for line in found} == {
        ("security-zone", "violation")
    }
    day = ("--since", "2018-09-05T00:00+03:00", "--until", "2018-09-06T00:00+03:00")
    some = walk.console.run(*asked, *day).lines
    assert 0 < len(some) < len(found)
    assert all("2018-09-04T21" <= line["observed_from"] < "2018-09-05T21" for line in some)
    assert walk.console.run("violations", "--mission", "nobody", "--json").out == ""


def test_the_table_of_violations_fits_80_columns(walk: Walk) -> None:
    ran = walk.console.run("violations", COLUMNS="80")
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "fire_into_zone" in ran.out
    assert "Clause" in walk.console.run("violations").out


def test_totals_are_the_committed_ones(walk: Walk) -> None:
    (said,) = walk.console.run("violations", "--totals", "--json").lines
    expected = expected_verdicts()
    found = {cell["verdict"]: cell["reports"] for cell in said["overall"]}
    assert found == {verdict: expected[verdict] for verdict in found}
    table = walk.console.run("violations", "--totals").out
    assert "two totals, reports and observed events" in table
    assert "at least" in table


def test_a_report_is_explained_and_judged_again_to_the_same_bytes(walk: Walk) -> None:
    ran = walk.console.run("explain", "smm-CC-4")
    assert ran.code == 0
    for text in (
        "9 explosions (impact), automatic grenade launcher, recorded by camera",
        "from 2018-09-05 08:35 to 10:13 UTC+03:00, that is 2018-09-05 05:35 to 07:13 UTC",
        "violation in security-zone",
        "agreement version 1",
        "No finding under it is a finding of any mission",
        "Judged again from the stored bytes: the same, byte for byte.",
    ):
        assert text in ran.out
    assert "Rules asked" not in ran.out
    (said,) = walk.console.run("explain", "camera-zolote/smm-CC-4", "--json").lines
    assert set(said) == {
        *(
            "key",
            "assessment",
            "sentences",
            "terms",
            "revisions",
            "replayed_equal",
            "intact",
            "desk",
        )
    }
    assert (said["replayed_equal"], said["intact"], said["revisions"]) == (True, True, 1)
    rules = walk.console.run("explain", "smm-CC-4", "--rules").out
    assert "Rules asked under term cease-fire, with what each looked at:" in rules
    assert "inside: yes" in rules


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("smm-XX-1",), "truceline rejected"),
        (("nobody/smm-CC-4",), "no report"),
        (("smm-CC-4", "--mission", "nobody"), "no report"),
        (("status-01",), "is a corridor status, no report"),
    ],
)
def test_what_is_no_report_is_said_to_be_none(
    asked: tuple[str, ...], says: str, walk: Walk
) -> None:
    ran = walk.console.run("explain", *asked, "--json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.failure["code"] == "unknown_report"
    assert says in ran.failure["error"]


FLIP = {
    "assessments": "UPDATE assessments SET body = set_byte(body, {at}, get_byte(body, {at}) # 1)"
    " WHERE key IN (SELECT key FROM submissions WHERE event_id = 'smm-CC-4')",
    "submissions": "UPDATE submissions SET raw = set_byte(raw, {at}, get_byte(raw, {at}) # 1)"
    " WHERE event_id = 'smm-CC-4'",
}
"""Change a bit, or change it back."""


@contextmanager
def tampered(engines: Engines, walk: Walk, table: str) -> Iterator[None]:
    """A row of the explained report changed by somebody who can switch the triggers off."""
    name = str(conninfo_to_dict(walk.database_url)["dbname"])
    admin_url = engines.postgres.url_of(name, role="postgres")
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        row = admin.execute("SELECT raw FROM submissions WHERE event_id = 'smm-CC-4'").fetchone()
        assert row is not None
        in_the_remark = bytes(row[0]).index(b"Source: OSCE SMM")
        flip = sql.SQL(FLIP[table]).format(at=in_the_remark if table == "submissions" else 20)
        assert admin.execute(flip).rowcount == 1
        try:
            yield
        finally:
            admin.execute(flip)


def test_a_changed_judgement_is_noticed(walk: Walk, engines: Engines) -> None:
    with tampered(engines, walk, "assessments"):
        ran = walk.console.run("explain", "smm-CC-4")
        assert ran.code == 1
        assert "Judged again from the stored bytes: NOT what is stored: report this." in ran.out
        (said,) = walk.console.run("explain", "smm-CC-4", "--json").lines
        assert (said["replayed_equal"], said["intact"]) == (False, True)
    assert walk.console.run("explain", "smm-CC-4").code == 0


def test_a_changed_report_is_noticed_also_where_the_judgement_is_the_same(
    walk: Walk, engines: Engines
) -> None:
    with tampered(engines, walk, "submissions"):
        ran = walk.console.run("explain", "smm-CC-4")
        assert ran.code == 1
        assert "The stored bytes are NOT those that came (SHA-256 differs)" in ran.out
        (said,) = walk.console.run("explain", "smm-CC-4", "--json").lines
        assert (said["replayed_equal"], said["intact"]) == (True, False)


def test_a_corridors_day_is_told_interval_by_interval(walk: Walk) -> None:
    ran = walk.console.run("corridor", "availability", "zolote-road", "--json")
    assert ran.code == 0
    lines = ran.lines
    assert all(set(line) == INTERVAL_KEYS for line in lines)
    assert lines[0]["starts_at"] == "2015-02-14T22:00:00Z", "when the agreement came into force"
    assert lines[-1]["ends_at"] is None
    for before, after in pairwise(lines):
        assert before["ends_at"] == after["starts_at"]
    states = [line["state"] for line in lines if (line["starts_at"] or "") >= "2018-09-05T04:15"]
    assert states[:9] == [
        *("open", "impeded", "open", "impeded", "impeded", "closed", "unknown", "open", "unknown")
    ]


@pytest.mark.parametrize(
    ("at", "state", "cause"),
    [
        ("2018-09-05T04:30Z", "open", "open_by_status"),
        ("2018-09-05T07:30+03:00", "open", "open_by_status"),
        ("2018-09-05T08:00Z", "closed", "closed_by_status"),
        ("2018-09-05T09:10Z", "unknown", "not_reopened"),
        ("1990-01-01T00:00Z", "unknown", "nothing_known"),
        ("2100-01-01T00:00Z", "unknown", "not_in_force"),
    ],
)
def test_a_moment_has_one_answer(at: str, state: str, cause: str, walk: Walk) -> None:
    ran = walk.console.run("corridor", "availability", "zolote-road", "--at", at, "--json")
    (line,) = ran.lines
    assert (line["state"], line["cause"]) == (state, cause)


def test_before_anything_was_known_a_corridor_is_unknown_and_never_absent(walk: Walk) -> None:
    asked = ("corridor", "availability", "zolote-road", "--at", "2018-09-05T04:30Z")
    ran = walk.console.run(*asked, "--known-at", "2020-01-01T00:00Z", "--json")
    (line,) = ran.lines
    assert (ran.code, line["state"], line["cause"]) == (0, "unknown", "nothing_known")


def test_a_long_timeline_goes_on_where_it_stopped(walk: Walk) -> None:
    asked = ("corridor", "availability", "zolote-road", "--json")
    everything = walk.console.run(*asked).lines
    some = walk.console.run(*asked, "--limit", "4")
    assert f"{len(everything) - 4} more: --since " in some.err
    since = some.err.split("--since ")[1].strip()
    rest = walk.console.run(*asked, "--since", since).lines
    told = [
        {name: value for name, value in line.items() if name != "known_at"}
        for line in [*some.lines, *rest]
    ]
    assert told == [
        {name: value for name, value in line.items() if name != "known_at"} for line in everything
    ]


def test_an_unknown_corridor_is_answered_with_those_there_are(walk: Walk) -> None:
    ran = walk.console.run("corridor", "availability", "zolote", "--json")
    assert (ran.code, ran.failure["code"]) == (1, "unknown_corridor")
    assert "known are: zolote-road" in ran.failure["error"]


def test_tables_of_corridors_fit_80_columns(walk: Walk) -> None:
    for asked in (("corridor", "list"), ("corridor", "availability", "zolote-road")):
        ran = walk.console.run(*asked, COLUMNS="80")
        assert max(map(len, ran.out.splitlines())) <= 80
        assert "unknown is not open. Permission is not safety." in ran.out


def test_the_refused_event_is_kept_with_its_reason(walk: Walk) -> None:
    (line,) = walk.console.run("rejected", "--json").lines
    assert (line["reason"], line["topic"]) == ("missing_utc_offset", "truceline.reports.v1")
    assert len(line["content_hash"]) == 64
    assert walk.console.run("rejected", "--reason", "too_large", "--json").out == ""
    assert walk.console.run("rejected", "--after", line["page"], "--json").out == ""
    table = walk.console.run("rejected", COLUMNS="80").out
    assert max(map(len, table.splitlines())) <= 80
    assert "missing_utc_offset" in table


def test_an_amendment_loaded_later_does_not_make_a_judgement_differ(
    walk: Walk, amended: Path
) -> None:
    change(amended, "\nversion: 1\n", "\nversion: 2\nagreed_at: 2014-01-01T00:00:00Z\n")
    change(amended, "&fire\n      - explosion\n", "&fire\n")
    assert walk.console.run("agreement", "load", amended).code == 0
    (said,) = walk.console.run("explain", "camera-zolote/smm-CC-4", "--json").lines
    assert (said["replayed_equal"], said["intact"], said["revisions"]) == (True, True, 1)


def test_a_corridors_promised_day_adds_up(walk: Walk) -> None:
    asked = ("--from", "2018-09-05T00:00+03:00", "--to", "2018-09-06T00:00+03:00")
    ran = walk.console.run("corridor", "stats", "zolote-road", *asked, "--json")
    minutes = {line["cause"] or line["figure"]: line["minutes"] for line in ran.lines}
    assert minutes["promised"] == 600, "from 7 to 17 o'clock"
    lost = sum(line["minutes"] for line in ran.lines if line["figure"] == "lost")
    assert minutes["usable"] + lost == pytest.approx(600)
    assert minutes["usable"] > minutes["open"] > 0
    table = walk.console.run("corridor", "stats", "zolote-road", *asked, COLUMNS="80").out
    assert max(map(len, table.splitlines())) <= 80
    assert "adds up to promised" in " ".join(table.split())
    late = walk.console.run("corridor", "stats", "zolote-road", "--from", "2100-01-01T00:00Z")
    assert late.code == 2


def test_a_corridors_days_are_told_by_letters_and_drawn(walk: Walk, tmp_path: Path) -> None:
    asked = ("--from", "2018-09-05T00:00Z", "--to", "2018-09-07T00:00Z")
    picture = tmp_path / "road.svg"
    ran = walk.console.run("corridor", "timeline", "zolote-road", *asked, "--svg", picture)
    assert ran.code == 0
    day = next(line for line in ran.out.splitlines() if line.startswith("2018-09-05 "))
    assert set(day.removeprefix("2018-09-05 ")) == {"?", "O", "I", "C"}
    assert picture.read_text(encoding="utf-8").count("<title>") > 9
    pieces = walk.console.run("corridor", "timeline", "zolote-road", *asked, "--json").lines
    assert (pieces[0]["start"], pieces[-1]["end"]) == (
        "2018-09-05T00:00:00Z",
        "2018-09-07T00:00:00Z",
    )
