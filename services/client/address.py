"""Which addresses of a gateway are taken: https, or http that never leaves this machine. Pure."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from services.client.errors import GatewayUrlError

GATEWAY_VARIABLE: Final = "TRUCELINE_GATEWAY_URL"
DEFAULT_URL: Final = "http://127.0.0.1:8470"


def check_gateway_url(url: str, *, allow_plain: bool = False) -> str:
    """The address without a slash at its end.

    Args:
        url: `https://host[:port][/path]`, or `http://` of this machine.
        allow_plain: whether http may leave this machine.

    Raises:
        GatewayUrlError: it is not taken. It never quotes the URL, which may hold a password.
    """
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise GatewayUrlError(f"{GATEWAY_VARIABLE} must be https://host, or {DEFAULT_URL}")
    if parts.username is not None or parts.query or parts.fragment:
        raise GatewayUrlError(
            f"{GATEWAY_VARIABLE} holds more than an address: the token belongs in its file"
        )
    if parts.scheme == "http" and not allow_plain and not is_loopback(parts.hostname):
        raise GatewayUrlError(
            f"{GATEWAY_VARIABLE} is http and not of this machine: anybody on the way could read "
            "reports and token; write https, or add --plain-http where the way is protected"
        )
    return url.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False  # a name: wherever it leads today, tomorrow it may lead elsewhere


def _split(url: str) -> SplitResult | None:
    if not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  reading it checks it
    except ValueError:
        return None  # the caller says so to a person
    return parts
