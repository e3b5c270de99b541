"""GET /v1/totals and /v1/totals/differences: to who sees the mission whole; they reconcile."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from services.load import load_documents
from services.settings import Settings
from services.store.engine import connect
from services.store.partitions import ensure_partitions
from services.tokens.token import Role
from services.worker.documents import load_register
from services.worker.keep_incidents import keep_all
from streams.events import Count
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client, items_at
from tests.integration.worker.ground import IN_ZONE, agreement, methodology, report
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, log_of, said
from tests.unit.streams.builders import MISSION
from tests.unit.streams.coverage.scenes import RULES, at, watched

TOTALS, DIFFERENCES = "/v1/totals", "/v1/totals/differences"
DAYS = {"first_day": "2026-03-02", "last_day": "2026-03-03"}
SERIES = DAYS | {"counting": "series_of_30"}


@pytest.fixture(scope="module", autouse=True)
def counted(gateway_settings: Settings) -> None:
    """A series of 45 on the first day, 3 on the second, 4 two days before."""
    events = (
        watched(0, 60),
        report("first", location=IN_ZONE, observed_from=at(30), count=Count(min=40, max=40)),
        report("second", location=IN_ZONE, observed_from=at(40), count=Count(min=5, max=5)),
        report("third", location=IN_ZONE, observed_from=at(24 * 60), count=Count(min=3, max=3)),
        report("earlier", location=IN_ZONE, observed_from=at(-48 * 60), count=Count(min=4, max=4)),
    )
    with connect(gateway_settings.database()) as conn:
        ensure_partitions(conn, RECEIVED)
        load_documents(conn, [agreement(), methodology(coverage=RULES)], RECEIVED)
        log = log_of(map(said, events), RECEIVED + timedelta(days=2))
        assert take_in_log(conn, load_register(conn), log) == []
        keep_all(conn)


@pytest.fixture
def whole(token: MakeToken) -> dict[str, str]:
    return token(Role.COORDINATOR, mission=MISSION)


def test_each_line_stands_beside_the_period_before_the_hours_and_the_rule(
    client: Client, whole: dict[str, str]
) -> None:
    answer = client.get(TOTALS, headers=whole, params=DAYS).json()
    assert "no rounds" in answer["note"]
    assert answer["counted"].startswith("each observed event counts as one")
    (line,) = answer["items"]
    assert line["of"] == "z"
    assert line["violations"]["reports"] + line["possible"]["reports"] == 3
    assert line["watched_h"] == 1.0
    before = line["before"]
    assert before["violations"]["counted"]["min"] + before["possible"]["counted"]["min"] == 4


def test_beside_a_day_stands_the_one_in_its_place_before(
    client: Client, whole: dict[str, str]
) -> None:
    first, second = items_at(TOTALS, client, whole, **DAYS, by="day")
    assert [first["of"], second["of"]] == ["2026-03-02", "2026-03-03"]
    assert [it["before"]["violations"]["reports"] for it in (first, second)] == [1, 0]


def test_another_counting_rule_is_reconciled_line_by_line(
    client: Client, whole: dict[str, str]
) -> None:
    def sums(params: dict[str, str]) -> dict[str, int]:
        return {
            it["of"]: it["violations"]["counted"]["min"] + it["possible"]["counted"]["min"]
            for it in items_at(TOTALS, client, whole, **params, by="day")
        }

    plain, restated = sums(DAYS), sums(SERIES)
    assert (plain, restated) == (
        {"2026-03-02": 45, "2026-03-03": 3},
        {"2026-03-02": 1, "2026-03-03": 3},
    )
    assert items_at(DIFFERENCES, client, whole, **DAYS) == []
    moved = {
        it["report"].rpartition("/")[2]: it["counted"]["min"] - it["observed"]["min"]
        for it in items_at(DIFFERENCES, client, whole, **SERIES, by="day")
    }
    assert moved == {"first": -39, "second": -5}


def test_pages_follow_each_other(client: Client, whole: dict[str, str]) -> None:
    first = client.get(DIFFERENCES, headers=whole, params=SERIES | {"limit": "1"})
    second = client.get(first.links["next"]["url"], headers=whole)
    pages = [page.json()["items"] for page in (first, second)]
    assert [len(items) for items in pages] == [1, 1]
    assert "link" not in second.headers
    table = client.get(DIFFERENCES, headers=whole | {"Accept": "text/csv"}, params=SERIES)
    assert [row["report"] for row in csv.DictReader(io.StringIO(table.text))] == [
        items[0]["report"] for items in pages
    ]


def test_only_who_sees_the_mission_whole_is_told(client: Client, token: MakeToken) -> None:
    told = {
        (path, role): client.get(
            path, headers=token(role, mission=MISSION), params=DAYS
        ).status_code
        for path in (TOTALS, DIFFERENCES)
        for role in Role
    }
    seeing = {Role.COORDINATOR, Role.INVESTIGATOR, Role.AUDITOR, Role.ADMIN}
    assert told == {(path, role): 200 if role in seeing else 403 for path, role in told}
    elsewhere = token(Role.COORDINATOR, mission="smm")
    assert items_at(TOTALS, client, elsewhere, **DAYS) == []


@pytest.mark.parametrize(
    ("named", "asked"),
    [
        ("first_day", {"last_day": "2026-03-03"}),
        ("last_day", {"first_day": "2026-03-02"}),
        ("last_day", {"first_day": "2026-03-03", "last_day": "2026-03-02"}),
        ("last_day", {"first_day": "2026-01-01", "last_day": "2026-03-02"}),
        ("by", DAYS | {"by": "week"}),
        ("counting", DAYS | {"counting": "rounds"}),
    ],
)
def test_what_cannot_be_asked_is_named(
    client: Client, whole: dict[str, str], named: str, asked: dict[str, str]
) -> None:
    answer = client.get(TOTALS, headers=whole, params=asked)
    assert (answer.status_code, answer.json()["parameter"]) == (400, named)
