"""Ask for violations: a page of them, the newest first, each as far as its asker may see.

Place on the data's way: GET /v1/violations. The own mission's people see whose report it is and
how sure; all others a zone and a coarse cell; parties and the public the same of what was released
at the desk, as it was read then (`disclosure`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct

from services.desk.released import releases_of
from services.gateway.coarse_cell import coarse_cell
from services.gateway.disclosure import sees_all, sees_unreviewed, sees_whole
from services.gateway.page import Page, page_of
from services.gateway.parameters import bad
from services.gateway.represent import Shape
from services.store.documents import (
    DocumentKind,
    StoredDocument,
    document_bytes,
    list_documents,
    methodologies,
)
from services.store.engine import Connection
from services.store.known import StoredVersion, versions_of
from services.store.queries.released import FoundRelease, released
from services.store.queries.violations import After, FoundViolation, violations
from services.tokens.token import Token
from streams.agreement import Agreement
from streams.assessment import UnderClaim
from streams.decode import Refusal, decode_report
from streams.desk.fold import Release, Review
from streams.desk.reads import reads, reads_now
from streams.locate import Locator
from streams.measure_route import measure_routes
from streams.standing_violations import State
from streams.vocabulary import Verdict, ViolationKind


class ViolationAsked(NamedTuple):
    """What is asked for."""

    agreement: str | None
    zone: str | None
    term: str | None
    kind: ViolationKind | None
    verdict: Verdict | None
    state: State | None
    claim: str | None
    since: datetime | None
    until: datetime | None
    limit: int
    after: After | None


class ViolationTold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One term's breach by one report. From `review` on: only to who sees the whole of it."""

    mission: str
    agreement: str
    agreement_version: int
    term: str
    clause: str
    kind: str
    severity: str
    verdict: str
    status: str
    """Automatic and unreviewed, until a person has released it; nothing here is a ruling."""
    draft: bool
    """Not all parties had signed the agreement's version when it was judged."""
    observed_from: datetime
    observed_to: datetime
    zone: str | None = None
    zone_kind: str | None = None
    state: str | None = None
    """Of what stands rather than happens: open, or ended. Absent: nothing says which."""
    open_since: datetime | None = None
    """It stood by then, and no report since leaves open whether it went on."""
    ended_by: datetime | None = None
    """It was over by then, at the latest."""
    ended_as: str | None = None
    released_at: datetime | None = None
    """To parties and the public: when this reading was released."""
    taken_back_at: datetime | None = None
    """When that was taken back."""
    cell: dict[str, Any] | None = None
    """Holds the middle of where it may have been; absent: its place is not known."""
    review: str | None = None
    """How far people have come with it at the desk; absent: nobody has looked."""
    report: str | None = None
    source: str | None = None
    revision: int | None = None
    received_at: datetime | None = None
    rule: str | None = None
    p_inside: float | None = None
    count_min: int | None = None
    count_max: int | None = None
    count_qualifier: str | None = None
    attributed_party: str | None = None
    attribution_basis: str | None = None
    subject_ref: str | None = None
    ended_event: str | None = None
    """The report that says so."""
    claims: tuple[UnderClaim, ...] = ()
    """The verdict as each party draws the term's zones. Two outlines close by, and a verdict that
    differs between them, would place a report better than any cell."""


SHAPE: Final = Shape(ViolationTold.__struct_fields__, lambda told: told.cell)


def ask_violations(conn: Connection, token: Token, asked: ViolationAsked) -> Page[ViolationTold]:
    """A page of the violations that stand, or were released, and that the holder may see."""
    if asked.claim is not None and not sees_all(token):
        return Page((), None)  # it would say on which side of a party's line each lies
    documents = {d.hash: d for d in list_documents(conn, DocumentKind.AGREEMENT)}
    named = [h for h, d in documents.items() if d.id == asked.agreement]
    if not sees_unreviewed(token):
        return _released(conn, token, asked, documents, named)
    found = violations(
        conn,
        mission=token.mission,
        agreements=None if asked.agreement is None else named,
        zone=asked.zone,
        term=asked.term,
        kind=asked.kind,
        verdict=asked.verdict,
        state=asked.state,
        claim=asked.claim,
        since=asked.since,
        until=asked.until,
        limit=asked.limit + 1,  # whether there is another page
        after=asked.after,
    )
    page = page_of(found, asked.limit)
    return Page(_tell(conn, token, page.told, documents), page.next)


def _released(
    conn: Connection,
    token: Token,
    asked: ViolationAsked,
    documents: Mapping[bytes, StoredDocument],
    named: Sequence[bytes],
) -> Page[ViolationTold]:
    if asked.state is not None:
        raise bad("state", "is by reports that nobody has released")
    found = released(
        conn,
        mission=token.mission,
        agreements=None if asked.agreement is None else named,
        zone=asked.zone,
        term=asked.term,
        kind=asked.kind,
        verdict=asked.verdict,
        since=asked.since,
        until=asked.until,
        limit=asked.limit + 1,
        after=asked.after,
    )
    page = page_of(found, asked.limit)
    releases = releases_of(conn, page.told)
    locators = _locators(conn, token, {row.agreement for row in page.told})
    versions = versions_of(conn, list({row.key for row in page.told})) if locators else {}
    told = [
        _told_released(
            row,
            release,
            documents[row.agreement],
            _cell(locators.get(row.agreement), _by_then(row, versions.get(row.key, ()))),
        )
        for row in page.told
        if (release := releases.get((row.item, row.revision))) is not None
    ]
    return Page(told, page.next)


def _by_then(row: FoundRelease, versions: Sequence[StoredVersion]) -> list[StoredVersion]:
    """Those that it was read from: where a later one lies, nobody has released."""
    return [version for version in versions if version.received_at <= row.received_at]


def _told_released(
    row: FoundRelease, release: Release, agreement: StoredDocument, cell: dict[str, Any] | None
) -> ViolationTold:
    return ViolationTold(
        mission=row.mission,
        agreement=agreement.id,
        agreement_version=agreement.version,
        term=row.term_id,
        clause=row.clause,
        kind=row.kind,
        severity=row.severity,
        verdict=row.verdict,
        status=reads(release.held, draft=row.draft),
        draft=row.draft,
        observed_from=row.observed_from,
        observed_to=row.observed_to,
        zone=row.zone_id,
        zone_kind=row.zone_kind,
        released_at=release.at,
        taken_back_at=release.until,
        cell=cell,
    )


def _tell(
    conn: Connection,
    token: Token,
    found: Sequence[FoundViolation],
    documents: Mapping[bytes, StoredDocument],
) -> list[ViolationTold]:
    locators = _locators(conn, token, {row.agreement for row in found})
    versions = versions_of(conn, list({row.key for row in found})) if locators else {}
    return [
        _told(
            row,
            documents[row.agreement],
            _cell(locators.get(row.agreement), versions.get(row.key, ())),
            whole=sees_whole(token, row.mission, row.source),
        )
        for row in found
    ]


def _locators(
    conn: Connection, token: Token, agreements: AbstractSet[bytes]
) -> dict[bytes, Locator]:
    """By agreement, whose routes say where a kilometre is; the newest methodology reads places."""
    newest = methodologies(conn, token.mission)[-1:]
    read = msgspec.json.Decoder(Agreement).decode
    bodies = {one: document_bytes(conn, DocumentKind.AGREEMENT, one) for one in agreements}
    return {
        address: Locator(methodology, measure_routes(read(body).corridors))
        for methodology in newest
        for address, body in bodies.items()
        if body is not None
    }


def _cell(locator: Locator | None, stored: Sequence[StoredVersion]) -> dict[str, Any] | None:
    if locator is None:
        return None
    read = [decode_report(version.raw) for version in stored]
    return coarse_cell(locator, [report for report in read if not isinstance(report, Refusal)])


def _told(
    row: FoundViolation, agreement: StoredDocument, cell: dict[str, Any] | None, *, whole: bool
) -> ViolationTold:
    own: dict[str, Any] = {}
    if whole:
        own = {
            "review": row.review,
            "report": row.event_id,
            "source": row.source,
            "revision": row.revision,
            "received_at": row.received_at,
            "rule": row.rule,
            "p_inside": row.p_inside,
            "count_min": row.count_min,
            "count_max": row.count_max,
            "count_qualifier": row.count_qualifier,
            "attributed_party": row.attributed_party,
            "attribution_basis": row.attribution_basis,
            "subject_ref": row.subject_ref,
            "ended_event": row.ended_event,
            "claims": row.under_claims,
        }
    return ViolationTold(
        mission=row.mission,
        agreement=agreement.id,
        agreement_version=agreement.version,
        term=row.term_id,
        clause=row.clause,
        kind=row.kind,
        severity=row.severity,
        verdict=row.verdict,
        status=reads_now(Review(row.review or Review.UNREVIEWED), draft=row.draft),
        draft=row.draft,
        observed_from=row.observed_from,
        observed_to=row.observed_to,
        zone=row.zone_id,
        zone_kind=row.zone_kind,
        state=row.state,
        open_since=row.since,
        ended_by=row.ended_by,
        ended_as=row.ended_as,
        cell=cell,
        **own,
    )
