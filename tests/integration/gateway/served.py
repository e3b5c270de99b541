"""A gateway that listens, served by a thread of the tests' own process, and a client of it."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx
import uvloop

from services.gateway.app import Gateway, make_gateway
from services.gateway.serve import Server, make_server, serve
from services.gateway.store_groups import GroupStore, store_groups
from services.receipts.key_folder import Signers
from services.settings import Settings

HOST = "127.0.0.1"
START_S = 30.0
Client = httpx.Client


@contextmanager
def listening(gateway: Gateway) -> Iterator[int]:
    """Serve a gateway; its port."""
    server = make_server(gateway, HOST, 0)
    thread = threading.Thread(target=_serve, args=(server,), name="gateway")
    thread.start()
    try:
        yield _port(server)
    finally:
        server.stop()
        thread.join()


class WritingThread:
    """What stores, in the tests' own process: where they can have it fail at a named point."""

    def __init__(self, settings: Settings) -> None:
        self.line, theirs = socket.socketpair()
        signers = Signers(settings.receipt_keys)
        store = GroupStore(settings.api_database(), signers, os.getpid())
        self._thread = threading.Thread(target=_store, args=(theirs, store), name="writing")
        self._thread.start()

    def wait(self) -> None:
        self._thread.join()


def _store(line: socket.socket, store: GroupStore) -> None:
    with line:
        store_groups(line, store)


def gateway_of(settings: Settings) -> Gateway:
    """A gateway all of which is in this process."""
    return make_gateway(settings, partial(WritingThread, settings))


@contextmanager
def client_of(settings: Settings) -> Iterator[Client]:
    """Serve a gateway with these settings, and ask it."""
    with (
        listening(gateway_of(settings)) as port,
        Client(base_url=f"http://{HOST}:{port}", timeout=START_S) as client,
    ):
        yield client


def items_at(
    path: str, client: Client, headers: dict[str, str], **asked: str
) -> list[dict[str, Any]]:
    """The items that are answered there."""
    answer = client.get(path, params=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def _serve(server: Server) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(server))


def _port(server: Server) -> int:
    deadline = time.monotonic() + START_S
    while not server.started:
        assert time.monotonic() < deadline, "it did not start"
        time.sleep(0.01)
    return int(server.servers[0].sockets[0].getsockname()[1])
