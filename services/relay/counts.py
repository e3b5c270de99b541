"""Counts: what a relay has done since it started; the one place where it counts.

Place on the data's way: beside it; said in the log now and then, and at the end.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """Each is written by one thread."""

    turns: int = 0
    """Times that bundles of the outbox were sent together."""
    sent: int = 0
    """Messages that Kafka has acknowledged."""
    unsent: int = 0
    """Times that a message could not be sent; its bundle stayed."""
    resent: int = 0
    """Submissions that were queued again because nobody had judged them."""
