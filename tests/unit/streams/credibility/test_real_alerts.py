"""Flags on real data: next to none on honest alerts; two real witnesses are no copies."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from streams.credibility.account import Account
from streams.credibility.compare import Relationship, comparisons
from streams.credibility.flag import FlagKind
from streams.credibility.fold import flags
from streams.events import NamedPlace, Point, Report
from streams.instants import micros
from streams.methodology import UNDOUBTED
from streams.vocabulary import Kind, Means
from tests.unit.streams.builders import methodology

ALERTS = 34_358
SETTLEMENT_M = 2_000.0
"""The point of a settlement, not of an impact."""


def account(source: str, id_: str, at: datetime, until: datetime, **changes: object) -> Account:
    fields: dict[str, object] = {
        "id": id_,
        "mission": "mission",
        "source": source,
        "kind": Kind.PROJECTILE_IN_FLIGHT,
        "means": (Means.THIRD_PARTY,),
        "observed_from": at,
        "observed_to": until,
        **changes,
    }
    return Account(Report(**fields), micros(at), micros(until), None, None)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def lines(real_data: Path) -> list[dict[str, Any]]:
    with gzip.open(real_data / "israel_alerts" / "israel_alerts_geolocated.ndjson.gz") as file:
        return [json.loads(line) for line in file]


def alert(number: int, line: dict[str, Any], source: str, origin: str | None = None) -> Account:
    local = datetime.fromisoformat(line["t"]).replace(tzinfo=ZoneInfo(line["tz"]))
    at = local.astimezone(UTC)
    where = Point(lon=line["lon"], lat=line["lat"], accuracy_m=SETTLEMENT_M)
    text = f"{line['type']} {line['name_en']} {line['area_en']}"
    return account(source, f"{number}", at, at, location=where, remark=text, origin=origin)


def test_at_most_one_false_flag_in_1_000_real_alerts_of_one_feed(
    lines: list[dict[str, Any]],
) -> None:
    assert len(lines) == ALERTS
    told = [alert(number, line, "feed") for number, line in enumerate(lines)]
    assert len(flags(told, methodology())) <= ALERTS / 1_000


def test_sirens_that_name_the_command_that_sounds_them_are_not_flagged(
    lines: list[dict[str, Any]],
) -> None:
    told = [
        alert(number, line, f"siren-{line['zone_id']}", f"command-{line['t']}")
        for number, line in enumerate(lines)
    ]
    assert flags(told, methodology()) == []
    silent = [alert(number, line, f"siren-{line['zone_id']}") for number, line in enumerate(lines)]
    found = flags(silent, methodology())
    assert {flag.kind for flag in found} == {FlagKind.COPIED_TIMES}, "one command, not said"


@pytest.fixture(scope="module")
def witnesses(real_data: Path) -> list[Account]:
    """Oblasts' alerts, as the authorities and as volunteers told them, of one year."""
    found = []
    for name, column in (("official", "oblast"), ("volunteer", "region")):
        path = real_data / "ua_air_raid_alerts" / f"{name}_alerts.csv.gz"
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file)):
                if row.get("level", "oblast") != "oblast" or row["started_at"][:4] != "2023":
                    continue
                at, until = (
                    datetime.fromisoformat(row[it]) for it in ("started_at", "finished_at")
                )
                place = NamedPlace(name=row[column])
                found.append(account(name, f"{number}", at, until, location=place))
    return found


def test_the_two_real_witnesses_are_independent_and_disagree(witnesses: list[Account]) -> None:
    (told,) = comparisons(witnesses, UNDOUBTED)
    assert told.sources == ("official", "volunteer")
    assert told.relationship is Relationship.DISAGREEING
    assert told.matched > 1_000
    assert told.identical < 0.1 * told.telling
    kinds = {flag.kind for flag in flags(witnesses, methodology())}
    assert "copied_times" not in kinds
    assert "copied_text" not in kinds
    assert "circular" not in kinds


def test_were_one_the_others_copy_it_would_show(witnesses: list[Account]) -> None:
    official = [it for it in witnesses if it.source == "official"]
    copies = [
        account(
            "copyist",
            f"copy-of-{it.report.id}",
            it.report.observed_from,
            it.report.observed_to or it.report.observed_from,
            location=it.report.location,
        )
        for it in official
    ]
    (told,) = comparisons([*official, *copies], UNDOUBTED)
    assert told.relationship is Relationship.COPIES
