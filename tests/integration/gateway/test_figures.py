"""The gateway's figures, and what a request is called."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from services.gateway.figures import StoreFigures
from services.metrics.catalogue import FIGURES_KNOWN, OUTBOX_ROWS, UNASSESSED_AGE
from services.settings import Settings
from services.store.engine import Connection, connect
from services.store.instants import SINCE_EVER
from services.store.queries.intake import intake_figures
from services.tokens.token import Role
from streams.keys import EventKind, event_key
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client
from tests.integration.gateway.test_posts import JSON, NDJSON, event


def scraped(client: Client, headers: dict[str, str]) -> dict[tuple[str, ...], float]:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_what_is_posted_is_counted_by_what_came_of_it(client: Client, token: MakeToken) -> None:
    admin = token(Role.ADMIN)
    before = scraped(client, admin)
    raw = event()
    posted = token()
    client.post("/v1/reports", content=raw, headers=JSON | posted)
    client.post("/v1/reports", content=raw, headers=JSON | posted)
    client.post("/v1/reports", content=b"\n".join([raw, b"no", event()]), headers=NDJSON | posted)
    client.post("/v1/reports", content=raw, headers=JSON)
    after = scraped(client, admin)

    def more(*at: str) -> float:
        return after[at] - before[at]

    assert more("truceline_gateway_events_total", "stored") == 2
    assert more("truceline_gateway_events_total", "known") == 2
    assert more("truceline_gateway_events_total", "refused") == 1
    assert more("truceline_gateway_problems_total", "no_token") == 1
    assert more("truceline_gateway_group_seconds_count") == 3
    assert more("truceline_outbox_rows") == 2
    assert after["truceline_unassessed_oldest_seconds",] > 0


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
def test_nobody_but_an_admin_sees_figures_over_all_missions(
    client: Client, token: MakeToken, role: Role
) -> None:
    assert client.get("/metrics", headers=token(role)).status_code == 403
    assert client.get("/metrics").status_code == 401


def test_no_figure_names_anybody(client: Client, token: MakeToken) -> None:
    raw = event(mission="smm", source="patrol-of-anna")
    client.post("/v1/reports", content=raw, headers=JSON | token())
    text = client.get("/metrics", headers=token(Role.ADMIN)).text
    for name in ("smm", "patrol", json.loads(raw)["id"], "127.0.0.1", "tok-"):
        assert name not in text


def test_the_gateways_role_hears_figures_and_sees_no_rows(
    client: Client, token: MakeToken, gateway_settings: Settings, owner: Connection
) -> None:
    client.post("/v1/reports", content=event(), headers=JSON | token())
    with connect(gateway_settings.api_database(), scoped=True) as conn:
        found = intake_figures(conn, SINCE_EVER)
        assert conn.execute("SELECT count(*) FROM submissions").fetchone() == (0,)
    row = owner.execute(
        "SELECT (SELECT sum(cardinality(keys)) FROM outbox), (SELECT min(queued_at) FROM outbox),"
        " (SELECT min(received_at) FROM submissions WHERE authentication = 'token')"
    ).fetchone()
    assert found[1:] == row
    assert found.unassessed_age_s > 0
    with connect(gateway_settings.api_database()) as conn:
        later = intake_figures(conn, datetime.now(UTC) + timedelta(hours=1))
    assert (later.unassessed_oldest, later.unassessed_age_s) == (None, 0.0)


def test_figures_are_not_known_while_the_store_is_away() -> None:
    figures = StoreFigures("postgresql://nobody@127.0.0.1:1/none").figures()
    assert figures[FIGURES_KNOWN] == {(): 0.0}
    for metric in (OUTBOX_ROWS, UNASSESSED_AGE):
        assert str(figures[metric][()]) == "nan"


@pytest.mark.parametrize("path", ["/v1/reports", "/v1/receipt-keys", "/nowhere"])
def test_a_request_keeps_the_name_that_its_caller_gave_it(client: Client, path: str) -> None:
    ask = client.post if path == "/v1/reports" else client.get
    answer = ask(path, headers={"X-Request-Id": "field-7.a:b_c"})
    assert answer.headers.get_list("X-Request-Id") == ["field-7.a:b_c"]
    if answer.status_code >= 400:
        assert answer.json()["instance"] == "urn:truceline:request:field-7.a:b_c"


@pytest.mark.parametrize("said", ["", "a b", "x" * 65, "é", '"}', "-a"])
def test_a_name_that_is_not_plain_is_replaced_and_not_repeated(client: Client, said: str) -> None:
    answers = [
        client.post("/v1/reports", headers=[(b"X-Request-Id", said.encode())]) for _ in range(2)
    ]
    first, second = (answer.headers["X-Request-Id"] for answer in answers)
    assert first != second
    assert first.startswith("gw-")
    assert answers[0].json()["instance"].endswith(first)


def test_one_line_says_a_requests_name_and_its_events_keys(
    client: Client, token: MakeToken
) -> None:
    raws = [event() for _ in range(30)]
    headers = NDJSON | token() | {"X-Request-Id": "r-30"}
    with structlog.testing.capture_logs() as lines:
        client.post("/v1/reports", content=b"\n".join(raws), headers=headers)
    (line,) = [line for line in lines if line.get("request_id") == "r-30"]
    keys = [key_of(raw) for raw in raws]
    assert (line["event"], line["events"], line["keys"]) == ("took in", 30, keys[:10])


def key_of(raw: bytes) -> str:
    said: dict[str, Any] = json.loads(raw)
    return str(event_key(EventKind.REPORT, said["mission"], said["source"], said["id"]))
