"""Fold: the set of a mission's context events → its context.

Place on the data's way: heard events, agreement, methodology → **MissionState** → judge, store,
commands. A function of the *set* of events: any order, repetition and split gives the same context
(`events_digest` names the set). It reaches as far as what is known reaches; the passing of time
needs no event. What was known at K is the fold of what was received by K.

Each version of an agreement reads all the events by its own rights, phases and measures, as it
does with corridors: a report is judged beside the context that its own agreement version makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct

from streams.agreement import Agreement, Phase
from streams.context.authority import Authority, NoEffect, Unheeded
from streams.context.exchange_windows import Windows, windows_of
from streams.context.exchanges import ExchangeHistory, tell_exchanges
from streams.context.facts import MissionContext, Notification, PhaseBegan
from streams.context.heard import Heard, events_digest
from streams.context.measures import (
    MeasureHistory,
    due_of,
    history_of,
    verified_spans,
    words_of,
)
from streams.context.phases import declared_starts, phase_start
from streams.context.repeats import each_time, gates_of
from streams.context.truces import AgreedTruce, TruceHistory, tell_truces
from streams.events import (
    DeclarationEvent,
    MovementEvent,
    NamedPlaces,
    NotificationEvent,
    PhaseBegins,
    TruceTerms,
)
from streams.methodology import Methodology
from streams.vocabulary import Purpose


class PhaseStanding(Struct, frozen=True, omit_defaults=True, gc=False):
    """A phase of the agreement, whether it has begun or not."""

    id: str
    name: str
    gated_by: tuple[str, ...] = ()
    at: datetime | None = None
    """When it began or will begin; None: nothing that is known begins it."""


class MissionState(Struct, frozen=True, omit_defaults=True):
    """All that is known beside the reports of a mission, under one agreement version."""

    context: MissionContext
    """What a judgement asks."""
    phases: tuple[PhaseStanding, ...]
    measures: tuple[MeasureHistory, ...]
    truces: tuple[TruceHistory, ...]
    unheeded: tuple[Unheeded, ...]
    """What was said without effect, each with its reason; sorted."""
    events_digest: str
    """SHA-256 (hex) of the set of events."""
    exchanges: tuple[ExchangeHistory, ...] = ()


encode_state = msgspec.json.Encoder(order="deterministic").encode
_DECODER = msgspec.json.Decoder(MissionState)


def decode_state(raw: bytes) -> MissionState:
    """What `encode_state` wrote; raises msgspec.ValidationError for anything else."""
    return _DECODER.decode(raw)


def fold(agreement: Agreement, methodology: Methodology, heard: Iterable[Heard]) -> MissionState:
    """The mission's context by all that was heard; events of other missions are passed over.

    So are movements: not everybody who reads the context may know of them (`streams.movements`).
    """
    known = [
        item
        for item in heard
        if item.event.mission == agreement.mission and not isinstance(item.event, MovementEvent)
    ]
    skew = timedelta(seconds=methodology.clock_skew_s)
    heeded = Authority(agreement, skew).heed(known)
    places = _Places(agreement)
    phases, measures = _phases_and_measures(agreement, heeded.events)
    began = [PhaseBegan(phase=it.id, at=it.at) for it in phases if it.at is not None]
    windows = windows_of(agreement.exchanges, began)
    truces = tell_truces(heeded.events, places.have, _agreed_truces(agreement, windows))
    notifications, nowhere = _notifications(heeded.events, places)
    unheeded = {
        *heeded.unheeded,
        *truces.unheeded,
        *nowhere,
        *_idle_declarations(agreement, heeded.events),
    }
    return MissionState(
        context=MissionContext.of(
            notifications,
            began,
            truces.held,
        ),
        phases=tuple(phases),
        measures=tuple(measures),
        truces=truces.histories,
        unheeded=tuple(sorted(unheeded, key=lambda one: (one.ref, one.reason))),
        events_digest=events_digest(known).hex(),
        exchanges=tell_exchanges(agreement, heeded.events, windows),
    )


def _agreed_truces(agreement: Agreement, windows: Windows) -> dict[str, AgreedTruce]:
    """The truces that exchanges have of their own, of those whose window is known."""
    return {
        one.truce.id: AgreedTruce(
            agreement.valid.from_,
            TruceTerms(
                purpose=Purpose.EXCHANGE,
                place=NamedPlaces(zones=one.points),
                begins_at=windows[one.id].from_,
                ends_at=windows[one.id].to,
                prohibits=one.truce.prohibits,
                weapons=one.truce.weapons,
                guarantors=one.truce.guarantors,
                severity=one.truce.severity,
            ),
            f"agreement:exchange-{one.id}",
        )
        for one in agreement.exchanges
        if one.id in windows
    }


def _phases_and_measures(
    agreement: Agreement, events: Sequence[Heard]
) -> tuple[list[PhaseStanding], list[MeasureHistory]]:
    words = words_of(events)
    owed = list(each_time(agreement.measures))
    verified = {
        measure.id: verified_spans(words.get(measure.id, ()), measure.amount) for measure in owed
    }
    declared = declared_starts(events)
    gated = [gates_of(phase, agreement.measures) for phase in agreement.phases]
    phases = [
        PhaseStanding(
            it.id, it.name, tuple(sorted(it.gated_by)), phase_start(it, declared, verified)
        )
        for it in sorted(gated, key=lambda phase: phase.id)
    ]
    began = {phase.id: phase.at for phase in phases if phase.at is not None}
    measures = [
        history_of(it, words.get(it.id, ()), due_of(it, began))
        for it in sorted(owed, key=lambda measure: measure.id)
    ]
    return phases, measures


def _notifications(
    events: Iterable[Heard], places: _Places
) -> tuple[list[Notification], list[Unheeded]]:
    made: list[Notification] = []
    nowhere: list[Unheeded] = []
    for item in events:
        event = item.event
        if not isinstance(event, NotificationEvent):
            continue
        if not places.have(event.place):
            nowhere.append(Unheeded(item.ref, NoEffect.UNKNOWN_PLACE))
            continue
        made.append(
            Notification(
                activity=event.activity,
                zones=tuple(sorted(set(event.place.zones))),
                corridors=tuple(sorted(set(event.place.corridors))),
                start=event.begins_at.astimezone(UTC),
                end=event.ends_at.astimezone(UTC),
                notified_at=event.notified_at.astimezone(UTC),
                by=event.party,
                event=item.ref,
            )
        )
    return made, nowhere


def _idle_declarations(agreement: Agreement, events: Iterable[Heard]) -> list[Unheeded]:
    """Declarations of phases that the agreement does not have, or that begin otherwise."""
    phases: dict[str, Phase] = {phase.id: phase for phase in agreement.phases}
    idle: list[Unheeded] = []
    for item in events:
        event = item.event
        if isinstance(event, DeclarationEvent) and isinstance(event.declares, PhaseBegins):
            phase = phases.get(event.declares.phase)
            if phase is None:
                idle.append(Unheeded(item.ref, NoEffect.UNKNOWN_PHASE))
            elif not phase.declared:
                idle.append(Unheeded(item.ref, NoEffect.NOT_BY_DECLARATION))
    return idle


class _Places:
    """The agreement's places by id."""

    def __init__(self, agreement: Agreement) -> None:
        self._zones = {zone.id for zone in agreement.zones}
        self._corridors = {corridor.id for corridor in agreement.corridors}

    def have(self, named: NamedPlaces) -> bool:
        """Whether all of them are the agreement's."""
        zones, corridors = set(named.zones), set(named.corridors)
        return zones <= self._zones and corridors <= self._corridors
