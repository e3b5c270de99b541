"""One post to the gateway, over urllib3: the only file of the client that opens a socket.

No redirect is followed, no proxy taken from the environment, TLS is verified against the system's
authorities. A crash while it runs: the gateway has the events or has not; they are sent again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from importlib.metadata import version
from typing import Final, Protocol

import urllib3
from urllib3.exceptions import HTTPError

from services.client.answer import Answer
from services.client.batch import Batch
from services.client.token import Token

CONNECT_S: Final = 10.0
READ_S: Final = 30.0
CHUNK: Final = 16 * 1024
"""Sent and read at a time; each has a time limit of its own, so that a slow line is no dead one."""
LONGEST_ANSWER: Final = 8 * 1024 * 1024
WHOLE_ANSWER_S: Final = 120.0
JSON: Final = "application/json"


class NoAnswerError(Exception):
    """No whole answer came. Whether the gateway has the events is not known: they are retried."""


class Gateway(Protocol):
    """What `deliver` needs of a gateway."""

    address: str

    def post(self, batch: Batch, timeout_s: float) -> Answer:
        """Send a batch.

        Raises:
            NoAnswerError: no whole answer came in time.
        """
        ...


class HttpGateway:
    """A gateway at an address that `check_gateway_url` has taken."""

    def __init__(self, address: str, token: Token) -> None:
        self.address = address
        self._token = token
        self._agent = f"truceline/{version('truceline')}"
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=1, retries=False)

    def close(self) -> None:
        """Let the connection go."""
        self._pool.clear()

    def post(self, batch: Batch, timeout_s: float) -> Answer:
        """Send a batch; see `Gateway.post`."""
        body = batch.body()
        headers = {"Content-Type": batch.content_type, "Content-Encoding": "gzip"}
        return self._post(batch.path, body, headers, timeout_s)

    def post_json(self, path: str, body: bytes, timeout_s: float) -> Answer:
        """Send one JSON value as it is; see `Gateway.post`."""
        return self._post(path, body, {"Content-Type": JSON}, timeout_s)

    def _post(self, path: str, body: bytes, headers: dict[str, str], timeout_s: float) -> Answer:
        # Half of the time at most: one that hangs leaves room for another try.
        try:
            response = self._pool.request(
                "POST",
                self.address + path,
                body=list(_chunks(body)),
                headers={**headers, **self._headers(headers["Content-Type"], len(body))},
                redirect=False,
                preload_content=False,
                timeout=urllib3.Timeout(
                    connect=min(CONNECT_S, timeout_s / 2), read=min(READ_S, timeout_s / 2)
                ),
            )
            try:
                return Answer(response.status, _read(response), response.headers.get("Retry-After"))
            finally:
                # Read to its end, it goes back to the pool; broken off, it is closed.
                response.release_conn()
                response.close()
        except (HTTPError, OSError) as error:
            raise NoAnswerError(_reason(error)) from error

    def _headers(self, content_type: str, length: int) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self._token.secret}",
            "Content-Length": str(length),
            "Accept": f"{content_type}, application/problem+json",
            "Accept-Encoding": "identity",
            "User-Agent": self._agent,
        }


def _chunks(body: bytes) -> Iterator[bytes]:
    return (body[at : at + CHUNK] for at in range(0, len(body), CHUNK))


def _read(response: urllib3.BaseHTTPResponse) -> bytes:
    """The whole body, within a size and a time: who drips bytes does not hold us."""
    deadline = time.monotonic() + WHOLE_ANSWER_S
    parts: list[bytes] = []
    size = 0
    while part := response.read(CHUNK, decode_content=False):
        parts.append(part)
        size += len(part)
        if size > LONGEST_ANSWER or time.monotonic() > deadline:
            raise NoAnswerError("the answer does not end")
    return b"".join(parts)


def _reason(error: Exception) -> str:
    """The innermost reason in few words; urllib3's own text repeats addresses and objects."""
    seen: BaseException = error
    while (inner := getattr(seen, "reason", None)) is not None and isinstance(inner, BaseException):
        seen = inner
    text = str(seen).rpartition(">: ")[2] or type(seen).__name__
    return f"no answer: {text}"
