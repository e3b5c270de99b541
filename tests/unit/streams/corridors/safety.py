"""When a corridor may be shown `open`, clause by clause (domain.md, "Corridor").

"Never open unless an authorised `open` that is known was observed within the window, is not stale,
was observed after the cause of every suspension before it, the agreed axis allows it, no party has
withdrawn, and no source's latest word is more cautious unless settled by name." Each clause is a
question to the raw events; none knows how the fold or the simulator answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from streams.agreement import Agreement, Corridor
from streams.corridors.events import CorridorEvent, Effect, RouteEvent, StatusEvent
from streams.methodology import Methodology
from streams.vocabulary import AgreedAxis, Availability, Right
from tests.unit.streams.corridors.clocks import in_hours, said_by_all
from tests.unit.streams.corridors.histories import METHODOLOGY, History
from tests.unit.streams.corridors.oracle import ANYWHERE, LADEN_T, Place

SKEW = timedelta(seconds=METHODOLOGY.clock_skew_s)
STALE = timedelta(seconds=METHODOLOGY.corridor.stale_after_s)
NEVER = datetime.max.replace(tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CAUTIOUS = set(Availability) - {Availability.OPEN}


def why_not_open(
    whole: History, methodology: Methodology, now: datetime, place: Place = ANYWHERE
) -> list[str]:
    """The clauses that forbid `open` at `now`, in one place; empty where it may be open."""
    assert methodology is METHODOLOGY
    of_it = tuple(it for it in whole.events if _is_of(whole.corridor, it))
    history = _History(whole.corridor, whole.agreement, of_it, place)
    clauses: dict[str, Callable[[_History, datetime], bool]] = {
        "the agreement and the corridor are in force": _in_force,
        "the agreed axis allows it": _axis_allows,
        "some word opens it": lambda history, now: any(_opening(history, now)),
        "a word that opens it was observed after the cause of every suspension": _seen_since,
        "no party has withdrawn": _no_party_withdrew,
        "no source's latest word is more cautious": _no_latest_word_cautious,
        "no report on the route is unsettled": _no_report_unsettled,
    }
    return [clause for clause, holds in clauses.items() if not holds(history, now)]


def _is_of(road: Corridor, event: CorridorEvent) -> bool:
    """What is said of another corridor opens, closes and settles nothing here."""
    return isinstance(event, RouteEvent) or event.status.corridor == road.id


class _History(NamedTuple):
    """A history, and for which segment, which way, for whom is asked."""

    corridor: Corridor
    agreement: Agreement
    events: tuple[CorridorEvent, ...]
    place: Place


def _is_named(history: _History, segment: str | None) -> bool:
    road = history.corridor
    return segment in {it.id for it in road.segments} | {it.id for it in road.crossings}


def _speaks_of(history: _History, event: StatusEvent) -> bool:
    """Whether the status says something of the place that is asked for."""
    status, (segment, direction, traveller) = event.status, history.place
    return (
        (not _is_named(history, status.segment) or status.segment == segment)
        and status.direction in {None, direction}
        and (not status.travellers or traveller in status.travellers)
    )


def _carries(history: _History, event: StatusEvent) -> bool:
    """Whether what it lets pass may be as heavy as the traveller that is asked for."""
    limit, traveller = event.status.max_load_t, history.place.traveller
    return limit is None or traveller is None or LADEN_T[traveller] <= limit


def _touches(history: _History, report: RouteEvent) -> bool:
    known = all(_is_named(history, segment) for segment in report.segments)
    return not known or not report.segments or history.place.segment in report.segments


def _in_force(history: _History, now: datetime) -> bool:
    valid = (history.agreement.valid, history.corridor.valid)
    return all(it is None or it.from_ <= now < (it.to or NEVER) for it in valid)


def _axis_allows(history: _History, now: datetime) -> bool:  # noqa: ARG001 -- one shape for all clauses
    return history.corridor.axis in {AgreedAxis.AGREED_IN_DETAIL, AgreedAxis.NOTIFIED}


def _statuses(history: _History) -> list[StatusEvent]:
    return [event for event in history.events if isinstance(event, StatusEvent)]


def _has(history: _History, event: StatusEvent, right: Right) -> bool:
    """Whether the source is known, vouched for, and had the right when it spoke."""
    issued = min(event.status.issued_at, event.received_at + SKEW)
    return (
        event.vouched
        and _signed_in_order(history, event, issued)
        and any(
            source.id == event.status.source
            and right in source.rights
            and (not source.corridors or history.corridor.id in source.corridors)
            and (source.valid is None or source.valid.from_ <= issued < (source.valid.to or NEVER))
            and max(issued, event.received_at) < (source.revoked_at or NEVER)
            for source in history.agreement.sources
        )
    )


def _signed_in_order(history: _History, event: StatusEvent, issued: datetime) -> bool:
    """Whether no key vouches for it, or one of its source's that was good then."""
    return event.public_key is None or any(
        key.public_key == event.public_key
        and (key.valid is None or key.valid.from_ <= issued < (key.valid.to or NEVER))
        and max(issued, event.received_at) < (key.revoked_at or NEVER)
        for source in history.agreement.sources
        if source.id == event.status.source
        for key in source.keys
    )


def _still_may_open(history: _History, name: str, now: datetime) -> bool:
    """Whether the source's right to open has neither ended nor been revoked by `now`."""
    return any(
        source.id == name
        and Right.OPEN in source.rights
        and now < min(source.revoked_at or NEVER, (source.valid and source.valid.to) or NEVER)
        for source in history.agreement.sources
    )


def _party(history: _History, source: str) -> str | None:
    return next((it.party for it in history.agreement.sources if it.id == source), None)


def _opening(history: _History, now: datetime) -> Iterator[StatusEvent]:
    """Authorised `open`s, observed within a window that still lasts, not stale, in effect."""
    for event in _statuses(history):
        status, seen = event.status, event.status.observed_at
        if (
            status.status is Availability.OPEN
            and seen is not None
            and not status.exercise
            and (status.segment is None or _is_named(history, status.segment))
            and _speaks_of(history, event)
            and _carries(history, event)
            and _has(history, event, Right.OPEN)
            and _still_may_open(history, status.source, now)
            and _party(history, status.source) is None
            and max(seen, status.issued_at) <= event.received_at + SKEW
            and seen <= now < seen + STALE
            and status.effective_from <= now < (status.effective_to or NEVER)
            and _in_one_window(history.corridor, seen, now)
        ):
            yield event


def _in_one_window(road: Corridor, seen: datetime, now: datetime) -> bool:
    """Whether a window in which it was seen has not ended since."""
    minutes = (seen + number * MINUTE for number in range((now - seen) // MINUTE + 1))
    return (
        any(it.from_ <= seen and now < (it.to or NEVER) for it in road.windows)
        or any(said_by_all(it, seen) and said_by_all(it, now) for it in road.announced)
        or all(in_hours(road, it) for it in minutes)
    )


def _seen_since(history: _History, now: datetime) -> bool:
    seen = [event.status.observed_at for event in _opening(history, now)]
    last = max((it for it in seen if it is not None), default=None)
    return last is not None and all(last > ended for ended in _suspensions(history, now))


def _suspensions(history: _History, now: datetime) -> Iterator[datetime]:
    """The ends of the causes of all suspensions, closures and withdrawn reports until `now`."""
    for event in history.events:
        limit = event.received_at + SKEW
        if isinstance(event, RouteEvent):
            begun = min(event.observed_from, limit) <= now and _touches(history, event)
            if event.effect is not Effect.IMPEDES and begun:
                yield min(event.observed_to, limit)
        elif _is_caution(history, event) and (
            event.status.status in {Availability.CLOSED, Availability.SUSPENDED}
            or not _carries(history, event)
        ):
            status = event.status
            lasts = status.effective_from < (status.effective_to or NEVER)
            cancelled = _is_settled(history, event, status.effective_from)
            if lasts and status.effective_from <= now and not cancelled:
                yield status.effective_from


def _is_caution(history: _History, event: StatusEvent) -> bool:
    """Whether it is a caution that counts as said: not silenced, and from somebody with a say."""
    if event.status.exercise or not event.vouched or not _speaks_of(history, event):
        return False
    if event.status.status not in CAUTIOUS and _carries(history, event):
        return False
    if _has(history, event, Right.OPEN) or _has(history, event, Right.CLOSE):
        return True
    return _party(history, event.status.source) is not None


def _no_party_withdrew(history: _History, now: datetime) -> bool:
    return not any(
        _party(history, event.status.source) is not None for event in _cautions(history, now)
    )


def _no_latest_word_cautious(history: _History, now: datetime) -> bool:
    return not any(True for _ in _cautions(history, now))


def _cautions(history: _History, now: datetime) -> Iterator[StatusEvent]:
    """Cautions in effect that their source has not replaced and nobody has settled."""
    for event in _statuses(history):
        status = event.status
        if (
            _is_caution(history, event)
            and status.effective_from <= now < (status.effective_to or NEVER)
            and not _is_replaced(history, event, now)
            and not _is_settled(history, event, now)
        ):
            yield event


def _is_replaced(history: _History, event: StatusEvent, now: datetime) -> bool:
    """Whether its source said something later, under an id of its own, that is in effect."""

    def is_later(other: StatusEvent) -> bool:
        status = other.status
        return (
            other.vouched
            and not status.exercise
            and status.source == event.status.source
            and _speaks_of(history, other)
            and (
                status.segment in {None, event.status.segment} or _is_named(history, status.segment)
            )
            and status.id != event.status.id
            and min(status.issued_at, other.received_at + SKEW)
            > min(event.status.issued_at, event.received_at + SKEW)
            and min(status.effective_from, other.received_at + SKEW) <= now
            and now < (status.effective_to or NEVER)
        )

    return any(is_later(other) for other in _statuses(history))


def _is_settled(history: _History, event: StatusEvent | RouteEvent, now: datetime) -> bool:
    """Whether a status names it that may: a party's only for that party, all else for none."""
    named = event.status if isinstance(event, StatusEvent) else event
    concerned = _party(history, named.source)
    return any(
        _has(history, other, Right.SETTLE)
        and _party(history, other.status.source) == concerned
        and not other.status.exercise
        and max(other.status.issued_at, other.status.effective_from) <= now
        and any((it.source, it.id) == (named.source, named.id) for it in other.status.settles)
        for other in _statuses(history)
    )


def _no_report_unsettled(history: _History, now: datetime) -> bool:
    reports: Sequence[RouteEvent] = [it for it in history.events if isinstance(it, RouteEvent)]
    return all(
        _is_settled(history, report, now)
        for report in reports
        if report.effect is not Effect.UNSETTLES
        and _touches(history, report)
        and min(report.observed_from, report.received_at + SKEW) <= now
    )
