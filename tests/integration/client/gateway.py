"""A gateway for tests: a real HTTP server on loopback that keeps to the contract, and its moods.

It keeps events as the real one does: by mission, source and id, with the bytes; the same bytes get
the same receipt. A mood is what it does to one request instead of, or after, answering well.
"""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum, auto
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import msgspec

TOKEN = "trc_tok-0123456789ab_c2VjcmV0"  # noqa: S105  of these tests alone
PATHS = {
    "/v1/reports": "report",
    "/v1/corridor-status": "corridor_status",
    "/v1/context": "context",
}


class Mood(StrEnum):
    """What it does to a request."""

    WELL = auto()
    RESET = auto()
    """The connection is reset before anything is kept."""
    KEPT_THEN_RESET = auto()
    """Everything is kept, and the answer is lost."""
    KEPT_THEN_HALF = auto()
    """Everything is kept, and the answer breaks off."""
    HANG = auto()
    BUSY = auto()
    """503 with `Retry-After`."""
    SLOW_DOWN = auto()
    """429 with `Retry-After`."""
    FAULT = auto()
    GARBAGE = auto()
    """200, and a page of somebody else."""
    REDIRECT = auto()
    TOO_LARGE = auto()
    """413 to more than one event at once."""
    OTHER_BYTES = auto()
    """Receipts are for other bytes than were sent."""
    FORGETS = auto()
    """Every second line of the answer is missing."""


def signature_of(receipt: bytes) -> str:
    """Stands for Ed25519: the same receipt, the same signature."""
    return sha256(b"key" + receipt).hexdigest()


def check(receipt: bytes, signature: str) -> str | None:
    """`verify_receipt` for these signatures."""
    return None if signature == signature_of(receipt) else "the signature is of somebody else"


@dataclass
class Kept:
    """What the gateway has, and what it was asked."""

    versions: dict[tuple[str, str, str], list[bytes]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    """Requests by the mood they met."""
    headers: list[dict[str, str]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    """Events of each post that was read."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def raws(self) -> list[bytes]:
        """Everything it counts, each once."""
        return [raw for versions in self.versions.values() for raw in versions]

    def take(self, raw: bytes, kind: str) -> dict[str, Any]:
        """Keep one event; its outcome."""
        try:
            event = json.loads(raw)
            key = (event["mission"], event["source"], event["id"])
        except (ValueError, KeyError, TypeError):
            return {"status": 400, "reason": "malformed_json", "detail": "that is no event"}
        with self.lock:
            versions = self.versions.setdefault(key, [])
            status = 200 if raw in versions else 409 if versions else 201
            if raw not in versions:
                versions.append(raw)
        # Known bytes of a second version are told as a conflict again: the receipt is the same.
        status = 409 if versions.index(raw) else status
        receipt = msgspec.json.encode(
            {
                "format": "truceline.receipt.v1",
                "kind": kind,
                "id": key[2],
                "mission": key[0],
                "source": key[1],
                "revision": versions.index(raw) + 1,
                "sha256": sha256(raw).hexdigest(),
                "received_at": "2026-03-01T08:00:00.000000Z",
                "key_id": "k-1",
            },
            order="sorted",
        )
        return {
            "status": status,
            "receipt": json.loads(receipt),
            "signature": signature_of(receipt),
        }


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    kept: ClassVar[Kept]
    moods: ClassVar[list[Callable[[], Mood]]]
    """One, in a list: a class would make a method of it."""
    ended: ClassVar[threading.Event]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's word
        """Say nothing."""

    def do_POST(self) -> None:
        """Answer, in the mood of the moment."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        mood = self.moods[0]()
        self.kept.asked[mood] += 1
        self.kept.headers.append(dict(self.headers))
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self.answer(401, b'{"title": "no such token", "status": 401}')
        elif not self.refuses(mood):
            self.take(gzip.decompress(body), mood)

    def refuses(self, mood: Mood) -> bool:
        """Moods in which nothing is read."""
        match mood:
            case Mood.RESET:
                self.reset()
            case Mood.HANG:
                self.ended.wait(20)
                self.reset()
            case Mood.BUSY:
                self.answer(503, b"{}", ("Retry-After", "1"))
            case Mood.SLOW_DOWN:
                self.answer(429, b"{}", ("Retry-After", "1"))
            case Mood.FAULT:
                self.answer(502, b"<html>bad gateway</html>")
            case Mood.GARBAGE:
                self.answer(200, b"<html>log in to the network</html>")
            case Mood.REDIRECT:
                self.answer(307, b"", ("Location", f"http://{self.headers['Host']}/elsewhere"))
            case _:
                return False
        return True

    def take(self, body: bytes, mood: Mood) -> None:
        """Keep, and answer as the contract has it."""
        kind = PATHS[self.path]
        as_lines = self.headers["Content-Type"] == "application/x-ndjson"
        raws = body.removesuffix(b"\n").split(b"\n") if as_lines else [body]
        self.kept.sizes.append(len(raws))
        if mood is Mood.TOO_LARGE and len(raws) > 1:
            self.answer(413, b'{"status": 413, "reason": "too_large"}')
            return
        outcomes = [{"line": n, **self.kept.take(raw, kind)} for n, raw in enumerate(raws, 1)]
        if mood is Mood.OTHER_BYTES:
            for outcome in outcomes:
                outcome["receipt"]["sha256"] = "0" * 64
        if mood is Mood.FORGETS:
            outcomes = outcomes[::2]
        lines = b"".join(msgspec.json.encode(outcome) + b"\n" for outcome in outcomes)
        status = 200 if as_lines else outcomes[0]["status"]
        if mood is Mood.KEPT_THEN_RESET:
            self.reset()
        elif mood is Mood.KEPT_THEN_HALF:
            self.begin(status, len(lines))
            self.wfile.write(lines[: len(lines) // 2])
            self.reset()
        else:
            self.answer(status, lines)

    def answer(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        """Send an answer."""
        self.begin(status, len(body), *headers)
        self.wfile.write(body)

    def begin(self, status: int, length: int, *headers: tuple[str, str]) -> None:
        """Send its head."""
        self.send_response(status)
        for name, value in (("Content-Length", str(length)), *headers):
            self.send_header(name, value)
        self.end_headers()

    def reset(self) -> None:
        """Break the connection off."""
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def gateway(mood: Callable[[], Mood] = lambda: Mood.WELL) -> Iterator[tuple[str, Kept]]:
    """Run a gateway; its address and what it keeps."""
    kept, ended = Kept(), threading.Event()
    made = type("Made", (Handler,), {"kept": kept, "moods": [mood], "ended": ended})
    server = ThreadingHTTPServer(("127.0.0.1", 0), made)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", kept
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
