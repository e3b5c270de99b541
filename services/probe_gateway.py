"""Probe the gateway: whether it can store what is posted now.

Place on the data's way: beside it, for `truceline status`.
"""

from __future__ import annotations

from typing import Final

import urllib3

from services.client.address import check_gateway_url
from services.client.errors import GatewayUrlError

READY: Final = "ready"
ANSWER_S: Final = 5.0


def ask_gateway(url: str) -> str:
    """`ready`, or in words why not."""
    try:
        address = check_gateway_url(url, allow_plain=True)  # no token goes along
    except GatewayUrlError:
        return "has no address that is taken"
    try:
        with urllib3.PoolManager(retries=False, timeout=ANSWER_S) as pool:
            status = pool.request("GET", f"{address}/readyz").status
    except urllib3.exceptions.HTTPError:
        return "does not answer"  # it is said to a person; nothing else depends on it
    return READY if status == 200 else f"cannot store, /readyz says {status}"
