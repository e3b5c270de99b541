import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from services.local import supervisor as supervisor_module
from services.local.errors import EngineFailedError
from services.local.supervisor import (
    HEALTHY_S,
    LONGEST_PAUSE_S,
    Service,
    ServiceProcess,
    Supervisor,
    pause_s,
)

SHELL = "/bin/sh"


@dataclass
class FakeEngine:
    """Runs until told that it died; can refuse to start."""

    log: Path
    name: str = "Kafka"
    alive: bool = True
    starts: int = 0
    refusals: int = 0

    @property
    def pid(self) -> int | None:
        return 7 if self.alive else None

    def ended(self) -> str:
        return "was killed (SIGKILL): nothing in the log"

    def start(self) -> None:
        self.starts += 1
        if self.refusals:
            self.refusals -= 1
            raise EngineFailedError(self.name, "has no room", self.log)
        self.alive = True


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Scene:
    """A supervisor that watches a fake engine, its clock, and what it said."""

    engine: FakeEngine
    clock: Clock = field(default_factory=Clock)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.supervisor = Supervisor(self.said.append, clock=self.clock)
        self.supervisor.watch(self.engine)

    def at(self, now: float) -> int:
        """Poll at `now`; returns the number of starts so far."""
        self.clock.now = now
        self.supervisor.poll()
        return self.engine.starts


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(FakeEngine(tmp_path / "log"))


def wait_for(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_pauses_double_up_to_the_longest() -> None:
    assert [pause_s(n) for n in range(1, 9)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert pause_s(10**6) == LONGEST_PAUSE_S


def test_what_dies_is_told_once_and_started_again_after_the_pause(scene: Scene) -> None:
    assert scene.at(1.0) == 0
    scene.engine.alive = False
    assert scene.at(1.0) == 0
    assert scene.at(1.49) == 0
    assert scene.at(1.5) == 1
    assert len(scene.said) == 1
    assert "Kafka was killed (SIGKILL)" in scene.said[0]
    assert "again in 0.5 s" in scene.said[0]


def test_who_keeps_dying_waits_longer_each_time(scene: Scene) -> None:
    for now in (0.0, 0.5, 1.0):
        scene.engine.alive = False
        scene.at(now)
    assert scene.engine.starts == 1
    assert "again in 1 s" in scene.said[-1]


def test_who_ran_well_in_between_starts_again_at_once(scene: Scene) -> None:
    for now in (0.0, HEALTHY_S + 1):
        scene.engine.alive = False
        scene.at(now)
        scene.at(now + 0.5)
    assert scene.engine.starts == 2
    assert all("again in 0.5 s" in line for line in scene.said)


def test_an_engine_that_does_not_start_is_told_and_tried_again(scene: Scene) -> None:
    scene.engine.alive = False
    scene.engine.refusals = 1
    scene.at(0.0)
    assert scene.at(0.5) == 1
    assert "did not start: Kafka has no room" in scene.said[-1]
    assert scene.at(1.5) == 2
    assert scene.engine.alive


def test_a_dead_service_runs_again_and_its_log_is_kept(place: Path) -> None:
    said: list[str] = []
    script = f"echo run >> {place}/runs; echo ERROR: lost the way; exit 4"
    supervisor = Supervisor(said.append)
    supervisor.start(ServiceProcess(Service("worker-1", (SHELL, "-c", script), {}), place))
    runs = place / "runs"

    def ran_twice() -> bool:
        supervisor.poll()
        return runs.exists() and len(runs.read_text().split()) == 2

    assert wait_for(ran_twice)
    supervisor.stop()
    assert said[0].startswith("worker-1 ended with code 4: ERROR: lost the way; starting it again")


def test_stopping_ends_also_who_does_not_listen(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "STOP_S", 0.2)
    ready = place / "ready"
    script = f"trap '' TERM; touch {ready}; while true; do sleep 0.05; done"
    deaf = ServiceProcess(Service("deaf", (SHELL, "-c", script), dict(os.environ)), place)
    supervisor = Supervisor(print)
    supervisor.start(deaf)
    assert wait_for(ready.exists)
    supervisor.stop()
    assert deaf.pid is None


def test_services_stop_in_reverse_and_are_not_started_again(place: Path) -> None:
    supervisor = Supervisor(print)
    script = "trap 'exit 0' TERM; while true; do sleep 0.02; done"
    services = [
        ServiceProcess(Service(name, (SHELL, "-c", script), dict(os.environ)), place)
        for name in ("first", "second")
    ]
    for service in services:
        supervisor.start(service)
    supervisor.stop()
    supervisor.poll()
    assert [service.pid for service in services] == [None, None]
