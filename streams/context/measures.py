"""Measures: what a party owes, what it claims, what the mission has verified.

Place on the data's way: heeded events → **measures** → gates of phases, `truceline measures`. The
party's claim and the mission's word stand beside each other, never mixed: numbers of both are kept
apart. Of each verifying source its latest word counts; between sources the most cautious one
stands. What only the passing of time changes (overdue) is computed when it is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from streams.agreement import Measure
from streams.context.heard import Heard
from streams.events import MeasureEvent
from streams.vocabulary import MeasureStatus, Word


class MeasureState(Word):
    """How far a measure has come."""

    PENDING = "pending"
    CLAIMED = "claimed"
    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"


class MeasureWord(Struct, frozen=True, omit_defaults=True, gc=False):
    """What somebody with a say has said of a measure."""

    at: datetime
    source: str
    id: str
    status: MeasureStatus
    done: int | None = None


class MeasureHistory(Struct, frozen=True, omit_defaults=True, gc=False):
    """A measure with all that counts of what was said of it; sorted by time."""

    id: str
    name: str
    clause: str
    party: str
    words: tuple[MeasureWord, ...]
    amount: int | None = None
    unit: str | None = None
    evidence: str | None = None
    due: datetime | None = None
    """None: it has no deadline, or one that counts from a phase that has not begun."""


class MeasureNow(Struct, frozen=True, gc=False):
    """A measure at one instant."""

    state: MeasureState
    overdue: bool
    """Its deadline has passed, and it is not verified."""
    claimed: int | None
    """By the party; None: it claims nothing, or the measure has no amount."""
    verified: int | None
    """By the mission, of the measure's amount; None: it has said nothing."""


def words_of(events: Iterable[Heard]) -> dict[str, tuple[MeasureWord, ...]]:
    """What was said of each measure, sorted; at one instant the more cautious word comes last."""
    words: defaultdict[str, list[MeasureWord]] = defaultdict(list)
    for item in events:
        event = item.event
        if isinstance(event, MeasureEvent):
            at = event.at.astimezone(UTC)
            words[event.measure].append(
                MeasureWord(at, event.source, event.id, event.status, event.done)
            )
    return {measure: tuple(sorted(said, key=_order)) for measure, said in words.items()}


def _order(word: MeasureWord) -> tuple[datetime, bool, int, str, str]:
    refused = word.status is MeasureStatus.NOT_VERIFIED
    fewer = -(1 << 31) if word.done is None else -word.done
    return (word.at, refused, fewer, word.source, word.id)


def history_of(
    measure: Measure, words: Sequence[MeasureWord], due: datetime | None
) -> MeasureHistory:
    """A measure of the agreement with what was said of it."""
    return MeasureHistory(
        measure.id,
        measure.name,
        measure.clause,
        measure.party,
        tuple(words),
        measure.amount,
        measure.unit,
        measure.evidence,
        due,
    )


def due_of(measure: Measure, began: dict[str, datetime]) -> datetime | None:
    """The deadline as an instant, by when phases began; days are of 24 hours."""
    due = measure.due
    if due is None:
        return None
    if due.phase is None:
        return due.on and due.on.astimezone(UTC)
    start = began.get(due.phase)
    return None if start is None else start + timedelta(days=due.days)


def verified_spans(
    words: Sequence[MeasureWord], amount: int | None
) -> list[tuple[datetime, datetime | None]]:
    """When the measure was verified in full, in order: [start, end); None: it still is."""
    spans: list[tuple[datetime, datetime | None]] = []
    for at in sorted({word.at for word in words}):
        is_verified = _is_verified(_latest(words, at), amount)
        was_verified = bool(spans) and spans[-1][1] is None
        if is_verified and not was_verified:
            spans.append((at, None))
        elif was_verified and not is_verified:
            spans[-1] = (spans[-1][0], at)
    return spans


def measure_at(measure: MeasureHistory, now: datetime) -> MeasureNow:
    """The measure as it stands at `now`, by what is known."""
    said = [word for word in measure.words if word.at <= now]
    claims = [word for word in said if word.status is MeasureStatus.CLAIMED]
    checks = _latest(said, now)
    verified = _is_verified(checks, measure.amount)
    counts = [_done(word, measure.amount) for word in checks]
    return MeasureNow(
        state=_state(claims, checks, verified=verified),
        overdue=measure.due is not None and measure.due <= now and not verified,
        claimed=_done(claims[-1], measure.amount) if claims else None,
        verified=min((count for count in counts if count is not None), default=None),
    )


def _state(
    claims: Sequence[MeasureWord], checks: Sequence[MeasureWord], *, verified: bool
) -> MeasureState:
    if verified:
        return MeasureState.VERIFIED
    refused = [word.at for word in checks if word.status is MeasureStatus.NOT_VERIFIED]
    # A claim after the refusal is a new one, and waits for the mission.
    if refused and not (claims and claims[-1].at > max(refused)):
        return MeasureState.NOT_VERIFIED
    return MeasureState.CLAIMED if claims else MeasureState.PENDING


def _latest(words: Sequence[MeasureWord], at: datetime) -> list[MeasureWord]:
    """Each verifying source's latest word by `at`."""
    latest = {
        word.source: word
        for word in words
        if word.at <= at and word.status is not MeasureStatus.CLAIMED
    }
    return list(latest.values())


def _is_verified(checks: Sequence[MeasureWord], amount: int | None) -> bool:
    return bool(checks) and all(_is_whole(word, amount) for word in checks)


def _is_whole(word: MeasureWord, amount: int | None) -> bool:
    """Verified in full: 38 of 50 is no verified measure."""
    if word.status is not MeasureStatus.VERIFIED:
        return False
    return amount is None or word.done is None or word.done >= amount


def _done(word: MeasureWord, amount: int | None) -> int | None:
    if amount is None or word.done is not None:
        return word.done
    return 0 if word.status is MeasureStatus.NOT_VERIFIED else amount
