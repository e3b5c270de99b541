"""One connection, byte by byte: what is a request, whose turn it is, how long things may take."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from http.client import HTTPResponse, IncompleteRead

import pytest

from services.gateway import wire
from services.gateway.wire import Wire
from services.limits import Limits
from services.settings import Settings
from services.store.engine import Connection, connect
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import HOST, gateway_of, listening
from tests.integration.gateway.test_posts import JSON, NDJSON, event, stored

SOON_S = 10.0
BODY_S = 1
POST, GET = "POST /v1/reports HTTP/1.1", "GET /healthz HTTP/1.1"
Headers = dict[str, str]


@pytest.fixture(scope="module")
def port(gateway_settings: Settings) -> Iterator[int]:
    limits = Limits(body_bytes=200_000, body_seconds=BODY_S)
    with listening(gateway_of(replace(gateway_settings, limits=limits))) as number:
        yield number


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection((HOST, port), timeout=SOON_S) as one:
        yield one


def head(line: str, headers: Headers) -> bytes:
    return "\r\n".join(
        [line, "Host: g", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
    ).encode()


def post(headers: Headers, body: bytes, line: str = POST) -> bytes:
    return head(line, headers | {"Content-Length": str(len(body))}) + body


def answer(one: socket.socket) -> tuple[int, bytes]:
    reply = HTTPResponse(one)
    reply.begin()
    return reply.status, reply.read()


def problem(one: socket.socket) -> tuple[int, str]:
    status, body = answer(one)
    return status, str(json.loads(body)["type"].rpartition(":")[2])


def is_closed(one: socket.socket) -> bool:
    """Whether the other side ends the connection, soon."""
    try:
        return one.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_post_that_comes_byte_by_byte_is_stored_once(
    port: int, token: MakeToken, owner: Connection
) -> None:
    raw = event()
    with connected(port) as one:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in post(JSON | token(), raw):
            one.send(bytes([byte]))
        assert answer(one)[0] == 201
    assert len(stored(owner, raw)) == 1


def test_one_connection_asks_and_posts_in_turns(port: int, token: MakeToken) -> None:
    headers = JSON | token()
    with connected(port) as one:
        for _ in range(3):
            one.sendall(post(headers, event()))
            assert answer(one)[0] == 201
            one.sendall(head(GET, {}))
            assert answer(one) == (200, b"alive\n")


def test_what_comes_under_a_head_that_was_read_before_is_answered_as_the_first_was(
    port: int, token: MakeToken, owner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: list[bool] = []
    take_known = Wire._take_known

    def noted(wire_: Wire, request: bytes) -> bool:
        known.append(take_known(wire_, request))
        return known[-1]

    monkeypatch.setattr(Wire, "_take_known", noted)
    headers = JSON | token()
    # Whose token it is has to be asked; then the head is read; from then on it is known.
    first, read, again = event(), event(), event()
    bad, last = b"?" + again[1:], event()
    with connected(port) as one:
        for raw, status in ((first, 201), (read, 201), (again, 201), (again, 200), (bad, 400)):
            one.sendall(post(headers, raw))
            assert answer(one)[0] == status
        one.sendall(post(headers, last)[:-1])
        time.sleep(0.05)
        one.sendall(last[-1:])
        assert answer(one)[0] == 201
        one.sendall(head(GET, {}))
        assert answer(one) == (200, b"alive\n")
    assert known == [False, False, True, True, True, False, False]
    assert [len(stored(owner, raw)) for raw in (first, read, again, last)] == [1, 1, 1, 1]


@pytest.mark.parametrize("second", ["post", "get"])
def test_what_does_not_wait_for_the_answer_before_is_not_taken_and_can_be_sent_again(
    second: str, port: int, token: MakeToken, owner: Connection
) -> None:
    headers, first, again = JSON | token(), event(), event()
    more = post(headers, again) if second == "post" else head(GET, {})
    with connected(port) as one:
        one.sendall(post(headers, first) + more)
        assert answer(one)[0] == 201
        assert is_closed(one)
    assert len(stored(owner, first)) == 1
    assert stored(owner, again) == []
    with connected(port) as one:
        one.sendall(post(headers, again))
        assert answer(one)[0] == 201


def test_a_post_behind_a_question_is_not_answered_before_it(
    port: int, token: MakeToken, owner: Connection
) -> None:
    raw = event()
    with connected(port) as one:
        one.sendall(head("GET /readyz HTTP/1.1", {}) + post(JSON | token(), raw))
        assert answer(one) == (200, b"ready\n")
        assert is_closed(one)
    assert stored(owner, raw) == []


def test_a_body_in_chunks_is_read(port: int, token: MakeToken, owner: Connection) -> None:
    raw = event()
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (raw[:7], raw[7:], b""))
    with connected(port) as one:
        one.sendall(head(POST, JSON | token() | {"Transfer-Encoding": "chunked"}) + chunks)
        assert answer(one)[0] == 201
    assert len(stored(owner, raw)) == 1


def test_chunks_that_are_none_are_refused_and_nothing_is_stored(
    port: int, token: MakeToken, owner: Connection
) -> None:
    raw = event()
    with connected(port) as one:
        sent = head(POST, JSON | token() | {"Transfer-Encoding": "chunked"})
        one.sendall(sent + b"5\r\n" + raw + b"\r\nnonsense\r\n")
        assert problem(one) == (400, "body_unreadable")
        assert is_closed(one)
    assert stored(owner, raw) == []


def test_who_asks_before_sending_a_body_is_told_to_go_on(port: int, token: MakeToken) -> None:
    raw, expects = event(), {"Expect": "100-continue"}
    for headers in (JSON | token(), NDJSON | token()):
        with connected(port) as one:
            one.sendall(head(POST, headers | expects | {"Content-Length": str(len(raw))}))
            assert one.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
            one.sendall(raw)
            assert answer(one)[0] in {200, 201}


def test_who_asks_before_sending_a_body_that_is_refused_is_not_told_to_go_on(
    port: int, token: MakeToken
) -> None:
    expects = {"Expect": "100-continue", "Content-Length": "200001"}
    with connected(port) as one:
        one.sendall(head(POST, JSON | token() | expects))
        assert problem(one) == (413, "body_too_large")


def test_http_1_0_is_answered_and_hung_up_on(port: int, token: MakeToken) -> None:
    with connected(port) as one:
        one.sendall(post(JSON | token(), event(), "POST /v1/reports HTTP/1.0"))
        assert answer(one)[0] == 201
        assert is_closed(one)


@pytest.mark.parametrize(
    "nonsense",
    [b"nonsense\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"POST /v1/reports HTTP/9.9\r\n\r\n",
     b"POST \xff\xfe HTTP/1.1\r\nHost: g\r\n\r\n", b"GET http://[ HTTP/1.1\r\nHost: g\r\n\r\n",
     b"POST /v1/reports HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_request_is_told_so_and_hung_up_on(nonsense: bytes, port: int) -> None:
    with connected(port) as one:
        one.sendall(nonsense)
        assert problem(one) == (400, "body_unreadable")
        assert is_closed(one)


def test_a_head_without_end_is_refused(port: int) -> None:
    with connected(port) as one:
        one.sendall(b"POST /v1/reports HTTP/1.1\r\n")
        lines = (b"X-Long: " + b"x" * 8_000 + b"\r\n") * 1_000
        with pytest.raises(ConnectionError):  # reset, or a broken pipe
            one.sendall(lines)


def test_the_path_of_a_post_is_read_as_the_framework_reads_paths(
    port: int, token: MakeToken
) -> None:
    headers = JSON | token()
    for path in ("/v1/reports/", "/v1/reports?x=1", "/v1%2Freports", "http://g/v1/reports"):
        with connected(port) as one:
            one.sendall(post(headers, event(), f"POST {path} HTTP/1.1"))
            assert answer(one)[0] == 201, path
    with connected(port) as one:
        one.sendall(post(headers, event(), "POST /v1/report HTTP/1.1"))
        assert problem(one) == (404, "not_found")


def test_the_rest_of_a_refused_body_is_dropped_and_the_next_post_is_taken(
    port: int, token: MakeToken, owner: Connection
) -> None:
    headers, raw = token(), event()
    with connected(port) as one:
        one.sendall(post(headers | {"Content-Type": "text/plain"}, b"x" * 100_000))
        assert problem(one) == (415, "media_type_unknown")
        one.sendall(post(headers | JSON, raw))
        assert answer(one)[0] == 201
    assert len(stored(owner, raw)) == 1


def test_a_body_in_chunks_that_grows_too_large_is_refused(port: int, token: MakeToken) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with connected(port) as one:
        one.sendall(head(POST, JSON | token() | {"Transfer-Encoding": "chunked"}) + 4 * chunk)
        assert problem(one) == (413, "body_too_large")


def test_a_head_that_dawdles_and_a_connection_that_idles_are_ended(
    port: int, monkeypatch: pytest.MonkeyPatch, token: MakeToken
) -> None:
    monkeypatch.setattr(wire, "HEAD_S", 0.2)
    monkeypatch.setattr(wire, "IDLE_S", 0.2)
    with connected(port) as silent, connected(port) as half, connected(port) as idle:
        half.sendall(b"POST /v1/rep")
        idle.sendall(post(JSON | token(), event()))
        assert answer(idle)[0] == 201
        assert all(map(is_closed, (silent, half, idle)))


def test_an_answer_that_nobody_takes_is_given_up(
    port: int, monkeypatch: pytest.MonkeyPatch, token: MakeToken
) -> None:
    made = Wire.connection_made

    def made_small(one: Wire, transport: asyncio.Transport) -> None:
        made(one, transport)
        # Else the kernel takes megabytes of an answer on behalf of whoever does not.
        ours = transport.get_extra_info("socket")
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)

    monkeypatch.setattr(Wire, "connection_made", made_small)
    monkeypatch.setattr(wire, "ANSWER_S", 0.2)
    body = b"\n".join([b"{}"] * 5_000)
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        one.settimeout(SOON_S)
        one.connect((HOST, port))
        one.sendall(post(NDJSON | token(), body))
        time.sleep(2)
        with pytest.raises((IncompleteRead, ConnectionResetError)):
            answer(one)


@pytest.mark.parametrize("sent", ["in lines", "packed"])
def test_of_one_tokens_large_bodies_the_next_waits_and_other_tokens_do_not(
    sent: str, port: int, token: MakeToken
) -> None:
    raw = event()
    body, kind = (raw, NDJSON) if sent == "in lines" else (gzip.compress(raw), JSON)
    packed = {} if sent == "in lines" else {"Content-Encoding": "gzip"}
    mine, others = kind | packed | token(), kind | packed | token()
    with ExitStack() as open_:
        first, second, next_one, other = (open_.enter_context(connected(port)) for _ in range(4))
        for dawdling in (first, second):
            dawdling.sendall(post(mine, body)[:-1])
            time.sleep(0.2)
        began = time.monotonic()
        next_one.sendall(post(mine, body))
        other.sendall(post(others, body))
        assert answer(other)[0] in {200, 201}
        other_took = time.monotonic() - began
        assert answer(next_one)[0] in {200, 201}
        next_took = time.monotonic() - began
        assert problem(first) == problem(second) == (408, "body_too_slow")
    assert other_took < next_took
    assert next_took > BODY_S  # its own time runs from its turn on


def test_what_is_under_way_when_the_gateway_ends_is_answered_first(
    gateway_settings: Settings, token: MakeToken, owner: Connection
) -> None:
    raw, headers, got = event(), JSON | token(), list[int]()
    with ExitStack() as ending:
        blocking = ending.enter_context(connect(gateway_settings.database()))
        blocking.execute("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
        one = ending.enter_context(listening_once(gateway_settings))
        one.sendall(post(headers, raw))
        waiting = threading.Thread(target=lambda: got.append(answer(one)[0]))
        waiting.start()
        await_lock(owner)
        threading.Timer(1.0, blocking.rollback).start()
    waiting.join()
    assert got == [201]


@contextmanager
def listening_once(settings: Settings) -> Iterator[socket.socket]:
    """A connection to a gateway that is told to end, while the connection is open."""
    with ExitStack() as socket_outlives_gateway:
        one = socket_outlives_gateway.enter_context(socket.socket())
        with listening(gateway_of(settings)) as port:
            one.connect((HOST, port))
            yield one


def await_lock(owner: Connection) -> None:
    """Return when somebody waits for a table."""
    deadline = time.monotonic() + SOON_S
    asked = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'outbox'::regclass"
    while owner.execute(asked.encode()).fetchone() == (0,):
        assert time.monotonic() < deadline, "nobody waits"
        time.sleep(0.05)
