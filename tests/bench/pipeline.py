"""`make bench`: reports/s from Kafka to committed, beside its two anchors, in one run.

    stock     a stock Faust agent that does nothing, one worker
    ours      two workers, the whole way: authenticate, decode, geofence, judge, COPY, commit
    copy      bare binary COPY of the very same rows on two connections

Each round measures all three, one after another, on fresh groups and databases; medians over the
rounds, and the ratios that are held against the targets. The topic is loaded first; the workers'
clock starts when both of them hold partitions, and what was committed before does not count. The
run is long enough that reading the agreement and the last, uneven partitions weigh little; the
stock agent, whose rate does not change with length, reads a topic of the first of these reports.

With `--against-zones N` ours alone is measured, in turn at `--zones` and at N: what more zones cost
once they are read and indexed. There the clock starts when a fifth of the reports is committed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient

from services.keyring import LOCAL_KEY, make_keys, read_keys
from services.load import load_documents
from services.local.endpoints import DATABASE_VARIABLE, KAFKA_VARIABLE
from services.local.engines import Engines
from services.local.folder import HOME_VARIABLE
from services.make_topics import make_topics
from services.settings import GROUP_VARIABLE, KEYS_VARIABLE
from services.store.engine import connect
from services.store.migrate import upgrade
from streams.tags import ProducerKey, make_tag
from streams.topics import DEFAULT_PARTITIONS, TopicName
from tests.bench.load import encode, make_agreement, make_methodology, make_reports

WORKERS = 2
STOCK_TOPIC = "bench.stock.v1"

TABLES = ("event_keys", "submissions", "assessments", "violations")
FLOOR_STOCK, AIM_STOCK = 4.0, 6.0
FLOOR_COPY, AIM_COPY = 0.35, 0.50
FLOOR_ZONES = 0.50


@dataclass(frozen=True, slots=True)
class Ours:
    """The workers' rate, reports/s, and what a report cost them, µs of CPU."""

    rate: float
    cpu_us: float


@dataclass(frozen=True, slots=True)
class Round:
    """One round's rates, reports/s."""

    stock: float
    ours: float
    copy: float
    cpu_us: float

    @property
    def of_stock(self) -> float:
        """Times the stock agent."""
        return self.ours / self.stock

    @property
    def of_copy(self) -> float:
        """Share of bare COPY."""
        return self.ours / self.copy


@dataclass(frozen=True, slots=True)
class Bench:
    """What the rounds run on."""

    engines: Engines
    keys: Path
    home: Path
    reports: int
    zones: int

    @contextmanager
    def database(self) -> Iterator[str]:
        """A fresh database with tables and documents; dropped afterwards."""
        name = f"bench_{uuid4().hex[:12]}"
        with psycopg.connect(self.engines.postgres.admin_url, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}" OWNER truceline')
        url = self.engines.postgres.url_of(name)
        upgrade(url)
        with connect(url) as conn:
            load_documents(
                conn, [make_agreement(self.zones), make_methodology()], datetime.now(UTC)
            )
        yield url
        with psycopg.connect(self.engines.postgres.admin_url, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def load_topics(bootstrap: str, key: ProducerKey, reports: int, stock_reports: int) -> None:
    """Put the reports into Kafka, tagged; the first of them into the stock agent's topic too."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics({STOCK_TOPIC: {"num_partitions": DEFAULT_PARTITIONS}})
    admin.close()
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=50, batch_size=1 << 18)
    for number, report in enumerate(make_reports(reports)):
        raw = encode(report)
        partition_key = f"{report.mission}/{report.source}".encode()
        for topic in (TopicName.REPORTS, STOCK_TOPIC)[: 2 if number < stock_reports else 1]:
            producer.send(topic, raw, key=partition_key, headers=make_tag(key, raw))
    producer.flush(timeout=120)
    producer.close()


def measure_stock(bench: Bench) -> float:
    """Records/s of the stock agent."""
    command = [sys.executable, "-m", "tests.bench.stock_agent"]
    done = subprocess.run(
        [*command, bench.engines.kafka.bootstrap, STOCK_TOPIC],
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return float(json.loads(done.stdout.strip().splitlines()[-1])["records_per_s"])


def measure_ours(bench: Bench, url: str, warm: float = 0.0) -> Ours:
    """Reports/s of two workers, from when both hold partitions to the last commit.

    Where a share of the reports is to `warm` them up, from when so many are committed.
    """
    group = f"bench-{uuid4().hex[:12]}"
    environment = {
        **os.environ,
        DATABASE_VARIABLE: url,
        KAFKA_VARIABLE: bench.engines.kafka.bootstrap,
        KEYS_VARIABLE: str(bench.keys),
        GROUP_VARIABLE: group,
        HOME_VARIABLE: str(bench.home),
    }
    workers = [
        subprocess.Popen([sys.executable, "-m", "services.worker"], env=environment)
        for _ in range(WORKERS)
    ]
    try:
        wait_for_members(bench.engines.kafka.bootstrap, group)
        wait_for_rows(url, int(bench.reports * warm))
        before, started = count_keys(url), time.monotonic()
        spent = sum(cpu_seconds(worker.pid) for worker in workers)
        wait_for_rows(url, bench.reports)
        elapsed = time.monotonic() - started
        spent = sum(cpu_seconds(worker.pid) for worker in workers) - spent
        judged = bench.reports - before
        if not judged:
            raise ValueError("too few reports: all were committed before the clock began")
        return Ours(judged / elapsed, spent / judged * 1e6)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(60)


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used, user and system (proc_pid_stat(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_for_members(bootstrap: str, group: str, members: int = WORKERS) -> None:
    """Return when the group is stable and has all its members, each with partitions."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        described = admin.describe_groups([group])[group]
        if described["group_state"] == "Stable" and len(described["members"]) == members:
            admin.close()
            return
        time.sleep(0.2)
    raise TimeoutError("the workers did not join")


def count_keys(url: str) -> int:
    """How many reports are committed."""
    with connect(url) as conn:
        row = conn.execute("SELECT count(*) FROM event_keys").fetchone()
        return row[0] if row else 0


def wait_for_rows(url: str, reports: int) -> None:
    """Return when all are committed; looks seldom, because looking costs what is measured."""
    began, seen = time.monotonic(), 0
    while seen < reports:
        rate = seen / (time.monotonic() - began)
        left_s = (reports - seen) / rate if rate else 1.0
        time.sleep(max(0.02, min(left_s * 0.7, 3.0)))
        seen = count_keys(url)


def measure_copy(bench: Bench, filled: str) -> float:
    """Reports/s of bare COPY of the rows that `filled` holds, half of them a connection."""
    halves = [dump_half(filled, half) for half in (0, 1)]
    with bench.database() as url:
        threads = [threading.Thread(target=copy_in, args=(url, half)) for half in halves]
        started = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return bench.reports / (time.monotonic() - started)


def dump_half(url: str, half: int) -> dict[str, bytes]:
    """Half of the rows, by key, as binary COPY has them."""
    dumped = {}
    with connect(url) as conn, conn.cursor() as cursor:
        for table in TABLES:
            query = f"SELECT * FROM {table} WHERE get_byte(uuid_send(key), 15) % 2 = {half}"  # noqa: S608
            with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)") as copy:
                dumped[table] = b"".join(bytes(part) for part in copy)
    return dumped


def copy_in(url: str, rows: dict[str, bytes]) -> None:
    """COPY everything into the tables in one transaction."""
    with connect(url) as conn, conn.cursor() as cursor:
        for table, data in rows.items():
            with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
                copy.write(data)


def compare_zones(bench: Bench, zones: tuple[int, int], rounds: int) -> bool:
    """Measure ours at both numbers of zones, in turn; whether the floor holds."""
    found: dict[int, list[Ours]] = {count: [] for count in zones}
    for number in range(rounds):
        for count in zones:
            at = replace(bench, zones=count)
            with at.database() as url:
                found[count].append(measure_ours(at, url, warm=0.2))
            ours = found[count][-1]
            print(
                f"round {number + 1}, {count} zones: {ours.rate:,.0f}/s, {ours.cpu_us:.1f} us CPU",
                flush=True,
            )
    few, many = (statistics.median(ours.rate for ours in found[count]) for count in zones)
    print(f"{many / few:.0%} of the rate at {zones[0]} zones (floor {FLOOR_ZONES:.0%})")
    return many / few >= FLOOR_ZONES


def run_round(bench: Bench) -> Round:
    """Measure the three, one after another."""
    stock = measure_stock(bench)
    with bench.database() as url:
        ours = measure_ours(bench, url)
        copy = measure_copy(bench, url)
    return Round(stock, ours.rate, copy, ours.cpu_us)


def main() -> None:
    """Run the rounds; exit code 1 where a floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=600_000)
    parser.add_argument("--stock-reports", type=int, default=100_000)
    parser.add_argument("--zones", type=int, default=200)
    parser.add_argument(
        "--against-zones", type=int, help="measure ours alone, at --zones and at so many"
    )
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="truceline-bench-"))
    keys, home = folder.with_suffix(".toml"), folder.with_suffix(".home")
    make_keys(keys)
    engines = Engines(folder)
    engines.start()
    try:
        bench = Bench(engines, keys, home, options.reports, options.zones)
        make_topics(engines.kafka.bootstrap)
        print(f"loading {options.reports} reports into Kafka ...", flush=True)
        key = read_keys(keys)[LOCAL_KEY]
        load_topics(engines.kafka.bootstrap, key, options.reports, options.stock_reports)
        held = run(bench, options)
    finally:
        engines.stop()
        keys.unlink(missing_ok=True)
        subprocess.run(["rm", "-rf", str(folder), str(home)], check=False)
    sys.exit(0 if held else 1)


def run(bench: Bench, options: argparse.Namespace) -> bool:
    """Run the rounds and print what came of them; whether the floors hold."""
    if options.against_zones:
        return compare_zones(bench, (options.zones, options.against_zones), options.rounds)
    rounds = []
    for number in range(options.rounds):
        rounds.append(run_round(bench))
        print(f"round {number + 1}: {line(rounds[-1])}", flush=True)
    return summary(rounds, options)


def line(found: Round) -> str:
    """A round in a line."""
    return (
        f"stock {found.stock:,.0f}/s, ours {found.ours:,.0f}/s, copy {found.copy:,.0f}/s: "
        f"{found.of_stock:.1f} x stock, {found.of_copy:.0%} of COPY, "
        f"{found.cpu_us:.1f} us of the workers' CPU a report"
    )


def summary(rounds: list[Round], options: argparse.Namespace) -> bool:
    """Print the medians against the targets; whether both floors hold."""
    of_stock = statistics.median(found.of_stock for found in rounds)
    of_copy = statistics.median(found.of_copy for found in rounds)
    print(
        f"\n{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{options.reports} reports, {options.zones} zones, {len(rounds)} rounds, medians:"
    )
    for name in ("stock", "ours", "copy"):
        print(f"  {name:6} {statistics.median(getattr(r, name) for r in rounds):>10,.0f} reports/s")
    cpu_us = statistics.median(found.cpu_us for found in rounds)
    print(f"  {cpu_us:.1f} us of the workers' CPU a report")
    print(f"  {of_stock:.1f} x the stock agent (floor {FLOOR_STOCK:g}, aim {AIM_STOCK:g})")
    print(f"  {of_copy:.0%} of bare COPY (floor {FLOOR_COPY:.0%}, aim {AIM_COPY:.0%})")
    return of_stock >= FLOOR_STOCK and of_copy >= FLOOR_COPY


if __name__ == "__main__":
    main()
