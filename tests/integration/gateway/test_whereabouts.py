"""What who asks for whereabouts is told: of which subject, in which zone, page by page."""

from __future__ import annotations

from functools import partial

import pytest

from services.tokens.token import Role
from tests.integration.gateway import seeded
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client, items_at

pytestmark = pytest.mark.usefixtures("filled")

PATH = "/v1/whereabouts"
WHOLE_ONLY = {"subject_ref", "first", "last", "sightings"}
items = partial(items_at, PATH)


def test_who_sees_the_whole_mission_is_told_the_subject(client: Client, token: MakeToken) -> None:
    found = items(client, token(Role.COORDINATOR))
    assert [one["subject_ref"] for one in found] == ["subject-of-smm-a", "subject-of-smm-b"]
    assert all(one.keys() >= WHOLE_ONLY for one in found)
    assert {one["sightings"] for one in found} == {2}, "what was thought before is past"
    draft = "automatic, unreviewed; under a draft: not all parties have signed"
    assert {(one["status"], one["draft"]) for one in found} == {(draft, True)}


@pytest.mark.parametrize("role", [Role.MEDIATOR, Role.MOVEMENT_ORGANISER, Role.REPORTER])
def test_others_are_told_that_something_was_in_a_zone_and_not_what(
    client: Client, token: MakeToken, role: Role
) -> None:
    headers = token(role)
    found = items(client, headers)
    assert [one["zone"] for one in found] == ["zone-of-smm-a", "zone-of-smm-b"]
    assert not any(one.keys() & WHOLE_ONLY for one in found)
    assert items(client, headers, subject="subject-of-smm-a") == []
    assert items(client, headers, answer="outside") == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"subject": "subject-of-smm-a"}, 1),
        ({"subject": "subject-of-unmil-a"}, 0),
        ({"zone": "zone-of-smm-b"}, 1),
        ({"answer": "inside"}, 2),
        ({"answer": "outside"}, 0),
        ({"to": "2026-07-14T06:30:00Z"}, 0),
        ({"from": "2026-07-20T00:00:00Z"}, 2),
        ({"known_at": "2026-07-14T11:59:00Z"}, 0),
    ],
)
def test_filters_narrow(
    client: Client, token: MakeToken, asked: dict[str, str], expected: int
) -> None:
    assert len(items(client, token(Role.AUDITOR), **asked)) == expected


def test_what_was_known_then_is_told(client: Client, token: MakeToken) -> None:
    then = items(client, token(Role.AUDITOR), known_at=seeded.NOW.isoformat())
    assert {one["sightings"] for one in then} == {1}


def test_a_token_of_one_agreement_sees_its_zones(client: Client, token: MakeToken) -> None:
    found = items(client, token(Role.COORDINATOR, agreement="smm-b"))
    assert [one["zone"] for one in found] == ["zone-of-smm-b"]


def test_pages_follow_each_other(client: Client, token: MakeToken) -> None:
    headers = token(Role.MEDIATOR)
    first = client.get(PATH, params={"limit": "1"}, headers=headers)
    second = client.get(first.links["next"]["url"], headers=headers)
    told = [*first.json()["items"], *second.json()["items"]]
    assert told == items(client, headers)
    assert "link" not in second.headers
    assert "subject" not in first.headers["link"].lower()
    foreign = first.links["next"]["url"].replace("whereabouts", "violations")
    assert client.get(foreign, headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ({"answer": "perhaps"}, "answer"),
        ({"after": "AAAA"}, "after"),
        ({"subject_ref": "x"}, "subject_ref"),
    ],
)
def test_what_cannot_be_asked_is_named(
    client: Client, token: MakeToken, asked: dict[str, str], parameter: str
) -> None:
    answer = client.get(PATH, params=asked, headers=token(Role.AUDITOR))
    assert answer.status_code == 400
    assert answer.json()["parameter"] == parameter


def test_a_table_has_all_columns_whoever_asks(client: Client, token: MakeToken) -> None:
    headers = token(Role.MEDIATOR) | {"Accept": "text/csv"}
    header, *rows = client.get(PATH, headers=headers).text.splitlines()
    assert set(header.split(",")) >= WHOLE_ONLY
    assert len(rows) == 2
    assert "subject-of" not in "".join(rows)
