"""Ask for incidents: a page of them, the newest first; and one, with its reports and its history.

Place on the data's way: GET /v1/incidents. Who sees the whole of the mission is told all of it; all
others a zone, a day and a coarse cell: an incident's name is a hash over a source's words, and who
knows of some could try them. Parties and the public are told that of each revision that people
released at the desk, as it was then (`disclosure.sees_unreviewed`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from msgspec import Struct, structs

from services.desk.released import incident_releases, incident_reviews
from services.gateway.coarse_cell import cell_of
from services.gateway.disclosure import sees_all, sees_unreviewed
from services.gateway.page import Page, page_of
from services.gateway.problems import Code, ProblemError
from services.gateway.represent import Shape
from services.incidents import IncidentTold, NoSuchIncidentError, RevisionTold, incident
from services.store.documents import DocumentKind, StoredDocument, list_documents
from services.store.engine import Connection
from services.store.queries.incidents import (
    After,
    FoundIncident,
    IncidentFilters,
    incidents,
    released_incidents,
    revisions_of,
)
from services.tokens.token import Token
from streams.desk.fold import Review
from streams.desk.item import IncidentItem
from streams.desk.reads import reads, reads_now
from streams.events import Count
from streams.incidents.breach import Breach
from streams.incidents.observed import Observed
from streams.incidents.tell import Account, Progress, decode_account, progress_of
from streams.vocabulary import Verdict, ViolationKind

NOTE: Final = (
    "near each other in space and time, within one zone and one mission day; observed events are no"
    " rounds; how much was watched is told by /v1/coverage"
)


class IncidentsAsked(NamedTuple):
    """What is asked for."""

    agreement: str | None
    zone: str | None
    kind: ViolationKind | None
    verdict: Verdict | None
    state: Progress | None
    first_day: date | None
    last_day: date | None
    limit: int
    after: After | None


class IncidentShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One incident. From `id` on: only to who sees the whole of its mission."""

    mission: str
    agreement: str
    agreement_version: int
    """By which its first report was judged."""
    zone: str | None
    day: date
    """The mission day."""
    state: str
    """By the clock, now: started, ongoing, ended."""
    verdict: str
    """The gravest of its reports."""
    violates: tuple[str, ...]
    """What the terms call it."""
    begun: datetime
    ended: datetime
    over_at: datetime
    """From then on nothing that happens belongs to it."""
    status: str
    draft: bool
    released_at: datetime | None = None
    """To parties and the public: when this revision was released."""
    taken_back_at: datetime | None = None
    """When that was taken back."""
    cell: dict[str, Any] | None = None
    """Holds the middle of where its first report may have been; absent: its place is unknown."""
    id: str | None = None
    review: str | None = None
    """How far people have come with it at the desk; absent: nobody has looked."""
    known_at: datetime | None = None
    """Since when it is known so."""
    kinds: tuple[str, ...] = ()
    """What was seen."""
    reports: int | None = None
    violations: Observed | None = None
    possible: Observed | None = None
    """What is only a possible violation, apart."""
    parties: tuple[str, ...] = ()
    """Those that monitors name; nobody's finding."""
    continues: tuple[str, ...] = ()
    """Incidents of the day before that it would be one with, were there no cut-off."""
    adjoins: tuple[str, ...] = ()
    """Others of the same day that it was cut from, since the whole reached too far."""


class MemberShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One report of an incident."""

    source: str
    report: str
    verdict: str
    kind: str
    observed_from: datetime
    observed_to: datetime
    count: Count | None = None
    """Absent: it gives no number."""
    attributed_party: str | None = None


class IncidentDetail(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An incident that is there, with its reports and how it came about."""

    incident: IncidentShown
    members: tuple[MemberShown, ...]
    revisions: tuple[RevisionTold, ...]


class IncidentGone(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An incident that is no more, since another one holds its reports."""

    id: str
    mission: str
    leads_to: tuple[str, ...]
    revisions: tuple[RevisionTold, ...]


SHAPE: Final = Shape(IncidentShown.__struct_fields__, lambda told: told.cell)


def ask_incidents(
    conn: Connection, token: Token, asked: IncidentsAsked, now: datetime
) -> Page[IncidentShown]:
    """A page of the incidents that are there and that the token's holder may see."""
    documents = {d.hash: d for d in list_documents(conn, DocumentKind.AGREEMENT)}
    named = [h for h, d in documents.items() if d.id == asked.agreement]
    filters = IncidentFilters(
        token.mission,
        agreements=None if asked.agreement is None else named,
        zone=asked.zone,
        kind=asked.kind,
        verdict=asked.verdict,
        state=asked.state,
        since=asked.first_day,
        until=asked.last_day,
    )
    if not sees_unreviewed(token):
        return _released(conn, filters, asked, documents, now)
    # One more than is shown tells whether there is another page.
    found = incidents(conn, filters, now, limit=asked.limit + 1, after=asked.after)
    page = page_of(found, asked.limit)
    whole = sees_all(token)
    reviews = incident_reviews(conn, {row.id: row.generation for row in page.told})
    told = [_shown(row, documents, now, reviews.get(row.id), whole=whole) for row in page.told]
    return Page(told, page.next)


def _released(
    conn: Connection,
    filters: IncidentFilters,
    asked: IncidentsAsked,
    documents: Mapping[bytes, StoredDocument],
    now: datetime,
) -> Page[IncidentShown]:
    found = released_incidents(conn, filters, now, limit=asked.limit + 1, after=asked.after)
    page = page_of(found, asked.limit)
    releases = incident_releases(conn, list({row.id for row in page.told}))
    told = [
        structs.replace(
            _shown(row, documents, now, None, whole=False),
            status=reads(release.held, draft=decode_account(row.body).draft),
            released_at=release.at,
            taken_back_at=release.until,
        )
        for row in page.told
        if (release := releases.get((str(IncidentItem(row.id)), row.generation))) is not None
    ]
    return Page(told, page.next)


def ask_incident(
    conn: Connection, token: Token, name: str, now: datetime
) -> IncidentDetail | IncidentGone:
    """One incident, whole, or where its reports are now.

    Raises:
        ProblemError: the holder may see none of this name, or no one incident holds its reports.
    """
    try:
        told = incident(conn, name, now, token.mission)
    except NoSuchIncidentError:
        raise ProblemError(Code.INCIDENT_UNKNOWN) from None
    if told.is_there:
        return _detail(conn, told, now)
    if len(told.leads_to) != 1:
        raise ProblemError(Code.INCIDENT_GONE, more={"leads_to": list(told.leads_to)})
    return IncidentGone(
        id=name, mission=told.mission, leads_to=told.leads_to, revisions=told.revisions
    )


def _detail(conn: Connection, told: IncidentTold, now: datetime) -> IncidentDetail:
    row = revisions_of(conn, told.id, told.mission)[-1]
    documents = {d.hash: d for d in list_documents(conn, DocumentKind.AGREEMENT)}
    found = FoundIncident(
        row.mission,
        row.id,
        row.generation,
        row.known_at,
        row.day,
        row.begun,
        row.zone_id,
        bytes(row.agreement),
        row.body,
    )
    review = incident_reviews(conn, {row.id: row.generation}).get(row.id)
    return IncidentDetail(
        incident=_shown(found, documents, now, review, whole=True),
        members=tuple(_member(it) for it in told.members),
        revisions=told.revisions,
    )


def _shown(
    row: FoundIncident,
    documents: Mapping[bytes, StoredDocument],
    now: datetime,
    review: Review | None,
    *,
    whole: bool,
) -> IncidentShown:
    said = decode_account(row.body)
    agreement = documents[bytes(row.agreement)]
    return IncidentShown(
        mission=row.mission,
        agreement=agreement.id,
        agreement_version=agreement.version,
        zone=said.zone,
        day=said.day,
        state=progress_of(said.reports, said.over_at, now),
        verdict=said.verdict,
        violates=said.violates,
        begun=said.begun,
        ended=said.ended,
        over_at=said.over_at,
        status=reads_now(review or Review.UNREVIEWED, draft=said.draft),
        draft=said.draft,
        cell=None if said.middle is None else cell_of(said.middle.lon, said.middle.lat),
        **(_own(row, said, review) if whole else {}),
    )


def _own(row: FoundIncident, said: Account, review: Review | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "review": review,
        "known_at": row.known_at,
        "kinds": said.kinds,
        "reports": said.reports,
        "violations": said.violations,
        "possible": said.possible,
        "parties": said.parties,
        "continues": said.continues,
        "adjoins": said.adjoins,
    }


def _member(it: Breach) -> MemberShown:
    return MemberShown(
        source=it.source,
        report=it.id,
        verdict=it.verdict,
        kind=it.kind,
        observed_from=it.start,
        observed_to=it.end,
        count=it.count,
        attributed_party=it.party,
    )
