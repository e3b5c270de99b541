"""Crash points: named places beside every commit, where a test can have the program fail.

Place on the data's way: in the relay, the timer and the gateway, right before and right after each
write that others rely on. In the program itself `reached` does nothing; nothing outside of the
process, no variable and no file, can make it do more. A test sets `on_reached`: to raise what an
engine that is away raises, or to end the process on the spot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum


class Point(StrEnum):
    """Where a crash can fall between two writes."""

    RELAY_READ = "relay_read"
    """Rows are read; nothing of them is sent."""
    RELAY_SENT = "relay_sent"
    """Kafka has acknowledged; the rows are still in the outbox."""
    RELAY_FORGOTTEN = "relay_forgotten"
    """The rows are gone, the relay has not been told so yet."""
    RESEND_FOUND = "resend_found"
    """What nobody has judged is found, and not queued again yet."""
    RESEND_QUEUED = "resend_queued"
    """It is queued in a transaction that is not committed."""
    RESEND_COMMITTED = "resend_committed"
    """It is queued for good, the leader has not been told so yet."""
    RESEND_NOTING = "resend_noting"
    """It is known how far all is judged, and not noted yet."""
    RESEND_NOTED = "resend_noted"
    """It is noted, the leader has not been told so yet."""
    TIMER_FOUND = "timer_found"
    """It is known what has fallen due and is not written; nothing of it is."""
    TIMER_ADDED = "timer_added"
    """It is written in a transaction that is not committed."""
    TIMER_COMMITTED = "timer_committed"
    """It is written for good, the timer has not been told so yet."""
    GATEWAY_STORING = "gateway_storing"
    """A group of posts is about to be stored, by a message that commits."""
    GATEWAY_STORED = "gateway_stored"
    """What is new of it is stored, and no receipt is out yet."""
    GATEWAY_WRITTEN = "gateway_written"
    """What is known of it already is written in a transaction that is not committed."""
    GATEWAY_COMMITTED = "gateway_committed"
    """It is committed, and no receipt is out yet."""


Hook = Callable[[Point], None]


def _nothing(_point: Point) -> None:
    """What happens at a crash point outside of tests."""


_hook: Hook = _nothing


def reached(point: Point) -> None:
    """Say that the program is here."""
    _hook(point)


@contextmanager
def on_reached(hook: Hook) -> Iterator[None]:
    """For tests: call `hook` at every point meanwhile."""
    global _hook  # noqa: PLW0603  one program, one hook; only tests come here
    before, _hook = _hook, hook
    try:
        yield
    finally:
        _hook = before
