"""What who asks for incidents is told: pages, one of them, and the way to where it is now."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from services.settings import Settings
from services.store.engine import Connection, connect
from services.store.queries.incidents import revisions_of
from services.store.write import copy_rows
from services.tokens.token import Role
from tests.integration.gateway import seeded
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client, items_at

pytestmark = pytest.mark.usefixtures("filled")

PATH = "/v1/incidents"
WHOLE_ONLY = {"id", "known_at", "kinds", "reports", "violations", "possible", "parties"}
items = partial(items_at, PATH)
FIRST, SECOND = (seeded.incident_id("smm", "smm-a", number) for number in (1, 2))


def test_the_missions_own_people_are_told_both_totals(client: Client, token: MakeToken) -> None:
    found = items(client, token(Role.COORDINATOR))
    assert {one["agreement"] for one in found} == {"smm-a", "smm-b"}
    assert all(one.keys() >= WHOLE_ONLY for one in found)
    (one,) = [one for one in found if one["agreement"] == "smm-a"]
    assert (one["id"], one["reports"], one["state"]) == (FIRST, 2, "ended")
    assert one["possible"]["events"] == {"min": 6, "max": 6}
    assert one["violations"]["reports"] == 0
    assert one["status"] == "automatic, unreviewed"


@pytest.mark.parametrize("role", [Role.MEDIATOR, Role.REPORTER, Role.CORRIDOR_OPERATOR])
def test_others_are_told_a_zone_and_a_coarse_cell(
    client: Client, token: MakeToken, role: Role
) -> None:
    headers = token(role)
    found = items(client, headers)
    assert len(found) == 2
    for one in found:
        assert not one.keys() & WHOLE_ONLY
        assert one["cell"]["coordinates"][0][0] == [38.4, 48.6]
    text = client.get(PATH, headers=headers).text
    for secret in ("patrol", "report-of", FIRST, "48.62"):
        assert secret not in text
    assert client.get(f"{PATH}/{FIRST}", headers=headers).status_code == 403


@pytest.mark.parametrize("role", [Role.PARTY, Role.PUBLISHER])
def test_parties_and_the_public_are_told_nothing_that_nobody_has_released(
    client: Client, token: MakeToken, role: Role
) -> None:
    headers = token(role)
    assert items_at(PATH, client, headers) == []
    one = client.get(f"{PATH}/{FIRST}", headers=headers)
    assert one.status_code == 403
    assert "zone-of" not in one.text


def test_what_two_people_release_is_told_to_parties_as_it_was_then(
    client: Client, token: MakeToken, owner: Connection
) -> None:
    name, mission = seeded.incident_id("unmil", "unmil-b"), "unmil"
    party = token(Role.PARTY, mission=mission)
    coordinator = token(Role.COORDINATOR, mission=mission)
    for seq, (by, action) in enumerate((("ana", "confirm"), ("ben", "release"))):
        assert items_at(PATH, client, party) == []
        headers = token(Role.INVESTIGATOR, mission=mission, principal=by)
        act = {"action": action, "revision": f"{seq}.2", "note": "seen"}
        done = client.post(f"/v1/desk/incident~{name}", json=act, headers=headers)
        assert done.status_code == 201, done.text
    (told,) = items_at(PATH, client, party)
    assert (told["status"], told["zone"]) == ("released", "zone-of-unmil-b")
    assert not {"id", "reports", "review", "parties"} & told.keys()
    (whole,) = (it for it in items_at(PATH, client, coordinator) if it["id"] == name)
    assert (whole["status"], whole["review"]) == ("released", "released")
    newest = revisions_of(owner, name)[-1]
    later = replace(newest, generation=newest.generation + 1, reason="corrected")
    copy_rows(owner, "incidents", [later])
    (told,) = items_at(PATH, client, party)
    assert told["status"] == "released, then superseded"
    (whole,) = (it for it in items_at(PATH, client, coordinator) if it["id"] == name)
    assert whole["status"].startswith("automatic, unreviewed")


def test_one_is_told_with_its_reports_and_its_history(client: Client, token: MakeToken) -> None:
    told: dict[str, Any] = client.get(f"{PATH}/{FIRST}", headers=token(Role.AUDITOR)).json()
    assert [one["source"] for one in told["members"]] == ["smm-patrol-1", "smm-patrol-2"]
    assert [one["reason"] for one in told["revisions"]] == ["begun", "merged"]
    assert told["revisions"][1]["others"] == [SECOND]
    assert told["incident"]["id"] == FIRST


def test_one_that_was_merged_leads_to_the_other(client: Client, token: MakeToken) -> None:
    headers = token(Role.AUDITOR)
    answer = client.get(f"{PATH}/{SECOND}", headers=headers, follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"] == f"{PATH}/{FIRST}"
    assert answer.json()["leads_to"] == [FIRST]
    assert "private" in answer.headers["cache-control"]


def test_one_that_is_no_more_and_one_that_never_was(
    client: Client, token: MakeToken, gateway_settings: Settings
) -> None:
    headers = token(Role.AUDITOR)
    with connect(gateway_settings.database()) as conn:
        rows = revisions_of(conn, SECOND, "smm")
        for_good = replace(rows[-1], id="withdrawn", reason="withdrawn", became=[])
        copy_rows(conn, "incidents", [for_good])
    answer = client.get(f"{PATH}/withdrawn", headers=headers)
    assert (answer.status_code, answer.json()["leads_to"]) == (410, [])
    assert client.get(f"{PATH}/never", headers=headers).status_code == 404
    foreign = seeded.incident_id("unmil", "unmil-a")
    assert client.get(f"{PATH}/{foreign}", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"agreement": "smm-a"}, 1),
        ({"agreement": "unmil-a"}, 0),
        ({"zone": "zone-of-smm-b"}, 1),
        ({"kind": "fire_into_zone"}, 2),
        ({"kind": "civilian_harm"}, 0),
        ({"verdict": "possible_violation"}, 2),
        ({"verdict": "violation"}, 0),
        ({"state": "ended"}, 2),
        ({"state": "ongoing"}, 0),
        ({"first_day": "2026-07-14", "last_day": "2026-07-14"}, 2),
        ({"first_day": "2026-07-15"}, 0),
        ({"last_day": "2026-07-13"}, 0),
    ],
)
def test_filters_narrow(
    client: Client, token: MakeToken, asked: dict[str, str], expected: int
) -> None:
    assert len(items(client, token(Role.AUDITOR), **asked)) == expected


@pytest.mark.parametrize("query", ["first_day=today", "verdict=no_violation", "state=open"])
def test_what_cannot_be_read_is_refused(client: Client, token: MakeToken, query: str) -> None:
    assert client.get(f"{PATH}?{query}", headers=token(Role.AUDITOR)).status_code == 400


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MEDIATOR])
def test_pages_follow_each_other(client: Client, token: MakeToken, role: Role) -> None:
    headers = token(role)
    told: list[dict[str, Any]] = []
    at: str | None = f"{PATH}?limit=1"
    while at:
        answer = client.get(at, headers=headers)
        assert FIRST not in str(answer.headers)
        again = client.get(at, headers=headers | {"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
        told += answer.json()["items"]
        at = answer.links["next"]["url"] if "link" in answer.headers else None
    assert told == items(client, headers)


@pytest.mark.parametrize("form", ["text/csv", "application/x-ndjson", "application/geo+json"])
def test_every_form_is_given(client: Client, token: MakeToken, form: str) -> None:
    answer = client.get(PATH, headers=token(Role.COORDINATOR) | {"Accept": form})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(form)
    assert FIRST in answer.text
