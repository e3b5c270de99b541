"""A process to be killed: puts events into a spool, or sends them. `sender.py put|send FOLDER URL`.

`put` says each number on standard output as soon as the spool has it.
"""

from __future__ import annotations

import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from services.client.deliver import Deliverer, Pace
from services.client.post import HttpGateway
from services.client.token import Token
from services.spool.entries import Event, Kind
from services.spool.spool import Spool
from tests.integration.client.gateway import TOKEN, check


def raw_of(number: int) -> bytes:
    """The event of a number."""
    return b'{"mission": "m", "source": "s", "id": "%d"}' % number


def put(folder: Path, start: int) -> None:
    """Put events for ever."""
    with Spool(folder) as spool:
        for number in count(start):
            spool.put([Event(raw_of(number), Kind.REPORT)], datetime.now(UTC))
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


def _shortly(seconds: float) -> None:
    time.sleep(min(seconds, 0.02))


def send(folder: Path, address: str) -> None:
    """Send a few at a time, so that there is much between two commits to be killed in."""
    with Spool(folder) as spool, closing(HttpGateway(address, Token(TOKEN))) as http:
        Deliverer(spool, http, check, Pace(20.0, sleep=_shortly)).deliver()


if __name__ == "__main__":
    if sys.argv[1] == "put":
        put(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        send(Path(sys.argv[2]), sys.argv[3])
