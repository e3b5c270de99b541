"""What both engines have in common: one process on the data folder, launched, watched, ended.

Place on the data's way: under `postgres` and `kafka`, which say what is launched and when it is
ready. Starting after a crash takes the same path as starting from nothing.
"""

from __future__ import annotations

import signal
import subprocess
from abc import ABC, abstractmethod

from services.local.folder import Folder
from services.local.orphans import end_processes, kill_processes
from services.local.spawn import describe_end


class Engine(ABC):
    """An engine on the data folder."""

    name: str
    program: str
    """The process's program, by which one left over on this data is found."""
    place: str
    """Its folder within the data folder, and the name of its log."""
    stop_signal: signal.Signals
    stop_s: float

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._data = folder.path / self.place
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self.log = folder.logs / f"{self.place}.log"

    @abstractmethod
    def prepare(self) -> None:
        """End what is left over on this data, and make the data if there is none."""

    @abstractmethod
    def launch(self) -> None:
        """Start the process; `wait_ready` tells when it answers."""

    @abstractmethod
    def wait_ready(self) -> None:
        """Wait until it answers."""

    @property
    def pid(self) -> int | None:
        """Its process, if it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Prepare, launch, wait: from nothing, after a clean stop, and after a crash alike."""
        self.prepare()
        self.launch()
        self.wait_ready()

    def stop(self) -> None:
        """Stop cleanly, so that the next start need not read the logs through."""
        self._end(self.pid)
        self._reap()

    def ended(self) -> str:
        """Say how it ended; for when `pid` is None though nobody stopped it."""
        return describe_end(self._process, self.log, self._log_start)

    def kill(self) -> None:
        """SIGKILL it with all that belongs to it, as a power cut would (for crash tests)."""
        kill_processes(self.program, self._data)
        self._reap()

    def _end(self, first: int | None) -> None:
        """End every process of the engine on this data: `first`, if given, is to tell the rest."""
        signal_, grace_s = self.stop_signal, self.stop_s
        end_processes(self.program, self._data, signal_, grace_s=grace_s, only=first)

    def _reap(self) -> None:
        if self._process is not None:
            self._process.wait(timeout=self.stop_s)
            self._process = None
