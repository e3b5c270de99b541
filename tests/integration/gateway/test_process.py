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
from functools import partial
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
MOMENTS = 20
"""That are asked about again at the least."""
SLACK_S = GOOD_FOR_S + PATIENCE_S + 5.0
"""What was asked of Kafka is good for a while, and asking it takes one."""


class Witness:
    """Somebody who asks for the road again and again, and keeps what he is told."""

    def __init__(self, client: httpx.Client, headers: dict[str, str]) -> None:
        self._ask = partial(client.get, headers=headers)
        self._told: list[tuple[str, dict[str, str], bytes]] = []
        """As of when, what was asked besides, what was told."""
        self._shown: list[tuple[str, dict[str, Any]]] = []

    def wait_for_cause(self, within_s: float, *causes: str) -> None:
        """Wait until the API gives such a cause; the board says the same as soon as it does."""
        deadline, found = time.monotonic() + within_s, ""
        while found not in causes:
            assert time.monotonic() < deadline, found
            found = self.look()
            time.sleep(0.05)
        board = self._ask("/v1/corridors/board").json()
        (shown,) = (one for one in board["items"] if one["corridor"] == "c")
        assert shown["cause"] == found
        self._shown.append((board["known_at"], shown))

    def look(self) -> str:
        """The cause of now; what was told of all times and of the way there is kept."""
        for asked in ({}, {"direction": "forward", "from": "2026-01-01T00:00:00Z"}):
            whole = self._ask("/v1/corridors/c/availability", params=asked)
            known_at = whole.json()["items"][0]["known_at"]
            self._told.append((known_at, asked, whole.content))
        answer = self._ask("/v1/corridors").json()
        (now,) = (one for one in answer["items"] if one["corridor"] == "c")
        self._shown.append((now["at"], now))
        return str(now["cause"])

    def asks_again(self) -> int:
        """Asks for all of it again, as it could be seen then; how often."""
        for known_at, asked, told in self._told:
            again = self._ask(
                "/v1/corridors/c/availability", params={**asked, "known_at": known_at}
            )
            assert again.content == told, known_at
        for known_at, shown in self._shown:
            of = {"at": known_at, "known_at": known_at}
            (state,) = self._ask("/v1/corridors/c/availability", params=of).json()["items"]
            alike = state.keys() & shown.keys()
            assert {name: state[name] for name in alike} == {name: shown[name] for name in alike}
            assert {"state", "cause"} <= alike
        return len(self._told) + len(self._shown)


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
        witness = Witness(client, headers)
        witness.wait_for_cause(90.0, "open_by_status")
        worker.kill()
        there = msgspec.to_builtins(ground.ON_ROUTE)
        waits = event(location=there, observed_from=now)
        assert client.post("/v1/reports", content=waits, headers=headers).is_success
        witness.wait_for_cause(ALLOWED_S + SLACK_S, "system_behind")
        with running("services.worker", environment):
            witness.wait_for_cause(90.0, "impeded_by_report", "suspended_by_report")
            taken_back = event(retracts=json.loads(waits)["id"], observed_from=now)
            assert client.post("/v1/reports", content=taken_back, headers=headers).is_success
            witness.wait_for_cause(60.0, "open_by_status", "not_reopened")
            late = status(source=ground.OPERATOR, corridor="c", status="closed", **seen)
            assert client.post("/v1/corridor-status", content=late, headers=headers).is_success
            witness.wait_for_cause(60.0, "closed_by_status")
            assert witness.asks_again() > MOMENTS


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
