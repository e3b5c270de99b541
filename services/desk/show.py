"""Show: one item of the desk, as it is now, with all that was ever done with it.

Place on the data's way: result + acts → fold → **what a reviewer reads** → CLI, HTTP, the next act.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from services.store.desk import acts_of, acts_on
from services.store.documents import (
    DocumentKind,
    document_bytes,
    list_documents,
    methodologies,
)
from services.store.engine import Connection
from services.store.queries.desk import Queued, results_of
from services.store.queries.desk_incidents import RANKS, QueuedIncident, incidents_at_desk
from streams.assessment import FOUND
from streams.desk.act import Act
from streams.desk.decide import TWO, people_needed
from streams.desk.fold import ItemState, Release, Review, fold
from streams.desk.item import IncidentItem, Item, ViolationItem, read_item
from streams.desk.reads import reads_now
from streams.keys import Key
from streams.methodology import Methodology
from streams.vocabulary import Severity, Word


class Subject(Word):
    """What is at the desk."""

    VIOLATIONS = "violations"
    INCIDENTS = "incidents"


class ItemTold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One result at the desk: what it is, and how far people have come with it.

    Of a violation its term, clause, report and source; of an incident how many reports tell of it.
    """

    item: str
    revision: str
    """Names this state; an act says which it was decided on."""
    review: Review
    severity: Severity
    waiting_since: datetime
    """When that reached us which the result is read from."""
    mission: str
    agreement: str
    agreement_version: int
    kind: str
    """What the terms call it; of an incident all that they do."""
    verdict: str
    status: str
    draft: bool
    observed_from: datetime
    observed_to: datetime
    term: str | None = None
    clause: str | None = None
    report: str | None = None
    source: str | None = None
    reports: int | None = None
    zone: str | None = None
    count_min: int | None = None
    count_max: int | None = None
    count_qualifier: str | None = None


class ItemShown(ItemTold, frozen=True, kw_only=True, omit_defaults=True):
    """The same with what was done with it."""

    reading: int
    """Of the report, now."""
    people: int
    """How many different people a release takes."""
    confirmed_by: tuple[str, ...] = ()
    question: str | None = None
    into: str | None = None
    """The one that it is told of with."""
    parts: tuple[str, ...] = ()
    """Those that are told of with it."""
    releases: tuple[Release, ...] = ()
    acts: tuple[Act, ...] = ()
    """All, the first first."""


class AtDesk(Struct, frozen=True):
    """One item as it is decided on: its result, its acts, and the state that they come to."""

    result: Queued | QueuedIncident
    acts: tuple[Act, ...]
    state: ItemState


def told(results: Iterable[Queued], conn: Connection) -> list[ItemTold]:
    """Results as a queue lists them."""
    documents = {it.hash: it for it in list_documents(conn, DocumentKind.AGREEMENT)}
    return [
        ItemTold(
            item=str(ViolationItem(row.key, row.term_id)),
            revision=f"{row.seq}.{row.revision}",
            review=Review(row.review),
            severity=Severity(row.severity),
            waiting_since=row.received_at,
            mission=row.mission,
            agreement=documents[row.agreement].id,
            agreement_version=documents[row.agreement].version,
            term=row.term_id,
            clause=row.clause,
            kind=row.kind,
            verdict=row.verdict,
            status=reads_now(Review(row.review), draft=row.draft),
            draft=row.draft,
            observed_from=row.observed_from,
            observed_to=row.observed_to,
            report=row.event_id,
            source=row.source,
            zone=row.zone_id,
            count_min=row.count_min,
            count_max=row.count_max,
            count_qualifier=row.count_qualifier,
        )
        for row in results
    ]


def told_incidents(found: Iterable[QueuedIncident], conn: Connection) -> list[ItemTold]:
    """Incidents as a queue lists them."""
    documents = {it.hash: it for it in list_documents(conn, DocumentKind.AGREEMENT)}
    return [
        ItemTold(
            item=str(IncidentItem(row.id)),
            revision=f"{row.seq}.{row.generation}",
            review=Review(row.review),
            severity=RANKS[row.rank],
            waiting_since=row.known_at,
            mission=row.mission,
            agreement=documents[row.agreement].id,
            agreement_version=documents[row.agreement].version,
            kind=", ".join(row.violates),
            verdict=row.verdict,
            status=reads_now(Review(row.review), draft=_of_account(row.body).draft),
            draft=_of_account(row.body).draft,
            observed_from=row.begun,
            observed_to=row.ended,
            reports=row.reports,
            zone=row.zone_id or None,
        )
        for row in found
    ]


class _OfAccount(Struct):
    """Of what is stored of an incident: whether any of it was judged under a draft."""

    draft: bool = False


_of_account = msgspec.json.Decoder(_OfAccount).decode


def at_desk(conn: Connection, names: Sequence[str]) -> dict[str, AtDesk]:
    """The items of these names that may be seen, in no order."""
    asked = [item for name in names if (item := read_item(name)) is not None]
    acts = acts_on(conn, [str(item) for item in asked])
    found = {}
    for item, row in _rows(conn, asked):
        name, reading = str(item), reading_of(row)
        own = tuple(acts.get(name, ()))
        found[name] = AtDesk(row, own, fold(name, own, reading))
    return found


def _rows(
    conn: Connection, asked: Sequence[Item]
) -> Iterator[tuple[Item, Queued | QueuedIncident]]:
    keys = [item.key for item in asked if isinstance(item, ViolationItem)]
    for row in results_of(conn, keys) if keys else ():
        item = ViolationItem(row.key, row.term_id)
        if item in asked:
            yield item, row
    ids = [item.id for item in asked if isinstance(item, IncidentItem)]
    for incident in incidents_at_desk(conn, ids) if ids else ():
        yield IncidentItem(incident.id), incident


def reading_of(row: Queued | QueuedIncident) -> int:
    """The number that changes whenever the result does."""
    return row.revision if isinstance(row, Queued) else row.generation


def stands(row: Queued | QueuedIncident) -> bool:
    """Whether there is something to say of it: a finding, an incident that is there."""
    return row.verdict in FOUND if isinstance(row, Queued) else row.is_there


def shown(conn: Connection, one: AtDesk) -> ItemShown:
    """An item as it is shown."""
    state = one.state
    row = one.result
    (head,) = told([row], conn) if isinstance(row, Queued) else told_incidents([row], conn)
    return ItemShown(
        **msgspec.structs.asdict(head),
        reading=state.reading,
        people=people_of(conn, one.result),
        confirmed_by=state.confirmed_by,
        question=state.question,
        into=state.into,
        parts=state.parts,
        releases=state.releases,
        acts=one.acts,
    )


def show(conn: Connection, name: str) -> ItemShown | None:
    """The item of this name; None: there is none that may be seen."""
    one = at_desk(conn, [name]).get(name)
    return None if one is None else shown(conn, one)


def reviewed(conn: Connection, key: Key) -> list[ItemShown]:
    """The results of a report that anybody has acted on, by their terms."""
    found = at_desk(conn, list(acts_of(conn, [key])))
    return [shown(conn, found[name]) for name in sorted(found)]


_METHODOLOGY: Final = """
SELECT methodology FROM assessments WHERE key = %s AND received_at = %s AND revision = %s
"""


def people_of(conn: Connection, result: Queued | QueuedIncident) -> int:
    """How many people its release takes, by the methodology that it was judged by.

    An incident may hold what several versions judged: the mission's newest counts.
    """
    if isinstance(result, QueuedIncident):
        newest = methodologies(conn, result.mission)[-1:]
        severity = RANKS[result.rank]
        return max((people_needed(it.desk, severity) for it in newest), default=TWO)
    row = conn.execute(_METHODOLOGY, [result.key, result.received_at, result.revision]).fetchone()
    body = row and document_bytes(conn, DocumentKind.METHODOLOGY, row[0])
    if not body:
        return TWO  # nobody knows what it asks for: the strictest
    return people_needed(_methodology(body).desk, Severity(result.severity))


_methodology = msgspec.json.Decoder(Methodology).decode
