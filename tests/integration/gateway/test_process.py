"""The gateway as a process, and the whole way behind it: relay, worker, assessment."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import httpx
import msgspec
import pytest

from services.gateway.lags import GOOD_FOR_S, PATIENCE_S
from services.load import load_documents
from services.local.endpoints import (
    API_DATABASE_VARIABLE,
    DATABASE_VARIABLE,
    KAFKA_VARIABLE,
    LISTEN_VARIABLE,
)
from services.logs import LEVEL_VARIABLE
from services.make_topics import make_topics
from services.settings import GROUP_VARIABLE, RECEIPT_KEYS_VARIABLE, Settings
from services.store.engine import Connection
from services.tokens.token import Role
from streams.methodology import CorridorRules
from tests.bench.posting import make_request, post_all
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.test_posts import NDJSON, event, status
from tests.integration.worker import ground
from tests.unit.streams.builders import NOON

COUNT = 200


@contextmanager
def running(
    module: str, environment: dict[str, str], stderr: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", module], env=environment, stderr=stderr)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def environment(
    gateway_settings: Settings,
) -> dict[str, str]:
    # Not the default one: whoever runs a gateway on this machine has it, or takes it meanwhile.
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    return {
        **os.environ,
        API_DATABASE_VARIABLE: gateway_settings.api_database(),
        DATABASE_VARIABLE: gateway_settings.database(),
        KAFKA_VARIABLE: gateway_settings.kafka(),
        LISTEN_VARIABLE: f"127.0.0.1:{port}",
        RECEIPT_KEYS_VARIABLE: str(gateway_settings.receipt_keys),
        GROUP_VARIABLE: f"gateway-test-{port}",
    }


def wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the gateway is not ready")


def test_every_receipted_report_is_assessed_once_and_a_killed_gateway_goes_on(
    environment: dict[str, str], owner: Connection, token: MakeToken, gateway_settings: Settings
) -> None:
    make_topics(gateway_settings.kafka())
    load_documents(owner, [ground.agreement("smm"), ground.methodology("smm")], datetime.now(UTC))
    url = f"http://{environment[LISTEN_VARIABLE]}"
    raws = [
        event(source=f"patrol-{number % 7}", observed_from=NOON.isoformat())
        for number in range(COUNT)
    ]
    headers = NDJSON | token()

    def post(raws: list[bytes]) -> list[int]:
        answer = httpx.post(
            f"{url}/v1/reports", content=b"\n".join(raws), headers=headers, timeout=60
        )
        assert answer.status_code == 200
        return [json.loads(line)["status"] for line in answer.content.splitlines()]

    with running("services.relay", environment), running("services.worker", environment):
        with running("services.gateway", environment) as gateway:
            wait_until_ready(url)
            assert post(raws[: COUNT // 2]) == [201] * (COUNT // 2)
            gateway.kill()
        with running("services.gateway", environment) as gateway:
            wait_until_ready(url)
            codes = post(raws)
            assert codes == [200] * (COUNT // 2) + [201] * (COUNT // 2)
            gateway.send_signal(signal.SIGTERM)
            assert gateway.wait(30) == 0
        ids = [json.loads(raw)["id"] for raw in raws]
        deadline = time.monotonic() + 90
        while (found := assessed(owner, ids)) != [(1, COUNT)]:
            assert time.monotonic() < deadline, found
            time.sleep(0.2)


ALLOWED_S = 5
"""How long something may wait, by the methodology of the test below."""
SLACK_S = GOOD_FOR_S + PATIENCE_S + 5.0
"""What was asked of Kafka is good for a while, and asking it takes one."""


def test_with_its_worker_killed_a_corridor_is_unknown_as_soon_as_something_waits_too_long(
    environment: dict[str, str], owner: Connection, token: MakeToken, gateway_settings: Settings
) -> None:
    make_topics(gateway_settings.kafka())
    rules = CorridorRules(stale_after_s=3_600, unassessed_after_s=ALLOWED_S)
    under = ground.methodology("smm", version=2, corridor=rules)
    load_documents(owner, [ground.agreement("smm"), under], datetime.now(UTC))
    headers = token(Role.REPORTER, Role.CORRIDOR_OPERATOR, Role.COORDINATOR)
    headers |= {"Content-Type": "application/json"}
    with (
        running("services.relay", environment),
        running("services.gateway", environment),
        running("services.worker", environment) as worker,
        httpx.Client(base_url=f"http://{environment[LISTEN_VARIABLE]}", timeout=60) as client,
    ):
        wait_until_ready(str(client.base_url))
        now = datetime.now(UTC).isoformat()
        seen = {"issued_at": now, "observed_at": now, "effective_from": now}
        opened = status(source=ground.OPERATOR, corridor="c", status="open", **seen)
        assert client.post("/v1/corridor-status", content=opened, headers=headers).is_success
        wait_for_cause(client, headers, "open_by_status", 90.0)
        worker.kill()
        assert client.post("/v1/reports", content=event(), headers=headers).is_success
        wait_for_cause(client, headers, "system_behind", ALLOWED_S + SLACK_S)


def wait_for_cause(
    client: httpx.Client, headers: dict[str, str], cause: str, within_s: float
) -> None:
    """Wait until the API gives this cause for the corridor `c`; fail if it takes longer.

    The board says the same as soon as it does.
    """
    deadline, found = time.monotonic() + within_s, ""
    while found != cause:
        assert time.monotonic() < deadline, found
        answer = client.get("/v1/corridors", headers=headers).json()
        found = next(one["cause"] for one in answer["items"] if one["corridor"] == "c")
        time.sleep(0.1)
    board = client.get("/v1/corridors/board", headers=headers).json()
    assert next(one["cause"] for one in board["items"] if one["corridor"] == "c") == cause


def assessed(owner: Connection, ids: list[str]) -> list[tuple[int, int]]:
    """(assessments of one report, how many reports have so many)."""
    return owner.execute(
        "SELECT times, count(*) FROM (SELECT count(*) AS times FROM submissions"
        " JOIN assessments USING (key) WHERE event_id = ANY(%s) GROUP BY key) AS counted"
        " GROUP BY times",
        [ids],
    ).fetchall()


def test_a_quiet_client_on_every_connection_keeps_nobody_out(
    environment: dict[str, str], token: MakeToken
) -> None:
    """A server that took up 128 connections at most let whoever came then wait for good."""
    url = f"http://{environment[LISTEN_VARIABLE]}"
    secret = token()["Authorization"].removeprefix("Bearer ")
    requests = [
        make_request("/v1/reports", secret, "application/json", event()) for _ in range(400)
    ]
    with running("services.gateway", environment):
        wait_until_ready(url)
        load = post_all(int(url.rpartition(":")[2]), requests, connections=400)
    assert load.statuses == {201: 400}


def test_one_name_leads_from_a_request_through_every_log_to_its_violation(
    environment: dict[str, str],
    owner: Connection,
    token: MakeToken,
    gateway_settings: Settings,
    tmp_path: Path,
) -> None:
    make_topics(gateway_settings.kafka())
    mission = "traced"
    load_documents(
        owner, [ground.agreement(mission), ground.methodology(mission)], datetime.now(UTC)
    )
    raw = msgspec.json.encode(ground.report("r-traced", mission=mission))
    environment = {**environment, LEVEL_VARIABLE: "debug"}
    url = f"http://{environment[LISTEN_VARIABLE]}"
    headers = {"Content-Type": "application/json", "X-Request-Id": "field-1"}
    programs = ("services.gateway", "services.relay", "services.worker")
    with ExitStack() as stack:
        logs = {name: (tmp_path / name).open("wb") for name in programs}
        for name, log in logs.items():
            stack.enter_context(running(name, environment, stderr=log))
        wait_until_ready(url)
        answer = httpx.post(
            f"{url}/v1/reports", content=raw, headers=headers | token(mission=mission), timeout=60
        )
        assert (answer.status_code, answer.headers["X-Request-Id"]) == (201, "field-1")
        (took_in,) = lines_of(tmp_path / "services.gateway", "took in")
        assert took_in["request_id"] == "field-1"
        (key,) = took_in["keys"]
        deadline = time.monotonic() + 90
        while not lines_of(tmp_path / "services.worker", "violations"):
            assert time.monotonic() < deadline
            time.sleep(0.2)
    told = (("relay", "sent"), ("worker", "committed"), ("worker", "violations"))
    for name, said in told:
        assert any(key in line["keys"] for line in lines_of(tmp_path / f"services.{name}", said))
    found = owner.execute("SELECT DISTINCT mission FROM violations WHERE key = %s", [key])
    assert found.fetchall() == [(mission,)]


def lines_of(log: Path, event: str) -> list[dict[str, Any]]:
    """The lines of a log that say this."""
    said = (json.loads(line) for line in log.read_bytes().splitlines() if line.startswith(b"{"))
    return [line for line in said if line["event"] == event]


def test_without_its_database_it_says_what_to_do(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "services.gateway"],
        env={**environment, API_DATABASE_VARIABLE: "mysql://x"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 78
    assert API_DATABASE_VARIABLE in done.stderr.decode()
