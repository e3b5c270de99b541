"""The gateway as a process, over bare sockets: bodies that dawdle, and whom a proxy speaks for."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPResponse
from typing import Any

import pytest

from services.limits import BODY_SECONDS_VARIABLE, REQUESTS_VARIABLE, STRANGERS_VARIABLE
from services.settings import PROXY_VARIABLE, Settings
from services.store.engine import Connection
from tests.fuzz.stage import Gateway, serving
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.test_posts import event, stored
from tests.integration.relay.crew import until

HERE = "127.0.0.1"
STRANGERS = 10
"""As many tokens as these tests show for the first time, and some."""
BODY_SECONDS = 1
Start = Callable[..., Gateway]


@pytest.fixture(scope="module", params=["", HERE], ids=["straight", "behind a proxy"])
def proxied(
    request: pytest.FixtureRequest, gateway_settings: Settings
) -> Iterator[tuple[Gateway, bool]]:
    """A gateway with few strangers a second, and whether it believes a proxy here."""
    limits = {
        STRANGERS_VARIABLE: f"1/{STRANGERS}",
        REQUESTS_VARIABLE: "1000/1000",
        BODY_SECONDS_VARIABLE: str(BODY_SECONDS),
        PROXY_VARIABLE: request.param,
    }
    api_url, keys = gateway_settings.api_database(), gateway_settings.receipt_keys
    with serving(api_url, keys, limits) as gateway:
        yield gateway, bool(request.param)


def head(length: int, headers: dict[str, str]) -> bytes:
    lines = ["POST /v1/reports HTTP/1.1", "Host: gateway", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def answer_on(asking: socket.socket) -> tuple[int, Any]:
    with HTTPResponse(asking) as answer:
        answer.begin()
        return answer.status, json.loads(answer.read())


def guess(gateway: Gateway, forwarded: str) -> str:
    """Post with a token that does not count; how it is refused."""
    shown = {"Authorization": "Bearer guess", "X-Forwarded-For": forwarded}
    raw = event()
    with socket.create_connection((HERE, gateway.port)) as asking:
        asking.sendall(head(len(raw), {"Content-Type": "application/json", **shown}) + raw)
        return str(answer_on(asking)[1]["type"].rpartition(":")[2])


def test_a_body_that_does_not_come_is_given_up_and_the_same_in_time_is_stored(
    proxied: tuple[Gateway, bool], token: MakeToken, owner: Connection
) -> None:
    gateway, _ = proxied
    raw, headers = event(), {"Content-Type": "application/json", **token()}
    with socket.create_connection((HERE, gateway.port)) as asking:
        began = time.monotonic()
        asking.sendall(head(len(raw), headers) + raw[:10])
        status, problem = answer_on(asking)
        took = time.monotonic() - began
    assert (status, problem["type"]) == (408, "urn:truceline:problem:body_too_slow")
    assert took >= BODY_SECONDS
    assert stored(owner, raw) == []
    with socket.create_connection((HERE, gateway.port)) as asking:
        asking.sendall(head(len(raw), headers) + raw[:10])
        time.sleep(BODY_SECONDS / 4)
        asking.sendall(raw[10:])
        assert answer_on(asking)[0] == 201
    assert len(stored(owner, raw)) == 1


def test_who_hangs_up_in_a_body_stores_nothing_and_the_gateway_goes_on(
    proxied: tuple[Gateway, bool], token: MakeToken, owner: Connection
) -> None:
    gateway, _ = proxied
    raw, headers = event(), {"Content-Type": "application/json", **token()}
    for cut in (0, 10, len(raw) - 1):
        with socket.create_connection((HERE, gateway.port)) as asking:
            asking.sendall(head(len(raw), headers) + raw[:cut])
    with socket.create_connection((HERE, gateway.port)) as asking:
        asking.sendall(head(len(raw), headers) + raw)
        assert answer_on(asking)[0] == 201
    assert len(stored(owner, raw)) == 1


def test_who_hangs_up_behind_a_whole_body_has_it_stored_and_the_gateway_goes_on(
    proxied: tuple[Gateway, bool], token: MakeToken, owner: Connection
) -> None:
    gateway, _ = proxied
    headers = {"Content-Type": "application/json", **token()}
    first, left, last = event(), event(), event()
    with socket.create_connection((HERE, gateway.port)) as asking:
        asking.sendall(head(len(first), headers) + first)
        assert answer_on(asking)[0] == 201  # whose token it is need not be asked from here on
        asking.sendall(head(len(left), headers) + left)
    with socket.create_connection((HERE, gateway.port)) as asking:
        asking.sendall(head(len(last), headers) + last)
        assert answer_on(asking)[0] == 201
    until(lambda: len(stored(owner, left)) == 1)


def test_a_forwarded_address_counts_only_from_the_proxy(proxied: tuple[Gateway, bool]) -> None:
    gateway, believes = proxied
    # Whom the client names is its own word; what the proxy has seen stands last.
    # All at once: on a busy machine a guess takes as long as another one's turn to come again.
    with ThreadPoolExecutor(2 * STRANGERS) as at_once:
        ask = partial(guess, gateway)
        refused = at_once.map(ask, [f"10.0.0.{n}, 192.0.2.1" for n in range(2 * STRANGERS)])
        assert "too_many_strangers" in list(refused)
        others = list(at_once.map(ask, ["192.0.2.1, 198.51.100.7"] * STRANGERS))
    assert ("too_many_strangers" in others) is not believes
