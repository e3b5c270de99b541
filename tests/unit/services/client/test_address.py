"""Reports and token leave this machine encrypted, or not at all."""

from __future__ import annotations

import pytest

from services.client.address import check_gateway_url
from services.client.errors import GatewayUrlError


@pytest.mark.parametrize(
    "url",
    [
        "https://gateway.example",
        "https://gateway.example:8443/intake",
        "http://127.0.0.1:8470",
        "http://127.9.9.9",
        "http://[::1]:8470",
        "http://localhost:8470",
    ],
)
def test_https_and_this_machine_are_taken(url: str) -> None:
    assert check_gateway_url(url) == url
    assert check_gateway_url(url + "/") == url


@pytest.mark.parametrize(
    "url",
    ["http://gateway.example", "http://10.0.0.1", "http://localhost.example", "http://0.0.0.0"],
)
def test_http_to_elsewhere_needs_to_be_asked_for(url: str) -> None:
    with pytest.raises(GatewayUrlError, match="--plain-http"):
        check_gateway_url(url)
    assert check_gateway_url(url, allow_plain=True) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gateway.example",
        "ftp://gateway.example",
        "https://",
        "https://host:port",
        "https://[::1",
        "https://me:hunter2@host",
        "https://host/?token=hunter2",
        "https://host/#hunter2",
        "https://ho\nst",
        "https://höst",
    ],
)
def test_what_is_no_address_is_refused_and_not_quoted(url: str) -> None:
    with pytest.raises(GatewayUrlError) as refused:
        check_gateway_url(url)
    assert "hunter2" not in str(refused.value)
