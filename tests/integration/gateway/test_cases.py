"""Cases and the joint channel over HTTP: who files what, who sees what, two at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.settings import Settings
from services.store.engine import Connection, connect
from services.tokens.stored import Wanted, create_token
from services.tokens.token import Role
from streams.cases.acts import (
    FORMAT,
    FindingWord,
    Opened,
    Ruling,
    Signed,
    Step,
    Subject,
    SubjectKind,
    read_act,
    write_act,
)
from streams.cases.ruling import ruling_hash, sign_ruling
from streams.channel.messages import FORMAT as CHANNEL_FORMAT
from tests.integration.gateway.served import Client
from tests.integration.gateway.tribunal import MISSION, NAME, PANEL, load_signed, under
from tests.unit.streams.signatures import private_key

START = datetime.now(UTC) - timedelta(minutes=30)
OF: dict[str, Any] = {"mission": MISSION, "agreement": NAME}
WORDS = Ruling(stage=1, finding=FindingWord.RULED_VIOLATION, text="Seen by two patrols.")
Headers = dict[str, str]


@pytest.fixture(scope="module", autouse=True)
def signed_agreement(gateway_settings: Settings) -> None:
    """Signed by all of its parties: else nobody rules."""
    with connect(gateway_settings.database()) as conn:
        load_signed(conn, under(), START)


Holder = Callable[..., Headers]


@pytest.fixture
def holder(owner: Connection) -> Holder:
    """A token of this mission; its header."""

    def make(*roles: Role, source: str | None = None, principal: str | None = "ana") -> Headers:
        sources = frozenset() if source is None else frozenset({source})
        wanted = Wanted("case", MISSION, frozenset(roles), None, sources, 1, principal)
        _, secret = create_token(owner, wanted, datetime.now(UTC))
        return {"Authorization": f"Bearer {secret.text}"}

    return make


def post(client: Client, headers: Headers, raw: bytes, path: str = "/v1/cases") -> httpx.Response:
    return client.post(path, content=raw, headers=headers | {"Content-Type": "application/json"})


def opening(text: str) -> bytes:
    subject = Subject(kind=SubjectKind.VIOLATION, id="patrol-1/r-1")
    act = Opened(format=FORMAT, **OF, source="office", at=START, subjects=(subject,), text=text)
    return write_act(act)


def an_act(case: str, kind: str, source: str = "office", **said: object) -> bytes:
    fields = {"format": FORMAT, **OF, "act": kind, "source": source, "at": START, "case": case}
    raw = msgspec.json.encode({**fields, **said})
    read_act(raw)
    return raw


def signature(
    case: str, who: str, words: Ruling = WORDS, key: Ed25519PrivateKey | None = None
) -> bytes:
    act = Signed(format=FORMAT, **OF, case=case, source=who, key=who, at=START, ruling=words)
    return write_act(sign_ruling(act, key or private_key(who)))


def inquiry(client: Client, investigator: Headers, text: str) -> str:
    """A case under inquiry that both parties see; its id."""
    opened = post(client, investigator, opening(text))
    assert opened.status_code == 201, opened.text
    case: str = opened.json()["name"]
    for to in Step:
        told = post(client, investigator, an_act(case, "advance", to=to))
        assert told.json()["case"]["case"]["state"] == to.value
    post(client, investigator, an_act(case, "address", parties=["north", "south"]))
    return case


def why(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["reason"]


def test_a_case_goes_from_an_allegation_to_an_appeal(client: Client, holder: Holder) -> None:
    office = holder(Role.INVESTIGATOR)
    north = holder(Role.PARTY, source="north-liaison", principal=None)
    case = inquiry(client, office, "Shelling.")
    said = an_act(case, "reply", "north-liaison", text="  Not\nours. ")
    assert post(client, north, said).status_code == 201
    assert post(client, office, signature(case, "anna")).status_code == 201
    # Whose signature it is, the key says; a party's token may carry it.
    assert post(client, north, signature(case, "bo")).status_code == 201
    dissent = an_act(case, "dissent", "north-liaison", stage=1, text="We disagree.")
    assert post(client, north, dissent).status_code == 201
    for headers in (office, north):
        shown = client.get(f"/v1/cases/{case}", headers=headers).json()
        assert shown["case"]["state"] == "ruled_violation"
        (finding,) = shown["stages"][0]["findings"]
        assert {it["holder"] for it in finding["signatories"]} == {"Anna", "Bo"}
        assert [it["text"] for it in shown["words"]] == ["  Not\nours. ", "We disagree."]
    raw = client.get(f"/v1/cases/{case}/acts/{sha256(said).hexdigest()}", headers=north)
    assert raw.content == said
    appeal = an_act(
        case, "appeal", "north-liaison", stage=1, ruling=ruling_hash(WORDS), text="Again."
    )
    reopened = post(client, north, appeal).json()["case"]
    assert (reopened["case"]["state"], reopened["case"]["stage"]) == ("pending", 2)
    assert reopened["stages"][0]["ruled"] == "ruled_violation"


def test_the_same_bytes_are_known_and_change_nothing(client: Client, holder: Holder) -> None:
    office = holder(Role.INVESTIGATOR)
    first, second = (post(client, office, opening("Twice.")) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


def test_nobody_rules_who_may_not(client: Client, holder: Holder) -> None:
    office = holder(Role.INVESTIGATOR)
    mighty = holder(Role.INVESTIGATOR, Role.ADMIN)
    case = inquiry(client, office, "Who may rule?")
    assert why(post(client, mighty, signature(case, "anna"))) == (403, "administrator_cannot")
    admin = holder(Role.ADMIN)
    assert post(client, admin, signature(case, "anna")).status_code == 403
    forged = signature(case, "anna", key=private_key("bo"))
    assert why(post(client, office, forged)) == (403, "wrong_signature")
    assert why(post(client, office, signature(case, "zoe"))) == (403, "unknown_source")
    assert post(client, office, signature(case, "anna")).status_code == 201
    other_token = holder(Role.INVESTIGATOR, principal="ben")
    later = msgspec.structs.replace(read_act(signature(case, "anna")), at=START + timedelta(1 / 99))
    assert isinstance(later, Signed)
    again = write_act(sign_ruling(later, private_key("anna")))
    assert why(post(client, other_token, again)) == (409, "signed_already")
    shown = client.get(f"/v1/cases/{case}", headers=office).json()
    assert (shown["case"]["state"], len(shown["acts"])) == ("under_inquiry", 5)


def test_who_acts_for_the_mission_is_named_and_who_acts_for_a_party_names_its_source(
    client: Client, holder: Holder
) -> None:
    nameless = post(client, holder(Role.INVESTIGATOR, principal=None), opening("Nameless."))
    assert nameless.json()["type"].endswith(":principal_needed")
    office = holder(Role.INVESTIGATOR)
    case = inquiry(client, office, "Whose word?")
    said = an_act(case, "reply", "north-liaison", text="Not ours.")
    for headers in (holder(Role.PARTY), holder(Role.PARTY, source="south-liaison")):
        assert post(client, headers, said).json()["type"].endswith(":not_its_source")
    assert why(post(client, office, said)) == (403, "not_a_partys")
    step = an_act(case, "advance", "north-liaison", to="pending")
    north = holder(Role.PARTY, source="north-liaison")
    assert why(post(client, north, step)) == (403, "not_the_missions")


def test_a_party_sees_what_is_addressed_to_it_and_the_publisher_what_is_released(
    client: Client, holder: Holder
) -> None:
    office, publisher = holder(Role.INVESTIGATOR), holder(Role.PUBLISHER)
    north = holder(Role.PARTY, source="north-liaison")
    south = holder(Role.PARTY, source="south-liaison")
    case: str = post(client, office, opening("For north alone.")).json()["name"]
    said = an_act(case, "reply", "north-liaison", text="Heard of it.")
    assert why(post(client, north, said)) == (409, "not_opened")
    for to in Step:
        post(client, office, an_act(case, "advance", to=to))
    post(client, office, an_act(case, "address", parties=["north"]))
    held = an_act(case, "custody", evidence="e" * 64, holder="patrol-1", since=START)
    assert post(client, office, held).json()["case"]["custody"]

    def status(headers: Headers) -> int:
        return client.get(f"/v1/cases/{case}", headers=headers).status_code

    assert [status(it) for it in (office, north, south, publisher)] == [200, 200, 404, 404]
    shown = client.get(f"/v1/cases/{case}", headers=north).json()
    assert (shown["case"]["subjects"], shown["custody"]) == ([], [])
    assert "patrol-1" not in str(shown)
    first = sha256(opening("For north alone.")).hexdigest()
    assert client.get(f"/v1/cases/{case}/acts/{first}", headers=north).status_code == 404
    for who in ("anna", "bo"):
        post(client, office, signature(case, who))
    assert status(publisher) == 404
    assert post(client, office, an_act(case, "release", stage=1)).status_code == 201
    assert [status(it) for it in (south, publisher)] == [200, 200]
    listed = client.get("/v1/cases?state=ruled_violation", headers=publisher).json()["items"]
    assert case in {it["case"] for it in listed}


def test_of_two_at_once_one_acts_and_the_other_is_told_what_was_done(
    client: Client, holder: Holder
) -> None:
    investigators = [holder(Role.INVESTIGATOR, principal=f"person-{n}") for n in range(4)]
    case: str = post(client, investigators[0], opening("At once.")).json()["name"]
    steps = [an_act(case, "advance", to="pending", note=f"by {n}") for n in range(4)]
    with ThreadPoolExecutor(4) as several:
        told = list(
            several.map(lambda pair: post(client, *pair), zip(investigators, steps, strict=True))
        )
    assert sorted(it.status_code for it in told) == [201, 409, 409, 409]
    for refused in (it.json() for it in told if it.status_code == 409):
        assert refused["reason"] == "done_already"
        assert refused["case"]["case"]["state"] == "pending"
        assert [it["kind"] for it in refused["case"]["acts"]] == ["open", "advance"]


def test_of_replies_and_signatures_at_once_none_is_lost(client: Client, holder: Holder) -> None:
    office = holder(Role.INVESTIGATOR)
    north = holder(Role.PARTY, source="north-liaison")
    case = inquiry(client, office, "All at once.")
    replies = [
        (north, an_act(case, "reply", "north-liaison", text=f"Reply {n}.")) for n in range(6)
    ]
    acts = [*replies, (office, signature(case, "anna")), (office, signature(case, "bo"))]
    with ThreadPoolExecutor(8) as several:
        told = list(several.map(lambda pair: post(client, *pair), acts))
    assert {it.status_code for it in told} == {201}
    shown = client.get(f"/v1/cases/{case}", headers=office).json()
    assert shown["case"]["state"] == "ruled_violation"
    assert {it["text"] for it in shown["words"]} == {f"Reply {n}." for n in range(6)}
    assert len({it["act"] for it in shown["acts"]}) == 12


def test_two_rulings_at_once_never_contradict_each_other(client: Client, holder: Holder) -> None:
    office = holder(Role.INVESTIGATOR)
    case = inquiry(client, office, "Two panels.")
    otherwise = msgspec.structs.replace(WORDS, finding=FindingWord.RULED_NO_VIOLATION)
    acts = [signature(case, who, WORDS if who in {"anna", "bo"} else otherwise) for who in PANEL]
    with ThreadPoolExecutor(4) as several:
        told = list(several.map(lambda raw: post(client, office, raw), acts))
    refused = [it for it in told if it.status_code != 201]
    assert {why(it)[1] for it in refused} <= {"rulings_contradict", "ruled_otherwise"}
    assert refused
    state = client.get(f"/v1/cases/{case}", headers=office).json()["case"]["state"]
    assert state in {"ruled_violation", "ruled_no_violation"}


@pytest.mark.parametrize(
    ("raw", "status"),
    [(b"{}", 400), (b"[" * 100_000, 400), (b'"\xff"', 400), (b" " * 200_000, 413)],
)
def test_what_is_no_act_is_refused(client: Client, holder: Holder, raw: bytes, status: int) -> None:
    for path in ("/v1/cases", "/v1/channel"):
        assert post(client, holder(Role.INVESTIGATOR), raw, path).status_code == status


def message(kind: str, source: str = "office", **said: object) -> bytes:
    fields = {"format": CHANNEL_FORMAT, **OF, "message": kind, "source": source, "at": START}
    return msgspec.json.encode({**fields, "text": "Which units?", **said})


def test_a_request_is_answered_by_whom_it_is_addressed_to_and_seen_by_no_other(
    client: Client, holder: Holder
) -> None:
    office = holder(Role.INVESTIGATOR)
    north = holder(Role.PARTY, source="north-liaison")
    south = holder(Role.PARTY, source="south-liaison")
    deadline = START + timedelta(minutes=1)
    raw = message("request", to=["north"], deadline=deadline)
    asked = post(client, office, raw, "/v1/channel").json()
    listed = client.get("/v1/channel", headers=north).json()["items"]
    assert [it["owed"][0]["overdue_since"] is None for it in listed] == [False]
    assert client.get("/v1/channel", headers=south).json()["items"] == []
    assert client.get(f"/v1/channel/{asked['sha256']}", headers=north).content == raw
    answer = message("reply", "south-liaison", request=asked["sha256"])
    assert why(post(client, south, answer, "/v1/channel"))[0] == 409
    answer = message("reply", "north-liaison", request=asked["sha256"])
    assert post(client, north, answer, "/v1/channel").status_code == 201
    (request,) = [
        it for it in client.get("/v1/channel", headers=office).json()["items"] if it["owed"]
    ]
    assert request["owed"][0]["answer"] == sha256(answer).hexdigest()
    assert request["owed"][0]["overdue_since"] is not None  # it came after the deadline


def test_a_message_changes_no_case(client: Client, holder: Holder) -> None:
    office = holder(Role.INVESTIGATOR)
    case = inquiry(client, office, "And the channel?")
    before = client.get(f"/v1/cases/{case}", headers=office).content
    for kind in ("request", "notice"):
        raw = message(kind, to=["north"], about=case)
        assert post(client, office, raw, "/v1/channel").status_code == 201
    assert client.get(f"/v1/cases/{case}", headers=office).content == before


def test_a_newer_version_that_revokes_a_key_is_told_beside_the_act(
    client: Client, holder: Holder, gateway_settings: Settings
) -> None:
    office = holder(Role.INVESTIGATOR)
    case = inquiry(client, office, "A stolen key.")
    for who in ("cem", "dia"):
        assert post(client, office, signature(case, who)).status_code == 201
    document = under()
    revoked = [
        msgspec.structs.replace(
            it, keys=tuple(msgspec.structs.replace(k, revoked_at=START) for k in it.keys)
        )
        if it.id == "dia"
        else it
        for it in document.sources
    ]
    newer = msgspec.structs.replace(document, version=2, sources=tuple(revoked))
    with connect(gateway_settings.database()) as conn:
        load_signed(conn, newer, START)
    shown = client.get(f"/v1/cases/{case}", headers=office).json()
    assert shown["case"]["state"] == "under_inquiry"
    assert [it["without_effect"] for it in shown["acts"] if it["without_effect"]] == ["key_revoked"]


@pytest.mark.parametrize(("path", "name"), [("/v1/cases", "case"), ("/v1/channel", "sha256")])
def test_lists_go_on_page_by_page(client: Client, holder: Holder, path: str, name: str) -> None:
    office = holder(Role.INVESTIGATOR)
    for number in range(3):
        post(client, office, opening(f"Page {number}."))
        post(client, office, message("notice", about=f"{number:020}"), "/v1/channel")
    whole = [it[name] for it in client.get(path, headers=office).json()["items"]]
    found: list[str] = []
    following: str | None = f"{path}?limit=2"
    while following is not None:
        page = client.get(following, headers=office).json()
        found += [it[name] for it in page["items"]]
        following = page.get("next")
    assert found == whole
    assert len(found) > 2
