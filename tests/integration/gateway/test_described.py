"""The gateway does what the description of its routes says, tried with its examples."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest

from services.gateway import examples
from services.gateway.operation import NDJSON
from services.load import load_documents
from services.settings import Settings
from services.store.engine import connect
from services.tokens.token import Role
from streams.agreement import Source
from streams.vocabulary import Right
from tests.integration.gateway import seeded
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client
from tests.unit.services.gateway.test_describe import check
from tests.unit.streams.builders import agreement, methodology

pytestmark = pytest.mark.usefixtures("filled")

POSTED = {
    "/v1/reports": examples.REPORT,
    "/v1/corridor-status": examples.STATUS,
    "/v1/context": examples.NOTIFICATION,
}
BOTH = (Role.REPORTER, Role.CORRIDOR_OPERATOR)


def schema_of(document: dict[str, Any], path: str, method: str, status: int) -> dict[str, Any]:
    content = document["paths"][path][method]["responses"][str(status)]["content"]
    found: dict[str, Any] = content["application/json"]["schema"]
    return found


def test_the_description_is_for_everybody_and_nothing_else_of_its_folder(client: Client) -> None:
    answer = client.get("/schema/openapi.json")
    assert (answer.status_code, answer.json()["openapi"]) == (200, "3.1.0")
    for path in ("/schema", "/schema/", "/schema/swagger", "/schema/openapi.yaml"):
        missing = client.get(path)
        assert missing.status_code == 404
        assert missing.json()["type"] == "urn:truceline:problem:not_found"


@pytest.mark.parametrize("path", POSTED)
def test_an_example_can_be_posted(client: Client, token: MakeToken, path: str) -> None:
    headers = token(*BOTH, mission="osce-smm")
    document = client.get("/schema/openapi.json").json()
    for status in (201, 200):
        answer = client.post(path, json=POSTED[path], headers=headers)
        assert answer.status_code == status, answer.text
        check(answer.json(), schema_of(document, path, "post", status))
        shown = examples.receipt_of(POSTED[path])["receipt"]
        assert answer.json()["receipt"].keys() == shown.keys()
        assert answer.json()["receipt"]["kind"] == shown["kind"]


def test_the_example_of_a_count_can_be_posted_by_whose_token_names_its_source(
    client: Client, token: MakeToken, gateway_settings: Settings
) -> None:
    liaison = Source(id="ua-liaison", rights=(Right.NOTIFY,))
    under = agreement(id="described", mission="osce-smm", sources=(liaison,))
    method = methodology(id="described", mission="osce-smm")
    with connect(gateway_settings.database()) as conn:
        load_documents(conn, [under, method], seeded.NOW)
    headers = token(Role.PARTY, mission="osce-smm", sources=frozenset({"ua-liaison"}))
    assert client.post("/v1/context", json=examples.COUNT, headers=headers).status_code == 201


@pytest.mark.parametrize("path", POSTED)
def test_an_example_of_many_has_the_outcomes_that_are_shown(
    client: Client, token: MakeToken, path: str
) -> None:
    headers = token(*BOTH, mission="osce-smm") | {"Content-Type": NDJSON}
    event = POSTED[path] | {"id": f"many{path}"}
    answer = client.post(path, content=examples.lines_of(event), headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, NDJSON)
    told, shown = (
        [json.loads(line) for line in text.splitlines()]
        for text in (answer.text, examples.outcomes_of(event))
    )
    assert [one.keys() for one in told] == [one.keys() for one in shown]
    assert [one["status"] for one in told] == [one["status"] for one in shown]
    assert told[1]["reason"] == shown[1]["reason"]


@pytest.mark.parametrize("id_", [seeded.report_id("smm", name) for name in seeded.MISSIONS["smm"]])
def test_a_report_is_answered_as_described(client: Client, token: MakeToken, id_: str) -> None:
    document = client.get("/schema/openapi.json").json()
    answer = client.get(f"/v1/reports/{quote(id_, safe='')}", headers=token(Role.AUDITOR))
    check(answer.json(), schema_of(document, "/v1/reports/{id}", "get", 200))
    assert answer.json().keys() == examples.REPORT_ANSWER.keys()
    with pytest.raises(jsonschema.ValidationError):
        check({}, schema_of(document, "/v1/reports/{id}", "get", 200))


def test_the_keys_are_answered_as_described(client: Client) -> None:
    document = client.get("/schema/openapi.json").json()
    answer = client.get("/v1/receipt-keys").json()
    check(answer, schema_of(document, "/v1/receipt-keys", "get", 200))


QUESTIONS = {
    "/v1/violations": "/v1/violations",
    "/v1/whereabouts": "/v1/whereabouts",
    "/v1/crossings": "/v1/crossings",
    "/v1/movements": "/v1/movements",
    "/v1/corridors": "/v1/corridors",
    "/v1/corridors/board": "/v1/corridors/board",
    "/v1/corridors/calendar.ics": "/v1/corridors/calendar.ics",
    "/v1/corridors/{corridor_id}/availability": "/v1/corridors/road-of-smm-a/availability",
    "/v1/corridors/{corridor_id}/timeline": "/v1/corridors/road-of-smm-a/timeline",
    "/v1/corridors/{corridor_id}/stats": "/v1/corridors/road-of-smm-a/stats",
}


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MOVEMENT_ORGANISER])
@pytest.mark.parametrize("path", QUESTIONS)
def test_a_question_is_answered_as_described_in_every_form(
    client: Client, token: MakeToken, path: str, role: Role
) -> None:
    headers = token(role)
    answer = client.get("/schema/openapi.json").json()["paths"][path]["get"]["responses"]["200"]
    for media_type, content in answer["content"].items():
        told = client.get(QUESTIONS[path], headers=headers | {"Accept": media_type})
        assert (told.status_code, told.headers["content-type"].partition(";")[0]) == (
            200,
            media_type,
        )
        check(
            told.json() if media_type.endswith("json") and media_type != NDJSON else told.text,
            content["schema"],
        )


@pytest.mark.parametrize("path", QUESTIONS)
def test_every_described_parameter_is_known_and_no_other(
    client: Client, token: MakeToken, path: str
) -> None:
    headers = token(Role.COORDINATOR)
    operation = client.get("/schema/openapi.json").json()["paths"][path]["get"]
    for parameter in operation["parameters"]:
        if parameter["in"] == "query":
            asked = {parameter["name"]: parameter["example"]}
            told = client.get(QUESTIONS[path], params=asked, headers=headers)
            # The example of a cursor is nobody's, that of a segment no part of this corridor.
            foreign = parameter["name"] in {"after", "segment"}
            assert told.status_code == (400 if foreign else 200), told.text
            assert "is not known here" not in told.text
    known = {one["name"] for one in operation["parameters"] if one["in"] == "query"}
    told = client.get(QUESTIONS[path], params={"sauce": "x"}, headers=headers).json()
    assert (
        set(told["detail"].partition("known are ")[2].partition(".")[0].split(", ")) - {""} == known
    )
