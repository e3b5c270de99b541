"""The stage: real gateways on a database of their own, one of them behind a proxy.

Both are processes as an operator starts them, with limits that no fuzz
reaches but for the time that a body has.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.request import urlopen

from services.limits import (
    BODY_SECONDS_VARIABLE,
    EVENTS_A_DAY_VARIABLE,
    EVENTS_VARIABLE,
    REQUESTS_VARIABLE,
    STRANGERS_VARIABLE,
)
from services.local.endpoints import API_DATABASE_VARIABLE, LISTEN_VARIABLE
from services.logs import LEVEL_VARIABLE
from services.settings import PROXY_VARIABLE, RECEIPT_KEYS_VARIABLE
from services.store.engine import Connection, connect
from services.store.migrate import upgrade
from services.tokens.stored import Wanted, create_token
from services.tokens.token import Role
from tests.fuzz.case import MISSION

BODY_SECONDS: Final = 10
"""Short enough to wait for, and long enough for whole bodies on a machine that is busy."""
_MANY: Final = "1000000/1000000"
UNLIMITED: Final = {
    REQUESTS_VARIABLE: _MANY,
    EVENTS_VARIABLE: _MANY,
    STRANGERS_VARIABLE: _MANY,
    EVENTS_A_DAY_VARIABLE: "1000000000",
    BODY_SECONDS_VARIABLE: str(BODY_SECONDS),
}


@dataclass(frozen=True, slots=True)
class Gateway:
    """A running gateway."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def highest_mb(self) -> float:
        """The most memory that it has held, in megabytes."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(li.split()[1]) for li in lines if li.startswith("VmHWM:")) / 1024


def make_tokens(url: str) -> tuple[str, str]:
    """A reporter's token and a corridor operator's, on a migrated database."""
    upgrade(url)
    secrets = []
    with connect(url) as conn:
        for role in (Role.REPORTER, Role.CORRIDOR_OPERATOR):
            wanted = Wanted("fuzz", MISSION, frozenset({role}), None, frozenset(), 1)
            secrets.append(create_token(conn, wanted, datetime.now(UTC))[1].text)
    return secrets[0], secrets[1]


@contextmanager
def serving(api_url: str, keys: Path, more: dict[str, str]) -> Iterator[Gateway]:
    """One gateway, until the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    environment = {
        **os.environ,
        API_DATABASE_VARIABLE: api_url,
        LISTEN_VARIABLE: f"127.0.0.1:{port}",
        RECEIPT_KEYS_VARIABLE: str(keys),
        LEVEL_VARIABLE: "error",  # a line for each request would drown the figures
        **more,
    }
    process = subprocess.Popen([sys.executable, "-m", "services.gateway"], env=environment)
    try:
        wait_until_ready(port, process)
        yield Gateway(port, process.pid)
        assert process.poll() is None, "the gateway ended by itself"
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:  # a connection that is still open holds it
            process.kill()
            process.wait()


def wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when it can store."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz"):
                return
        except OSError:
            time.sleep(0.1)  # not up yet: that is what is waited for
    raise TimeoutError("the gateway did not come up")


@contextmanager
def both(api_url: str, keys: Path) -> Iterator[tuple[Gateway, Gateway]]:
    """One that is asked straight, and one that believes a proxy here."""
    with ExitStack() as stack:
        straight = stack.enter_context(serving(api_url, keys, UNLIMITED))
        proxied = {**UNLIMITED, PROXY_VARIABLE: "127.0.0.1"}
        yield straight, stack.enter_context(serving(api_url, keys, proxied))


def stored(conn: Connection) -> list[bytes]:
    """Every event that is in the store, as it came."""
    query = "SELECT raw FROM submissions WHERE mission = %s"
    return [bytes(row[0]) for row in conn.execute(query, [MISSION])]


def counts(conn: Connection) -> dict[str, int]:
    """Rows of each table that a post writes to; of the outbox and of receipts, what a row is of."""
    each = {
        "outbox": "SELECT coalesce(sum(cardinality(keys)), 0) FROM outbox",
        "receipts": "SELECT coalesce(sum(cardinality(array_remove(keys, NULL))), 0) FROM receipts",
    }
    counts = {
        table: f"SELECT count(*) FROM {table}"  # noqa: S608 (names here)
        for table in ("event_keys", "submissions", "rejected")
    }
    found = {}
    for table, query in {**counts, **each}.items():
        row = conn.execute(query).fetchone()
        found[table] = int(row[0]) if row else 0
    return found
