"""Deliver: the loop between spool and gateway: take, post, settle, wait.

Place on the data's way: the spool's waiting events → gateway → settled in the spool. The same loop
sends for the first time and goes on after a crash: there is no other way through. A crash between
the gateway's answer and `settle` means: the events are sent again, and get the same receipts.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.client.answer import Heard, Verify, hear
from services.client.backoff import next_size, wait_s
from services.client.batch import MOST_EVENTS, Batch, first_batch
from services.client.post import Gateway, NoAnswerError
from services.spool.entries import Entry
from services.spool.spool import Spool


@dataclass(frozen=True, slots=True)
class Delivery:
    """How it ended."""

    trouble: str = ""
    """Why events still wait; empty: none does."""
    stopped: bool = False
    """A person has to act before trying again comes to anything."""
    asked_s: float | None = None
    """How long the gateway asked us to wait, where that is longer than we may."""


def _now() -> datetime:
    return datetime.now(UTC)


def _settled_none(count: int) -> None:
    del count


@dataclass(frozen=True, slots=True)
class Pace:
    """What time, chance and patience are; tests bring their own."""

    timeout_s: float = 30.0
    """How long nothing may come through before we give up."""
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    share: Callable[[], float] = random.random
    now: Callable[[], datetime] = _now


@dataclass(slots=True)
class _Line:
    """How the line to the gateway has been lately."""

    size: int = MOST_EVENTS
    failures: int = 0
    last: float = 0.0
    """When something last came through, on the monotonic clock."""
    after: int = 0
    """Up to here, what still waits was let be: the others go first."""

    def hears(self, sent: Batch, heard: Heard, at: float) -> None:
        came_through = bool(heard.settled)
        self.size = next_size(
            self.size if came_through else len(sent.entries), MOST_EVENTS, came_through=came_through
        )
        self.failures = 0 if came_through else self.failures + 1
        self.last = at if came_through else self.last
        if heard.alone:
            self.after = sent.entries[-1].number


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Sends what waits in a spool to a gateway."""

    spool: Spool
    gateway: Gateway
    verify: Verify | None = None
    pace: Pace = field(default_factory=Pace)
    on_settled: Callable[[int], None] = _settled_none
    """Told how many events were settled."""

    def deliver(self) -> Delivery:
        """Send until nothing waits, nothing comes through any more, or a person has to act."""
        line = _Line(last=self.pace.monotonic())
        while waiting := self._next(line):
            batch = first_batch(waiting, line.size)
            heard = self._send(batch)
            at = self.pace.monotonic()
            line.hears(batch, heard, at)
            if heard.stop:
                return Delivery(heard.trouble, stopped=True)
            if heard.divide or not heard.trouble:
                continue
            pause = wait_s(max(1, line.failures), self.pace.share(), heard.asked_s)
            left_s = line.last + self.pace.timeout_s - at
            if left_s <= (heard.asked_s or 0.0):
                return Delivery(heard.trouble, asked_s=heard.asked_s)
            self.pace.sleep(min(pause, left_s))  # our own wait leaves room for a last try
        return Delivery()

    def _next(self, line: _Line) -> list[Entry]:
        """What waits next; at the end, again from the start."""
        found = self.spool.waiting(line.size, line.after)
        if not found and line.after:
            line.after = 0
            found = self.spool.waiting(line.size)
        return found

    def _send(self, batch: Batch) -> Heard:
        """One post, settled on disk when it returns."""
        now = self.pace.now()
        try:
            answer = self.gateway.post(batch, self.pace.timeout_s)
        except NoAnswerError as error:
            heard = Heard(trouble=str(error))  # retry: whether it has them, it will say then
        else:
            heard = hear(batch, answer, now, self.verify)
        if heard.settled:
            self.spool.settle(heard.settled, self.gateway.address, now)
            self.on_settled(len(heard.settled))
        if heard.trouble:
            self.spool.note_trouble(heard.trouble, now)
        return heard
