"""A corridor's history as the worker leaves it, without a worker: for `corridors`.

Each word is folded by the real fold and written down by the real refold, but over the newest words
alone: what is older no later word changes, and each step asserts that. A test holds the first
generations equal to those of a worker that heard the same words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import NamedTuple

from services.store.generations import Known, StoredInterval
from services.store.rows import AvailabilityRow
from services.worker.refold import CorridorChange, new_generation, stored_interval
from streams.agreement import Agreement
from streams.corridors.events import CorridorEvent, StatusEvent
from streams.corridors.fold import availability
from streams.events import CorridorStatus
from streams.methodology import Methodology
from streams.vocabulary import Availability
from tests.unit.streams import builders

MISSION = "corridors"
NEWEST = 20
"""Words that are folded again."""
SURE = 10
"""Of them those of which no later word changes anything."""
STATES = (
    *(Availability.OPEN,) * 12,
    *(Availability.IMPEDED,) * 3,
    Availability.SUSPENDED,
    Availability.CLOSED,
    Availability.UNKNOWN,
)


class Said(NamedTuple):
    """A word, and when it reached us."""

    at: datetime
    status: CorridorStatus


def words(corridor: str, count: int, begin: datetime, step: timedelta) -> list[Said]:
    """So many words of one operator in the order of their receipt, one a step, some late.

    An `open` grows stale after 1.5 steps (`stale_after_s`), and words do not come so evenly.
    """
    draw = Random(1)
    told: list[Said] = []
    for number in range(count):
        at = begin + step * (number + draw.uniform(-0.45, 0.45))
        late = step * (draw.uniform(1, 6) if draw.random() < 0.03 else draw.uniform(0, 0.02))
        status = builders.status(
            f"s-{number:06}",
            mission=MISSION,
            corridor=corridor,
            status=draw.choice(STATES),
            issued_at=at,
            observed_at=at,
            effective_from=at,
        )
        told.append(Said(_whole_seconds(at + late), status))
    return sorted(told, key=lambda it: (it.at, it.status.id))


def stale_after_s(step: timedelta) -> float:
    """Of the methodology that reads such a history."""
    return 1.5 * step.total_seconds()


def _whole_seconds(at: datetime) -> datetime:
    return at.replace(microsecond=0) + timedelta(seconds=1)


def generations(
    documents: tuple[Agreement, Methodology], corridor: str, told: Sequence[Said]
) -> Iterator[list[AvailabilityRow]]:
    """What each word leaves, from the one that was loaded with the agreement on."""
    agreement, _ = documents
    change = CorridorChange(agreement.mission, corridor)
    loaded = agreement.valid.from_
    first = _fold(documents, corridor, [])
    known = Known(0, None, [])
    for events, at in [([], loaded), *_newest(told)]:
        intervals = _fold(documents, corridor, events) if events else first
        sure = _sure_from(events, known.intervals)
        before, after = _from(known.intervals, sure), _from(intervals, sure)
        assert not before or before[0].starts_at == after[0].starts_at, (at, sure)
        rows = new_generation(change, known._replace(intervals=before), after, at, _digest(at))
        if rows:
            kept = [it for it in known.intervals if it.starts_at < rows[0].from_instant]
            known = Known(rows[0].generation, rows[0].known_at, (kept + _of(rows))[-4 * NEWEST :])
            yield rows


def _newest(told: Sequence[Said]) -> Iterator[tuple[list[CorridorEvent], datetime]]:
    events: list[CorridorEvent] = []
    for at, status in told:
        events = [*events[-NEWEST:], _event(status, at)]
        yield events, at


def _event(status: CorridorStatus, at: datetime) -> StatusEvent:
    digest = sha256(status.id.encode()).hexdigest()
    return StatusEvent(status=status, received_at=at, vouched=True, content_hash=digest)


def _fold(
    documents: tuple[Agreement, Methodology], corridor: str, events: Sequence[CorridorEvent]
) -> list[StoredInterval]:
    agreement, methodology = documents
    (drawn,) = [it for it in agreement.corridors if it.id == corridor]
    found = availability(drawn, agreement, methodology, events)
    return [stored_interval(it) for it in found]


def _sure_from(events: Sequence[CorridorEvent], known: Sequence[StoredInterval]) -> datetime | None:
    """Where an interval begins that the fold of the newest words tells as that of all does."""
    if len(events) <= NEWEST:
        return None
    observed = sorted(it.status.issued_at for it in events if isinstance(it, StatusEvent))
    return min(it.starts_at for it in known if it.starts_at >= observed[SURE])


def _from(intervals: Sequence[StoredInterval], start: datetime | None) -> list[StoredInterval]:
    return [it for it in intervals if start is None or it.starts_at >= start]


def _of(rows: Sequence[AvailabilityRow]) -> list[StoredInterval]:
    return [
        StoredInterval(
            row.starts_at,
            row.ends_at,
            row.state,
            row.cause,
            tuple(row.cause_events),
            row.not_valid_after,
        )
        for row in rows
    ]


def _digest(at: datetime) -> bytes:
    """In the place of the digest of all events, which is as long."""
    return sha256(at.isoformat().encode()).digest()
