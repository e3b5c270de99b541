"""Stored: what the gateway has stored already, of the reports that say so.

    hinted record → its versions in the store → judged: left out │ not judged: taken in as stored
                                              → none of the same bytes: like any other record

Place on the data's way: first in the transaction, before reports are taken in. The hint is only
where to look: who vouches for an event and when it was received is what the gateway has stored. The
keys stay locked until the commit, so that nobody else judges or speaks of these reports meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from services.store.engine import Answer, Connection
from services.store.known import GatewayVersion, StoredVersion, ask_gateway_versions, lock_keys
from services.worker.incoming import E, Incoming
from streams.events import Report
from streams.keys import Key
from streams.vocabulary import Authentication

Reports = Sequence[Incoming[Report]]
Versions = Mapping[Key, Sequence[GatewayVersion]]


@dataclass(slots=True)
class Stored:
    """A batch after the store was asked for what is hinted."""

    reports: list[Incoming[Report]]
    """In the order of the log; those that wait to be judged as they are stored, each once."""
    with_company: set[Key] = field(default_factory=set)
    """Hinted reports that have other versions, or somebody who speaks of them."""


def ask_stored(conn: Connection, reports: Reports) -> Answer[Versions]:
    """Lock the hinted reports and look them up; a batch without any asks nothing."""
    hinted = {item.key for item in reports if item.hinted}
    if not hinted:
        return dict
    lock_keys(conn, hinted)
    return ask_gateway_versions(conn, hinted)


def as_they_are_stored(reports: Reports, versions: Versions) -> Stored:
    """The reports, the hinted ones of them as the store has them."""
    if not versions:
        return Stored(list(reports))
    stored = Stored([], {key for key, known in versions.items() if not _is_alone(known)})
    seen: set[tuple[Key, int]] = set()
    for item in reports:
        same = _same(item, versions) if item.hinted else []
        waiting = [version for version in same if not version.judged]
        if not same:
            stored.reports.append(item)
        elif waiting and (item.key, waiting[0].revision) not in seen:
            seen.add((item.key, waiting[0].revision))
            stored.reports.append(as_stored(item, waiting[0]))
    return stored


def _same(item: Incoming[Report], versions: Versions) -> list[GatewayVersion]:
    """The stored versions of the event that are these very bytes."""
    known = versions.get(item.key, ())
    return [version for version in known if version.content_hash == item.content_hash]


def _is_alone(versions: Sequence[GatewayVersion]) -> bool:
    return len(versions) == 1 and not versions[0].spoken_of


def as_stored(item: Incoming[E], version: GatewayVersion | StoredVersion) -> Incoming[E]:
    """The event as the gateway has stored it: its receipt, and who vouches for it."""
    return replace(
        item,
        authentication=Authentication(version.authentication),
        key_id=version.key_id,
        received_at=version.received_at,
        stored=version.revision,
    )
