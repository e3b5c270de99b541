"""`truceline totals` on the real observations: lines add up, and a restated total is explained."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from tests.integration.cli.conftest import Walk


def asked(walk: Walk, *options: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    found = walk.console.run("totals", *options, "--json").lines
    return [it for it in found if "by" in it], [it for it in found if "series" in it]


def least(lines: list[dict[str, Any]], what: str) -> int:
    return sum(it[verdict][what]["min"] for it in lines for verdict in ("violations", "possible"))


@pytest.mark.parametrize("by", ["zone", "kind", "party", "day"])
def test_a_restated_total_is_explained_line_by_line(walk: Walk, by: str) -> None:
    plain, nothing = asked(walk, "--by", by)
    restated, differences = asked(walk, "--by", by, "--counting", "series_of_30")
    assert nothing == []
    assert [it["of"] for it in plain] == [it["of"] for it in restated]
    moved: defaultdict[tuple[str, str], int] = defaultdict(int)
    for it in differences:
        observed, counted = it["observed"] or {"min": 0}, it["counted"] or {"min": 0}
        moved[it["of"], it["verdict"]] += counted["min"] - observed["min"]
    for before, after in zip(plain, restated, strict=True):
        for verdict, name in (("violations", "violation"), ("possible", "possible_violation")):
            assert before[verdict]["observed"] == after[verdict]["observed"]
            change = after[verdict]["counted"]["min"] - before[verdict]["counted"]["min"]
            assert change == moved[before["of"], name]
    assert least(restated, "counted") < least(plain, "counted"), "the totals change"


def test_by_whatever_they_are_told_they_add_up(walk: Walk) -> None:
    sums = {least(asked(walk, "--by", by)[0], "counted") for by in ("zone", "kind", "party", "day")}
    assert len(sums) == 1


def test_the_period_before_stands_beside(walk: Walk) -> None:
    (whole,), _ = asked(
        walk, "--zone", "security-zone", "--since", "2017-01-01", "--until", "2017-12-31"
    )
    (before,), _ = asked(
        walk, "--zone", "security-zone", "--since", "2016-01-02", "--until", "2016-12-31"
    )
    assert whole["before"]["violations"] == before["violations"]
    assert whole["before"]["incidents"] == before["incidents"]
    assert whole["watched_h"] == 0.0


def test_for_people_it_names_the_rule_and_each_report(walk: Walk) -> None:
    ran = walk.console.run("totals", "--counting", "series_of_30", COLUMNS="80")
    said = " ".join(ran.out.split())
    assert "30 or more discharges in one zone" in said
    assert "What makes the difference" in said
    assert max(map(len, ran.out.splitlines())) <= 80
