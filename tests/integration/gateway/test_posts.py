"""What a mission posts, what it gets back, and what is then in the store."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
import zstandard

from services.gateway.read_body import LINES_LIMIT, UNPACKED_LIMIT
from services.receipts.public_keys import read_public
from services.receipts.receipt import SignedReceipt
from services.receipts.verify import Finding, verify
from services.settings import Settings
from services.store.engine import Connection
from services.store.rows import KeyKind, KeyRow, SubmissionRow
from services.store.write import copy_rows
from services.tokens.token import Role
from streams.decode import decode_report
from streams.events import Report
from streams.keys import EventKind, event_key
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client

JSON = {"Content-Type": "application/json"}
NDJSON = {"Content-Type": "application/x-ndjson"}


def event(**changes: Any) -> bytes:  # noqa: ANN401 (any field of a report)
    """A report under an id of its own."""
    fields = {
        "id": str(uuid4()),
        "mission": "smm",
        "source": "patrol-1",
        "kind": "explosion",
        "means": ["heard"],
        "observed_from": "2026-03-01T08:00:00+02:00",
    }
    return json.dumps({**fields, **changes}).encode()


def status(**changes: Any) -> bytes:  # noqa: ANN401 (any field of a status)
    fields = {
        "id": str(uuid4()),
        "mission": "smm",
        "source": "operator",
        "corridor": "road",
        "status": "open",
        "issued_at": "2026-03-01T08:00:00Z",
        "observed_at": "2026-03-01T08:00:00Z",
        "effective_from": "2026-03-01T08:00:00Z",
    }
    return json.dumps({**fields, **changes}).encode()


def stored(owner: Connection, raw: bytes) -> list[tuple[Any, ...]]:
    """The submissions of the event's id: version, authentication, bytes."""
    query = "SELECT revision, authentication, raw FROM submissions WHERE event_id = %s ORDER BY 1"
    return owner.execute(query, [json.loads(raw)["id"]], binary=True).fetchall()


def receipt_of(answer: httpx.Response) -> SignedReceipt:
    return msgspec.json.decode(answer.content, type=SignedReceipt)


def test_a_new_report_is_stored_queued_and_receipted(
    client: Client, token: MakeToken, owner: Connection, gateway_settings: Settings
) -> None:
    raw = event()
    answer = client.post("/v1/reports", content=raw, headers=JSON | token())
    assert answer.status_code == 201
    signed = receipt_of(answer)
    assert signed.receipt.sha256 == sha256(raw).hexdigest()
    assert signed.receipt.revision == 1
    keys = read_public(gateway_settings.receipt_keys / "keys.json")
    assert verify(signed, keys, raw) is Finding.VALID
    assert stored(owner, raw) == [(1, "token", raw)]
    queued = owner.execute(
        "SELECT count(*) FROM outbox, unnest(keys, received_ats, revisions)"
        " AS queued (key, received_at, revision) JOIN submissions"
        " USING (key, received_at, revision) WHERE event_id = %s",
        [signed.receipt.id],
    ).fetchone()
    assert queued == (1,)


def test_the_same_again_gets_the_same_receipt_and_is_not_stored_again(
    client: Client, token: MakeToken, owner: Connection
) -> None:
    raw, headers = event(), JSON | token()
    first = client.post("/v1/reports", content=raw, headers=headers)
    again = client.post("/v1/reports", content=raw, headers=JSON | token())
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.content == first.content
    assert len(stored(owner, raw)) == 1


@pytest.mark.parametrize(
    ("authentication", "code", "versions"), [("tag_valid", 200, 1), ("no_tag", 201, 2)]
)
def test_what_came_by_kafka_gets_a_receipt_and_is_stored_again_only_where_nobody_vouched(  # noqa: PLR0917
    client: Client,
    token: MakeToken,
    owner: Connection,
    gateway_settings: Settings,
    authentication: str,
    code: int,
    versions: int,
) -> None:
    raw = event()
    report = decode_report(raw)
    assert isinstance(report, Report)
    key = event_key(EventKind.REPORT, report.mission, report.source, report.id)
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    seen = report.observed_from
    with owner.transaction():
        copy_rows(
            owner,
            "event_keys",
            [KeyRow(key, at, KeyKind.REPORT, vouched=True, content_hash=sha256(raw).digest())],
        )
        submission = SubmissionRow(
            *(key, at, seen, seen, 1, "report", report.mission, report.source, authentication),
            *(None, report.id, sha256(raw).digest(), raw),
        )
        copy_rows(owner, "submissions", [submission])
    answers = [client.post("/v1/reports", content=raw, headers=JSON | token()) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [code, 200]
    assert answers[0].content == answers[1].content
    keys = read_public(gateway_settings.receipt_keys / "keys.json")
    assert verify(receipt_of(answers[0]), keys, raw) is Finding.VALID
    assert len(stored(owner, raw)) == versions


def test_other_content_under_a_known_id_is_kept_and_told_with_its_own_receipt(
    client: Client, token: MakeToken, owner: Connection
) -> None:
    raw, headers = event(), JSON | token()
    other = json.dumps({**json.loads(raw), "remark": "two of them"}).encode()
    client.post("/v1/reports", content=raw, headers=headers)
    for _ in range(2):
        answer = client.post("/v1/reports", content=other, headers=headers)
        problem = answer.json()
        assert answer.status_code == problem["status"] == 409
        assert answer.headers["content-type"] == "application/problem+json"
        assert problem["receipt"]["sha256"] == sha256(other).hexdigest()
        assert problem["receipt"]["revision"] == 2
    assert stored(owner, raw) == [(1, "token", raw), (2, "token", other)]
    assert client.post("/v1/reports", content=raw, headers=headers).status_code == 200


def test_many_lines_have_an_outcome_each(
    client: Client, token: MakeToken, owner: Connection
) -> None:
    one, two, others = event(), event(), event(source="patrol-9")
    lines = [one, b"{", two, one, others, event(kind="earthquake")]
    answer = client.post(
        "/v1/reports",
        content=b"\n".join(lines) + b"\n",
        headers=NDJSON | token(sources=frozenset({"patrol-1"})),
    )
    assert answer.status_code == 200
    told = [json.loads(line) for line in answer.content.splitlines()]
    assert [line["line"] for line in told] == [1, 2, 3, 4, 5, 6]
    assert [line["status"] for line in told] == [201, 400, 201, 200, 403, 400]
    assert [line.get("reason") for line in told] == [
        *(None, "malformed_json", None, None, "not_its_source", "unknown_kind")
    ]
    assert told[0]["receipt"] == told[3]["receipt"]
    assert len(stored(owner, one)) == len(stored(owner, two)) == 1
    assert stored(owner, others) == []


def test_of_lines_that_are_known_none_is_queued_again(
    client: Client, token: MakeToken, owner: Connection
) -> None:
    lines = [event() for _ in range(4)]
    headers = NDJSON | token()
    client.post("/v1/reports", content=b"\n".join(lines[1:3]), headers=headers)
    owner.execute("DELETE FROM outbox")
    answer = client.post("/v1/reports", content=b"\n".join(lines), headers=headers)
    told = [json.loads(line)["status"] for line in answer.content.splitlines()]
    assert told == [201, 200, 200, 201]
    assert queued(owner) == [[lines[0], lines[3]]]


def queued(owner: Connection) -> list[list[bytes]]:
    """What each row of the outbox leads to, in its order."""
    found = owner.execute(
        "SELECT array_agg(raw ORDER BY place) FROM outbox, unnest(keys, received_ats, revisions)"
        " WITH ORDINALITY AS queued (key, received_at, revision, place)"
        " JOIN submissions USING (key, received_at, revision) GROUP BY id ORDER BY id"
    )
    return [raws for (raws,) in found]


@pytest.mark.parametrize(
    ("coding", "pack"), [("gzip", gzip.compress), ("zstd", zstandard.compress), ("identity", bytes)]
)
def test_a_body_may_come_packed(
    client: Client,
    token: MakeToken,
    coding: str,
    pack: Any,  # noqa: ANN401
) -> None:
    raw = event()
    headers = JSON | token() | {"Content-Encoding": coding}
    answer = client.post("/v1/reports", content=pack(raw), headers=headers)
    assert receipt_of(answer).receipt.sha256 == sha256(raw).hexdigest()


def test_a_bomb_is_refused_before_it_is_unpacked(client: Client, token: MakeToken) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = packer.compress(bytes(UNPACKED_LIMIT + 1)) + packer.flush()
    headers = JSON | token() | {"Content-Encoding": "gzip"}
    answer = client.post("/v1/reports", content=bomb, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (
        413,
        "urn:truceline:problem:body_too_large",
    )


def test_a_status_is_taken_from_a_corridor_operator_alone(
    client: Client, token: MakeToken, owner: Connection
) -> None:
    raw = status()
    path = "/v1/corridor-status"
    assert client.post(path, content=raw, headers=JSON | token()).status_code == 403
    operator = token(Role.CORRIDOR_OPERATOR)
    assert client.post(path, content=raw, headers=JSON | operator).status_code == 201
    assert client.post("/v1/reports", content=event(), headers=JSON | operator).status_code == 403
    assert stored(owner, raw) == [(1, "token", raw)]


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ({}, "no_token"),
        ({"Authorization": "Basic eDp5"}, "no_token"),
        ({"Authorization": "Bearer x"}, "token_not_valid"),
        ({"Authorization": f"Bearer trc_tok-0123456789ab_{'A' * 43}"}, "token_not_valid"),
    ],
)
def test_who_has_no_token_that_counts_is_told_so(
    client: Client, owner: Connection, authorization: dict[str, str], code: str
) -> None:
    raw = event()
    answer = client.post("/v1/reports", content=raw, headers=JSON | authorization)
    assert answer.status_code == 401
    assert answer.json()["type"] == f"urn:truceline:problem:{code}"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert stored(owner, raw) == []


@pytest.mark.parametrize(
    ("body", "headers", "status_code"),
    [
        (b"", JSON, 400),
        (b"[" * 100_000, JSON, 400),
        (b'{"id": "\xff"}', JSON, 400),
        (b'{"id": NaN}', JSON, 400),
        (event(remark="x" * 5_000), JSON, 400),
        (b'{"x": "' + b"y" * 10_000_000 + b'"}', JSON, 400),
        (b"x" * 17_000_000, JSON, 413),
        (b"{}\n" * (LINES_LIMIT + 1), NDJSON, 413),
        (gzip.compress(event())[:-9], JSON | {"Content-Encoding": "gzip"}, 400),
        (b"no gzip", JSON | {"Content-Encoding": "gzip"}, 400),
        (b"no zstd", JSON | {"Content-Encoding": "zstd"}, 400),
        (event(), JSON | {"Content-Encoding": "br"}, 415),
        (event(), {"Content-Type": "text/plain"}, 415),
        (event(), {"Content-Type": "application/json\xff"}, 415),
    ],
)
def test_a_body_that_is_none_is_refused_with_a_code(
    client: Client, token: MakeToken, body: bytes, headers: dict[str, str], status_code: int
) -> None:
    raw_headers = [(k.encode(), v.encode("latin-1")) for k, v in (headers | token()).items()]
    answer = client.post("/v1/reports", content=body, headers=raw_headers)
    assert answer.status_code == status_code
    assert answer.json()["status"] == status_code
    assert answer.json()["detail"]


def test_posts_at_the_same_time_are_each_stored_once(
    client: Client, token: MakeToken, owner: Connection
) -> None:
    raws, headers = [event() for _ in range(40)], JSON | token()

    def post(raw: bytes) -> int:
        return client.post("/v1/reports", content=raw, headers=headers).status_code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(post, [*raws, *raws]))
    assert sorted(codes) == [200] * 40 + [201] * 40
    assert all(len(stored(owner, raw)) == 1 for raw in raws)


def test_a_revoked_token_stops_counting_within_five_seconds(
    client: Client, token: MakeToken, owner: Connection
) -> None:
    headers = JSON | token()
    assert client.post("/v1/reports", content=event(), headers=headers).status_code == 201
    owner.execute("UPDATE tokens SET revoked_at = now() WHERE revoked_at IS NULL")
    revoked = time.monotonic()
    while client.post("/v1/reports", content=event(), headers=headers).status_code != 401:
        assert time.monotonic() < revoked + 5
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("method", "path", "status_code"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/v1/reports", 405),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/v1/receipt-keys", 200),
        ("GET", "/schema/openapi.json", 200),
    ],
)
def test_paths_answer_as_they_should(
    client: Client, method: str, path: str, status_code: int
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status_code
    if status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


def test_versions_of_one_event_in_one_body_have_instants_of_their_own(
    client: Client, token: MakeToken
) -> None:
    raw = event()
    other = raw.replace(b"{", b"{ ", 1)
    body = b"\n".join([raw, other])
    answer = client.post("/v1/reports", content=body, headers=NDJSON | token())
    outcomes = [json.loads(line) for line in answer.content.splitlines()]
    assert [it["status"] for it in outcomes] == [201, 409]
    first, second = (it["receipt"]["received_at"] for it in outcomes)
    assert first < second
