"""`make bench-gateway`: durable signed receipts/s, by group commit and by a commit for each post.

    grouped    single posts to the gateway as it is
    alone      the same, to the same gateway with a commit for each post (`gateway_alone`)
    fastapi    the same again through FastAPI and uvicorn: same group writer, same checks, other
               framework and server (`gateway_fastapi`)
    p50, p99   of single posts at half of the grouped rate, open loop, from when each was due
    ndjson     reports/s in bodies of 5,000 lines
    …_us       CPU a grouped post: the gateway's, PostgreSQL's (with commits), the load's

Rounds are interleaved; each starts the three gateways anew. The load runs in the bench's own
process (`posting`). What counts is answered 201, after the commit.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from urllib.request import urlopen

import psycopg

from services.gateway.small_posts import LATELY_S
from services.local.endpoints import API_DATABASE_VARIABLE, LISTEN_VARIABLE
from services.local.engines import Engines
from services.local.postgres import API_ROLE
from services.settings import RECEIPT_KEYS_VARIABLE
from services.store.engine import connect
from services.store.migrate import upgrade
from services.tokens.stored import Wanted, create_token
from services.tokens.token import Role
from tests.bench.load import MISSION, encode, make_reports
from tests.bench.pipeline import cpu_seconds
from tests.bench.posting import Load, make_request, post_all

DATABASE = "bench_gateway"
CONNECTIONS = 128
WARM_UP = 1_000
BODIES = 8
LINES = 5_000
FLOOR_RATE, FLOOR_RATIO, FLOOR_P99_MS, FLOOR_NDJSON = 8_000.0, 2.0, 100.0, 30_000.0


@dataclass(frozen=True, slots=True)
class Round:
    """One round's figures."""

    grouped: float
    alone: float
    fastapi: float
    p50_ms: float
    p99_ms: float
    ndjson: float
    gateway_us: float
    """CPU of the gateway for a grouped post, µs."""
    postgres_us: float
    """CPU of all of PostgreSQL for one, µs."""
    load_us: float
    """CPU of the load for one, µs."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What the rounds run on."""

    api_url: str
    postgres: int
    """PostgreSQL's first process."""
    keys: Path
    token: str
    bodies: Iterator[bytes]

    def singles(self, count: int) -> list[bytes]:
        """So many requests of one report each, none of them sent before."""
        kind = "application/json"
        return [
            make_request("/v1/reports", self.token, kind, body)
            for body in islice(self.bodies, count)
        ]

    def batches(self, count: int) -> list[bytes]:
        """So many requests of `LINES` reports each."""
        kind = "application/x-ndjson"
        return [
            make_request("/v1/reports", self.token, kind, b"\n".join(islice(self.bodies, LINES)))
            for _ in range(count)
        ]


@contextmanager
def serving(bench: Bench, module: str) -> Iterator[tuple[int, int]]:
    """A gateway; its port and process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    environment = {
        **os.environ,
        API_DATABASE_VARIABLE: bench.api_url,
        LISTEN_VARIABLE: f"127.0.0.1:{port}",
        RECEIPT_KEYS_VARIABLE: str(bench.keys),
        # What is measured is the way, not the limit of one token.
        "TRUCELINE_LIMIT_REQUESTS": "1000000/1000000",
        "TRUCELINE_LIMIT_EVENTS": "1000000/1000000",
    }
    process = subprocess.Popen([sys.executable, "-m", module], env=environment)
    try:
        wait_until_ready(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def wait_until_ready(port: int) -> None:
    """Return when it can store."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz"):
                return
        except OSError:
            time.sleep(0.1)  # not up yet: that is what is waited for
    raise TimeoutError("the gateway did not come up")


def post(
    port: int,
    requests: Sequence[bytes],
    expected: int,
    connections: int = CONNECTIONS,
    rate: float | None = None,
) -> Load:
    """Post and hold every answer to what it must be."""
    load = post_all(port, requests, connections, rate)
    assert set(load.statuses) == {expected}, load.statuses
    return load


def run_round(bench: Bench, posts: int) -> Round:
    """Measure all, one after another."""
    alone = _rate(bench, "tests.bench.gateway_alone", max(posts // 8, 500))
    fastapi = _rate(bench, "tests.bench.gateway_fastapi", posts // 2)
    with serving(bench, "services.gateway") as (port, pid):
        post(port, bench.singles(WARM_UP), 201)
        many, spent = bench.singles(posts), cpu_seconds(pid)
        spent_there = family_cpu_seconds(bench.postgres)
        load = post(port, many, 201)
        gateway_us = (cpu_seconds(pid) - spent) / posts * 1e6
        postgres_us = (family_cpu_seconds(bench.postgres) - spent_there) / posts * 1e6
        grouped = posts / load.seconds
        half = post(port, bench.singles(posts // 2), 201, rate=grouped / 2)
        lines = bench.batches(BODIES)
        time.sleep(LATELY_S)  # bodies alone: beside small posts they are taken in more slowly
        ndjson = BODIES * LINES / post(port, lines, 200, connections=2).seconds
    costs = (gateway_us, postgres_us, load.cpu_us)
    return Round(grouped, alone, fastapi, half.at(0.5), half.at(0.99), ndjson, *costs)


def _rate(bench: Bench, module: str, posts: int) -> float:
    """Single posts/s through another gateway."""
    with serving(bench, module) as (port, _):
        post(port, bench.singles(WARM_UP), 201)
        many = bench.singles(posts)
        return posts / post(port, many, 201).seconds


def family_cpu_seconds(pid: int) -> float:
    """CPU time of a process and of its children that run."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return cpu_seconds(pid) + sum(cpu_seconds(int(child)) for child in children)


def prepare(engines: Engines, keys: Path) -> Bench:
    """A database with a token."""
    with psycopg.connect(engines.postgres.admin_url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {DATABASE} OWNER truceline")
    url = engines.postgres.url_of(DATABASE)
    upgrade(url)
    wanted = Wanted("bench", MISSION, frozenset({Role.REPORTER}), None, frozenset(), 1)
    with connect(url) as conn:
        _, secret = create_token(conn, wanted, datetime.now(UTC))
    api_url = engines.postgres.url_of(DATABASE, role=API_ROLE)
    postgres = engines.postgres.pid
    assert postgres is not None, "it runs"
    bodies = map(encode, make_reports(10_000_000))
    return Bench(api_url, postgres, keys, secret.text, bodies)


def main() -> None:
    """Run the rounds; exit code 1 where a floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="truceline-bench-"))
    keys = Path(tempfile.mkdtemp(prefix="truceline-bench-keys-"))
    engines = Engines(folder)
    try:
        engines.start()
        bench = prepare(engines, keys / "receipts")
        rounds = [run_round(bench, options.posts) for _ in range(options.rounds)]
    finally:
        engines.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(keys, ignore_errors=True)
    sys.exit(0 if summary(rounds, as_json=options.json) else 1)


def summary(rounds: Sequence[Round], *, as_json: bool) -> bool:
    """Print the medians against the floors; whether all hold."""
    names = [field.name for field in fields(Round)]
    found = {name: statistics.median(getattr(r, name) for r in rounds) for name in names}
    found["ratio"] = statistics.median(r.grouped / r.alone for r in rounds)
    holds = {
        "grouped": found["grouped"] >= FLOOR_RATE,
        "ratio": found["ratio"] >= FLOOR_RATIO,
        "p99_ms": found["p99_ms"] <= FLOOR_P99_MS,
        "ndjson": found["ndjson"] >= FLOOR_NDJSON,
    }
    if as_json:
        every = [asdict(one) for one in rounds]
        print(json.dumps({"medians": found, "holds": holds, "rounds": every}))
        return all(holds.values())
    print(f"{platform.machine()}, {os.cpu_count()} cores, {len(rounds)} rounds, medians:")
    for name, value in found.items():
        verdict = {None: "", True: "  floor holds", False: "  FLOOR MISSED"}[holds.get(name)]
        print(f"  {name:11} {value:>10,.1f}{verdict}")
    return all(holds.values())


if __name__ == "__main__":
    main()
