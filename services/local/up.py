"""`truceline up`: engines, migrations, topics, services; says where everything is; waits.

What is migrated, which topics there are and which services run is handed in: this file knows the
order only. Everything started dies with this process, also when it is killed; the next `up` on
the folder goes on with its data.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Final

from services.local.endpoints import (
    API_DATABASE_VARIABLE,
    DATABASE_VARIABLE,
    KAFKA_VARIABLE,
    LISTEN_VARIABLE,
    Endpoints,
    remove_endpoints,
    write_endpoints,
)
from services.local.engines import Engines
from services.local.ports import LOOPBACK, settle_gateway
from services.local.supervisor import POLL_S, Service, ServiceProcess, Supervisor

__all__ = ["DATABASE_VARIABLE", "KAFKA_VARIABLE", "Plan", "up"]

GATEWAY: Final = "gateway"
"""The name of the service that is told where to listen."""
STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Plan:
    """What `up` brings up on the engines, in this order."""

    migrate: Callable[[str], None]
    """Takes the database's URL."""
    create_topics: Callable[[str], None]
    """Takes Kafka's bootstrap address."""
    services: Mapping[str, Sequence[str]]
    """Name → command line, an absolute program path first; started in this order."""


def up(  # noqa: PLR0913 - what `truceline up` can be told, each by its name
    folder: Path,
    plan: Plan,
    *,
    say: Callable[[str], None] = print,
    kafka_port: int | None = None,
    database_url: str | None = None,
    kafka_bootstrap: str | None = None,
    api_database_url: str | None = None,
    until: threading.Event | None = None,
) -> None:
    """Bring everything up and keep it up until Ctrl-C, SIGTERM, SIGHUP, or `until` is set.

    An engine whose address is given (`database_url`, `kafka_bootstrap`) is not started. Raises a
    LocalError when an engine cannot be started; what `plan` raises comes through. Either way
    everything that was started is stopped.
    """
    engines = Engines(
        folder,
        kafka_port=kafka_port,
        given_database_url=database_url,
        given_kafka_bootstrap=kafka_bootstrap,
        given_api_database_url=api_database_url,
        say=say,
    )
    # Being asked to stop is no failure: by the time it is suppressed all has been stopped.
    with _interrupted_by_signals(), suppress(KeyboardInterrupt), engines as endpoints:
        _keep_up(engines, endpoints, plan, say, until or threading.Event())
    say("stopped")


def _keep_up(
    engines: Engines,
    endpoints: Endpoints,
    plan: Plan,
    say: Callable[[str], None],
    until: threading.Event,
) -> None:
    supervisor = Supervisor(say)
    try:
        _bring_up(engines, endpoints, plan, supervisor, say)
        while not until.wait(POLL_S):
            supervisor.poll()
    finally:
        say("stopping ...")
        supervisor.stop()
        remove_endpoints(engines.folder.path)


def _bring_up(
    engines: Engines,
    endpoints: Endpoints,
    plan: Plan,
    supervisor: Supervisor,
    say: Callable[[str], None],
) -> None:
    for engine in engines.ours:
        supervisor.watch(engine)
    endpoints = _with_gateway(engines, endpoints, plan)
    plan.migrate(endpoints.database_url)
    plan.create_topics(endpoints.kafka_bootstrap)
    logs = engines.folder.logs
    for name, argv in plan.services.items():
        supervisor.start(ServiceProcess(Service(name, tuple(argv), _environment(endpoints)), logs))
    write_endpoints(engines.folder.path, endpoints)
    for line in _where(engines, endpoints, plan):
        say(line)
    say("up; Ctrl-C stops everything")


def _with_gateway(engines: Engines, endpoints: Endpoints, plan: Plan) -> Endpoints:
    """The endpoints with the gateway's, where one is to run: as it was told, or on a port kept."""
    if GATEWAY not in plan.services:
        return endpoints
    told = os.environ.get(LISTEN_VARIABLE)
    listen = told or f"{LOOPBACK}:{settle_gateway(engines.folder.path / 'gateway-port')}"
    return replace(endpoints, gateway_url=f"http://{listen}")


def _where(engines: Engines, endpoints: Endpoints, plan: Plan) -> Iterator[str]:
    yield f"data        {engines.folder.path}"
    yield f"PostgreSQL  {endpoints.database_url}"
    yield f"Kafka       {endpoints.kafka_bootstrap}"
    if endpoints.gateway_url is not None:
        yield f"gateway     {endpoints.gateway_url}"
    yield f"services    {', '.join(plan.services) or 'none'}"
    yield f"logs        {engines.folder.logs}"


def _environment(endpoints: Endpoints) -> dict[str, str]:
    api, gateway = endpoints.api_database_url, endpoints.gateway_url
    return {
        **os.environ,
        **({} if api is None else {API_DATABASE_VARIABLE: api}),
        **({} if gateway is None else {LISTEN_VARIABLE: gateway.removeprefix("http://")}),
        DATABASE_VARIABLE: endpoints.database_url,
        KAFKA_VARIABLE: endpoints.kafka_bootstrap,
    }


@contextmanager
def _interrupted_by_signals() -> Iterator[None]:
    """Let every stop signal be what Ctrl-C is: KeyboardInterrupt, wherever we are just then.

    A signal that is ignored stays so: that is how nohup and shells keep a job running.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's business; `until` stops us here
        return
    heard = [which for which in STOP_SIGNALS if signal.getsignal(which) != signal.SIG_IGN]
    before = {which: signal.signal(which, _interrupt) for which in heard}
    try:
        yield
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
