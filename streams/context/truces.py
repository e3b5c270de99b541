"""Truces: the life of each local truce, and when its terms held.

Place on the data's way: agreement, heeded steps → **truces** → facts, `truceline truces`. A truce
that the agreement itself makes is in force from the beginning. A truce holds from
when it is in force until its window ends, it is suspended or ended early; an extension moves the
end. At one instant the later step in a truce's life comes last. That it lapses needs no event: it
is computed when it is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from streams.context.authority import NoEffect, Unheeded
from streams.context.facts import TruceHeld
from streams.context.heard import Heard
from streams.events import (
    NamedPlaces,
    TruceAgreed,
    TruceEnded,
    TruceEvent,
    TruceExtended,
    TruceInForce,
    TruceProposed,
    TruceStep,
    TruceSuspended,
    TruceTerms,
)
from streams.vocabulary import Purpose, Word

Has = Callable[[NamedPlaces], bool]
"""Whether the agreement has all of these places."""


class TruceState(Word):
    """How far a truce has come."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    ENDED_EARLY = "ended_early"
    LAPSED = "lapsed"


class TruceMoment(Struct, frozen=True, omit_defaults=True, gc=False):
    """From `at` on the truce is in this state, by the step of `by`."""

    at: datetime
    state: TruceState
    ends_at: datetime | None
    """When it lapses, by what was known of its window then."""
    by: str
    begins_at: datetime | None = None


class TruceHistory(Struct, frozen=True, omit_defaults=True, gc=False):
    """A truce with its states over time, sorted, and its last known terms."""

    id: str
    purpose: Purpose
    zones: tuple[str, ...]
    corridors: tuple[str, ...]
    guarantors: tuple[str, ...]
    moments: tuple[TruceMoment, ...]
    text: str | None = None


class TruceNow(Struct, frozen=True, gc=False):
    """A truce at one instant."""

    state: TruceState
    holds: bool
    """Its terms are in force: it is, and its window has begun."""
    since: datetime
    ends_at: datetime | None


class TrucesTold(Struct, frozen=True):
    """What the steps say."""

    histories: tuple[TruceHistory, ...]
    held: tuple[TruceHeld, ...]
    unheeded: tuple[Unheeded, ...]


_RANK: dict[type[TruceStep], int] = {
    TruceProposed: 0,
    TruceAgreed: 1,
    TruceInForce: 2,
    TruceExtended: 3,
    TruceSuspended: 4,
    TruceEnded: 5,
}


class AgreedTruce(NamedTuple):
    """A truce that the agreement itself puts in force."""

    since: datetime
    """When the agreement does; the window may begin later."""
    terms: TruceTerms
    by: str


def tell_truces(
    events: Iterable[Heard], has: Has, agreed: Mapping[str, AgreedTruce] | None = None
) -> TrucesTold:
    """Read the steps of every truce; `agreed` are those of the agreement itself, by id."""
    steps: defaultdict[str, list[Heard]] = defaultdict(list)
    for item in events:
        if isinstance(item.event, TruceEvent):
            steps[item.event.truce].append(item)
    made = agreed or {}
    lives = [_live(name, steps[name], has, made.get(name)) for name in sorted({*steps, *made})]
    return TrucesTold(
        tuple(history for life in lives if (history := life.history()) is not None),
        tuple(held for life in lives for held in life.held),
        tuple(one for life in lives for one in life.unheeded),
    )


def truce_at(history: TruceHistory, now: datetime) -> TruceNow | None:
    """The truce as it stands at `now`, by what is known; None: nothing was said of it by then."""
    moments = [moment for moment in history.moments if moment.at <= now]
    if not moments:
        return None
    last = moments[-1]
    over = last.ends_at is not None and last.ends_at <= now
    if over and last.state is not TruceState.ENDED_EARLY:
        assert last.ends_at is not None
        return TruceNow(TruceState.LAPSED, holds=False, since=last.ends_at, ends_at=last.ends_at)
    begun = last.begins_at is None or last.begins_at <= now
    holds = last.state is TruceState.IN_FORCE and begun
    return TruceNow(last.state, holds=holds, since=last.at, ends_at=last.ends_at)


def _live(name: str, steps: Sequence[Heard], has: Has, agreed: AgreedTruce | None) -> _Life:
    life = _Life(name)
    if agreed is not None:
        # Before all that was said of it: a suspension under an earlier version still suspends it.
        since = min([agreed.since, *(_order(item)[0] for item in steps)]).astimezone(UTC)
        life.begin(agreed.terms, since, agreed.by)
    for item in sorted(steps, key=_order):
        event = item.event
        assert isinstance(event, TruceEvent)
        reason = life.take(event, item.ref, has)
        if reason is not None:
            life.unheeded.append(Unheeded(item.ref, reason))
    life.close()
    return life


def _order(item: Heard) -> tuple[datetime, int, str]:
    event = item.event
    assert isinstance(event, TruceEvent)
    return (event.at, _RANK[type(event.step)], item.ref)


@dataclass(slots=True)
class _Life:
    """One truce, step by step in the order of time."""

    name: str
    held: list[TruceHeld] = field(default_factory=list)
    unheeded: list[Unheeded] = field(default_factory=list)
    moments: list[TruceMoment] = field(default_factory=list)
    terms: TruceTerms | None = None
    open: TruceHeld | None = None
    """It holds, or is going to once its window begins."""

    def take(self, event: TruceEvent, ref: str, has: Has) -> NoEffect | None:
        """Take a step; why it has no effect, or None."""
        at, step = event.at.astimezone(UTC), event.step
        self._lapse(at)
        if self.moments and self.moments[-1].state is TruceState.ENDED_EARLY:
            return NoEffect.TRUCE_IS_OVER
        if isinstance(step, TruceProposed | TruceAgreed | TruceInForce):
            if not has(step.terms.place):
                return NoEffect.UNKNOWN_PLACE
            return self._take_terms(step, at, ref)
        if isinstance(step, TruceExtended):
            return self._extend(step.ends_at.astimezone(UTC), at, ref)
        if self.terms is None or self.terms.ends_at <= at:
            return NoEffect.TRUCE_NOT_IN_FORCE  # what has lapsed nobody has broken off
        self._cut(at)
        ended = isinstance(step, TruceEnded)
        self._note(at, TruceState.ENDED_EARLY if ended else TruceState.SUSPENDED, ref)
        return None

    def _take_terms(
        self,
        step: TruceProposed | TruceAgreed | TruceInForce,
        at: datetime,
        ref: str,
    ) -> NoEffect | None:
        if not isinstance(step, TruceInForce):
            if self.open is not None:
                return NoEffect.SUPERSEDED  # what is in force is not changed by talking of it
            self.terms = step.terms
            is_agreed = isinstance(step, TruceAgreed)
            self._note(at, TruceState.AGREED if is_agreed else TruceState.PROPOSED, ref)
            return None
        self._cut(at)
        self.begin(step.terms, at, ref)
        return None

    def begin(self, terms: TruceTerms, at: datetime, ref: str) -> None:
        """It is in force on these terms from then on."""
        self.terms = terms
        self.open = self._holding(at, ref)
        self._note(at, TruceState.IN_FORCE, ref)

    def _holding(self, at: datetime, ref: str) -> TruceHeld:
        terms = self.terms
        assert terms is not None
        return TruceHeld(
            truce=self.name,
            purpose=terms.purpose,
            zones=tuple(sorted(set(terms.place.zones))),
            corridors=tuple(sorted(set(terms.place.corridors))),
            start=max(at, terms.begins_at.astimezone(UTC)),
            end=terms.ends_at.astimezone(UTC),
            prohibits=tuple(sorted(set(terms.prohibits))),
            weapons=tuple(sorted(set(terms.weapons))),
            guarantors=tuple(sorted(set(terms.guarantors))),
            severity=terms.severity,
            event=ref,
        )

    def _extend(self, ends_at: datetime, at: datetime, ref: str) -> NoEffect | None:
        if self.open is None or self.terms is None:
            return NoEffect.TRUCE_NOT_IN_FORCE
        end = max(ends_at, at)
        self.open = replace(self.open, end=end)
        # A suspension later on leaves the window as it is: it lapses at the new end.
        self.terms = replace(self.terms, ends_at=end)
        self._note(at, TruceState.IN_FORCE, ref)
        return None

    def _lapse(self, at: datetime) -> None:
        """What has ended by itself before `at` cannot be extended or suspended."""
        if self.open is not None and self.open.end <= at:
            self.close()

    def _cut(self, at: datetime) -> None:
        if self.open is not None:
            self.open = replace(self.open, end=min(self.open.end, at))
            self.close()

    def close(self) -> None:
        """Keep the interval in which it held, if there is any."""
        if self.open is not None and self.open.start < self.open.end:
            self.held.append(self.open)
        self.open = None

    def _note(self, at: datetime, state: TruceState, ref: str) -> None:
        terms, running = self.terms, self.open
        assert terms is not None
        ends_at = running.end if running else terms.ends_at.astimezone(UTC)
        begins_at = running.start if running else None
        self.moments.append(TruceMoment(at, state, ends_at, ref, begins_at))

    def history(self) -> TruceHistory | None:
        """Its states; None where no step had an effect."""
        terms = self.terms
        if terms is None:
            return None
        return TruceHistory(
            self.name,
            terms.purpose,
            tuple(sorted(set(terms.place.zones))),
            tuple(sorted(set(terms.place.corridors))),
            tuple(sorted(set(terms.guarantors))),
            tuple(self.moments),
            terms.text,
        )
