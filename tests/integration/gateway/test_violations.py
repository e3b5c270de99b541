"""What who asks for violations is told, page by page and in which form."""

from __future__ import annotations

import csv
import json
from functools import partial
from typing import Any

import pytest

from services.tokens.token import Role
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client, items_at

pytestmark = pytest.mark.usefixtures("filled")

PATH = "/v1/violations"
WHOLE_ONLY = {
    "report",
    "source",
    "rule",
    "p_inside",
    "count_min",
    "attributed_party",
    "revision",
} | {"claims"}
items = partial(items_at, PATH)


def test_the_missions_own_people_are_told_whose_report_it_is(
    client: Client, token: MakeToken
) -> None:
    found = items(client, token(Role.COORDINATOR))
    assert [one["source"] for one in found] == ["smm-patrol-2"] * 2 + ["smm-patrol-1"] * 2
    assert {one["agreement"] for one in found} == {"smm-a", "smm-b"}
    assert all(one.keys() >= WHOLE_ONLY for one in found)
    assert {one["status"] for one in found} == {"automatic, unreviewed"}
    assert {one["verdict"] for one in found} == {"possible_violation"}, "superseded rows are past"


def test_others_are_told_a_zone_and_a_coarse_cell_and_never_from_where_it_was_seen(
    client: Client, token: MakeToken
) -> None:
    headers = token(Role.MEDIATOR)
    found = items(client, headers)
    assert len(found) == 4
    for one in found:
        assert not one.keys() & WHOLE_ONLY
        (ring,) = one["cell"]["coordinates"]
        assert ring[0] == [38.4, 48.6]  # the cell of where it was, also of what was a bearing
    text = client.get(PATH, headers=headers).text
    for secret in ("patrol", "report-of", "subject-of", "sighting-of", "38.12", "48.65"):
        assert secret not in text


@pytest.mark.parametrize("path", ["/v1/whereabouts", "/v1/crossings"])
@pytest.mark.parametrize("role", [Role.PARTY, Role.PUBLISHER])
def test_parties_and_the_public_are_told_nothing_that_nobody_has_released(
    client: Client, token: MakeToken, role: Role, path: str
) -> None:
    for form in ("application/json", "text/csv"):
        answer = client.get(path, headers=token(role) | {"Accept": form})
        assert answer.status_code == 403
        assert "zone-of" not in answer.text
    # What the token is for beside that decides: a party's patrol sees what a patrol sees.
    assert client.get(path, headers=token(role, Role.REPORTER)).status_code == 200


def test_the_verdict_under_each_claim_is_for_who_sees_the_whole(
    client: Client, token: MakeToken
) -> None:
    (one, _) = items(client, token(Role.COORDINATOR), agreement="smm-a")
    assert [(claim["party"], claim["verdict"]) for claim in one["claims"]] == [
        ("a", "violation"),
        ("b", "no_violation"),
    ]
    for role in (Role.MEDIATOR, Role.REPORTER):
        # On which side of two lines it lies would place it better than its cell.
        assert items(client, token(role), claim="a") == []


def test_what_stands_is_told_as_it_is_known_now(client: Client, token: MakeToken) -> None:
    for role, whole in ((Role.COORDINATOR, True), (Role.MEDIATOR, False)):
        states = items(client, token(role), agreement="smm-a")
        (is_open,) = [one for one in states if one["state"] == "open"]
        (ended,) = [one for one in states if one["state"] == "ended"]
        assert is_open["open_since"] == "2026-07-14T06:30:00Z"
        assert "ended_by" not in is_open
        assert (ended["ended_by"], ended["ended_as"]) == ("2026-07-14T07:30:00Z", "gone")
        assert ("ended_event" in ended) is ("subject_ref" in ended) is whole


def test_a_source_is_told_all_of_its_own_and_little_of_the_others(
    client: Client, token: MakeToken
) -> None:
    found = items(client, token(Role.REPORTER, sources=frozenset({"smm-patrol-1"})))
    assert [one.get("source") for one in found] == [None, None, "smm-patrol-1", "smm-patrol-1"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"agreement": "smm-a"}, 2),
        ({"agreement": "unmil-a"}, 0),
        ({"zone": "zone-of-smm-b"}, 2),
        ({"zone": "zone-of-unmil-a"}, 0),
        ({"term": "no-fire"}, 4),
        ({"term": "other"}, 0),
        ({"kind": "fire_into_zone"}, 4),
        ({"verdict": "violation"}, 0),
        ({"state": "open"}, 2),
        ({"claim": "a"}, 4),
        ({"claim": "a", "verdict": "violation", "zone": "zone-of-smm-a"}, 2),
        ({"claim": "a", "verdict": "possible_violation"}, 0),
        ({"claim": "b"}, 0),
        ({"claim": "nobody's"}, 0),
        ({"state": "ended", "zone": "zone-of-smm-a"}, 1),
        ({"from": "2026-07-14T06:32:00Z"}, 2),
        ({"to": "2026-07-14T06:32:00Z"}, 2),
        ({"from": "2026-07-14T09:32:00+03:00", "to": "2026-07-14T10:00:00+03:00"}, 2),
    ],
)
def test_filters_narrow(
    client: Client, token: MakeToken, asked: dict[str, str], expected: int
) -> None:
    assert len(items(client, token(Role.AUDITOR), **asked)) == expected


def test_a_token_of_one_agreement_sees_that_one(client: Client, token: MakeToken) -> None:
    found = items(client, token(Role.COORDINATOR, agreement="smm-b"))
    assert {one["agreement"] for one in found} == {"smm-b"}
    assert items(client, token(Role.COORDINATOR, agreement="unmil-a")) == []


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MEDIATOR])
def test_pages_follow_each_other_without_gap_and_repetition(
    client: Client, token: MakeToken, role: Role
) -> None:
    headers = token(role)
    whole = items(client, headers)
    told: list[dict[str, Any]] = []
    at: str | None = f"{PATH}?limit=1&zone=zone-of-smm-a"
    while at:
        answer = client.get(at, headers=headers)
        again = client.get(at, headers=headers | {"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
        told += answer.json()["items"]
        at = answer.links["next"]["url"] if "link" in answer.headers else None
        assert answer.json().get("next") == at
    assert told == [one for one in whole if one["zone"] == "zone-of-smm-a"]
    assert len(told) == 2


def test_a_cursor_is_good_for_its_own_question_alone(client: Client, token: MakeToken) -> None:
    first = client.get(PATH, params={"limit": "1"}, headers=token(Role.MEDIATOR))
    cursor = first.links["next"]["url"].partition("after=")[2]
    assert "report" not in cursor
    for asked in ({"zone": "zone-of-smm-a", "after": cursor}, {"after": cursor[:-2] + "AA"}):
        answer = client.get(PATH, params=asked, headers=token(Role.MEDIATOR))
        assert (answer.status_code, answer.json()["parameter"]) == (400, "after")
    elsewhere = client.get(
        PATH, params={"after": cursor}, headers=token(Role.MEDIATOR, mission="unmil")
    )
    assert elsewhere.status_code == 400
    assert (
        client.get(PATH, params={"after": cursor}, headers=token(Role.MEDIATOR)).status_code == 200
    )


@pytest.mark.parametrize(
    "asked",
    [
        {"zones": "z"},
        {"kind": "war"},
        {"verdict": "no_violation"},
        {"state": "closed"},
        {"from": "yesterday"},
        {"from": "2026-07-14T06:32:00"},
        {"from": "2026-07-14T06:32:00Z", "to": "2026-07-13T06:32:00Z"},
        {"limit": "0"},
        {"limit": "1001"},
        {"limit": "one"},
        {"after": "?"},
        {"zone": "a\0b"},
    ],
)
def test_what_cannot_be_read_is_refused_and_never_passed_over(
    client: Client, token: MakeToken, asked: dict[str, str]
) -> None:
    answer = client.get(PATH, params=asked, headers=token(Role.AUDITOR))
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("bad_parameter")


def test_the_form_is_the_one_that_is_accepted(client: Client, token: MakeToken) -> None:
    headers = token(Role.COORDINATOR)

    def told(accept: str) -> tuple[str, str]:
        answer = client.get(PATH, headers=headers | {"Accept": accept})
        assert answer.status_code == 200
        return answer.headers["content-type"].partition(";")[0], answer.text

    whole = items(client, headers)
    kind, lines = told("application/x-ndjson")
    assert kind == "application/x-ndjson"
    assert [json.loads(line) for line in lines.splitlines()] == whole
    kind, table = told("text/csv")
    assert kind == "text/csv"
    rows = list(csv.DictReader(table.splitlines()))
    assert [row["report"] for row in rows] == [one["report"] for one in whole]
    kind, features = told("application/geo+json, */*;q=0.1")
    assert kind == "application/geo+json"
    collection = json.loads(features)
    assert collection["type"] == "FeatureCollection"
    assert [one["geometry"] for one in collection["features"]] == [one["cell"] for one in whole]
    refused = client.get(PATH, headers=headers | {"Accept": "text/html"})
    assert refused.status_code == 406
    assert "text/csv" in refused.json()["forms"]
