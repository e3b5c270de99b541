"""A case: one request as bytes, and every answer that it may get.

Expectations are written from the guide for monitors and from RFCs 8259, 9110, 9112, 1952 and 8878,
not from the program: each generator says by itself what is wrong with what it makes.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from uuid import UUID

import zstandard

MISSION: Final = "fuzz"
REPORTS: Final = "/v1/reports"
STATUSES: Final = "/v1/corridor-status"
JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"

Answer = tuple[int, str]
"""A status, and the code beside it: an event's `reason`, else the end of the problem's `type`."""
STORED: Final = frozenset({(201, "")})


def refused(*codes: str, status: int = 400) -> frozenset[Answer]:
    """Refused with one of these codes."""
    return frozenset((status, code) for code in codes)


@dataclass(frozen=True, slots=True)
class Case:
    """What is sent, and what may come back."""

    name: str
    request: tuple[bytes, ...]
    """In parts; a part that is sent late comes after `pause_s`."""
    answers: frozenset[Answer]
    lines: tuple[frozenset[Answer], ...] = ()
    """Of an NDJSON answer, what each line may get."""
    stores: tuple[bytes, ...] = ()
    """The events that are to be in the store afterwards, once each."""
    may_hang_up: bool = False
    """The server may end the connection with its answer, or instead of one."""
    abandoned: bool = False
    """The client hangs up when everything is sent; nobody waits for an answer."""
    pause_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose requests: a drawing of its own, and the tokens that count."""

    draw: Random
    reporter: str
    operator: str
    counter: list[int] = field(default_factory=lambda: [0])

    def new_id(self) -> str:
        """An id that was never sent before."""
        self.counter[0] += 1
        return str(UUID(int=(self.counter[0] << 64) | self.draw.getrandbits(64)))

    def report(self, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 (any field)
        """A report that may be stored."""
        fields = {
            "id": self.new_id(),
            "mission": MISSION,
            "source": f"patrol-{self.draw.randrange(9)}",
            "kind": "explosion",
            "means": ["heard"],
            "observed_from": "2026-03-01T08:00:00+02:00",
        }
        return {**fields, **changes}

    def status(self, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 (any field)
        """A corridor status that may be stored."""
        fields = {
            "id": self.new_id(),
            "mission": MISSION,
            "source": "operator",
            "corridor": "road",
            "status": "open",
            "issued_at": "2026-03-01T08:00:00Z",
            "effective_from": "2026-03-01T08:00:00Z",
        }
        return {**fields, **changes}

    def raw(self, **changes: Any) -> bytes:  # noqa: ANN401 (any field)
        """A report's bytes."""
        return json.dumps(self.report(**changes)).encode()

    def spliced(self, text: bytes) -> bytes:
        """A report's bytes with a last member written by hand."""
        return self.raw()[:-1] + b", " + text + b"}"

    def head(
        self,
        length: int | None,
        *,
        path: str = REPORTS,
        media: str | None = JSON,
        coding: str = "",
        token: str | None = "",
        more: Iterable[str] = (),
        method: str = "POST",
    ) -> bytes:
        """A request's head; `token` None: none is shown."""
        whose = self.operator if path == STATUSES else self.reporter
        lines = [f"{method} {path} HTTP/1.1", "Host: fuzz"]
        lines += [] if token is None else [f"Authorization: Bearer {token or whose}"]
        lines += [f"Content-Type: {media}"] if media else []
        lines += [f"Content-Encoding: {coding}"] if coding else []
        lines += [] if length is None else [f"Content-Length: {length}"]
        return "\r\n".join([*lines, *more, "", ""]).encode("latin-1")

    def post(self, body: bytes, **words: Any) -> tuple[bytes, ...]:  # noqa: ANN401 (`head`'s)
        """A request that is well-formed HTTP."""
        return (self.head(len(body), **words) + body,)


Make = Callable[[Sender], Case]


def gzipped(body: bytes) -> bytes:
    """Packed, fast."""
    return gzip.compress(body, compresslevel=1, mtime=0)


def zstded(body: bytes) -> bytes:
    """Packed, fast."""
    return zstandard.ZstdCompressor(level=1).compress(body)
