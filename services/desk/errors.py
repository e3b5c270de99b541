"""Errors of the desk.

DeskError                nothing was written
├── NoSuchItemError      there is no such result that may be seen
├── ChangedSinceError    somebody acted, or it was judged again, since it was looked at
└── ActRefusedError      what is wanted has no place in the state that it is in
"""

from __future__ import annotations

from dataclasses import dataclass

from services.desk.show import ItemShown
from services.errors import AnswerIsNoError
from streams.desk.decide import TO_DO, Refused


class DeskError(AnswerIsNoError):
    """Nothing was written."""


@dataclass
class NoSuchItemError(DeskError):
    """There is no such result that may be seen."""

    item: str

    def __str__(self) -> str:
        """The line."""
        return f"there is no item {self.item}: `truceline desk list` names those that wait"


@dataclass
class ChangedSinceError(DeskError):
    """Somebody acted, or it was judged again, since it was looked at."""

    shown: ItemShown
    """As it is now."""
    looked_at: str
    """The revision that the act was decided on."""

    def __str__(self) -> str:
        """The line: who did what meanwhile."""
        item, now = self.shown.item, self.shown.revision
        return f"{item} was at {self.looked_at} and is at {now} now: {self.meanwhile}"

    @property
    def meanwhile(self) -> str:
        """What has happened since, in words."""
        seq, _, reading = self.looked_at.partition(".")
        since = [act for act in self.shown.acts if act.seq > int(seq)]
        told = [f"{act.principal}: {act.action} ({act.note})" for act in since]
        if self.shown.reading != int(reading):
            told.append("it was judged again")
        return "; ".join(told) or "no such state was ever shown"


@dataclass
class ActRefusedError(DeskError):
    """What is wanted has no place in the state that it is in."""

    refused: Refused
    shown: ItemShown
    """The item that it lies on, as it is now."""

    def __str__(self) -> str:
        """The line."""
        return f"{self.refused.item}: {TO_DO[self.refused.reason]}"
