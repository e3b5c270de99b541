"""`truceline coverage`: how much was watched of what is stored, beside what was found."""

from __future__ import annotations

import json
from datetime import timedelta

import msgspec
import pytest

from services.load import load_documents
from services.local.endpoints import DATABASE_VARIABLE
from services.store.engine import connect
from services.store.partitions import ensure_partitions
from services.worker.documents import load_register
from services.worker.keep_incidents import keep_all
from streams.methodology import IncidentRules
from streams.vocabulary import Means
from tests.integration.cli.console import Console
from tests.integration.worker.ground import IN_ZONE, agreement, methodology, report
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, Message, Voucher, log_of, message, said
from tests.unit.streams.builders import attribution
from tests.unit.streams.coverage.scenes import RULES, at, restricted, watched

DAYS = IncidentRules(near_m=1_000, gap_s=600, largest_m=5_000, time_zone="UTC")
NEXT_DAY = 24 * 60


def escaped(raw: bytes) -> bytes:
    """The same JSON, its words spelt with an escape."""
    return raw.replace(b'"coverage"', rb'"\u0063overage"')


def events() -> list[Message]:
    patrol = watched(0, 120, down=[(90, 120)], means=(Means.HEARD, Means.SAW))
    camera = watched(180, 240, id="w-2", source="patrol-2", means=(Means.SAW,))
    return [
        said(patrol),
        message(escaped(msgspec.json.encode(camera))),
        said(watched(300, 400, id="forged"), Voucher.FORGED),
        said(watched(0, 60, id="nowhere", location=None)),
        said(watched(400, 500, id="taken-back")),
        said(report("taker", source="patrol-1", retracts="taken-back", location=None)),
        said(restricted(0, 30, attribution=attribution("south"))),
        said(report("seen", location=IN_ZONE, observed_from=at(40))),
        said(report("unseen", location=IN_ZONE, observed_from=at(100))),
        said(report("tomorrow", location=IN_ZONE, observed_from=at(NEXT_DAY))),
    ]


@pytest.fixture(scope="module")
def console(migrated_url: str) -> Console:
    with connect(migrated_url) as conn:
        ensure_partitions(conn, RECEIVED)
        rules = methodology(coverage=RULES, incidents=DAYS)
        load_documents(conn, [agreement(), rules], RECEIVED)
        late = RECEIVED + timedelta(days=2)
        assert take_in_log(conn, load_register(conn), log_of(events(), late)) == []
        keep_all(conn)
    return Console({DATABASE_VARIABLE: migrated_url})


def test_a_day_is_told_with_what_was_found_in_it(console: Console) -> None:
    first, *_ = console.run("coverage", "--zone", "z", "--json").lines
    told = {name: first[name] for name in first if name not in {"starts_at", "ends_at", "share"}}
    assert told == {
        "mission": "mission",
        "zone": "z",
        "day": "2026-03-02",
        "state": "watched",
        "watched_s": 60 * 60,
        "partly_s": 60 * 60,
        "unwatched_s": 22 * 3_600,
        "violations": 2,
        "possible": 0,
        "while_watched": 1,
        "per_watched_hour": 1.0,
        "incidents": 2,
    }


def test_a_day_without_patrols_shows_no_coverage(console: Console) -> None:
    rows = [
        it for it in console.run("coverage", "--zone", "z", "--json").lines if "means" not in it
    ]
    assert [it["day"] for it in rows] == ["2026-03-02", "2026-03-03"]
    assert (rows[1]["state"], rows[1]["violations"]) == ("no_coverage", 1)
    assert rows[1].get("per_watched_hour") is None
    text = console.run("coverage", "--zone", "z").out
    assert "no_coverage" in text
    assert "no_coverage is not calm" in " ".join(text.split())
    assert "Restrictions of monitors: 1, 30 minutes." in text


def test_hours_and_means_are_told_apart(console: Console) -> None:
    rows = console.run("coverage", "--by", "hour", "--since", "2026-03-02", "--json").lines
    noon = [it for it in rows if it["zone"] == "z" and it["starts_at"] == "2026-03-02T12:00:00Z"]
    assert [(it.get("means"), it["watched_s"]) for it in noon] == [
        (None, 1_800),
        ("heard", 1_800),
        ("saw", 0),
    ]
    assert "incidents" not in noon[0]
    assert {it["zone"] for it in rows} == {"z", "corridor:c"}, "nothing is left out for being quiet"


def test_restrictions_are_listed_as_the_monitors_told_them(console: Console) -> None:
    (told,) = console.run("coverage", "--list", "restrictions", "--json").lines
    assert told["zones"] == ["corridor:c", "z"]
    assert (told["minutes"], told["reason"], told["party"]) == (30, "denial", "south")
    assert "south" in console.run("coverage", "--list", "restrictions").out


def test_reports_that_watched_nothing_say_why(console: Console) -> None:
    told = console.run("coverage", "--list", "unused", "--json").lines
    assert {it["id"]: it["reason"] for it in told} == {
        "forged": "not_vouched",
        "nowhere": "no_location",
    }
    assert "not_vouched" in console.run("coverage", "--list", "unused").out


def test_other_missions_and_days_have_no_rows(console: Console) -> None:
    assert console.run("coverage", "--mission", "nobody", "--json").out == ""
    rows = console.run("coverage", "--until", "2026-02-01", "--since", "2026-02-01", "--json").lines
    assert {it["state"] for it in rows} == {"no_coverage"}
    assert json.dumps(rows).count("2026-02-01T00:00:00Z") == len(rows)
    assert console.run("coverage", "--since", "2026-03-02", "--until", "2026-03-01").code == 2


def test_the_table_fits_80_columns(console: Console) -> None:
    ran = console.run("coverage", COLUMNS="80")
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= 80
