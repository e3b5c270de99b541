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
from services.store.documents import loaded_documents
from services.store.engine import Connection
from services.store.known import links_to, versions_of
from services.store.queries.breaches import breaching_reports
from services.store.signatures import signatures
from services.worker.documents import register_of
from streams.agreement import Agreement
from streams.assessment import Assessment, decode_assessment
from streams.dossier import counted_versions
from streams.incidents.breach import Breach, breaches_of
from streams.incidents.fold import Incident, incidents_of
from streams.incidents.tell import Told, tell
from streams.keys import Key
from streams.locate import Locator
from streams.measure_route import measure_routes
from streams.methodology import Methodology

AT_ONCE = 1_000
"""Reports that are read together."""
_AROUND = timedelta(days=3)
"""Before the first day: the day before it, that an incident may continue, in any time zone."""


class IncidentsAsked(NamedTuple):
    """Which incidents: by mission, zone and the mission's days, both included; None: all."""

    mission: str | None = None
    zone: str | None = None
    since: date | None = None
    until: date | None = None


def incidents(conn: Connection, asked: IncidentsAsked, now: datetime) -> list[Told]:
    """The incidents as they stand at `now`, by mission, day and begin."""
    documents = _Documents(conn)
    missions = documents.register.missions if asked.mission is None else [asked.mission]
    return [
        tell(incident, documents.rules[incident.breaches[0].methodology], now)
        for mission in missions
        for incident in _of_mission(conn, documents, mission, asked)
        if _is_asked(incident, asked)
    ]


def _of_mission(
    conn: Connection, documents: _Documents, mission: str, asked: IncidentsAsked
) -> list[Incident]:
    keys = breaching_reports(
        conn,
        mission,
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
    return incidents_of(mission, breaches, documents.rules)


def _is_asked(incident: Incident, asked: IncidentsAsked) -> bool:
    first, last = asked.since or date.min, asked.until or date.max
    return first <= incident.day <= last


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


class _Documents:
    """What is loaded, and how reports are located under each two of the documents."""

    def __init__(self, conn: Connection) -> None:
        loaded = loaded_documents(conn)
        self.register = register_of(loaded, signatures(conn))
        both = [(it.hash.hex(), it.document) for it in loaded]
        self._agreements = {of: it for of, it in both if isinstance(it, Agreement)}
        self._methodologies = {of: it for of, it in both if isinstance(it, Methodology)}
        self._locators: dict[tuple[str, str], Locator] = {}
        self.rules = {of: it.incidents for of, it in self._methodologies.items()}

    def locator(self, assessment: Assessment) -> Locator:
        """By the methodology and the agreement that a report was judged by."""
        both = assessment.agreement, assessment.methodology
        if both not in self._locators:
            routes = measure_routes(self._agreements[both[0]].corridors)
            self._locators[both] = Locator(self._methodologies[both[1]], routes)
        return self._locators[both]


def _breaches(conn: Connection, documents: _Documents, keys: Sequence[Key]) -> Iterator[Breach]:
    versions, links = versions_of(conn, keys), links_to(conn, keys)
    for key in keys:
        stored = versions[key]
        assert stored[0].assessment is not None, "what breaches something was assessed"
        assessment = decode_assessment(stored[0].assessment)
        dossier = stored_dossier(documents.register, stored, links.get(key, ()))
        reports = [version.report for version in counted_versions(dossier)]
        yield from breaches_of(reports, assessment, documents.locator(assessment))
