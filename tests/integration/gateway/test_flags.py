"""GET /v1/flags: to who sees the mission whole, page by page."""

from __future__ import annotations

from datetime import timedelta

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

PATH = "/v1/flags"


@pytest.fixture(scope="module", autouse=True)
def doubted(gateway_settings: Settings) -> None:
    """Two circles of two."""
    events = [
        report(own, source=f"group-{own}", derived_from=(other,))
        for own, other in (("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"))
    ]
    with connect(gateway_settings.database()) as conn:
        ensure_partitions(conn, RECEIVED)
        load_documents(conn, [agreement(), methodology()], RECEIVED)
        log = log_of(map(said, events), RECEIVED + timedelta(days=1))
        assert take_in_log(conn, load_register(conn), log) == []


def test_flags_are_told_page_by_page(client: Client, token: MakeToken) -> None:
    headers = token(Role.INVESTIGATOR, mission=MISSION)
    first = client.get(PATH, headers=headers, params={"limit": "1"})
    second = client.get(first.links["next"]["url"], headers=headers)
    told = [*first.json()["items"], *second.json()["items"]]
    assert [it["reports"] for it in told] == [
        ["group-a/a", "group-b/b"],
        ["group-c/c", "group-d/d"],
    ]
    assert "link" not in second.headers
    assert "no verdict" in first.json()["note"]
    assert items_at(PATH, client, headers, kind="flood") == []
    assert len(items_at(PATH, client, headers, source="group-a")) == 1
    answer = client.get(PATH, headers=headers, params={"kind": "lie"})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "kind")


def test_others_are_not_told_which_reports_are_doubted(client: Client, token: MakeToken) -> None:
    for role in (Role.REPORTER, Role.PARTY, Role.MEDIATOR, Role.PUBLISHER):
        assert client.get(PATH, headers=token(role, mission=MISSION)).status_code == 403
    assert items_at(PATH, client, token(Role.AUDITOR, mission="smm")) == []
