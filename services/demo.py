"""Demo: the whole way on real observations, as a user would go it.

    fresh engines → agreement → 174 observations and a day of corridor statuses → what came of them

Place on the data's way: all of it, once, in a temporary folder. The observations are the OSCE SMM's
own; the agreement and its zones are an illustration of ours, and say so.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import NoReturn

from services.demo_intake import (
    ROAD_SECRET,
    SECRET,
    Intake,
    make_token,
    send_plainly,
    send_through_gateway,
)
from services.documents import read_agreement_file, read_methodology_file
from services.errors import ServiceError
from services.load import load_documents
from services.local.endpoints import (
    API_DATABASE_VARIABLE,
    DATABASE_VARIABLE,
    KAFKA_VARIABLE,
    LISTEN_VARIABLE,
    Endpoints,
    read_endpoints,
)
from services.local.folder import HOME_VARIABLE
from services.local.logs import last_line
from services.local.spawn import spawn
from services.probe_gateway import READY, ask_gateway
from services.settings import GROUP_VARIABLE, KEYS_VARIABLE, RECEIPT_KEYS_VARIABLE
from services.signature_files import signatures_beside
from services.store.engine import Connection

PACKAGE = Path(__file__).resolve().parent
EXAMPLE = "donetsk-luhansk"
ROAD_EXAMPLE = "segmented-road"
ROAD_MISSION = "segmented-road"
ROAD_FILES = ("reports.ndjson", "patrols.ndjson", "incidents.ndjson", "corridor-day.ndjson")
LATE_FILE = "late-report.ndjson"
MISSION = "osce-smm"
FILES = (
    "smm_observations.csv",
    "corridor-day.ndjson",
    "refused-event.json",
)
START_LIMIT_S = 150.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
JUDGE_LIMIT_S = 120.0

# Not what is stored, which the gateway does at once: what a worker has taken in.
_JUDGED = """
SELECT (SELECT count(*) FROM assessments),
    (SELECT count(DISTINCT key) FROM corridor_events WHERE kind = 'status'),
    (SELECT count(*) FROM incident_marks)
"""


class DemoError(ServiceError):
    """The demo cannot go on; the message says where to look."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent to the gateway."""

    reports: int
    statuses: int
    refused: int

    def with_(self, other: Sent) -> Sent:
        """Both together."""
        return Sent(
            self.reports + other.reports,
            self.statuses + other.statuses,
            self.refused + other.refused,
        )


def example_folder(package: Path = PACKAGE, name: str = EXAMPLE) -> Path:
    """Where the example is: in the source tree, or in the installed package."""
    for folder in (package.parent / "examples" / name, package / "examples" / name):
        if folder.is_dir():
            return folder
    raise DemoError(f"the example {name} is not installed: run the demo from the source tree")


@contextmanager
def fresh_instance(say: Callable[[str], None]) -> Iterator[tuple[Path, Endpoints]]:
    """`truceline up` on a temporary folder; stopped and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="truceline-demo-"))
    log = folder.with_suffix(".log")
    running = None
    with _stopped_by_sigterm():
        try:
            say("starting PostgreSQL, Kafka, gateway, relay, workers in a temporary folder ...")
            running = _start(folder, log)
            yield folder, _wait_until_up(folder, running, log)
        finally:
            with _undisturbed():
                _clear_away(running, folder, log)


def _clear_away(running: subprocess.Popen[bytes] | None, folder: Path, log: Path) -> None:
    if running is not None:
        running.terminate()
        running.wait()
    shutil.rmtree(folder, ignore_errors=True)
    log.unlink(missing_ok=True)


def _start(folder: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start `up`, which stops by itself if this process is killed."""
    # The demo is the same everywhere: engines and keys of the caller's own stay out of it.
    ours = (
        API_DATABASE_VARIABLE,
        DATABASE_VARIABLE,
        KAFKA_VARIABLE,
        KEYS_VARIABLE,
        GROUP_VARIABLE,
        LISTEN_VARIABLE,
        RECEIPT_KEYS_VARIABLE,
    )
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment[HOME_VARIABLE] = str(folder)
    command = [sys.executable, "-m", "services.cli", "up", "--folder", str(folder)]
    return spawn(command, cwd=Path.cwd(), log=log, env=environment)


@contextmanager
def _stopped_by_sigterm() -> Iterator[None]:
    """Let SIGTERM be what Ctrl-C is, so that nothing is left behind."""

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let neither SIGTERM nor Ctrl-C interrupt what they ask for: `up` stops within seconds."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_until_up(folder: Path, running: subprocess.Popen[bytes], log: Path) -> Endpoints:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and running.poll() is None:
        endpoints = read_endpoints(folder)
        if endpoints is not None:
            return endpoints
        time.sleep(0.1)
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    why = lines[-1].removeprefix("truceline: ") if lines else "they said nothing"
    raise DemoError(f"the engines did not start: {why}")


def load_example(conn: Connection, example: Path) -> str:
    """Load the example's documents, and who has signed; the notice that the agreement gives."""
    file = example / "agreement.yaml"
    agreement = read_agreement_file(file)
    methodology = read_methodology_file(example / "methodology.yaml")
    made = [it.signature for it in signatures_beside(file, agreement)]
    load_documents(conn, [agreement, methodology], datetime.now(UTC), made)
    conn.commit()
    return agreement.notice or ""


def send_example(
    conn: Connection, gateway_url: str, folder: Path, example: Path, shown: str
) -> tuple[Sent, Intake]:
    """Send the observations, the corridor's day, and one event that must be refused."""
    make_token(conn, MISSION, folder / SECRET)
    _wait_until_ready(gateway_url)
    files = [example / name for name in FILES]
    intake = send_through_gateway(gateway_url, folder, files, MISSION, shown)
    return Sent(*intake.sent), intake


def _wait_until_ready(gateway_url: str) -> None:
    """Where it is is known before it is up: on a busy machine it takes its time."""
    deadline = time.monotonic() + START_LIMIT_S
    while (said := ask_gateway(gateway_url)) != READY:
        if time.monotonic() > deadline:
            raise DemoError(f"the gateway {said}")
        time.sleep(0.1)


def send_road(conn: Connection, gateway_url: str, folder: Path) -> Sent:
    """Load the road in segments, a mission of its own, and send its day."""
    example = example_folder(name=ROAD_EXAMPLE)
    load_example(conn, example)
    make_token(conn, ROAD_MISSION, folder / ROAD_SECRET)
    files = [example / name for name in ROAD_FILES]
    *reports, statuses = send_plainly(gateway_url, folder, files, ROAD_MISSION)
    return Sent(sum(reports), statuses, refused=0)


def send_late(gateway_url: str, folder: Path) -> Sent:
    """Send the report that tells of what lies between two incidents of the road's mission."""
    file = example_folder(name=ROAD_EXAMPLE) / LATE_FILE
    (reports,) = send_plainly(gateway_url, folder, [file], ROAD_MISSION)
    return Sent(reports, statuses=0, refused=0)


def wait_until_judged(conn: Connection, sent: Sent, logs: Path) -> None:
    """Wait until everything that the gateway took is judged; what it refused is not stored."""
    conn.autocommit = True
    deadline = time.monotonic() + JUDGE_LIMIT_S
    while time.monotonic() < deadline:
        if conn.execute(_JUDGED).fetchone() == (sent.reports, sent.statuses, 0):
            return
        time.sleep(0.1)
    said = "; ".join(f"{log.stem}: {last_line(log)}" for log in sorted(logs.glob("worker-*.log")))
    raise DemoError(f"the workers did not judge everything within {JUDGE_LIMIT_S:.0f} s; {said}")
