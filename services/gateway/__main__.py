"""`python -m services.gateway`: one gateway, until SIGTERM.

Place on the data's way: started by `truceline up`, by a container, or by hand. Granian serves in
this very process: one that is killed leaves no other behind that would go on answering on its port.
"""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime
from typing import Final

import structlog
import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar

from services.gateway.app import make_gateway
from services.programs import beginning
from services.receipts.key_folder import make_receipt_keys
from services.settings import load_gateway_settings
from services.store.await_tables import await_tables

log = structlog.get_logger(__name__)

BACKLOG: Final = 1_024
"""Connections that may wait to be taken up; the kernel cuts it to `net.core.somaxconn`."""
CONNECTIONS_LIMIT: Final = 10_000
"""Connections at once. Granian takes no more up than this, idle ones too, and lets the others wait
without a word: by default no more than 128, so that the 129th client of a quiet gateway hung."""


async def serve(app: Litestar, host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C; requests under way are answered first."""
    server = Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        backlog=BACKLOG,
        backpressure=CONNECTIONS_LIMIT,
        websockets=False,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    await server.serve()


def main() -> None:
    """Run a gateway."""
    with beginning("gateway"):
        settings = load_gateway_settings()
        host, port = settings.gateway_listen()
        await_tables(settings.api_database())
        make_receipt_keys(settings.receipt_keys, datetime.now(UTC))
    log.info("listening", host=host, port=port)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(make_gateway(settings), host, port))
    log.info("stopped")


if __name__ == "__main__":
    main()
