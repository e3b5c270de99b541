"""`make bench-flood`: what a flood of a hundred times its quota does to the others' waiting.

    single       one token floods with single reports
    ndjson       one token floods with bodies of 5,000 lines
    strangers    one address floods with tokens that do not count

Ten ordinary tokens post at a modest rate, open loop. Their p99 is measured alone, then under the
flood, in pairs that take turns with the kinds; what counts is the median of a kind's ratios. Limits
are small so that a hundred times as much can be sent; both loads are processes of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

import psycopg

from services.limits import EVENTS_VARIABLE, REQUESTS_VARIABLE, STRANGERS_VARIABLE
from services.local.engines import Engines
from services.local.postgres import API_ROLE
from services.store.engine import connect
from services.store.migrate import upgrade
from services.tokens.stored import Wanted, create_token
from services.tokens.token import Role
from tests.bench.flooder import KINDS, LINES
from tests.bench.load import MISSION, encode, make_reports
from tests.bench.pipeline import cpu_seconds
from tests.bench.posting import Load, make_request, post_all
from tests.fuzz.stage import serving

DATABASE: Final = "bench_flood"
ORDINARY: Final = 10
RATE: Final = 200.0
"""Posts a second of all ordinary tokens together: each has its own quota."""
QUOTA: Final = 30
"""Requests a second of one token or one address."""
EVENTS: Final = 1_000
FLOOD: Final = 100
RATES: Final = {
    "single": QUOTA * FLOOD,
    "ndjson": EVENTS * FLOOD / LINES,
    "strangers": QUOTA * FLOOD,
}
CONNECTIONS: Final = {"single": 1_024, "ndjson": 64, "strangers": 1_024}
LIMITS: Final = {
    REQUESTS_VARIABLE: f"{QUOTA}/{2 * QUOTA}",
    EVENTS_VARIABLE: f"{EVENTS}/{LINES}",
    STRANGERS_VARIABLE: f"{QUOTA}/{ORDINARY * QUOTA}",
}
ALLOWED: Final = {"200", "201", "401", "429"}
FLOOR: Final = 2.0


@dataclass(frozen=True, slots=True)
class Pair:
    """The others without the flood, and within it."""

    kind: str
    alone_ms: float
    flooded_ms: float
    gateway_share: float
    """Of a core, under the flood."""
    flood: dict[str, Any]

    @property
    def ratio(self) -> float:
        """How many times as long they wait."""
        return self.flooded_ms / self.alone_ms

    @property
    def faults(self) -> list[str]:
        """What must not have been answered."""
        others = {key: n for key, n in self.flood["statuses"].items() if key not in ALLOWED}
        faults = [f"{self.kind}: answered {others}"] if others else []
        if self.flood["without_time"]:
            faults.append(f"{self.kind}: {self.flood['without_time']} 429 without Retry-After")
        if "429" not in self.flood["statuses"]:
            faults.append(f"{self.kind}: nothing of the flood was refused")
        return faults


@dataclass(frozen=True, slots=True)
class Bench:
    """What the pairs run on."""

    port: int
    pid: int
    flooding: str
    ordinary: Sequence[str]
    bodies: Iterator[bytes]
    seconds: float

    def others(self) -> Load:
        """The ordinary tokens' posts; each of them is stored, whatever else goes on."""
        count = int(RATE * self.seconds)
        tokens = islice(cycle(self.ordinary), count)
        requests = [
            make_request("/v1/reports", token, "application/json", body)
            for token, body in zip(tokens, self.bodies, strict=False)
        ]
        load = post_all(self.port, requests, 64, RATE)
        assert set(load.statuses) == {201}, load.statuses
        return load

    def pair(self, kind: str) -> Pair:
        """Alone, then under the flood."""
        alone = self.others()
        words = (self.port, kind, RATES[kind], self.seconds + 2, CONNECTIONS[kind])
        with subprocess.Popen(
            [sys.executable, "-m", "tests.bench.flooder", *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as flood:
            assert flood.stdin is not None
            assert flood.stdout is not None
            flood.stdin.write(self.flooding + "\n")
            flood.stdin.flush()
            assert flood.stdout.readline() == "flooding\n"
            spent = cpu_seconds(self.pid)
            flooded = self.others()
            share = (cpu_seconds(self.pid) - spent) / flooded.seconds
            told = json.loads(flood.stdout.readline())
        return Pair(kind, alone.at(0.99), flooded.at(0.99), share, told)


def make_tokens(url: str) -> list[str]:
    """So many tokens, and one that floods."""
    with connect(url) as conn:
        wanted = Wanted("bench", MISSION, frozenset({Role.REPORTER}), None, frozenset(), 1)
        return [create_token(conn, wanted, datetime.now(UTC))[1].text for _ in range(ORDINARY + 1)]


def run(engines: Engines, keys: Path, pairs: int, seconds: float) -> list[Pair]:
    """So many pairs of each kind, by turns."""
    with psycopg.connect(engines.postgres.admin_url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {DATABASE} OWNER truceline")
    url = engines.postgres.url_of(DATABASE)
    upgrade(url)
    flooding, *ordinary = make_tokens(url)
    api_url = engines.postgres.url_of(DATABASE, role=API_ROLE)
    bodies = map(encode, make_reports(10_000_000))
    with serving(api_url, keys, LIMITS) as gateway:
        bench = Bench(gateway.port, gateway.pid, flooding, ordinary, bodies, seconds)
        bench.others()  # the first posts find nothing warm, nor their tokens known
        return [bench.pair(kind) for _ in range(pairs) for kind in KINDS]


def main() -> None:
    """Run the pairs; exit code 1 where the floor is missed or a refusal says too little."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5, help="of each kind")
    parser.add_argument("--seconds", type=float, default=6.0, help="each half of a pair")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="truceline-bench-"))
    keys = Path(tempfile.mkdtemp(prefix="truceline-bench-keys-"))
    engines = Engines(folder, given_kafka_bootstrap="127.0.0.1:9")  # nothing sends the outbox
    try:
        engines.start()
        pairs = run(engines, keys / "receipts", options.pairs, options.seconds)
    finally:
        engines.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(keys, ignore_errors=True)
    sys.exit(0 if summary(pairs, as_json=options.json) else 1)


def summary(pairs: Sequence[Pair], *, as_json: bool) -> bool:
    """Print the medians against the floor; whether it holds for every kind."""
    ratios = {k: statistics.median(p.ratio for p in pairs if p.kind == k) for k in KINDS}
    faults = [fault for pair in pairs for fault in pair.faults]
    holds = not faults and max(ratios.values()) <= FLOOR
    if as_json:
        every = [asdict(pair) for pair in pairs]
        print(json.dumps({"ratios": ratios, "faults": faults, "holds": holds, "pairs": every}))
        return holds
    print(f"{os.cpu_count()} cores, medians of {len(pairs) // len(KINDS)} pairs:")
    for kind in KINDS:
        _say([pair for pair in pairs if pair.kind == kind], ratios[kind])
    for fault in faults:
        print(f"  FAULT {fault}")
    return holds


def _say(pairs: Sequence[Pair], ratio: float) -> None:
    alone = statistics.median(pair.alone_ms for pair in pairs)
    flooded = statistics.median(pair.flooded_ms for pair in pairs)
    share = statistics.median(pair.gateway_share for pair in pairs)
    verdict = "floor holds" if ratio <= FLOOR else "FLOOR MISSED"
    print(f"  {pairs[0].kind:10} p99 {alone:8.1f} ms alone, {flooded:8.1f} ms under the flood:")
    print(f"  {'':10} {ratio:.2f} times, {verdict}; gateway {share:.0%} of a core")
    print(f"  {'':10} the flood, first pair: {pairs[0].flood}")


if __name__ == "__main__":
    main()
