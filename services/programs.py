"""Programs: how worker, relay, timer and gateway begin, and what their ends mean to the starter.

Place on the data's way: before it. What a person has to mend is said in one line, without a trace.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from services.errors import ServiceError
from services.logs import configure_logs
from services.store.errors import StoreError

EXIT_UNUSABLE: Final = 78
"""sysexits' EX_CONFIG: a person has to change something; the message says what."""
EXIT_FAILED: Final = 70
"""sysexits' EX_SOFTWARE: something that repetition does not mend; the log says what."""


@contextmanager
def beginning(program: str) -> Iterator[None]:
    """Around all that a program reads and waits for before it works: settings, keys, tables."""
    configure_logs()
    try:
        yield
    except (ServiceError, StoreError) as error:
        sys.stderr.write(f"truceline {program}: {error}\n")
        sys.exit(EXIT_UNUSABLE)
    # What is there by now stays for good. Looked through again at each full collection it holds
    # everything up for a tenth of a second, many times a minute. What comes later hardly ever goes
    # round in circles: collections are small, and full ones rare.
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 5, 1_000)


def die_with(parent: int) -> None:
    """Have the kernel end this process with its parent, which may be gone already; not before.

    A terminal and a service manager tell both at once, and the parent has work under way still.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(0)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)


_PR_SET_PDEATHSIG: Final = 1
