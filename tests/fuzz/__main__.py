"""`make fuzz`: 100,000 malformed requests, then schemathesis; exit code 1 for any fault."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from services.local.engines import Engines
from services.local.postgres import API_ROLE
from tests.fuzz.case import REPORTS, STATUSES
from tests.fuzz.openapi import Asked, ask_all
from tests.fuzz.run import MEMORY_MB, Found, Ground, run
from tests.fuzz.stage import UNLIMITED, make_tokens, serving
from tests.fuzz.wire import FAULTS_SHOWN

DATABASE = "fuzz"


@contextmanager
def ground() -> Iterator[Ground]:
    """A fresh PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="truceline-fuzz-"))
    keys = Path(tempfile.mkdtemp(prefix="truceline-fuzz-keys-"))
    # Kafka is not started: nothing here sends what waits in the outbox.
    engines = Engines(folder, given_kafka_bootstrap="127.0.0.1:9")
    try:
        engines.start()
        with psycopg.connect(engines.postgres.admin_url, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {DATABASE} OWNER truceline")
        api_url = engines.postgres.url_of(DATABASE, role=API_ROLE)
        yield Ground(engines.postgres.url_of(DATABASE), api_url, keys / "receipts")
    finally:
        engines.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(keys, ignore_errors=True)


def summary(found: Found) -> None:
    """Print each class with its answers, then the faults."""
    for name, answers in sorted(found.told.counts.items()):
        told = ", ".join(
            f"{status or ''} {code} {count:,}".strip() for (status, code), count in answers.items()
        )
        print(f"  {name:40} {told}")
    print(f"{found.told.sent:,} requests in {found.seconds:.0f} s; rows: {found.rows}")
    print(f"slowest answer {found.told.slowest_s:.1f} s")
    held = ", ".join(f"{mb:.0f}" for mb in found.memory_mb)
    print(f"gateways held at most {held} MB of {MEMORY_MB}")
    print(f"{len(found.faults)} faults")
    for fault in found.faults[:FAULTS_SHOWN]:
        print(f"  FAULT {fault}")


def say_asked(asked: Asked) -> None:
    """Print what schemathesis asked, and what was wrong."""
    for name, statuses in asked.counts.items():
        told = ", ".join(f"{status} {count:,}" for status, count in sorted(statuses.items()))
        print(f"  {name:40} {told}")
    print(f"schemathesis: {len(asked.faults)} faults")
    for fault in asked.faults[:FAULTS_SHOWN]:
        print(f"  FAULT {fault}")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=110_000, help="a tenth of them are well")
    parser.add_argument("--rare", type=int, default=1_000, help="of those, how many are dear")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=500, help="schemathesis', an operation")
    options = parser.parse_args()
    with ground() as here:
        found = run(here, options.seed, options.cases, options.rare, say=True)
        summary(found)
        reporter, operator = make_tokens(here.url)
        with serving(here.api_url, here.keys, UNLIMITED) as gateway:
            url, tokens = gateway.url, {REPORTS: reporter, STATUSES: operator}
            asked = ask_all(url, tokens, options.examples, options.seed)
    say_asked(asked)
    sys.exit(1 if found.faults or asked.faults else 0)


if __name__ == "__main__":
    main()
