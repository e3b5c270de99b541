"""Due: what is coming up, what has fallen due, and what did not after all.

    reckoned by what was known → beside what the timer has written → rows

Place on the data's way: store → **rows** → `truceline due`, GET /v1/due, `truceline status`. What
is due is computed when it is asked, whether a timer runs or not; what it has written is beside it.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from msgspec import Struct

from services.drafts import versions
from services.reckoning import Reckoning, Source, reckon_as_known, sources_of
from services.store.documents import loaded_agreements
from services.store.due import Written, last_written
from services.store.engine import Connection
from streams.due import Due, Rule
from streams.vocabulary import Word


class DueState(Word):
    """How a due instant stands."""

    COMING = "coming"
    """By what is known it is going to fall due then."""
    DUE = "due"
    """It has, and is written."""
    UNWRITTEN = "unwritten"
    """It has, and the timer has not written it yet."""
    WITHDRAWN = "withdrawn"
    """It was written, and a late event shows that it did not."""


class DueTold(Struct, frozen=True):
    """A due instant."""

    mission: str
    agreement: str
    subject: str
    """Id of the measure, phase, truce, corridor or movement; the rule says which of them."""
    rule: Rule
    due_at: datetime
    state: DueState
    written_at: datetime | None
    """When its last row was written; None: none is."""
    revision: int | None
    """Of that row."""
    draft: bool
    """Not all parties had signed the version in force then, by what was known."""


class DueAsked(NamedTuple):
    """About what, and by what was known when; of the instants from `since` to before `until`."""

    mission: str | None
    rule: Rule | None
    since: datetime | None
    until: datetime | None
    known_at: datetime


def due(conn: Connection, asked: DueAsked) -> list[DueTold]:
    """Every due instant that is asked for, in order; where `known_at` lies tells what is coming."""
    loaded = versions(conn, asked.mission, asked.known_at)
    drafts = {address for address, version in loaded.items() if version.missing}
    rows = [
        row
        for of, reckoning in _reckoned(conn, asked.mission, asked.known_at).items()
        for row in _rows(of, reckoning, _written(conn, of, asked.known_at), asked.known_at, drafts)
        if _is_asked(row, asked)
    ]
    return sorted(rows, key=lambda row: (row.due_at, row.mission, row.rule, row.subject))


def _is_asked(row: DueTold, asked: DueAsked) -> bool:
    return (
        (asked.rule is None or row.rule is asked.rule)
        and (asked.since is None or asked.since <= row.due_at)
        and (asked.until is None or row.due_at < asked.until)
    )


class TimerLag(NamedTuple):
    """How far the timer is behind."""

    unwritten: int
    """Instants that have fallen due and are not written."""
    oldest_s: float
    """For how long the first of them could have been; 0: there is none."""
    ahead: int
    """Rows that stand and whose instant is still to come: a clock was ahead."""


SETTLING: Final = timedelta(seconds=10)
"""So long after an instant nobody asks why it is not written."""


def timer_lag(conn: Connection, now: datetime) -> TimerLag:
    """Look at every mission."""
    waiting_s: list[float] = []
    ahead = 0
    for of, reckoning in _reckoned(conn, None, now).items():
        known_since = reckoning.known_since or now
        written = _written(conn, of)
        ahead += sum(it.stands and due_.due_at > now for due_, it in written.items())
        waiting_s += [
            (now - max(row.due_at, known_since)).total_seconds()
            for row in _rows(of, reckoning, written, now)
            if row.state is DueState.UNWRITTEN and row.due_at <= now - SETTLING
        ]
    return TimerLag(len(waiting_s), max(waiting_s, default=0.0), ahead)


def _reckoned(conn: Connection, mission: str | None, known_at: datetime) -> dict[Source, Reckoning]:
    sources = sources_of(loaded_agreements(conn, mission, known_at))
    return reckon_as_known(conn, sources, known_at, mission)


def _written(conn: Connection, of: Source, known_at: datetime | None = None) -> dict[Due, Written]:
    return last_written(
        conn,
        of.mission,
        of.agreement_id,
        of.rules,
        subject=of.corridor_id or None,
        known_at=known_at,
    )


def _rows(
    of: Source,
    reckoning: Reckoning,
    written: Mapping[Due, Written],
    now: datetime,
    drafts: Container[bytes] = (),
) -> Iterator[DueTold]:
    """What is reckoned, and what was written and is not reckoned any more."""
    known = set(reckoning.due)
    for it in sorted(known | written.keys()):
        last = written.get(it)
        yield DueTold(
            mission=of.mission,
            agreement=of.agreement_id,
            subject=it.subject,
            rule=it.rule,
            due_at=it.due_at,
            state=_state(it, last, now) if it in known else DueState.WITHDRAWN,
            written_at=None if last is None else last.written_at,
            revision=None if last is None else last.revision,
            draft=reckoning.read_by(it.due_at)[0] in drafts,
        )


def _state(it: Due, last: Written | None, now: datetime) -> DueState:
    if it.due_at > now:
        return DueState.COMING
    return DueState.DUE if last is not None and last.stands else DueState.UNWRITTEN
