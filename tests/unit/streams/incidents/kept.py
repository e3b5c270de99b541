"""Incidents as a store keeps them: revisions alone, each by what is known and what is told."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from streams.incidents.breach import Breach
from streams.incidents.fold import incidents_of
from streams.incidents.revise import Change, Held, Live, Members, Revision, members_by, revisions
from streams.incidents.tell import account
from streams.keys import EventKind, Key, event_key
from tests.unit.streams.incidents.scenes import METHODOLOGY, MISSION, RULES


def key(of: Breach) -> Key:
    return event_key(EventKind.REPORT, MISSION, of.source, of.id)


def live(breaches: Iterable[Breach]) -> dict[str, Live]:
    return {
        it.id: Live(account(it, RULES), frozenset(map(key, it.breaches)))
        for it in incidents_of(MISSION, breaches, {METHODOLOGY: RULES})
    }


class Kept:
    """Incidents as a store keeps them: revisions alone."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Revision]] = {}

    def held(self) -> dict[str, Held]:
        return {
            name: Held(rows[-1].account, self.members(name), rows[-1].became)
            for name, rows in self.rows.items()
        }

    def members(self, name: str) -> Members:
        rows = self.rows[name]
        return members_by(Change(it.joined, it.parted, it.became is not None) for it in rows)

    def fold(self, breaches: Collection[Breach]) -> dict[str, Revision]:
        added = revisions(self.held(), live(breaches))
        for revision in added:
            self.rows.setdefault(revision.id, []).append(revision)
        return {revision.id: revision for revision in added}

    def current(self) -> dict[str, Live]:
        held = self.held()
        return {
            name: Live(it.account, it.members) for name, it in held.items() if it.became is None
        }

    def leads_to(self, name: str) -> set[str]:
        became = self.held()[name].became
        return {name} if became is None else {end for it in became for end in self.leads_to(it)}
