"""Show: one item of the desk, as it is now, with all that was ever done with it.

Place on the data's way: result + acts → fold → **what a reviewer reads** → CLI, HTTP, the next act.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from services.store.desk import acts_of
from services.store.documents import DocumentKind, document_bytes, list_documents
from services.store.engine import Connection
from services.store.queries.desk import Queued, results_of
from streams.desk.act import Act
from streams.desk.decide import TWO, people_needed
from streams.desk.fold import ItemState, Release, Review, fold
from streams.desk.item import ViolationItem, read_item
from streams.desk.reads import reads_now
from streams.keys import Key
from streams.methodology import Methodology
from streams.vocabulary import Severity


class ItemTold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One result at the desk: what it is, and how far people have come with it."""

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
    term: str
    clause: str
    kind: str
    verdict: str
    status: str
    draft: bool
    observed_from: datetime
    observed_to: datetime
    report: str
    source: str
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

    result: Queued
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


def at_desk(conn: Connection, names: Sequence[str]) -> dict[str, AtDesk]:
    """The items of these names that may be seen, in no order."""
    asked = {item: name for name in names if (item := read_item(name)) is not None}
    keys = list({item.key for item in asked})
    acts = acts_of(conn, keys)
    found = {}
    for row in results_of(conn, keys):
        name = asked.get(ViolationItem(row.key, row.term_id))
        if name is not None:
            own = tuple(acts.get(name, ()))
            found[name] = AtDesk(row, own, fold(name, own, row.revision))
    return found


def shown(conn: Connection, one: AtDesk) -> ItemShown:
    """An item as it is shown."""
    state = one.state
    (head,) = told([one.result], conn)
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


def people_of(conn: Connection, result: Queued) -> int:
    """How many people its release takes, by the methodology that it was judged by."""
    row = conn.execute(_METHODOLOGY, [result.key, result.received_at, result.revision]).fetchone()
    body = row and document_bytes(conn, DocumentKind.METHODOLOGY, row[0])
    if not body:
        return TWO  # nobody knows what it asks for: the strictest
    return people_needed(_methodology(body).desk, Severity(result.severity))


_methodology = msgspec.json.Decoder(Methodology).decode
