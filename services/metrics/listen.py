"""Listen: a worker's, relay's or timer's figures over HTTP, where an operator has named an address.

Place on the data's way: beside it. No token: the address is for a network that may see totals. The
gateway gives its own at `/metrics`, to a token of the role `admin`.
"""

from __future__ import annotations

import structlog
from prometheus_client import start_http_server

from services.metrics.expose import Exporter
from services.settings import Settings

log = structlog.get_logger(__name__)


def listen(settings: Settings, exporter: Exporter) -> None:
    """Give the figures from a thread of their own until the process ends.

    Raises:
        SettingsError: the address is not `host:port`.
    """
    address = settings.metrics_listen()
    if address is None:
        return
    host, port = address
    try:
        start_http_server(port, addr=host, registry=exporter.registry())
    except OSError as error:
        # Going on is safe: events go their way without figures. Two programs on one machine that
        # are given one address: the second one has none.
        log.warning("no figures: the address cannot be had", address=address, error=str(error))
