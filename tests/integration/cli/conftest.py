"""The example, gone through command by command on the session's engines, once for the module."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec

from services.keyring import make_keys
from services.lag import CONSUMED
from services.local.endpoints import DATABASE_VARIABLE, KAFKA_VARIABLE
from services.local.folder import HOME_VARIABLE
from services.make_topics import make_topics
from services.settings import GROUP_VARIABLE, KEYS_VARIABLE
from tests.integration.cli.console import Console
from tests.unit.examples.example import FOLDER, MISSION
from tests.unit.services.cli.ran import Ran

AGREEMENT, METHODOLOGY = FOLDER / "agreement.yaml", FOLDER / "methodology.yaml"
SIGNATURES = sorted(FOLDER.glob("agreement.*.signature.json"))
JUDGED_S = 180.0


@dataclass(slots=True)
class Walk:
    """The console, what each step on the way came to, and the database."""

    console: Console
    database_url: str
    steps: dict[str, Ran] = field(default_factory=dict)

    def step(self, name: str, *argv: str | Path) -> None:
        """Run a command and keep what it came to."""
        self.steps[name] = self.console.run(*argv)


@pytest.fixture(scope="module")
def console(
    database_url: str, kafka_bootstrap: str, tmp_path_factory: pytest.TempPathFactory
) -> Console:
    """A shell that finds the engines, a key and a consumer group of its own."""
    home = tmp_path_factory.mktemp("home")
    make_keys(home / "keys.toml")
    return Console(
        {
            DATABASE_VARIABLE: database_url,
            KAFKA_VARIABLE: kafka_bootstrap,
            KEYS_VARIABLE: str(home / "keys.toml"),
            HOME_VARIABLE: str(home),
            GROUP_VARIABLE: f"cli-{uuid4().hex[:12]}",
        }
    )


@pytest.fixture(scope="module")
def walk(console: Console, kafka_bootstrap: str, database_url: str) -> Iterator[Walk]:
    """From an empty database to everything judged."""
    _empty_topics(kafka_bootstrap)
    walk = Walk(console, database_url)
    walk.step("not migrated", "violations", "--json")
    walk.step("status not migrated", "status", "--json")
    walk.step("upgrade", "db", "upgrade", "--json")
    walk.step("upgrade again", "db", "upgrade")
    walk.step("list nothing", "agreement", "list")
    walk.step("load", "agreement", "load", AGREEMENT, METHODOLOGY, "--json")
    walk.step("load again", "agreement", "load", AGREEMENT, METHODOLOGY)
    walk.step("list a draft", "agreement", "list", "--json")
    walk.step("sign", "agreement", "load", *SIGNATURES, "--json")
    walk.step("corridor at first", "corridor", "list", "--json")
    walk.step(
        "submit",
        *("submit", "--kafka", FOLDER / "smm_observations.csv", FOLDER / "corridor-day.ndjson"),
        *("--mission", MISSION, "--json"),
    )
    walk.step(
        "submit refused",
        "submit",
        "--kafka",
        FOLDER / "refused-event.json",
        "--unchecked",
        "--json",
    )
    walk.step("status before", "status", "--json")
    with _running(console, "worker"), _running(console, "timer"):
        wait_until_judged(walk)
        walk.step("status after", "status", "--json")
        yield walk


def _empty_topics(bootstrap: str) -> None:
    """Other modules use the same topics: what they left is nothing to this one."""
    make_topics(bootstrap)
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        described = admin.describe_topics(list(CONSUMED))
        partitions = [
            TopicPartition(topic["name"], partition["partition_index"])
            for topic in described
            for partition in topic["partitions"]
        ]
        ends = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
        admin.delete_records({tp: end.offset for tp, end in ends.items()})
    finally:
        admin.close()


@contextmanager
def _running(console: Console, program: str) -> Iterator[None]:
    """`truceline worker` or another, stopped by SIGTERM as an operator would."""
    running = subprocess.Popen(
        [sys.executable, "-m", "services.cli", program],
        env={**os.environ, **console.environment},
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        running.terminate()
        assert running.wait(timeout=30) == 0


def _is_done(status: dict[str, Any]) -> bool:
    """All is judged, and what fell due is written."""
    judged = status["figures"]["assessments"] == 174 and not status["lag"]
    folded = not status["figures"]["unfolded"]
    return judged and folded and not status["timer"]["unwritten"]


def wait_until_judged(walk: Walk) -> None:
    deadline = time.monotonic() + JUDGED_S
    while time.monotonic() < deadline:
        ran = walk.console.run("status", "--json")
        if ran.lines and _is_done(ran.lines[0]):
            return
        time.sleep(0.3)
    pytest.fail(f"not judged in time: {ran}")
