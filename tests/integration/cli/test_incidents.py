"""`truceline incidents` on the real observations, judged by the engines."""

from __future__ import annotations

from collections import Counter

from tests.integration.cli.conftest import Walk

Z = "security-zone"


def test_every_breach_of_a_zone_is_in_one_of_its_incidents(walk: Walk) -> None:
    incidents = walk.console.run("incidents", "--limit", "1000", "--json").lines
    held = Counter((it["zone"], report) for it in incidents for report in it["reports"])
    violations = walk.console.run("violations", "--limit", "1000", "--json").lines
    assert held == Counter(
        {(it["zone_id"], f"{it['source']}/{it['event_id']}"): 1 for it in violations}
    )
    counts = [it["violations"]["reports"] + it["possible"]["reports"] for it in incidents]
    assert counts == [len(it["reports"]) for it in incidents]


def test_some_reports_are_one_incident_and_the_two_totals_are_apart(walk: Walk) -> None:
    incidents = walk.console.run("incidents", "--limit", "1000", "--json").lines
    assert max(len(it["reports"]) for it in incidents) > 1
    reports = sum(len(it["reports"]) for it in incidents)
    assert len(incidents) < reports
    assert all(it["status"].startswith("automatic, unreviewed") for it in incidents)
    assert {it["progress"] for it in incidents} == {"ended"}


def test_what_is_stored_is_what_the_violations_come_to(walk: Walk) -> None:
    ran = walk.console.run("incidents", "--recompute", "--json")
    assert (ran.code, ran.out) == (0, "")


def test_one_is_told_with_its_reports_and_how_it_came_about(walk: Walk) -> None:
    everything = walk.console.run("incidents", "--limit", "1000", "--json").lines
    most = max(everything, key=lambda it: len(it["reports"]))
    (one,) = walk.console.run("incidents", most["id"], "--json").lines
    assert one["told"] == most
    assert one["is_there"]
    assert [f"{it['source']}/{it['id']}" for it in one["members"]] == most["reports"]
    assert one["revisions"][0]["reason"] == "begun"
    assert "How it came about" in walk.console.run("incidents", most["id"]).out
    ran = walk.console.run("incidents", "0123456789abcdef")
    assert ran.code == 1
    assert "truceline incidents" in ran.err


def test_each_ended_once_and_is_written(walk: Walk) -> None:
    everything = walk.console.run("incidents", "--limit", "1000", "--json").lines
    span = ("--since", "2015-01-01T00:00Z", "--until", "2021-01-01T00:00Z")
    due = walk.console.run("due", "--rule", "incident_ended", *span, "--json").lines
    assert sorted((it["subject"], it["due_at"]) for it in due) == sorted(
        (it["id"], it["over_at"]) for it in everything
    )
    assert {(it["state"], it["revision"]) for it in due} == {("due", 1)}


def test_days_and_zones_are_asked_for(walk: Walk) -> None:
    everything = walk.console.run("incidents", "--limit", "1000", "--json").lines
    days = sorted({it["day"] for it in everything})
    first, last = days[len(days) // 3], days[len(days) // 2]
    asked = ("incidents", "--zone", Z, "--since", first, "--until", last, "--json")
    found = walk.console.run(*asked).lines
    assert found == [it for it in everything if it["zone"] == Z and first <= it["day"] <= last]
    assert found
    ended = walk.console.run("incidents", "--limit", "1000", "--state", "ended", "--json").lines
    assert ended == everything
    kind = found[0]["violates"][0]
    of_kind = walk.console.run("incidents", "--limit", "1000", "--kind", kind, "--json").lines
    assert of_kind == [it for it in everything if kind in it["violates"]]
    assert walk.console.run("incidents", "--mission", "nobody", "--json").out == ""


def test_the_table_fits_80_columns_and_says_how_it_counts(walk: Walk) -> None:
    ran = walk.console.run("incidents", "--limit", "20", COLUMNS="80")
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "within one zone and one mission day" in " ".join(ran.out.split())
    assert "others are not shown" in " ".join(ran.out.split())


def test_days_that_run_backwards_are_refused(walk: Walk) -> None:
    ran = walk.console.run("incidents", "--since", "2018-02-05", "--until", "2018-02-04")
    assert ran.code == 2
    assert "lies before" in ran.err
    ran = walk.console.run("incidents", "--since", "yesterday")
    assert ran.code == 2
    assert "2018-02-05" in ran.err
