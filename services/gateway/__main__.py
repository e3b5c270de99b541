"""`python -m services.gateway`: one gateway, until SIGTERM.

Place on the data's way: started by `truceline up`, by a container, or by hand. It serves in this
very process: one that is killed leaves no other behind that would go on answering on its port.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import UTC, datetime
from typing import Final

import structlog
import uvloop

from services.gateway.app import Gateway, make_gateway
from services.gateway.serve import make_server, serve
from services.programs import beginning
from services.receipts.key_folder import make_receipt_keys
from services.settings import load_gateway_settings
from services.store.await_tables import await_tables

log = structlog.get_logger(__name__)

TURN_S: Final = 0.0005
"""How long another thread (a body is unpacked, a token looked up) may keep the one that answers
waiting: Python's own 5 ms, each time it has looked for bytes, is more than a post takes."""


async def run(gateway: Gateway, host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C; requests under way are answered first."""
    server = make_server(gateway, host, port)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    await serve(server)


def main() -> None:
    """Run a gateway."""
    with beginning("gateway"):
        settings = load_gateway_settings()
        host, port = settings.gateway_listen()
        await_tables(settings.api_database())
        make_receipt_keys(settings.receipt_keys, datetime.now(UTC))
    sys.setswitchinterval(TURN_S)
    log.info("listening", host=host, port=port)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(make_gateway(settings), host, port))
    log.info("stopped")


if __name__ == "__main__":
    main()
