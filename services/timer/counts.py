"""Counts: what a timer has done since it started; the one place where it counts.

Place on the data's way: beside it; said in the log now and then, and at the end.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """Written by the timer's one thread."""

    turns: int = 0
    """Times that a source was reckoned and compared with what is written."""
    written: int = 0
    """Rows that say that an instant fell due."""
    superseded: int = 0
    """Rows that say that one did not, after all."""
    held: int = 0
    """Instants that have fallen due and are not written, since word of them may still wait."""
