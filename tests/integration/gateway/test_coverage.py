"""GET /v1/coverage and /v1/restrictions: to who sees the mission whole, page by page."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from functools import partial

import pytest

from services.load import load_documents
from services.settings import Settings
from services.store.engine import connect
from services.store.partitions import ensure_partitions
from services.tokens.token import Role
from services.worker.documents import load_register
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client, items_at
from tests.integration.worker.ground import agreement, methodology, report
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, log_of, said
from tests.unit.streams.builders import MISSION
from tests.unit.streams.coverage.scenes import RULES, at, restricted, watched

COVERAGE, RESTRICTIONS = "/v1/coverage", "/v1/restrictions"


@pytest.fixture(scope="module", autouse=True)
def patrolled(gateway_settings: Settings) -> None:
    """An hour is watched of the first day, none of the second; one report of fire on each."""
    events = (
        watched(0, 60),
        report("seen", observed_from=at(30)),
        report("unseen", observed_from=at(24 * 60)),
        restricted(70, 100, id="m-1"),
        restricted(80, 90, id="m-2", source="patrol-2", location=None),
    )
    with connect(gateway_settings.database()) as conn:
        ensure_partitions(conn, RECEIVED)
        load_documents(conn, [agreement(), methodology(coverage=RULES)], RECEIVED)
        log = log_of(map(said, events), RECEIVED + timedelta(days=2))
        assert take_in_log(conn, load_register(conn), log) == []


@pytest.fixture
def whole(token: MakeToken) -> dict[str, str]:
    return token(Role.COORDINATOR, mission=MISSION)


items = partial(items_at, COVERAGE)


def test_days_are_told_beside_what_was_found(client: Client, whole: dict[str, str]) -> None:
    heard, first, second = sorted(
        items(client, whole, zone="z"), key=lambda it: (it.get("means") is None, it["day"])
    )
    assert heard["means"] == "heard"
    assert (first["state"], first["watched_s"]) == ("watched", 3_600)
    assert (first["violations"], first["per_watched_hour"]) == (1, 1.0)
    assert (second["state"], second["violations"]) == ("no_coverage", 1)
    assert second.get("per_watched_hour") is None


def test_where_nobody_watches_is_told_to_who_sees_the_mission_alone(
    client: Client, token: MakeToken
) -> None:
    told = {
        (path, role): client.get(path, headers=token(role, mission=MISSION)).status_code
        for path in (COVERAGE, RESTRICTIONS)
        for role in Role
    }
    seeing = {Role.COORDINATOR, Role.INVESTIGATOR, Role.AUDITOR, Role.ADMIN}
    assert told == {(path, role): 200 if role in seeing else 403 for path, role in told}
    elsewhere = token(Role.COORDINATOR, mission="smm")
    assert items(client, elsewhere) == []


def test_pages_follow_each_other(client: Client, whole: dict[str, str]) -> None:
    everything = client.get(COVERAGE, headers=whole, params={"by": "hour", "limit": "1000"})
    assert "no_coverage is not calm" in everything.json()["note"]
    url, told = f"{COVERAGE}?by=hour&limit=40", []
    while url:
        page = client.get(url, headers=whole)
        told += page.json()["items"]
        url = page.links.get("next", {}).get("url", "")
    assert told == everything.json()["items"]
    assert len(told) > 80
    first = client.get(RESTRICTIONS, headers=whole, params={"limit": "1"})
    second = client.get(first.links["next"]["url"], headers=whole)
    assert [it["id"] for page in (first, second) for it in page.json()["items"]] == ["m-1", "m-2"]
    assert "link" not in second.headers


def test_days_and_zones_narrow_it(client: Client, whole: dict[str, str]) -> None:
    found = items(client, whole, first_day="2026-03-03", last_day="2026-03-03")
    assert {(it["day"], it["zone"]) for it in found} == {
        ("2026-03-03", "z"),
        ("2026-03-03", "corridor:c"),
    }
    (told,) = items_at(RESTRICTIONS, client, whole, zone="z")
    assert (told["id"], told["minutes"], told["reason"]) == ("m-1", 30, "denial")


@pytest.mark.parametrize(
    "asked",
    [{"by": "week"}, {"first_day": "monday"}, {"last_day": "9999-12-31"}, {"from": "2026-03-02"}],
)
def test_what_cannot_be_asked_is_named(
    client: Client, whole: dict[str, str], asked: dict[str, str]
) -> None:
    answer = client.get(COVERAGE, headers=whole, params=asked)
    assert (answer.status_code, answer.json()["parameter"]) == (400, next(iter(asked)))
    turned = {"first_day": "2026-03-03", "last_day": "2026-03-02"}
    assert client.get(COVERAGE, headers=whole, params=turned).status_code == 400


def test_a_table_has_a_line_for_each_row(client: Client, whole: dict[str, str]) -> None:
    answer = client.get(COVERAGE, headers=whole | {"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["state"] for row in rows if row["zone"] == "z"] == [
        "watched",
        "watched",
        "no_coverage",
    ]
    assert len(rows) == len(items(client, whole))
