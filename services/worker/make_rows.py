"""Rows of a judged batch: what goes into which table.

Place on the data's way: assess → **rows** → COPY. Nothing is decided here.
"""

from __future__ import annotations

import msgspec

from services.store.rows import (
    AssessmentRow,
    KeyKind,
    KeyRow,
    LinkRow,
    RejectedRow,
    SubmissionRow,
    SupersessionRow,
    ViolationRow,
)
from services.worker.casebook import NewLink, Step
from services.worker.incoming import Incoming, Refused
from streams.agreement import Term
from streams.assess import Judged
from streams.assessment import FOUND, Assessment, Finding
from streams.events import ContextEvent, CorridorStatus, Report
from streams.inforce import Register
from streams.keys import EventKind, rejected_key
from streams.truce_terms import truce_term
from streams.vocabulary import Verdict, ZoneKind

_encode = msgspec.json.Encoder().encode

VERSION_SILENCED = "version_silenced"
"""Of a row that takes back what only an unauthenticated version had said."""

AGREEMENT_AMENDED = "agreement_amended"
"""Of a row that takes back a finding under a term that what is in force now does not have."""

TRUCE_DID_NOT_HOLD = "truce_did_not_hold"
"""Of a row that takes back a breach of a local truce that, as is known now, did not hold then."""


def report_submission(item: Incoming[Report], number: int) -> SubmissionRow:
    """A version of a report."""
    report = item.event
    return SubmissionRow(
        item.key,
        item.received_at,
        report.observed_from,
        report.observed_to or report.observed_from,
        number,
        EventKind.REPORT,
        report.mission,
        report.source,
        item.authentication,
        item.key_id,
        report.id,
        item.content_hash,
        item.raw,
    )


def status_submission(item: Incoming[CorridorStatus], number: int) -> SubmissionRow:
    """A version of a corridor status."""
    status = item.event
    return SubmissionRow(
        item.key,
        item.received_at,
        status.observed_at,
        status.observed_at,
        number,
        EventKind.CORRIDOR_STATUS,
        status.mission,
        status.source,
        item.authentication,
        item.key_id,
        status.id,
        item.content_hash,
        item.raw,
    )


def context_submission(item: Incoming[ContextEvent], number: int) -> SubmissionRow:
    """A version of a context event; who declares something observes nothing."""
    event = item.event
    return SubmissionRow(
        item.key,
        item.received_at,
        None,
        None,
        number,
        EventKind.CONTEXT,
        event.mission,
        event.source,
        item.authentication,
        item.key_id,
        event.id,
        item.content_hash,
        item.raw,
    )


def key_row(
    item: Incoming[Report] | Incoming[CorridorStatus] | Incoming[ContextEvent], kind: KeyKind
) -> KeyRow:
    """The key of an event that is new."""
    return KeyRow(item.key, item.received_at, kind, item.authentication.vouched, item.content_hash)


def link_row(link: NewLink) -> LinkRow:
    """A link that a version brings."""
    by = link.by
    vouched = by.authentication.vouched
    return LinkRow(
        link.target, by.key, by.received_at, link.by_version, vouched, link.relation, by.event.id
    )


def assessment_row(step: Step, judged: Judged) -> AssessmentRow:
    """One reading of one report."""
    report, assessment = judged.report, judged.assessment
    return AssessmentRow(
        step.key,
        step.received_at,
        report.observed_from,
        report.observed_to or report.observed_from,
        step.revision,
        step.revision - 1 or None,
        step.cause,
        assessment.mission,
        assessment.verdict,
        assessment.standing,
        judged.in_force.agreement_digest,
        judged.in_force.methodology_digest,
        bytes.fromhex(assessment.context),
        judged.body,
    )


def supersession_row(step: Step) -> SupersessionRow:
    """The reading before this one is no longer current."""
    return SupersessionRow(step.key, step.received_at, step.revision - 1, step.revision)


def violation_rows(
    step: Step, judged: Judged, before: Assessment | None, register: Register
) -> list[ViolationRow]:
    """The findings somebody must look at, and those that take back one of the reading before."""
    assessment = judged.assessment
    if before is None:
        return [
            _violation_row(step, judged, finding, register, supersedes=False)
            for finding in assessment.findings
            if _is_found(finding)
        ]
    earlier = {finding.term: finding for finding in before.findings if _is_found(finding)}
    told = {finding.term: finding for finding in assessment.findings}
    looked_at = [f for f in assessment.findings if _is_found(f) or f.term in earlier]
    amended = before.agreement != assessment.agreement
    gone = [
        _taken_back(earlier[term], amended=amended) for term in sorted(earlier.keys() - told.keys())
    ]
    return [
        _violation_row(step, judged, finding, register, supersedes=finding.term in earlier)
        for finding in (*looked_at, *gone)
    ]


def _is_found(finding: Finding) -> bool:
    """As agreed, or as one of the parties draws the term's zones."""
    return finding.verdict in FOUND or any(claim.verdict in FOUND for claim in finding.claims)


def _taken_back(finding: Finding, *, amended: bool) -> Finding:
    """The term is none of those that the report is asked by now."""
    why = AGREEMENT_AMENDED if amended else VERSION_SILENCED
    if finding.truce is not None and not amended:
        why = TRUCE_DID_NOT_HOLD
    return Finding(finding.term, Verdict.NOT_APPLICABLE, why, truce=finding.truce)


def _term_of(judged: Judged, finding: Finding, register: Register) -> Term:
    """A finding may be of a version of the agreement that the reading is no longer under."""
    if finding.truce is not None:
        return truce_term(finding.truce)
    own = judged.in_force.terms.get(finding.term)
    return own or register.term(judged.report.mission, finding.term)


def _violation_row(
    step: Step, judged: Judged, finding: Finding, register: Register, *, supersedes: bool
) -> ViolationRow:
    report, assessment, in_force = judged.report, judged.assessment, judged.in_force
    term = _term_of(judged, finding, register)
    count, party = assessment.count, assessment.attribution
    return ViolationRow(
        step.key,
        step.received_at,
        report.observed_from,
        report.observed_to or report.observed_from,
        finding.p_inside,
        count.min if count else None,
        count.max if count else None,
        step.revision,
        step.revision - 1 if supersedes else None,
        finding.term,
        report.mission,
        report.source,
        report.id,
        term.clause,
        term.violation,
        term.severity,
        finding.verdict,
        finding.rule,
        finding.zone,
        _kind_of_zone(judged, finding.zone, register) if finding.zone else None,
        count.qualifier if count else None,
        party.party if party else None,
        party.basis if party else None,
        in_force.agreement_digest,
        assessment.draft,
        _encode(finding.claims) if finding.claims else None,
    )


def _kind_of_zone(judged: Judged, zone_id: str, register: Register) -> ZoneKind:
    kind = judged.in_force.kind_of_zone.get(zone_id)
    return kind or register.kind_of_zone(judged.report.mission, zone_id)


def rejected_row(item: Refused) -> RejectedRow:
    """An event that was refused, with its bytes, where they are kept."""
    record = item.record
    return RejectedRow(
        item.received_at,
        rejected_key(record.topic, item.raw),
        record.offset,
        record.partition,
        record.topic,
        item.refusal.reason,
        item.refusal.message,
        item.mission,
        item.source,
        item.event_id,
        item.content_hash,
        item.kept,
    )
