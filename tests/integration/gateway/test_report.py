"""What who asks for a report is told of it."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from services.gateway.disclosure import READS_REPORTS
from services.store.engine import Connection
from services.store.rows import KeyKind, KeyRow, RejectedRow
from services.store.write import copy_rows
from services.tokens.token import Role
from streams.keys import rejected_key
from streams.topics import TopicName
from tests.integration.gateway import seeded
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client
from tests.integration.gateway.test_posts import JSON, event

pytestmark = pytest.mark.usefixtures("filled")

ID = seeded.report_id("smm", "smm-a")
COORDINATOR = Role.COORDINATOR


def path(report: str, **asked: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"/v1/reports/{quote(report, safe='')}" + (f"?{query}" if query else "")


def test_a_report_is_told_with_receipt_state_and_every_reading(
    client: Client, token: MakeToken
) -> None:
    answer = client.get(path(ID), headers=token(COORDINATOR))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["id"], told["source"], told["state"]) == (ID, "smm-patrol-1", "assessed")
    (version,) = told["versions"]
    assert version["receipt"]["receipt"]["sha256"] == version["sha256"]
    raw = seeded.submission("smm", "smm-a", 1).raw
    assert sha256(raw).hexdigest() == version["sha256"]
    assert raw in answer.content
    assert [(one["verdict"], one["current"]) for one in told["readings"]] == [
        ("violation", False),
        ("possible_violation", True),
    ]
    assert {one["draft"] for one in told["readings"]} == {False}
    (because,) = told["readings"][1]["reasons"]
    assert because["rule"] == "inside"
    assert "nothing speaks against it" in because["reason"]
    assert told["versions"][0]["received_at"] == "2026-07-14T12:00:00Z"


def test_a_report_just_posted_waits_to_be_judged(client: Client, token: MakeToken) -> None:
    raw, headers = event(id=f"a/b//c?{uuid4()}"), token()
    receipt = client.post("/v1/reports", content=raw, headers=JSON | headers).json()
    told = client.get(path(json.loads(raw)["id"]), headers=headers).json()
    assert told["state"] == "queued"
    assert told["versions"][0]["receipt"] == receipt
    assert told["readings"] == []


def test_a_refused_report_says_why(client: Client, token: MakeToken, owner: Connection) -> None:
    raw, headers = event(), token()
    client.post("/v1/reports", content=raw, headers=JSON | headers)
    key, content = rejected_key(TopicName.REPORTS, raw), sha256(raw).digest()
    why = ("nothing_in_force", "nothing is in force", "smm", "patrol-1", json.loads(raw)["id"])
    row = RejectedRow(seeded.NOW, key, 1, 1, TopicName.REPORTS, *why, content, raw)
    copy_rows(owner, "rejected", [row])
    known = KeyRow(key, seeded.NOW, KeyKind.REJECTED, vouched=None, content_hash=content)
    copy_rows(owner, "event_keys", [known])
    told = client.get(path(json.loads(raw)["id"]), headers=headers).json()
    assert told["state"] == "refused"
    assert told["versions"][0]["reason"] == "nothing_in_force"


def test_one_id_of_several_sources_asks_which(client: Client, token: MakeToken) -> None:
    same = str(uuid4())
    for source in ("one", "two"):
        client.post("/v1/reports", content=event(id=same, source=source), headers=JSON | token())
    answer = client.get(path(same), headers=token(COORDINATOR))
    assert answer.status_code == 400
    assert answer.json()["sources"] == ["one", "two"]
    assert client.get(path(same, source="two"), headers=token(COORDINATOR)).status_code == 200
    own = token(Role.REPORTER, sources=frozenset({"one"}))
    assert client.get(path(same), headers=own).json()["source"] == "one"


@pytest.mark.parametrize(
    "wanted",
    [
        {"mission": "unmil"},
        {"agreement": "smm-b"},
        {"agreement": "unmil-a"},
        {"roles": (Role.REPORTER,), "sources": frozenset({"smm-patrol-2"})},
        {"roles": (Role.CORRIDOR_OPERATOR,), "sources": frozenset({"operator"})},
    ],
)
def test_who_may_not_see_it_is_told_what_is_told_of_no_report_at_all(
    client: Client, token: MakeToken, wanted: dict[str, Any]
) -> None:
    headers = token(*wanted.pop("roles", (COORDINATOR,)), **wanted)
    headers["X-Request-Id"] = "one-name"
    answer = client.get(path(ID), headers=headers)
    nothing = client.get(path("never-was"), headers=headers)
    assert answer.status_code == nothing.status_code == 404
    assert answer.content == nothing.content


@pytest.mark.parametrize("role", Role)
def test_a_role_reads_reports_or_is_turned_away(
    client: Client, token: MakeToken, role: Role
) -> None:
    answer = client.get(path(ID), headers=token(role))
    assert answer.status_code == (200 if role in READS_REPORTS else 403)
    assert role in READS_REPORTS or "smm" not in answer.text


def test_what_is_held_already_is_not_sent_again(client: Client, token: MakeToken) -> None:
    headers = token(COORDINATOR)
    first = client.get(path(ID), headers=headers)
    again = client.get(path(ID), headers=headers | {"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(path(ID), headers=headers | {"If-None-Match": '"other"'})
    assert other.status_code == 200


@pytest.mark.parametrize("asked", [{"sauce": "x"}, {"source": "a&source=b"}, {"source": "%00"}])
def test_a_parameter_that_cannot_be_read_is_refused(
    client: Client, token: MakeToken, asked: dict[str, str]
) -> None:
    answer = client.get(path(ID, **asked), headers=token(COORDINATOR))
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("bad_parameter")


def test_another_form_than_json_is_refused(client: Client, token: MakeToken) -> None:
    answer = client.get(path(ID), headers=token(COORDINATOR) | {"Accept": "text/csv"})
    assert answer.status_code == 406
    assert answer.json()["forms"] == ["application/json"]
