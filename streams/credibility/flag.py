"""Flag: a kind of doubt, the reason in words, and the reports that give rise to it.

Place on the data's way: account → **flag** → CLI, HTTP. The words are stable.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class FlagKind(StrEnum):
    """What asks for a second look."""

    FLOOD = "flood"
    """One source tells of more than a monitor can observe."""
    COPIED_TEXT = "copied_text"
    """Sources that name no common origin use each other's words."""
    COPIED_TIMES = "copied_times"
    """Sources that name no common origin have the same times to the second."""
    ONE_SIDED = "one_sided"
    """One party's sources alone accuse the other."""
    CIRCULAR = "circular"
    """Reports that go back to each other go back to nobody who saw it."""
    IMPOSSIBLE_SPEED = "impossible_speed"
    """A source was in two places that nobody travels between in that time."""
    REPEATED_POSITION = "repeated_position"
    """Different events lie on one spot to the last digit."""
    CLOCK = "clock"
    """It was observed after it was received."""


class Flag(Struct, frozen=True, order=True):
    """One doubt."""

    kind: FlagKind
    sources: tuple[str, ...]
    reason: str
    """In words, with the figures that it rests on."""
    reports: tuple[str, ...]
    """``source/id`` of all that give rise to it, sorted."""
