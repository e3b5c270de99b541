"""Keep processes running: start in order, start again with growing pauses, stop in reverse.

Nothing here is swallowed: whatever ends by itself gets one line, with how it ended, the line of
its log that tells why, and when it is started again.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from services.local.errors import LocalError
from services.local.logs import size_of, trim_log
from services.local.spawn import describe_end, spawn

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
HEALTHY_S: Final = 60.0  # who ran that long starts again as if it had never failed
STOP_S: Final = 15.0
POLL_S: Final = 0.05


class Supervised(Protocol):
    """Something that runs as a process and can be started again: an engine or a service."""

    name: str
    log: Path

    @property
    def pid(self) -> int | None:
        """Its process, if it runs."""

    def ended(self) -> str:
        """Say how it ended."""

    def start(self) -> None:
        """Start it, or raise a LocalError."""


@dataclass(frozen=True, slots=True)
class Service:
    """A command to keep running. `env` is its whole environment."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(repr=False)


class ServiceProcess:
    """A service's process: stopped by SIGTERM, ended with its whole group if it does not go."""

    def __init__(self, service: Service, logs: Path) -> None:
        self.name = service.name
        self.log = logs / f"{service.name}.log"
        self._service = service
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    @property
    def pid(self) -> int | None:
        """Its process, if it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def ended(self) -> str:
        """Say how it ended."""
        return describe_end(self._process, self.log, self._log_start)

    def start(self) -> None:
        """Start it."""
        self._log_start = size_of(self.log)
        self._process = spawn(
            self._service.argv, cwd=Path.cwd(), log=self.log, env=self._service.env
        )

    def tell_to_stop(self) -> None:
        """Send SIGTERM; does not wait."""
        if self._process is not None:
            self._process.terminate()

    def stop(self) -> None:
        """Stop it: SIGTERM, and SIGKILL to its whole group if it has not gone after STOP_S."""
        self.tell_to_stop()
        if self._process is None:
            return
        try:
            self._process.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:  # its work is in the engines, or will be done again
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None


@dataclass(slots=True)
class _Watch:
    """One supervised process, since when it runs, and when it is due to be started again."""

    what: Supervised
    started_at: float
    failures: int = 0
    due_at: float | None = None


class Supervisor:
    """Watches over processes that were started; `poll` does what is due now."""

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._say = say
        self._clock = clock
        self._watches: list[_Watch] = []
        self._services: list[ServiceProcess] = []

    def watch(self, what: Supervised) -> None:
        """Look after something that runs already, and that somebody else stops (an engine)."""
        self._watches.append(_Watch(what, started_at=self._clock()))

    def start(self, service: ServiceProcess) -> None:
        """Start a service and look after it; `stop` stops it."""
        service.start()
        self._services.append(service)
        self.watch(service)

    def poll(self) -> None:
        """Say what ended since the last call, start again what is due, keep logs in bounds."""
        for watch in self._watches:
            trim_log(watch.what.log)
            if watch.due_at is not None:
                self._start_if_due(watch)
            elif watch.what.pid is None:
                self._note_end(watch, watch.what.ended())

    def stop(self) -> None:
        """Stop the services, last started first; nothing is started again any more."""
        self._watches.clear()
        for service in reversed(self._services):
            service.tell_to_stop()
        while self._services:
            self._services.pop().stop()

    def _note_end(self, watch: _Watch, how: str) -> None:
        now = self._clock()
        healthy = now - watch.started_at >= HEALTHY_S
        watch.failures = 1 if healthy else watch.failures + 1
        pause = pause_s(watch.failures)
        watch.due_at = now + pause
        what = watch.what
        self._say(f"{what.name} {how}; starting it again in {pause:g} s (log: {what.log})")

    def _start_if_due(self, watch: _Watch) -> None:
        if watch.due_at is None or self._clock() < watch.due_at:
            return
        watch.due_at = None
        watch.started_at = self._clock()
        try:
            watch.what.start()
        except LocalError as e:  # retry: said, and tried again after a longer pause
            self._note_end(watch, f"did not start: {e}")


def pause_s(failures: int) -> float:
    """Return how long to wait, in seconds, before the start after the n-th failure in a row."""
    return min(FIRST_PAUSE_S * 2.0 ** min(failures - 1, 16), LONGEST_PAUSE_S)
