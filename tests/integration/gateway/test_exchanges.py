"""Exchanges over HTTP: who may count, who sees, and what is left of what was refused."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import msgspec
import pytest

from services.load import load_documents
from services.settings import Settings
from services.store.engine import connect
from services.store.partitions import ensure_partitions
from services.store.rows import BatchRows
from services.store.write import copy_batch
from services.tokens.token import Role
from services.worker.documents import load_register
from services.worker.incoming import Incoming, Refused, read_records, refuse
from services.worker.rejections import write_rejections
from services.worker.withheld import empty_withheld
from streams.decode import Reason, Refusal, decode_context
from streams.events import ContextEvent
from streams.keys import EventKind
from tests.integration.anywhere import tables_holding
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, log_of, relayed, said
from tests.unit.streams.builders import MISSION
from tests.unit.streams.context.said import METHODOLOGY, counted, exchanging
from tests.unit.streams.test_withhold import NAME, NAMED

JSON = {"Content-Type": "application/json"}
AT = {"at": "2026-03-02T13:00:00Z"}
LIAISON = frozenset({"liaison"})
TOO_MANY_BYTES = "too much of it"
"""Larger than a body may be: the gateway never reads it."""


@pytest.fixture(scope="module")
def loaded(gateway_settings: Settings) -> str:
    """An agreement with an exchange, and a word of each side."""
    with connect(gateway_settings.database()) as conn:
        ensure_partitions(conn, RECEIVED)
        load_documents(conn, [exchanging(), METHODOLOGY], RECEIVED)
        words = (counted(1, 100), counted(2, 98, source="southern"))
        take_in_log(conn, load_register(conn), log_of(map(said, words)))
    return MISSION


def test_a_side_counts_under_a_token_that_names_its_source(
    client: Client, loaded: str, token: MakeToken
) -> None:
    body = msgspec.json.encode(counted(10, 100))
    named = token(Role.PARTY, mission=loaded, sources=LIAISON) | JSON
    assert client.post("/v1/context", content=body, headers=named).status_code == 201
    for other in (frozenset[str](), frozenset({"southern"})):
        headers = token(Role.PARTY, mission=loaded, sources=other) | JSON
        answer = client.post("/v1/context", content=body, headers=headers)
        assert (answer.status_code, answer.json()["reason"]) == (403, "not_its_source")


@pytest.mark.parametrize(
    ("role", "sources", "status", "sees"),
    [
        (Role.COORDINATOR, frozenset(), 200, True),
        (Role.MEDIATOR, frozenset(), 200, True),
        (Role.AUDITOR, frozenset(), 200, True),
        (Role.INVESTIGATOR, frozenset(), 200, True),
        (Role.ADMIN, frozenset(), 200, True),
        (Role.PARTY, LIAISON, 200, True),
        (Role.PARTY, frozenset({"southern", "elsewhere"}), 200, True),
        (Role.PARTY, frozenset({"bystander"}), 200, False),
        (Role.PARTY, frozenset({"hq"}), 200, False),
        (Role.PARTY, frozenset(), 200, False),
        (Role.REPORTER, frozenset(), 403, False),
        (Role.CORRIDOR_OPERATOR, frozenset(), 403, False),
        (Role.MOVEMENT_ORGANISER, frozenset(), 403, False),
        (Role.PUBLISHER, frozenset(), 403, False),
    ],
)
def test_an_exchange_is_shown_to_who_arranges_it_and_to_its_sides(
    client: Client,
    loaded: str,
    token: MakeToken,
    *,
    role: Role,
    sources: frozenset[str],
    status: int,
    sees: bool,
) -> None:
    headers = token(role, mission=loaded, sources=sources)
    answer = client.get("/v1/exchanges", params=AT, headers=headers)
    assert answer.status_code == status
    assert ("All for all" in answer.text) == sees
    if role is Role.PUBLISHER:
        return
    elsewhere = client.get("/v1/exchanges", params=AT, headers=token(role, mission="other"))
    assert "All for all" not in elsewhere.text


def test_both_sides_numbers_are_told_in_every_form(
    client: Client, loaded: str, token: MakeToken
) -> None:
    headers = token(Role.COORDINATOR, mission=loaded)
    first = client.get("/v1/exchanges", params=AT, headers=headers).json()["items"][0]
    assert (first["giver_says"], first["receiver_says"], first["mission_says"]) == ([100], [98], [])
    assert first["discrepancies"] == ["sides_differ", "not_as_agreed"]
    table = client.get("/v1/exchanges", params=AT, headers=headers | {"Accept": "text/csv"}).text
    row = next(csv.DictReader(io.StringIO(table)))
    assert (row["giver_says"], row["receiver_says"], row["mission_says"]) == ("[100]", "[98]", "")


def test_of_a_refused_post_nothing_is_anywhere(
    client: Client,
    loaded: str,
    token: MakeToken,
    gateway_settings: Settings,
    capfd: pytest.CaptureFixture[str],
) -> None:
    named = token(Role.PARTY, mission=loaded, sources=LIAISON)
    raws = [raw for where, (raw, _) in NAMED.items() if where != TOO_MANY_BYTES]
    for path, role in (("/v1/context", named), ("/v1/reports", token(mission=loaded))):
        for raw in raws:
            answer = client.post(path, content=raw, headers=role | JSON)
            assert answer.status_code in {400, 403}, (raw[:200], answer.text)
            assert NAME not in answer.text
    lines = b"\n".join(raw for raw in raws if raw and b"\n" not in raw and len(raw) < 10_000)
    many = named | {"Content-Type": "application/x-ndjson"}
    answer = client.post("/v1/context", content=lines, headers=many)
    assert (answer.status_code, NAME in answer.text) == (200, False)
    assert {json.loads(line)["status"] for line in answer.text.splitlines()} == {400}
    with connect(gateway_settings.database()) as conn:
        assert tables_holding(conn, NAME) == []
    logged = capfd.readouterr()
    assert NAME not in logged.out + logged.err


def test_a_stranger_as_source_is_forbidden_and_forgotten(
    client: Client, loaded: str, token: MakeToken, gateway_settings: Settings
) -> None:
    body = msgspec.json.encode(counted(11, 100, source=NAME))
    for sources in (frozenset[str](), LIAISON):
        headers = token(Role.PARTY, mission=loaded, sources=sources) | JSON
        assert client.post("/v1/context", content=body, headers=headers).status_code == 403
    with connect(gateway_settings.database()) as conn:
        assert tables_holding(conn, NAME) == []


def test_a_source_that_no_agreement_has_is_refused_before_anything_is_stored(
    client: Client, loaded: str, token: MakeToken, gateway_settings: Settings
) -> None:
    known, strange = counted(12, 100), counted(13, 100, source="stranger-13")
    sources = frozenset({"liaison", "stranger-13"})
    headers = token(Role.PARTY, mission=loaded, sources=sources)
    answer = client.post(
        "/v1/context", content=msgspec.json.encode(strange), headers=headers | JSON
    )
    assert (answer.status_code, answer.json()["reason"]) == (400, "unknown_source")
    both = b"\n".join(map(msgspec.json.encode, (strange, known)))
    many = headers | {"Content-Type": "application/x-ndjson"}
    lines = client.post("/v1/context", content=both, headers=many).text.splitlines()
    assert [json.loads(line)["status"] for line in lines] == [400, 201]
    nowhere = token(Role.PARTY, mission="nobodys", sources=LIAISON) | JSON
    body = msgspec.json.encode(msgspec.structs.replace(known, mission="nobodys"))
    answer = client.post("/v1/context", content=body, headers=nowhere)
    assert (answer.status_code, answer.json()["reason"]) == (400, "unknown_mission")
    with connect(gateway_settings.database()) as conn:
        found = set(tables_holding(conn, "stranger-13"))
    assert found <= {"tokens"}


def test_what_was_refused_after_it_had_been_stored_is_not_said_to_be_kept(
    client: Client, loaded: str, token: MakeToken, gateway_settings: Settings
) -> None:
    event = counted(14, 7)
    named = token(Role.PARTY, mission=loaded, sources=LIAISON) | JSON
    body = msgspec.json.encode(event)
    assert client.post("/v1/context", content=body, headers=named).status_code == 201
    with connect(gateway_settings.database()) as conn:
        # As a worker that has other rules than this gateway refuses it.
        refused = refuse(incoming_of(event), Refusal(Reason.OUT_OF_RANGE, "`count`"))
        rows = BatchRows()
        write_rejections(conn, [refused], rows)
        copy_batch(conn, rows)
        empty_withheld(conn, [refused])
        queued = conn.execute("SELECT count(*) FROM outbox").fetchone()
    answer = client.post("/v1/context", content=body, headers=named)
    assert (answer.status_code, answer.json()["reason"]) == (400, "no_longer_kept")
    with connect(gateway_settings.database()) as conn:
        assert conn.execute("SELECT count(*) FROM outbox").fetchone() == queued
        assert tables_holding(conn, body.decode()) == []


def incoming_of(event: ContextEvent) -> Incoming[ContextEvent]:
    """As a worker reads it from the relay."""
    heard: tuple[list[Incoming[ContextEvent]], list[Refused]] = read_records(
        log_of([relayed(event)]), EventKind.CONTEXT, decode_context, {}
    )
    (one,), _ = heard
    return one


def test_what_holds_now_is_asked_without_an_instant(
    client: Client, loaded: str, token: MakeToken
) -> None:
    headers = token(Role.COORDINATOR, mission=loaded)
    items = client.get("/v1/exchanges", headers=headers).json()["items"]
    assert {item["phase"] for item in items} == {"over"}
    assert datetime.now(UTC) > datetime.fromisoformat(items[0]["ends_at"])
