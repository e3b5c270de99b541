"""Demo: the whole way on real observations, as a user would go it.

    fresh engines → agreement → 174 observations and a day of corridor statuses → what came of them

Place on the data's way: all of it, once, in a temporary folder. The observations are the OSCE SMM's
own; the agreement and its zones are an illustration of ours, and say so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from services.documents import examine_file
from services.errors import ServiceError
from services.event_files import event_lines
from services.keyring import LOCAL_KEY, read_keys
from services.load import load_documents
from services.local.endpoints import (
    DATABASE_VARIABLE,
    KAFKA_VARIABLE,
    Endpoints,
    read_endpoints,
)
from services.local.folder import HOME_VARIABLE
from services.settings import KEYS_VARIABLE
from services.store.engine import Connection
from services.store.queries.status import figures
from services.submit import Submitter

EXAMPLE = "donetsk-luhansk"
MISSION = "osce-smm"
START_LIMIT_S = 150.0
JUDGE_LIMIT_S = 60.0


class DemoError(ServiceError):
    """The demo cannot go on; the message says where to look."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent into Kafka."""

    reports: int
    statuses: int
    refused: int


def example_folder() -> Path:
    """Where the example is: in the source tree, or in the installed package."""
    here = Path(__file__).resolve().parent
    for folder in (here.parent / "examples" / EXAMPLE, here / "examples" / EXAMPLE):
        if folder.is_dir():
            return folder
    raise DemoError(f"the example {EXAMPLE} is not installed: run the demo from the source tree")


@contextmanager
def fresh_instance(say: Callable[[str], None]) -> Iterator[tuple[Path, Endpoints]]:
    """`truceline up` on a temporary folder; stopped and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="truceline-demo-"))
    log = folder.with_suffix(".log")
    # The demo is the same everywhere: engines and keys of the caller's own stay out of it.
    ours = (DATABASE_VARIABLE, KAFKA_VARIABLE, KEYS_VARIABLE)
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment[HOME_VARIABLE] = str(folder)
    with log.open("wb") as output:
        running = subprocess.Popen(  # noqa: S603 (our own program, our own arguments)
            [sys.executable, "-m", "services.cli", "up", "--folder", str(folder)],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        say("starting PostgreSQL, Kafka and two workers in a temporary folder ...")
        yield folder, _wait_until_up(folder, running, log)
    finally:
        running.terminate()
        running.wait()
        shutil.rmtree(folder, ignore_errors=True)
        log.unlink(missing_ok=True)


def _wait_until_up(folder: Path, running: subprocess.Popen[bytes], log: Path) -> Endpoints:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and running.poll() is None:
        endpoints = read_endpoints(folder)
        if endpoints is not None:
            return endpoints
        time.sleep(0.1)
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise DemoError(lines[-1] if lines else "the engines did not start, and said nothing")


def load_example(conn: Connection, example: Path) -> None:
    """Load the example's agreement and methodology."""
    documents = []
    for name in ("agreement.yaml", "methodology.yaml"):
        examined = examine_file(example / name)
        if examined.document is None:
            raise DemoError("\n".join(str(mistake) for mistake in examined.mistakes))
        documents.append(examined.document)
    load_documents(conn, documents, datetime.now(UTC))
    conn.commit()


def send_example(bootstrap: str, folder: Path, example: Path) -> Sent:
    """Send the observations, the corridor's day, and one event that must be refused."""
    key = read_keys(folder / "keys" / "producers.toml")[LOCAL_KEY]
    counts = []
    with Submitter(bootstrap, key, unchecked=True) as submitter:
        for name in ("smm_observations.csv", "corridor-day.ndjson", "refused-event.json"):
            events = [raw.strip() for raw in event_lines(example / name, mission=MISSION)]
            counts.append(sum(1 for raw in events if raw and submitter.submit(raw).sent))
        submitter.flush()
    return Sent(*counts)


def wait_until_judged(conn: Connection, sent: Sent) -> None:
    """Wait until everything that was sent is stored, judged or refused."""
    conn.autocommit = True
    deadline = time.monotonic() + JUDGE_LIMIT_S
    while time.monotonic() < deadline:
        found = figures(conn, datetime.now(UTC))
        if Sent(found.assessments, found.corridor_statuses, found.rejected) == sent:
            return
        time.sleep(0.1)
    raise DemoError("the workers did not judge everything in time: see the logs of `truceline up`")
