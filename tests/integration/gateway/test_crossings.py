"""What who asks for crossings is told: over which line, of which subject, from side to side."""

from __future__ import annotations

from functools import partial

import pytest

from services.tokens.token import Role
from tests.integration.gateway import seeded
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client, items_at

pytestmark = pytest.mark.usefixtures("filled")

PATH = "/v1/crossings"
WHOLE_ONLY = {"subject_ref", "first", "last"}
items = partial(items_at, PATH)


def test_who_sees_the_whole_mission_is_told_the_subject(client: Client, token: MakeToken) -> None:
    found = items(client, token(Role.COORDINATOR))
    assert {(one["subject_ref"], one["line"]) for one in found} == {
        (f"subject-of-{name}", line)
        for name in seeded.MISSIONS["smm"]
        for line in (seeded.baseline(name), seeded.corridor_line(name))
    }
    assert {(one["from_side"], one["to_side"]) for one in found} == {("left", "right")}
    draft = "automatic, unreviewed; under a draft: not all parties have signed"
    assert {(one["status"], one["draft"]) for one in found} == {(draft, True)}


@pytest.mark.parametrize("role", [Role.MEDIATOR, Role.MOVEMENT_ORGANISER, Role.REPORTER])
def test_others_are_told_that_something_crossed_and_not_what(
    client: Client, token: MakeToken, role: Role
) -> None:
    headers = token(role)
    found = items(client, headers)
    assert len(found) == 4
    assert not any(one.keys() & WHOLE_ONLY for one in found)
    assert items(client, headers, subject="subject-of-smm-a") == []
    text = client.get(PATH, headers=headers).text
    assert not any(secret in text for secret in ("patrol", "subject-of", "sighting-of"))


def test_a_token_of_one_agreement_sees_its_lines(client: Client, token: MakeToken) -> None:
    found = items(client, token(Role.COORDINATOR, agreement="smm-b"))
    assert [one["line"] for one in found] == [
        seeded.baseline("smm-b"),
        seeded.corridor_line("smm-b"),
    ]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"subject": "subject-of-smm-a"}, 2),
        ({"line": "baseline:line-of-smm-b"}, 1),
        ({"line": "zone-of-smm-a"}, 0),
        ({"answer": "crossed"}, 2),
        ({"answer": "may_have_crossed"}, 2),
        ({"from": "2026-07-14T06:35:00Z"}, 0),
        ({"to": "2026-07-14T06:31:00Z"}, 4),
        ({"known_at": "2026-07-14T11:59:00Z"}, 0),
    ],
)
def test_filters_narrow(
    client: Client, token: MakeToken, asked: dict[str, str], expected: int
) -> None:
    assert len(items(client, token(Role.AUDITOR), **asked)) == expected


def test_what_is_no_answer_of_a_line_is_refused(client: Client, token: MakeToken) -> None:
    answer = client.get(PATH, params={"answer": "inside"}, headers=token(Role.AUDITOR))
    assert (answer.status_code, answer.json()["parameter"]) == (400, "answer")
