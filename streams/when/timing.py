"""Timing: where a report's interval lies against the time in which a term holds.

Place on the data's way: calendar → **Timing** → rules.
"""

from __future__ import annotations

from enum import IntEnum


class Timing(IntEnum):
    """The report's interval against when term and zone are in force."""

    WITHIN = 0
    ACROSS = 1
    """It crosses the edge of a validity, a window or a phase."""
    OUTSIDE = 2
    """The term, or every zone of it, was not in force."""
    NOT_BEGUN = 3
    """The phase in which the term holds had not begun."""
