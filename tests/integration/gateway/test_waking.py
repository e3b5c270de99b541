"""What is stored wakes the relays, after its commit and not by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.crash_points import Point, on_reached
from services.settings import Settings
from services.store.engine import Connection, connect
from services.store.outbox import CHANNEL
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client
from tests.integration.gateway.test_posts import JSON, event

SOON_S = 10.0
AT_ONCE_S = 0.3


@pytest.fixture
def relay(gateway_settings: Settings) -> Iterator[Connection]:
    """Who hears what a relay hears."""
    with connect(gateway_settings.database()) as conn:
        conn.autocommit = True
        conn.execute(f"LISTEN {CHANNEL}".encode())
        yield conn


def woken(relay: Connection, within_s: float) -> bool:
    return bool(list(relay.notifies(timeout=within_s, stop_after=1)))


def test_what_is_posted_wakes_the_relays(
    client: Client, token: MakeToken, relay: Connection
) -> None:
    assert client.post("/v1/reports", content=event(), headers=JSON | token()).status_code == 201
    assert woken(relay, SOON_S)


def test_another_version_wakes_them_too(
    client: Client, token: MakeToken, relay: Connection
) -> None:
    headers, one = JSON | token(), event(id="r-1")
    assert client.post("/v1/reports", content=one, headers=headers).status_code == 201
    assert woken(relay, SOON_S)
    other = event(id="r-1", remark="heard by two")
    assert client.post("/v1/reports", content=other, headers=headers).status_code == 409
    assert woken(relay, SOON_S)


def test_a_commit_notifies_nobody_itself_since_such_commits_wait_for_each_other(
    client: Client, token: MakeToken, relay: Connection
) -> None:
    heard: list[bool] = []

    def listen(point: Point) -> None:
        if point is Point.GATEWAY_STORED:
            heard.append(woken(relay, AT_ONCE_S))

    with on_reached(listen):
        answer = client.post("/v1/reports", content=event(), headers=JSON | token())
    assert answer.status_code == 201
    assert heard == [False], "it is committed by then"
    assert woken(relay, SOON_S)
