"""`make bench-latency`: from the receipt in a client's hands to the committed assessment.

Everything runs as `truceline up` starts it: PostgreSQL, Kafka, workers, relay, gateway. Single
posts come at a steady rate, open loop (`steady`). A report's latency runs from the moment its
client has the receipt to the moment another session can see its assessment (`sightings`), both by
the clock of this process. Kafka's own stamp (LogAppendTime) parts it in two.

    due → receipt → in Kafka's log → assessment seen

Medians over windows of so many seconds. What is not assessed two seconds after the last post is the
backlog, which must be nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from kafka import KafkaConsumer, TopicPartition

from services.cli.up import usual_workers
from services.demo import fresh_instance
from services.load import load_documents
from services.local.endpoints import Endpoints
from services.store.engine import connect
from services.tokens.stored import Wanted, create_token
from services.tokens.token import Role
from streams.events import Report
from streams.keys import EventKind, Key, event_key
from streams.topics import WORKER_GROUP, TopicName
from tests.bench.gateway import wait_until_ready
from tests.bench.load import MISSION, encode, make_agreement, make_methodology, make_reports
from tests.bench.pipeline import wait_for_members
from tests.bench.posting import make_request
from tests.bench.sightings import Sightings
from tests.bench.steady import Answered, post_steadily

ZONES = 200
CONNECTIONS = 128
WARM_UP_S, LEFT_AFTER_S = 10, 2.0
FLOOR_P50_MS, FLOOR_P99_MS = 30.0, 150.0

_COMMITTED = """
SELECT one.key, one.xmin::text::bigint, other.xmin::text::bigint
FROM assessments AS one JOIN submissions AS other USING (key, received_at)
"""


@dataclass(frozen=True, slots=True)
class Way:
    """One report's instants, Unix time."""

    due_at: float
    receipt_at: float
    in_kafka_at: float
    assessed_at: float


@dataclass(frozen=True, slots=True)
class Window:
    """The figures of some seconds, milliseconds each."""

    reports: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    receipt_p50_ms: float
    """From when the post was due to the receipt."""
    receipt_p99_ms: float
    to_kafka_p50_ms: float
    """From the receipt to Kafka's log; below zero where the relay was faster than the answer."""
    to_kafka_p99_ms: float
    in_worker_p50_ms: float
    """From Kafka's log to the assessment."""
    in_worker_p99_ms: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to."""

    windows: list[Window]
    backlog: int
    cpu_us: dict[str, float]
    """CPU of each program a report, µs; all but the engines' children that have ended."""


def measure(endpoints: Endpoints, rate: int, windows: int, window_s: int) -> Outcome:
    """Post for as long as the windows and the warm-up take, and read what came of it."""
    url = endpoints.database_url
    token = _prepare(url)
    first, count = rate * WARM_UP_S, rate * windows * window_s
    reports = list(make_reports(first + count))
    requests = [make_request("/v1/reports", token, "application/json", encode(r)) for r in reports]
    assert endpoints.gateway_url is not None
    port = int(endpoints.gateway_url.rpartition(":")[2])
    wait_until_ready(port)
    workers = usual_workers(len(os.sched_getaffinity(0)))
    wait_for_members(endpoints.kafka_bootstrap, WORKER_GROUP, workers)
    sightings = Sightings(url)
    sightings.start()
    # Not measured: workers read the agreement, PostgreSQL's sessions plan, Kafka's code compiles.
    asyncio.run(post_steadily(port, requests[:first], CONNECTIONS, rate))
    time.sleep(LEFT_AFTER_S)
    spent = cpu_by_program()
    posts = asyncio.run(post_steadily(port, requests[first:], CONNECTIONS, rate))
    time.sleep(LEFT_AFTER_S)
    cpu_us = {
        name: (seconds - spent.get(name, 0.0)) / count * 1e6
        for name, seconds in cpu_by_program().items()
    }
    sightings.stop()
    assert {post.status for post in posts} == {201}, {post.status for post in posts}
    ways = list(_ways(url, endpoints.kafka_bootstrap, reports[first:], posts, sightings))
    begin = posts[0].due_at
    parts = [
        [way for way in ways if 0 <= way.due_at - begin - number * window_s < window_s]
        for number in range(windows)
    ]
    return Outcome([window_of(part) for part in parts if part], count - len(ways), cpu_us)


def _prepare(url: str) -> str:
    """Load the documents and make a token; its secret."""
    now = datetime.now(UTC)
    wanted = Wanted("bench", MISSION, frozenset({Role.REPORTER}), None, frozenset(), 1)
    with connect(url) as conn:
        load_documents(conn, [make_agreement(ZONES), make_methodology()], now)
        _, secret = create_token(conn, wanted, now)
    return secret.text


def _ways(
    url: str,
    bootstrap: str,
    reports: Sequence[Report],
    posts: Sequence[Answered],
    sightings: Sightings,
) -> Iterator[Way]:
    """The way of each report that was assessed in time."""
    with connect(url) as conn, conn.cursor(binary=True) as cursor:
        assessed = {row[0]: row[1] for row in cursor.execute(_COMMITTED)}
    seen = sightings.of(assessed.values())
    appended = in_log(bootstrap)
    for report, post in zip(reports, posts, strict=True):
        key = event_key(EventKind.REPORT, report.mission, report.source, report.id)
        at = seen.get(assessed.get(key, -1))
        if at is not None:
            yield Way(post.due_at, post.answered_at, appended[key], at)


def in_log(bootstrap: str) -> dict[Key, float]:
    """When each report was first appended to Kafka's log."""
    found: dict[Key, float] = {}
    topic = TopicName.REPORTS.value
    with closing(KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)) as consumer:
        places = [TopicPartition(topic, n) for n in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(places)
        ends = consumer.end_offsets(places)
        consumer.seek_to_beginning()
        while any((consumer.position(place) or 0) < end for place, end in ends.items()):
            for records in consumer.poll(timeout_ms=1_000).values():
                for record in records:
                    report = msgspec.json.decode(record.value, type=Report)
                    key = event_key(EventKind.REPORT, report.mission, report.source, report.id)
                    found.setdefault(key, record.timestamp / 1e3)
    return found


def window_of(ways: Sequence[Way]) -> Window:
    """The figures of a window."""
    latency = [way.assessed_at - way.receipt_at for way in ways]
    receipt = [way.receipt_at - way.due_at for way in ways]
    to_kafka = [way.in_kafka_at - way.receipt_at for way in ways]
    in_worker = [way.assessed_at - way.in_kafka_at for way in ways]
    return Window(
        len(ways),
        *(at_share(latency, share) for share in (0.5, 0.99, 1.0)),
        *(
            at_share(part, share)
            for part in (receipt, to_kafka, in_worker)
            for share in (0.5, 0.99)
        ),
    )


def at_share(seconds: Sequence[float], share: float) -> float:
    """What this share stays below, in milliseconds."""
    return sorted(seconds)[int(share * (len(seconds) - 1))] * 1e3


def cpu_by_program() -> dict[str, float]:
    """CPU seconds of this process and all that came of it, by program."""
    spent: dict[str, float] = {}
    parents = dict(_processes())
    for pid in parents:
        ours = pid
        while ours not in (os.getpid(), 0, 1):
            ours = parents.get(ours, 0)
        if ours == os.getpid():
            try:
                name, seconds = _program(pid), _cpu(pid)
            except OSError:  # it has ended meanwhile
                continue
            spent[name] = spent.get(name, 0.0) + seconds
    return spent


def _processes() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has ended meanwhile
                continue
            yield int(entry.name), int(fields[1])


def _program(pid: int) -> str:
    said = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    names = ("services.worker", "services.relay", "services.gateway", "services.cli", "java")
    if pid == os.getpid():
        return "bench"
    return next((name.removeprefix("services.") for name in names if name in said), "postgres")


def _cpu(pid: int) -> float:
    """Of the process and of its children that have ended (proc_pid_stat(5), fields 14 to 17)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure once; exit code 1 where a floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=1_000, help="posts a second")
    parser.add_argument("--windows", type=int, default=6)
    parser.add_argument("--window-s", type=int, default=10)
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    options = parser.parse_args()
    with fresh_instance(lambda line: print(line, file=sys.stderr)) as (_, endpoints):
        outcome = measure(endpoints, options.rate, options.windows, options.window_s)
    sys.exit(0 if summary(outcome, options.rate, as_json=options.json) else 1)


def summary(outcome: Outcome, rate: int, *, as_json: bool) -> bool:
    """Print the medians against the floors; whether all hold."""
    every = [asdict(window) for window in outcome.windows]
    found = {name: statistics.median(one[name] for one in every) for name in every[0]}
    found["max_ms"] = max(one["max_ms"] for one in every)
    holds = {
        "p50_ms": found["p50_ms"] <= FLOOR_P50_MS,
        "p99_ms": found["p99_ms"] <= FLOOR_P99_MS,
        "backlog": outcome.backlog == 0,
    }
    if as_json:
        print(
            json.dumps(
                {
                    "rate": rate,
                    "medians": found,
                    "backlog": outcome.backlog,
                    "holds": holds,
                    "cpu_us": outcome.cpu_us,
                    "windows": every,
                }
            )
        )
        return all(holds.values())
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, {rate} posts/s, {len(every)} windows, medians (max: of all):")
    for name, value in found.items():
        verdict = {None: "", True: "  floor holds", False: "  FLOOR MISSED"}[holds.get(name)]
        print(f"  {name:18} {value:>10,.1f}{verdict}")
    print(f"  {'backlog':18} {outcome.backlog:>10}{'' if holds['backlog'] else '  FLOOR MISSED'}")
    spent = ", ".join(f"{name} {value:.0f}" for name, value in sorted(outcome.cpu_us.items()))
    print(f"  CPU a report, µs: {spent}")
    return all(holds.values())


if __name__ == "__main__":
    main()
