"""`python -m services.gateway`: one gateway, until SIGTERM.

Place on the data's way: started by `truceline up`, by a container, or by hand. Granian serves; a
process that it runs the application in ends with it, and whoever supervises starts both again.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import structlog
from granian import Granian
from granian.constants import Interfaces
from litestar import Litestar

from services.errors import ServiceError
from services.gateway.app import make_gateway
from services.logs import configure_logs
from services.receipts.key_folder import make_receipt_keys
from services.settings import load_settings
from services.store.errors import StoreError
from services.worker.await_tables import await_tables

log = structlog.get_logger(__name__)

EXIT_UNUSABLE = 78
"""sysexits' EX_CONFIG: a person has to change something; the message says what."""
STOP_S = 15
"""How long requests under way may take to end."""


def serve() -> Litestar:
    """The application, for Granian, in the process that serves it."""
    configure_logs()
    return make_gateway(load_settings())


def main() -> None:
    """Run a gateway."""
    configure_logs()
    try:
        settings = load_settings()
        host, port = settings.gateway_listen()
        await_tables(settings.api_database())
        make_receipt_keys(settings.receipt_keys, datetime.now(UTC))
    except (ServiceError, StoreError) as error:
        sys.stderr.write(f"truceline gateway: {error}\n")
        sys.exit(EXIT_UNUSABLE)
    log.info("listening", host=host, port=port)
    Granian(
        "services.gateway.__main__:serve",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        websockets=False,
        log_enabled=False,
        workers_kill_timeout=STOP_S,
    ).serve()


if __name__ == "__main__":
    main()
