"""The desk through the gateway: two people, what parties and the public are told, who is second."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from itertools import count
from threading import Barrier
from typing import Any, Final, NamedTuple

import httpx
import pytest
from msgspec.structs import replace

from services.store.engine import Connection
from services.store.rows import AssessmentRow, SubmissionRow, SupersessionRow, ViolationRow
from services.store.write import copy_rows
from services.tokens.token import Role
from streams.agreement import content_hash
from streams.desk.fold import Reason
from streams.keys import EventKind, Key, event_key
from tests.integration.gateway import seeded
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client, items_at
from tests.unit.services.store.sample_rows import ASSESSMENT, INCIDENT, VIOLATION, key_row

pytestmark = pytest.mark.usefixtures("filled")

MISSION, AGREEMENT = "smm", "smm-a"
ITEMS = {(name, of): seeded.item(MISSION, name, of) for name in ("smm-a", "smm-b") for of in (1, 2)}
Headers = dict[str, str]


class Violations:
    """Reports of the mission, judged and judged again as a test wants it."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def __call__(self) -> str:
        """One that nobody has looked at: its name."""
        self._last = report(next(NUMBERS))
        copy_rows(self._conn, "event_keys", [key_row(self._last)])
        copy_rows(self._conn, "submissions", [self._last])
        reading(self._conn, self._last, 1, "violation")
        return f"violation~{self._last.key}~no-fire"

    def judge_again(self, verdict: str) -> None:
        """The last one, once."""
        reading(self._conn, self._last, 2, verdict)


NUMBERS: Final = count(1)


@pytest.fixture
def ana(token: MakeToken) -> Headers:
    return token(Role.INVESTIGATOR, principal="ana")


@pytest.fixture
def ben(token: MakeToken) -> Headers:
    return token(Role.INVESTIGATOR, principal="ben")


def report(number: int) -> SubmissionRow:
    stored = seeded.submission(MISSION, AGREEMENT, 1)
    event_id = f"desk-{number}"
    raw = stored.raw.replace(stored.event_id.encode(), event_id.encode())
    key = event_key(EventKind.REPORT, MISSION, stored.source, event_id)
    return replace(stored, key=key, event_id=event_id, raw=raw)


def reading(conn: Connection, stored: SubmissionRow, revision: int, verdict: str) -> None:
    """The report judged, or judged again, so."""
    address = seeded.agreement_of(MISSION, AGREEMENT)
    shared: dict[str, Any] = {
        "key": stored.key,
        "received_at": seeded.NOW + timedelta(minutes=revision - 1),
        "observed_from": stored.observed_from,
        "observed_to": stored.observed_to,
        "revision": revision,
        "supersedes": revision - 1 or None,
        "mission": MISSION,
        "verdict": verdict,
        "agreement": bytes.fromhex(content_hash(address)),
    }
    assessed: AssessmentRow = replace(ASSESSMENT, **shared)
    found: ViolationRow = replace(
        VIOLATION,
        **shared,
        source=stored.source,
        event_id=stored.event_id,
        zone_id=f"zone-of-{AGREEMENT}",
    )
    copy_rows(conn, "assessments", [assessed])
    copy_rows(conn, "violations", [found])
    if revision > 1:
        at = shared["received_at"]
        copy_rows(conn, "supersessions", [SupersessionRow(stored.key, at, revision - 1, revision)])


@pytest.fixture
def fresh(owner: Connection) -> Violations:
    return Violations(owner)


class People(NamedTuple):
    """Two investigators by name."""

    ana: Headers
    ben: Headers


@pytest.fixture
def people(ana: Headers, ben: Headers) -> People:
    return People(ana, ben)


def act(  # noqa: PLR0917  as it is posted
    client: Client,
    by: Headers,
    item: str,
    action: str,
    revision: str,
    note: str = "seen",
    others: list[tuple[str, str]] | None = None,
) -> httpx.Response:
    body: dict[str, Any] = {"action": action, "revision": revision, "note": note}
    if others:
        body["others"] = [{"item": name, "revision": of} for name, of in others]
    return client.post(f"/v1/desk/{item}", json=body, headers=by)


def shown(client: Client, by: Headers, item: str) -> dict[str, Any]:
    answer = client.get(f"/v1/desk/{item}", headers=by)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def told(client: Client, headers: Headers, **asked: str) -> list[dict[str, Any]]:
    return items_at("/v1/violations", client, headers, **asked)


def release(client: Client, people: People, item: str, after: int = 0) -> None:
    ana, ben = people
    reading_now = shown(client, ana, item)["reading"]
    for by, action, seq in ((ana, "confirm", after), (ben, "release", after + 1)):
        answer = act(client, by, item, action, f"{seq}.{reading_now}")
        assert answer.status_code == 201, answer.text


def code(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).rpartition(":")[2]


def test_two_people_release_and_only_then_parties_and_the_public_are_told(
    client: Client, token: MakeToken, people: People, fresh: Violations
) -> None:
    ana, ben = people
    item = fresh()
    public = [token(Role.PARTY), token(Role.PUBLISHER)]
    before = [told(client, one) for one in public]
    assert act(client, ana, item, "confirm", "0.1").status_code == 201
    alone = act(client, ana, item, "release", "1.1")
    assert (alone.status_code, code(alone)) == (409, "act_refused")
    assert alone.json()["reason"] == Reason.SECOND_PERSON_NEEDED
    assert [told(client, one) for one in public] == before, "confirmed is not released"
    done = act(client, ben, item, "release", "1.1")
    assert (done.status_code, done.json()["review"]) == (201, "released")
    assert done.json()["releases"][0]["people"] == ["ana", "ben"]
    for one, were in zip(public, before, strict=True):
        (new,) = [it for it in told(client, one) if it not in were]
        assert (new["status"], new["zone"]) == ("released", f"zone-of-{AGREEMENT}")
        assert new["released_at"] == done.json()["releases"][0]["at"]
        for secret in ("ana", "ben", "desk-", "patrol", "tok-", "seen"):
            assert secret not in json.dumps(new)


@pytest.mark.parametrize("form", ["text/csv", "application/geo+json", "application/x-ndjson"])
def test_every_form_of_an_answer_tells_parties_the_same(
    client: Client, token: MakeToken, people: People, fresh: Violations, form: str
) -> None:
    headers = token(Role.PARTY) | {"Accept": form}
    before = client.get("/v1/violations", headers=headers).text
    item = fresh()
    assert client.get("/v1/violations", headers=headers).text == before
    release(client, people, item)
    after = client.get("/v1/violations", headers=headers).text
    assert after.count("released") > before.count("released")
    assert "patrol" not in after
    assert "unreviewed" not in after


def test_coordinators_are_told_all_at_once_and_how_far_it_has_come(
    client: Client, token: MakeToken, people: People, fresh: Violations
) -> None:
    ana, ben = people
    coordinator, item = token(Role.COORDINATOR), fresh()
    report_id = shown(client, ana, item)["report"]

    def now() -> tuple[str, str | None]:
        (one,) = [it for it in told(client, coordinator) if it["report"] == report_id]
        return one["status"], one.get("review")

    assert now() == ("automatic, unreviewed", None)
    act(client, ana, item, "confirm", "0.1")
    assert now() == ("automatic, unreviewed", "confirmed")
    act(client, ben, item, "release", "1.1")
    assert now() == ("released", "released")


def test_what_is_judged_again_returns_to_the_desk_and_what_was_said_stays_said(
    client: Client,
    token: MakeToken,
    people: People,
    fresh: Violations,
) -> None:
    ana = people.ana
    item, party = fresh(), token(Role.PARTY)
    before = told(client, party)
    release(client, people, item)
    fresh.judge_again("possible_violation")
    again = shown(client, ana, item)
    assert (again["review"], again["revision"]) == ("unreviewed", "2.2")
    assert again["releases"][0]["held"] == "superseded"
    (said,) = [it for it in told(client, party) if it not in before]
    assert (said["status"], said["verdict"]) == ("released, then superseded", "violation")
    assert item in {it["item"] for it in items_at("/v1/desk", client, ana, limit="1000")}
    release(client, people, item, after=2)
    both = [it for it in told(client, party) if it not in before]
    assert [(it["verdict"], it["status"]) for it in both] == [
        ("possible_violation", "released"),
        ("violation", "released, then superseded"),
    ]


def test_what_is_no_violation_any_more_can_be_neither_confirmed_nor_released(
    client: Client, ana: Headers, fresh: Violations
) -> None:
    item = fresh()
    fresh.judge_again("no_violation")
    refused = act(client, ana, item, "confirm", "0.2")
    assert refused.json()["reason"] == Reason.NO_FINDING
    assert item not in {it["item"] for it in items_at("/v1/desk", client, ana, limit="1000")}


def test_what_was_released_can_be_taken_back_and_says_so(
    client: Client, token: MakeToken, people: People, fresh: Violations
) -> None:
    ana, ben = people
    item, party = fresh(), token(Role.PARTY)
    before = told(client, party)
    release(client, people, item)
    asked = act(client, ana, item, "return", "2.1", "was it the other bank?")
    assert (asked.json()["review"], asked.json()["question"]) == (
        "returned",
        "was it the other bank?",
    )
    (said,) = [it for it in told(client, party) if it not in before]
    assert said["status"] == "released, then taken back"
    assert said["taken_back_at"] == asked.json()["acts"][-1]["at"]
    assert "bank" not in json.dumps(said)
    unanswered = act(client, ben, item, "release", "3.1")
    assert unanswered.json()["reason"] == Reason.QUESTION_OPEN


def test_what_tells_of_the_same_is_released_as_one(
    client: Client, token: MakeToken, people: People, fresh: Violations
) -> None:
    ana, ben = people
    whole, part = fresh(), fresh()
    party = token(Role.PARTY)
    before = told(client, party)
    merged = act(client, ana, whole, "merge", "0.1", "one salvo", [(part, "0.1")])
    assert (merged.status_code, merged.json()["parts"]) == (201, [part])
    assert shown(client, ana, part)["into"] == whole
    waits = {it["item"] for it in items_at("/v1/desk", client, ana, limit="1000")}
    assert whole in waits
    assert part not in waits
    refused = act(client, ben, part, "confirm", "1.1")
    assert refused.json()["reason"] == Reason.MERGED_AWAY
    release(client, people, whole, after=1)
    assert len(told(client, party)) == len(before) + 1
    stays = act(client, ben, part, "split", "1.1", "two salvos", [(whole, "3.1")])
    assert stays.json()["reason"] == Reason.ALREADY_RELEASED


def test_what_is_split_off_waits_again(client: Client, ana: Headers, fresh: Violations) -> None:
    whole, part = fresh(), fresh()
    act(client, ana, whole, "merge", "0.1", "one salvo", [(part, "0.1")])
    split = act(client, ana, whole, "split", "1.1", "two after all", [(part, "1.1")])
    assert split.status_code == 201
    assert "parts" not in split.json()
    assert shown(client, ana, part)["review"] == "unreviewed"


def test_a_part_of_what_is_no_violation_any_more_waits_to_be_split_off(
    client: Client, ana: Headers, fresh: Violations
) -> None:
    part, whole = fresh(), fresh()
    act(client, ana, whole, "merge", "0.1", "one salvo", [(part, "0.1")])
    fresh.judge_again("no_violation")
    assert part in {it["item"] for it in items_at("/v1/desk", client, ana, limit="1000")}
    split = act(client, ana, part, "split", "1.1", "it is gone", [(whole, "1.2")])
    assert (split.status_code, split.json()["review"]) == (201, "unreviewed")


def test_only_what_breaches_one_term_of_one_agreement_is_merged(
    client: Client, ana: Headers, fresh: Violations
) -> None:
    other = ITEMS["smm-b", 1]
    refused = act(client, ana, fresh(), "merge", "0.1", "same", [(other, "0.2")])
    assert refused.json()["reason"] == Reason.OTHER_TERM


def test_of_two_who_act_at_once_the_second_is_told_what_the_first_did(
    client: Client, people: People, fresh: Violations
) -> None:
    """Many times over: which of two is first is nobody's to say, that one is not is."""
    ana, ben = people
    for _ in range(10):
        item, barrier = fresh(), Barrier(2)

        def at_once(by: Headers, note: str, item: str = item, gate: Barrier = barrier) -> Any:  # noqa: ANN401 (an answer)
            gate.wait()
            return act(client, by, item, "confirm", "0.1", note)

        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(at_once, (ana, ben), ("ana saw it", "ben saw it")))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        (second,) = [answer for answer in answers if answer.status_code == 409]
        assert code(second) == "changed_since"
        (kept,) = second.json()["item"]["acts"]
        assert kept["note"] in second.json()["detail"]
        assert second.json()["item"]["revision"] == "1.1"
        state = shown(client, ana, item)
        assert [one["note"] for one in state["acts"]] == [kept["note"]]


def test_two_who_merge_crosswise_at_once_neither_wait_for_ever_nor_both_succeed(
    client: Client, people: People, fresh: Violations
) -> None:
    ana, ben = people
    for _ in range(5):
        one, other, gate = fresh(), fresh(), Barrier(2)

        def merge(by: Headers, pair: tuple[str, str], gate: Barrier = gate) -> httpx.Response:
            gate.wait()
            return act(client, by, pair[0], "merge", "0.1", pair[0], [(pair[1], "0.1")])

        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(merge, (ana, ben), ((one, other), (other, one))))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        states = [shown(client, ana, name) for name in (one, other)]
        assert sorted(state["review"] for state in states) == ["merged", "unreviewed"]


def test_an_act_sent_again_is_known_and_done_once(
    client: Client, ana: Headers, fresh: Violations
) -> None:
    item = fresh()
    first = act(client, ana, item, "confirm", "0.1")
    again = act(client, ana, item, "confirm", "0.1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    other_words = act(client, ana, item, "confirm", "0.1", "seen twice")
    assert (other_words.status_code, code(other_words)) == (409, "changed_since")


def test_one_person_with_two_tokens_is_one_person(
    client: Client, token: MakeToken, ana: Headers, fresh: Violations
) -> None:
    item = fresh()
    act(client, ana, item, "confirm", "0.1")
    other_token = token(Role.INVESTIGATOR, principal="ana")
    refused = act(client, other_token, item, "release", "1.1")
    assert refused.json()["reason"] == Reason.SECOND_PERSON_NEEDED


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.INVESTIGATOR}))
def test_nobody_acts_but_an_investigator(
    client: Client, token: MakeToken, fresh: Violations, role: Role
) -> None:
    refused = act(client, token(role, principal="ana"), fresh(), "confirm", "0.1")
    assert (refused.status_code, code(refused)) == (403, "role_may_not")


def test_nobody_acts_without_a_name(client: Client, token: MakeToken, fresh: Violations) -> None:
    item = fresh()
    refused = act(client, token(Role.INVESTIGATOR), item, "confirm", "0.1")
    assert (refused.status_code, code(refused)) == (403, "principal_needed")
    assert "acts" not in shown(client, token(Role.AUDITOR), item)


def test_a_token_of_another_mission_or_agreement_finds_nothing_to_act_on(
    client: Client, token: MakeToken, fresh: Violations
) -> None:
    item = fresh()
    for of in ({"mission": "unmil"}, {"agreement": "smm-b"}):
        stranger = token(Role.INVESTIGATOR, principal="ana", **of)
        refused = act(client, stranger, item, "confirm", "0.1")
        assert (refused.status_code, code(refused)) == (404, "item_unknown")


BODIES = {
    "no json": b"confirm",
    "no note": b'{"action":"confirm","revision":"0.1"}',
    "blank note": b'{"action":"confirm","revision":"0.1","note":" \\n"}',
    "a note that no table holds": b'{"action":"confirm","revision":"0.1","note":"a\\u0000"}',
    "no such action": b'{"action":"publish","revision":"0.1","note":"seen"}',
    "no revision": b'{"action":"confirm","revision":"now","note":"seen"}',
    "too much": b'{"action":"confirm","revision":"0.1","note":"seen","force":true}',
    "others": b'{"action":"confirm","revision":"0.1","note":"seen","others":'
    b'[{"item":"x","revision":"0.1"}]}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
def test_what_is_no_act_is_refused_and_nothing_kept(
    client: Client, ana: Headers, fresh: Violations, body: bytes
) -> None:
    item = fresh()
    headers = ana | {"Content-Type": "application/json"}
    refused = client.post(f"/v1/desk/{item}", content=body, headers=headers)
    assert (refused.status_code, code(refused)) == (400, "body_unreadable")
    assert shown(client, ana, item)["revision"] == "0.1"


def test_what_is_posted_as_something_else_is_not_read(
    client: Client, ana: Headers, fresh: Violations
) -> None:
    path = f"/v1/desk/{fresh()}"
    body = b'{"action":"confirm","revision":"0.1","note":"seen"}'
    for headers in ({"Content-Type": "text/plain"}, {"Content-Encoding": "gzip"}):
        posted = ana | {"Content-Type": "application/json"} | headers
        assert client.post(path, content=body, headers=posted).status_code == 415
    large = body.replace(b"seen", b"s" * 70_000)
    posted = ana | {"Content-Type": "application/json"}
    assert client.post(path, content=large, headers=posted).status_code == 413


def test_the_gravest_and_of_those_the_oldest_come_first_page_by_page(
    client: Client, ana: Headers, fresh: Violations
) -> None:
    for _ in range(3):
        fresh()
    whole = items_at("/v1/desk", client, ana, limit="1000")
    assert whole == sorted(whole, key=lambda it: (it["waiting_since"], it["item"]))
    paged: list[dict[str, Any]] = []
    path: str | None = "/v1/desk?limit=2"
    while path:
        page = client.get(path, headers=ana).json()
        paged += page["items"]
        path = page.get("next")
    assert paged == whole


def test_the_time_to_release_is_measured_by_severity(
    client: Client, people: People, fresh: Violations
) -> None:
    ana = people.ana
    item = fresh()
    severity = shown(client, ana, item)["severity"]

    def row() -> dict[str, Any]:
        (one,) = [
            it for it in items_at("/v1/desk/times", client, ana) if it["severity"] == severity
        ]
        return one

    before = row()
    release(client, people, item)
    after = row()
    assert (after["released"], after["waiting"]) == (
        before["released"] + 1,
        before["waiting"] - 1,
    )
    assert after["longest_s"] >= after["slowest_tenth_s"] >= after["median_s"] > 0


class Incidents:
    """Incidents of the mission, and their later revisions."""

    def __init__(self, conn: Connection, violations: Violations) -> None:
        self._conn = conn
        self._violations = violations
        self._generation = 100

    def __call__(self) -> str:
        """One that nobody has looked at, of one report: its name."""
        _, key, _ = self._violations().split("~")
        document = seeded.agreement_of(MISSION, AGREEMENT)
        self._row = replace(
            INCIDENT,
            id=sha256(key.encode()).hexdigest()[:16],
            mission=MISSION,
            zone_id=f"zone-of-{AGREEMENT}",
            joined=[Key.parse(key)],
            agreement=bytes.fromhex(content_hash(document)),
            known_at=seeded.NOW,
        )
        self.revise()
        return f"incident~{self._row.id}"

    def revise(self, **changes: object) -> int:
        """Another revision of the last one: its number."""
        self._generation += 1
        row = replace(self._row, generation=self._generation, **changes)
        copy_rows(self._conn, "incidents", [row])
        return self._generation


@pytest.fixture
def incidents(owner: Connection, fresh: Violations) -> Incidents:
    return Incidents(owner, fresh)


def of_incidents(client: Client, by: Headers) -> dict[str, dict[str, Any]]:
    found = items_at("/v1/desk", client, by, of="incidents", limit="1000")
    return {one["item"]: one for one in found}


def test_an_incident_waits_as_severe_as_the_gravest_in_it_until_two_people_release_it(
    client: Client, people: People, incidents: Incidents
) -> None:
    ana, ben = people
    item = incidents()
    waits = of_incidents(client, ana)[item]
    assert (waits["severity"], waits["reports"]) == ("serious", 1)
    assert "report" not in waits
    release(client, people, item)
    assert item not in of_incidents(client, ben)
    seen = shown(client, ana, item)
    assert (seen["review"], seen["people"]) == ("released", 2)
    assert seen["releases"][0]["people"] == ["ana", "ben"]


def test_an_incident_that_has_grown_is_looked_at_again(
    client: Client, people: People, incidents: Incidents
) -> None:
    item = incidents()
    release(client, people, item)
    number = incidents.revise(reason="grown", reports=2)
    again = shown(client, people.ana, item)
    assert (again["review"], again["revision"]) == ("unreviewed", f"2.{number}")
    assert again["releases"][0]["held"] == "superseded"
    assert item in of_incidents(client, people.ana)


def test_people_join_incidents_beside_the_fold_and_part_them_again(
    client: Client, ana: Headers, incidents: Incidents
) -> None:
    whole, part = incidents(), incidents()
    revision, other = (shown(client, ana, name)["revision"] for name in (whole, part))
    merged = act(client, ana, whole, "merge", revision, "one raid", [(part, other)])
    assert merged.status_code == 201, merged.text
    assert shown(client, ana, part)["into"] == whole
    assert part not in of_incidents(client, ana)
    revision, other = (shown(client, ana, name)["revision"] for name in (whole, part))
    split = act(client, ana, whole, "split", revision, "two raids", [(part, other)])
    assert split.status_code == 201, split.text
    assert {whole, part} <= set(of_incidents(client, ana))


def test_an_incident_that_is_no_more_can_be_neither_confirmed_nor_released(
    client: Client, ana: Headers, incidents: Incidents
) -> None:
    item = incidents()
    number = incidents.revise(reason="withdrawn", became=[])
    refused = act(client, ana, item, "confirm", f"0.{number}")
    assert refused.json()["reason"] == Reason.NO_FINDING
    assert item not in of_incidents(client, ana)


def test_a_part_of_an_incident_that_is_no_more_waits_to_be_split_off(
    client: Client, ana: Headers, incidents: Incidents
) -> None:
    part, whole = incidents(), incidents()
    revision, other = (shown(client, ana, name)["revision"] for name in (whole, part))
    act(client, ana, whole, "merge", revision, "one raid", [(part, other)])
    incidents.revise(reason="withdrawn", became=[])
    assert part in of_incidents(client, ana)


def test_violations_and_incidents_are_not_merged_with_each_other(
    client: Client, ana: Headers, fresh: Violations, incidents: Incidents
) -> None:
    item, incident = fresh(), incidents()
    other = (incident, shown(client, ana, incident)["revision"])
    refused = act(client, ana, item, "merge", "0.1", "same", [other])
    assert refused.json()["reason"] == Reason.OTHER_TERM


def test_incidents_of_another_mission_or_agreement_are_not_at_the_desk(
    client: Client, token: MakeToken, ana: Headers, incidents: Incidents
) -> None:
    item = incidents()
    for of in ({"mission": "unmil"}, {"agreement": "smm-b"}):
        stranger = token(Role.INVESTIGATOR, principal="ana", **of)
        assert item not in of_incidents(client, stranger)
        assert client.get(f"/v1/desk/{item}", headers=stranger).status_code == 404
    ours = {it["zone"] for it in of_incidents(client, ana).values()}
    assert ours == {"zone-of-smm-a", "zone-of-smm-b"}


def test_incidents_come_page_by_page_in_the_same_order(
    client: Client, ana: Headers, incidents: Incidents
) -> None:
    for _ in range(3):
        incidents()
    whole = items_at("/v1/desk", client, ana, of="incidents", limit="1000")
    paged: list[dict[str, Any]] = []
    path: str | None = "/v1/desk?of=incidents&limit=2"
    while path:
        page = client.get(path, headers=ana).json()
        paged += page["items"]
        path = page.get("next")
    assert paged == whole
