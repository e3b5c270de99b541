"""Heads: what is known of a request by its head is what the parser finds."""

from __future__ import annotations

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway import heads as module
from services.gateway.heads import Heads
from services.gateway.post_route import REPORTS
from services.gateway.present import Presented, presented_token

BODY = b'{"id":"r-1"}'
TOKEN = b"tl_secret"
SHOWN = {"Authorization": f"Bearer {TOKEN.decode()}", "Content-Type": "application/json"}


class Parsed:
    """What httptools finds in bytes."""

    def __init__(self, request: bytes) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.bodies: list[bytes] = []
        httptools.HttpRequestParser(self).feed_data(request)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.lower()] = value

    def on_body(self, body: bytes) -> None:
        self.bodies.append(body)


def post(body: bytes = BODY, end: str = "\r\n", **more: str) -> bytes:
    said = {**SHOWN, **{k.replace("_", "-"): v for k, v in more.items()}}
    lines = ["POST /v1/reports HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    return end.join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def remember(heads: Heads, request: bytes) -> None:
    headers = Parsed(request).headers
    presented = presented_token(headers[b"authorization"])
    assert presented is not None
    heads.remember(request, REPORTS, headers, presented)


@given(
    body=st.binary(min_size=1, max_size=300),
    more=st.dictionaries(
        st.from_regex(r"X_[A-Z]{1,8}", fullmatch=True),
        st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30),
        max_size=4,
    ),
)
def test_what_is_known_is_what_the_parser_finds(body: bytes, more: dict[str, str]) -> None:
    heads, request = Heads(), post(body, **more)
    remember(heads, request)
    known = heads.recall(request)
    assert known is not None
    assert request[known.body_at :] == b"".join(Parsed(request).bodies) == body
    assert known.presented(request) == presented_token(b"Bearer " + TOKEN)
    assert known.posting is REPORTS


def test_another_body_of_that_length_has_a_known_head_and_another_length_has_none() -> None:
    heads = Heads()
    remember(heads, post(b"first"))
    assert heads.recall(post(b"other")) is not None
    assert heads.recall(post(b"longer")) is None
    assert heads.recall(post(b"first", Content_Type="application/x-ndjson")) is None


@pytest.mark.parametrize("cut", [1, 5, 40, len(post()) - 1])
def test_what_is_not_there_whole_is_read(cut: int) -> None:
    heads = Heads()
    remember(heads, post())
    assert heads.recall(post()[:cut]) is None


def test_two_requests_in_one_piece_are_read() -> None:
    heads = Heads()
    remember(heads, post())
    assert heads.recall(post() + post()) is None
    assert heads.recall(post() + b"\r\n") is None


@pytest.mark.parametrize(
    "request_bytes",
    [
        post(X_Request_Id="one-of-many"),
        post(Expect="100-continue"),
        post(Connection="close"),
        post().replace(b"Content-Length: 12", b"Transfer-Encoding: chunked"),
        b"\r\n" + post(),
    ],
)
def test_a_head_that_may_mean_more_is_not_remembered(request_bytes: bytes) -> None:
    heads = Heads()
    headers = Parsed(request_bytes.split(BODY)[0]).headers
    heads.remember(request_bytes, REPORTS, headers, _presented())
    assert heads.recall(request_bytes) is None


def test_a_head_whose_lines_end_otherwise_is_not_remembered() -> None:
    # Its end is not where we look for it: what follows would be taken for its head.
    heads, request = Heads(), post(b"first\r\n\r\nrest", end="\n")
    heads.remember(request, REPORTS, {b"content-length": b"13"}, _presented())
    assert heads.recall(request) is None


def test_a_head_without_its_end_is_not_remembered() -> None:
    heads, request = Heads(), post().split(b"\r\n\r\n")[0]
    heads.remember(request, REPORTS, {b"content-length": b"12"}, _presented())
    assert heads.recall(request) is None


def test_no_token_is_kept() -> None:
    heads = Heads()
    remember(heads, post())
    assert TOKEN not in repr(vars(heads)).encode()


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 3)
    heads = Heads()
    for length in range(1, 8):
        remember(heads, post(b"x" * length))
    known = [length for length in range(1, 8) if heads.recall(post(b"x" * length))]
    assert known == [7]


def _presented() -> Presented:
    presented = presented_token(b"Bearer " + TOKEN)
    assert presented is not None
    return presented
