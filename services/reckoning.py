"""Reckoning: what falls due by what is stored, of the past and of the future.

    agreements → sources → generations → `streams.due` → each due instant, with what it was read by

Place on the data's way: under the timer, which writes what has fallen due, and under everybody who
asks (`services.due`): both reckon alike. A *source* is what is reckoned as one: a mission's
context, its movements, its incidents, or one corridor. Its *mark* names the generations that it
was reckoned from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from services.store.channel_messages import StoredMessage, messages_of, newest_messages
from services.store.closures import own_ends
from services.store.contexts import Generation, known_states, newest_generations, state_of
from services.store.documents import LoadedDocument
from services.store.engine import Connection
from services.store.generations import known_intervals, newest_of_corridors
from services.store.incidents import Over, newest_incidents, over_incidents
from services.store.movements import StoredMovement, known_movements, newest_movements
from streams.agreement import Agreement
from streams.cases.authority import Authority, Version
from streams.channel.due import due_on_channel
from streams.channel.fold import fold_channel
from streams.context.fold import MissionState
from streams.corridors.effects import Cause
from streams.due import (
    CHANNEL_RULES,
    CONTEXT_RULES,
    CORRIDOR_RULES,
    INCIDENT_RULES,
    MOVEMENT_RULES,
    Due,
    MovementsRead,
    Reading,
    Rule,
    due_in_context,
    due_of_movements,
    due_on_corridor,
    has_closures,
    version_at,
    versions_over_time,
)
from streams.movements.history import MovementHistory


class Source(NamedTuple):
    """A mission's context, movements, incidents or joint channel, or one of its corridors."""

    mission: str
    agreement_id: str
    corridor_id: str = ""
    """Empty: another source; no id of a corridor is empty."""
    is_movements: bool = False
    is_incidents: bool = False
    is_channel: bool = False

    @property
    def rules(self) -> frozenset[Rule]:
        """What may fall due of it."""
        if self.is_movements:
            return MOVEMENT_RULES
        if self.is_incidents:
            return INCIDENT_RULES
        if self.is_channel:
            return CHANNEL_RULES
        return CORRIDOR_RULES if self.corridor_id else CONTEXT_RULES


Mark = tuple[tuple[bytes, int], ...]
"""The generation of each agreement version's context; of a corridor, and of a channel, one, under
no version."""
Versions = Sequence[LoadedDocument[Agreement]]
"""Every version of one agreement."""
Sources = Mapping[Source, Versions]
Marks = dict[Source, Mark]


class Reckoning(NamedTuple):
    """What falls due of a source, whenever, and what says so."""

    due: Sequence[Due]
    """Sorted."""
    versions: Versions
    mark: Mark
    known_since: datetime | None = None
    """When the newest generation of the mark became known; None: it was not asked."""

    def read_by(self, instant: datetime) -> tuple[bytes, int]:
        """The agreement version in force at an instant, and the generation that was read by it."""
        address = _address_at(self.versions, instant)
        generations = dict(self.mark)
        return address, generations.get(address, generations.get(OF_ALL, 0))


OF_ALL: Final = b""
"""In a mark, in the place of a version's hash: what is folded by all of them at once."""


def sources_of(agreements: Iterable[LoadedDocument[Agreement]]) -> Sources:
    """Everything that has due instants, by the agreements that are loaded."""
    contexts: defaultdict[Source, list[LoadedDocument[Agreement]]] = defaultdict(list)
    for it in agreements:
        contexts[Source(it.document.mission, it.document.id)].append(it)
    corridors = {
        of._replace(corridor_id=corridor.id): versions
        for of, versions in contexts.items()
        for it in versions
        for corridor in it.document.corridors
    }
    movements = {of._replace(is_movements=True): versions for of, versions in contexts.items()}
    incidents = {of._replace(is_incidents=True): versions for of, versions in contexts.items()}
    channels = {of._replace(is_channel=True): versions for of, versions in contexts.items()}
    return {**contexts, **movements, **incidents, **channels, **corridors}


def marks_of(conn: Connection, sources: Sources) -> Marks:
    """What each source would be reckoned from now."""
    corridors = {(of.mission, of.corridor_id): of for of in sources if of.corridor_id}
    found: defaultdict[Source, list[tuple[bytes, int]]] = defaultdict(list)
    for newest, rules in (
        (newest_generations, CONTEXT_RULES),
        (newest_movements, MOVEMENT_RULES),
        (newest_incidents, INCIDENT_RULES),
    ):
        by_version = {
            it.hash: of for of, versions in sources.items() if of.rules == rules for it in versions
        }
        asked = [(address, of.mission) for address, of in by_version.items()]
        for address, generation in newest(conn, asked).items():
            found[by_version[address]].append((address, generation))
    if corridors:
        for name, generation in newest_of_corridors(conn, corridors).items():
            found[corridors[name]].append((OF_ALL, generation))
    channels = {(of.mission, of.agreement_id): of for of in sources if of.is_channel}
    if channels:
        for channel, number in newest_messages(conn).items():
            if channel in channels:
                found[channels[channel]].append((OF_ALL, number))
    return {of: tuple(sorted(found.get(of, ()))) for of in sources}


def reckon(conn: Connection, of: Source, versions: Versions, mark: Mark) -> Reckoning:
    """Everything that falls due of a source, by the generations of `mark`, which are there."""
    if of.corridor_id:
        return reckon_corridor(conn, of, versions)
    if of.is_movements:
        return _of_movements(versions, known_movements(conn, of.mission))._replace(mark=mark)
    if of.is_incidents:
        return _of_incidents(versions, over_incidents(conn, of.mission))._replace(mark=mark)
    if of.is_channel:
        return _of_channel(versions, messages_of(conn, of.mission, of.agreement_id))
    states = {address: state_of(conn, of.mission, address, number) for address, number in mark}
    return Reckoning(_of_context(versions, states), versions, mark)


def reckon_as_known(
    conn: Connection, sources: Sources, known_at: datetime, mission: str | None = None
) -> dict[Source, Reckoning]:
    """The same of every source, or of one mission's, by what was known at an instant."""
    known = {it.agreement: it for it in known_states(conn, mission, known_at)}
    moved: defaultdict[str, list[StoredMovement]] = defaultdict(list)
    for it in known_movements(conn, mission, known_at):
        moved[it.mission].append(it)
    over: defaultdict[str, list[Over]] = defaultdict(list)
    for incident in over_incidents(conn, mission, known_at):
        over[incident.mission].append(incident)
    found: dict[Source, Reckoning] = {}
    for of, versions in sources.items():
        if of.corridor_id:
            found[of] = reckon_corridor(conn, of, versions, known_at)
        elif of.is_movements:
            found[of] = _of_movements(versions, moved[of.mission])
        elif of.is_incidents:
            found[of] = _of_incidents(versions, over[of.mission])
        elif of.is_channel:
            said = messages_of(conn, of.mission, of.agreement_id, known_at)
            found[of] = _of_channel(versions, said)
        else:
            found[of] = _of_generations(versions, known)
    return found


def reckon_corridor(
    conn: Connection, of: Source, versions: Versions, known_at: datetime | None = None
) -> Reckoning:
    """The same of a corridor, by what is known of it now, or was known at an instant."""
    known = known_intervals(conn, of.mission, of.corridor_id, known_at)
    causes = [(it.starts_at, Cause(it.cause)) for it in known.intervals]
    closed = has_closures(causes)
    ends = own_ends(conn, of.mission, of.corridor_id, known_at) if closed else ()
    mark = ((OF_ALL, known.generation),) if known.generation else ()
    return Reckoning(due_on_corridor(of.corridor_id, causes, ends), versions, mark, known.since)


def _of_generations(versions: Versions, known: Mapping[bytes, Generation]) -> Reckoning:
    read = [known[it.hash] for it in versions if it.hash in known]
    return Reckoning(
        _of_context(versions, {it.agreement: it.state for it in read}),
        versions,
        tuple(sorted((it.agreement, it.generation) for it in read)),
        max((it.known_at for it in read), default=None),
    )


def _of_channel(versions: Versions, said: Sequence[StoredMessage]) -> Reckoning:
    """Who speaks for which party is asked; whether a version is signed is not."""
    authority = Authority([Version(it.document, draft=True) for it in versions])
    due = due_on_channel(fold_channel([it.sent for it in said], authority))
    mark = ((OF_ALL, said[-1].number),) if said else ()
    return Reckoning(due, versions, mark, max((it.sent.received_at for it in said), default=None))


def _of_context(versions: Versions, states: Mapping[bytes, MissionState]) -> list[Due]:
    by_number = {it.document.version: states.get(it.hash) for it in versions}
    return due_in_context(
        [
            Reading(start, end, by_number[agreement.version])
            for start, end, agreement in versions_over_time([it.document for it in versions])
        ]
    )


def _of_movements(versions: Versions, stored: Sequence[StoredMovement]) -> Reckoning:
    told: defaultdict[bytes, list[MovementHistory]] = defaultdict(list)
    newest: dict[bytes, int] = {}
    for it in stored:
        newest[it.agreement] = max(it.generation, newest.get(it.agreement, 0))
        history = it.history
        if history is not None:
            told[it.agreement].append(history)
    by_number = {it.document.version: told[it.hash] for it in versions}
    due = due_of_movements(
        [
            MovementsRead(start, end, by_number[agreement.version])
            for start, end, agreement in versions_over_time([it.document for it in versions])
        ]
    )
    since = max((it.known_at for it in stored), default=None)
    return Reckoning(due, versions, tuple(sorted(newest.items())), since)


def _of_incidents(versions: Versions, stored: Sequence[Over]) -> Reckoning:
    """When each is over: all that happens to an incident by time alone, and it is known before."""
    own = {it.hash for it in versions}
    newest: dict[bytes, int] = {}
    read = [it for it in stored if it.agreement in own]
    for it in read:
        newest[it.agreement] = max(it.generation, newest.get(it.agreement, 0))
    due = sorted(Due(it.over_at, Rule.INCIDENT_ENDED, it.id) for it in read)
    since = max((it.known_at for it in read), default=None)
    return Reckoning(due, versions, tuple(sorted(newest.items())), since)


def _address_at(versions: Versions, instant: datetime) -> bytes:
    number = version_at((it.document for it in versions), instant).version
    return next(it.hash for it in versions if it.document.version == number)
