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


def test_days_and_zones_are_asked_for(walk: Walk) -> None:
    everything = walk.console.run("incidents", "--limit", "1000", "--json").lines
    days = sorted({it["day"] for it in everything})
    first, last = days[len(days) // 3], days[len(days) // 2]
    asked = ("incidents", "--zone", Z, "--since", first, "--until", last, "--json")
    found = walk.console.run(*asked).lines
    assert found == [it for it in everything if it["zone"] == Z and first <= it["day"] <= last]
    assert found
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
