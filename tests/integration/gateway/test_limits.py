"""The gateway under limits: refused with 429 and a time, after which it takes the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from services.limits import Limits, Rate
from services.settings import Settings
from services.store.engine import Connection
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client, client_of
from tests.integration.gateway.test_posts import JSON, NDJSON, event, stored

LIMITS = Limits(
    requests=Rate(5, 5),
    events=Rate(20, 20),
    events_a_day=30,
    strangers=Rate(2, 8),
    body_bytes=20_000,
)


@pytest.fixture
def limited(gateway_settings: Settings) -> Iterator[Client]:
    """A gateway with small limits."""
    with client_of(replace(gateway_settings, limits=LIMITS)) as asking:
        yield asking


def test_who_comes_too_often_is_let_in_after_the_time_that_was_said(
    limited: Client, token: MakeToken, owner: Connection
) -> None:
    headers, other = JSON | token(), JSON | token()
    assert limited.post("/v1/reports", content=event(), headers=headers).status_code == 201
    raw = event()
    for _ in range(20):
        answer = limited.post("/v1/reports", content=b"{", headers=headers)
        if answer.status_code == 429:
            break
    assert answer.json()["type"] == "urn:truceline:problem:too_many"
    assert limited.post("/v1/reports", content=event(), headers=other).status_code == 201
    time.sleep(int(answer.headers["retry-after"]))
    assert limited.post("/v1/reports", content=raw, headers=headers).status_code == 201
    assert len(stored(owner, raw)) == 1


def test_a_body_of_more_events_than_there_is_room_for_is_refused_whole(
    limited: Client, token: MakeToken, owner: Connection
) -> None:
    headers, raws = NDJSON | token(), [event() for _ in range(15)]
    body = b"\n".join(raws)
    assert limited.post("/v1/reports", content=body, headers=headers).status_code == 200
    more = [event() for _ in range(15)]
    answer = limited.post("/v1/reports", content=b"\n".join(more), headers=headers)
    assert answer.status_code == 429
    assert all(stored(owner, raw) == [] for raw in more)
    time.sleep(int(answer.headers["retry-after"]))
    answer = limited.post("/v1/reports", content=b"\n".join(more), headers=headers)
    assert answer.status_code == 200


def test_the_days_events_are_counted_on_after_a_restart(
    limited: Client, token: MakeToken, gateway_settings: Settings
) -> None:
    headers = NDJSON | token()
    body = b"\n".join(event() for _ in range(20))
    assert limited.post("/v1/reports", content=body, headers=headers).status_code == 200
    with client_of(replace(gateway_settings, limits=LIMITS)) as restarted:
        restarted.post("/v1/reports", content=b"", headers=headers)
        time.sleep(1)  # the count comes beside, and nobody waits for it
        body = b"\n".join(event() for _ in range(15))
        answer = restarted.post("/v1/reports", content=body, headers=headers)
    assert answer.status_code == 429
    assert answer.json()["type"] == "urn:truceline:problem:day_is_full"
    assert 0 < int(answer.headers["retry-after"]) <= 86_400


def test_guessing_tokens_is_slowed_and_does_not_shut_out_who_has_one(
    limited: Client, token: MakeToken
) -> None:
    headers = JSON | token()
    assert limited.post("/v1/reports", content=event(), headers=headers).status_code == 201
    for number in range(30):
        guess = {"Authorization": f"Bearer trc_tok-{number:012x}_{'A' * 43}"}
        answer = limited.post("/v1/reports", content=event(), headers=JSON | guess)
        if answer.status_code == 429:
            break
    assert answer.json()["type"] == "urn:truceline:problem:too_many_strangers"
    assert limited.post("/v1/reports", content=event(), headers=headers).status_code == 201


def test_a_body_may_be_limited_to_less(limited: Client, token: MakeToken) -> None:
    answer = limited.post("/v1/reports", content=b"x" * 20_001, headers=JSON | token())
    assert (answer.status_code, answer.json()["status"]) == (413, 413)
