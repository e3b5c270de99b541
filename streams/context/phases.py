"""Phases: when each part of the agreement began.

Place on the data's way: heeded declarations, verified measures → **phases** → facts, deadlines. A
phase begins at the first instant at which its date or declaration has come *and* every measure
that gates it is verified. So one that would open on an unverified measure does not; and one that
has begun stays so, whatever is said of the measure later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from streams.agreement import Phase
from streams.context.heard import Heard
from streams.events import DeclarationEvent, PhaseBegins

Span = tuple[datetime, datetime | None]
_EVER: Span = (datetime.min.replace(tzinfo=UTC), None)


def declared_starts(events: Iterable[Heard]) -> dict[str, datetime]:
    """When each phase is declared to begin.

    Of each source the word issued last counts; between sources the latest beginning does: until
    then somebody with a say holds that it has not begun.
    """
    words: defaultdict[str, dict[str, tuple[datetime, datetime]]] = defaultdict(dict)
    for item in events:
        event = item.event
        if isinstance(event, DeclarationEvent) and isinstance(event.declares, PhaseBegins):
            told = words[event.declares.phase]
            word = (event.issued_at.astimezone(UTC), event.declares.begins_at.astimezone(UTC))
            told[event.source] = max(told.get(event.source, word), word)
    return {phase: max(at for _, at in told.values()) for phase, told in words.items()}


def phase_start(
    phase: Phase, declared: Mapping[str, datetime], verified: Mapping[str, Sequence[Span]]
) -> datetime | None:
    """When the phase began or will begin; None: nothing that is known begins it.

    Args:
        phase: of the agreement.
        declared: when phases are declared to begin.
        verified: of each measure, when it was verified in full.
    """
    trigger = _trigger(phase, declared)
    if trigger is None:
        return None
    open_: list[Span] = [(trigger, None)]
    for gate in phase.gated_by:
        open_ = _shared(open_, verified.get(gate, ()))
    return open_[0][0] if open_ else None


def _trigger(phase: Phase, declared: Mapping[str, datetime]) -> datetime | None:
    if phase.declared:
        return declared.get(phase.id)
    if phase.on is not None:
        return phase.on.astimezone(UTC)
    return _EVER[0] if phase.gated_by else None


def _shared(ours: Sequence[Span], theirs: Sequence[Span]) -> list[Span]:
    """When both hold, in order."""
    shared: list[Span] = []
    for start, end in ours:
        for other_start, other_end in theirs:
            begin = max(start, other_start)
            ends = [edge for edge in (end, other_end) if edge is not None]
            until = min(ends, default=None)
            if until is None or begin < until:
                shared.append((begin, until))
    return sorted(shared, key=lambda span: span[0])
