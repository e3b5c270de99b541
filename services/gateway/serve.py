"""Serve: a gateway on its port, until it is told to stop.

Place on the data's way: TCP → `wire`. uvicorn runs the loop of connections and the framework's
start and end; requests under way are answered before it ends.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import uvicorn

from services.gateway.app import Gateway
from services.gateway.wire import Wire

BACKLOG: Final = 1_024
"""Connections that may wait to be taken up; the kernel cuts it to `net.core.somaxconn`."""
LOOK_S: Final = 0.25
"""How often it is asked which connections take too long."""
END_S: Final = 30
"""For what is under way when it is told to stop."""


class Server(uvicorn.Server):
    """uvicorn's, whose signals are the caller's own."""

    def __init__(self, config: uvicorn.Config, end_waits: Callable[[], None]) -> None:
        super().__init__(config)
        self._end_waits = end_waits

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone: it would raise SIGTERM again at its end."""
        yield

    def stop(self) -> None:
        """Answer what is under way, then end."""
        self._end_waits()
        self.should_exit = True


def make_server(gateway: Gateway, host: str, port: int) -> Server:
    """A server that does not run yet."""
    config = uvicorn.Config(
        gateway.app,
        host=host,
        port=port,
        http=partial(Wire, gateway.posts, gateway.body_seconds),  # type: ignore[arg-type]
        ws="none",
        lifespan="on",
        backlog=BACKLOG,
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        proxy_headers=False,  # whom a proxy speaks for says `door`
        timeout_graceful_shutdown=END_S,
    )
    return Server(config, gateway.boards.end)


async def serve(server: Server) -> None:
    """Serve until it is told to stop."""
    looking = asyncio.get_running_loop().create_task(_look(server))
    try:
        await server.serve()
    finally:
        looking.cancel()


async def _look(server: Server) -> None:
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(LOOK_S)
        now = loop.time()
        for connection in tuple(server.server_state.connections):
            assert isinstance(connection, Wire)
            connection.expire(now)
