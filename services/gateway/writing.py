"""Writing: starts the process that stores, and hands out the gateway's end of the line to it.

Place on the data's way: between `group` and `store_groups`.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Final, Protocol

END_S: Final = 15.0
"""For the group under way when the gateway ends."""


class Writing(Protocol):
    """Somebody stores what is sent on a line, until it is closed."""

    line: socket.socket

    def wait(self) -> None:
        """Return when it has ended; its line is closed."""


Start = Callable[[], Writing]


class WritingProcess:
    """The process that stores."""

    def __init__(self) -> None:
        self.line, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "services.gateway.store_groups", str(theirs.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()])  # noqa: S603 (ours)

    def wait(self) -> None:
        """Return when it has ended."""
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            # What it did not commit is not stored; what it did is the same when it is sent again.
            self._process.kill()
            self._process.wait()
