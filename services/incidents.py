"""Incidents: what happened near each other, of the violations that stand.

    days asked for → reports that breach → breaches → incidents → told

Place on the data's way: store → **incidents** → `truceline incidents`. The fold is pure
(`streams.incidents`), and is made when somebody asks: it holds whatever was judged by then, and
nothing of it can be out of step with the violations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from services.dossiers import stored_dossier
from services.store.documents import D, LoadedDocument, loaded_agreements, loaded_methodologies
from services.store.engine import Connection
from services.store.known import links_to, versions_of
from services.store.queries.breaches import breaching_reports
from services.worker.documents import load_register
from streams.assessment import Assessment, decode_assessment
from streams.dossier import counted_versions
from streams.incidents.breach import Breach, breaches_of
from streams.incidents.fold import Incident, incidents_of
from streams.incidents.tell import Told, tell
from streams.inforce import Register
from streams.keys import Key
from streams.locate import Locator
from streams.measure_route import measure_routes
from streams.methodology import IncidentRules

AT_ONCE = 1_000
"""Reports that are read together."""
_AROUND = timedelta(days=3)
"""Before the first day: the day before it, that an incident may continue, in any time zone."""


class IncidentsAsked(NamedTuple):
    """Which incidents: of one mission, by its days, both included; None: from the first, or all."""

    mission: str
    zone: str | None = None
    since: date | None = None
    until: date | None = None


def incidents(conn: Connection, asked: IncidentsAsked, now: datetime) -> list[Told]:
    """The incidents as they stand at `now`, by day and begin."""
    documents = _Documents(conn, asked.mission)
    keys = breaching_reports(
        conn,
        asked.mission,
        zone=asked.zone,
        since=None if asked.since is None else _midnight(asked.since) - _AROUND,
        until=None if asked.until is None else _midnight(asked.until) + _AROUND,
    )
    breaches = [
        breach
        for first in range(0, len(keys), AT_ONCE)
        for breach in _breaches(conn, documents, keys[first : first + AT_ONCE])
        if asked.zone is None or breach.zone == asked.zone
    ]
    found = incidents_of(asked.mission, breaches, documents.rules)
    return [
        tell(incident, documents.rules[incident.breaches[0].methodology], now)
        for incident in found
        if _is_asked(incident, asked)
    ]


def _is_asked(incident: Incident, asked: IncidentsAsked) -> bool:
    first, last = asked.since or date.min, asked.until or date.max
    return first <= incident.day <= last


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


class _Documents:
    """The mission's documents, and how its reports are located under each two of them."""

    def __init__(self, conn: Connection, mission: str) -> None:
        self.register: Register = load_register(conn)
        self._agreements = _by_hash(loaded_agreements(conn, mission))
        self._methodologies = _by_hash(loaded_methodologies(conn, mission))
        self._locators: dict[tuple[str, str], Locator] = {}
        self.rules: dict[str, IncidentRules | None] = {
            address: document.incidents for address, document in self._methodologies.items()
        }

    def locator(self, assessment: Assessment) -> Locator:
        """By the methodology and the agreement that a report was judged by."""
        both = assessment.agreement, assessment.methodology
        if both not in self._locators:
            routes = measure_routes(self._agreements[both[0]].corridors)
            self._locators[both] = Locator(self._methodologies[both[1]], routes)
        return self._locators[both]


def _by_hash(loaded: Sequence[LoadedDocument[D]]) -> dict[str, D]:
    return {entry.hash.hex(): entry.document for entry in loaded}


def _breaches(conn: Connection, documents: _Documents, keys: Sequence[Key]) -> Iterator[Breach]:
    versions, links = versions_of(conn, keys), links_to(conn, keys)
    for key in keys:
        stored = versions[key]
        assert stored[0].assessment is not None, "what breaches something was assessed"
        assessment = decode_assessment(stored[0].assessment)
        dossier = stored_dossier(documents.register, stored, links.get(key, ()))
        reports = [version.report for version in counted_versions(dossier)]
        yield from breaches_of(reports, assessment, documents.locator(assessment))
