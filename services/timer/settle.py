"""Settle: what is reckoned against what is written; the rows that make them equal.

Place on the data's way: the timer's middle. Pure. After an outage, after a late event and on an
ordinary day it is the same: what has fallen due and is not written is written, with its own
instant; what is written and did not fall due is superseded.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from services.reckoning import Reckoning, Source
from services.store.due import Written
from services.store.rows import DueRow
from streams.due import Due


class Settlement(NamedTuple):
    """What is to be written."""

    missing: list[DueRow]
    """In the order of their instants."""
    wrong: list[DueRow]
    """Each says that what the revision before it said did not happen."""
    next_at: datetime | None
    """The first instant after `until` that is going to be due, by what is known."""


def settle(
    of: Source,
    reckoning: Reckoning,
    written: Mapping[Due, Written],
    until: datetime,
    written_at: datetime,
) -> Settlement:
    """Compare.

    Args:
        of: the source that both are of.
        reckoning: everything that falls due of it, whenever.
        written: the last row of each due instant of it.
        until: what is due by then has fallen due.
        written_at: of the rows made here; not before `until`.

    A row whose instant lies after `until` is left alone while it is reckoned: a clock that was
    ahead has written it, and it is right about everything but the time.
    """
    make = _Maker(of, reckoning, written_at)
    missing = [
        make.row(due, written.get(due), stands=True)
        for due in reckoning.due
        if due.due_at <= until and not _stands(written.get(due))
    ]
    known = set(reckoning.due)
    wrong = [
        make.row(due, last, stands=False)
        for due, last in sorted(written.items())
        if last.stands and due not in known
    ]
    ahead = (due.due_at for due in reckoning.due if due.due_at > until)
    return Settlement(missing, wrong, next(ahead, None))


def _stands(last: Written | None) -> bool:
    return last is not None and last.stands


class _Maker(NamedTuple):
    """Makes the rows of one settlement."""

    of: Source
    reckoning: Reckoning
    written_at: datetime

    def row(self, due: Due, last: Written | None, *, stands: bool) -> DueRow:
        """The row that follows the last one."""
        agreement, generation = self.reckoning.read_by(due.due_at)
        return DueRow(
            due_at=due.due_at,
            written_at=self.written_at,
            revision=1 if last is None else last.revision + 1,
            generation=generation,
            stands=stands,
            mission=self.of.mission,
            agreement_id=self.of.agreement_id,
            subject=due.subject,
            rule=due.rule.value,
            agreement=agreement,
        )
