"""Ask for a report: its receipts, how far it has come, and every reading of it.

Place on the data's way: GET /v1/reports/{id}. Only for who sees the whole of it (`disclosure`): to
all others it is not there, as to those who ask for what never was.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Raw, Struct

from services.gateway.disclosure import sees_whole
from services.gateway.problems import Code, ProblemError
from services.receipts.receipt import SignedReceipt
from services.receipts.stored import receipts_of
from services.store.engine import Connection
from services.store.known import StoredVersion, versions_of
from services.store.outbox import TOPIC_OF
from services.store.queries.rejected import Reason, reasons_of
from services.store.queries.reports import FoundEvent, Judgement, find_report, judgements_of
from services.tokens.token import Token
from streams.assessment import Finding, UnderClaim
from streams.context.facts import TruceHeld
from streams.events import Id, Sha256Hex, Slug
from streams.keys import EventKind, Key, rejected_key_of
from streams.trace import REASONS
from streams.vocabulary import Authentication, Verdict


class State(StrEnum):
    """How far a report, or a version of it, has come."""

    STORED = "stored"
    """It is kept. No judgement of it is to be seen."""
    QUEUED = "queued"
    """It is kept, and waits to be judged."""
    ASSESSED = "assessed"
    REFUSED = "refused"
    """It is kept and will not be judged as it is; `reason` says why."""


class Version(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version of the report: its bytes, its receipt, its state."""

    revision: int
    received_at: datetime
    state: State
    authentication: Authentication
    sha256: Sha256Hex
    """Of the bytes as they came."""
    event: Raw
    """The report as it came."""
    receipt: SignedReceipt | None = None
    """Absent: it came another way, without one."""
    reason: str | None = None
    """Of a refused one."""
    detail: str | None = None


class Because(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One term's verdict, with its reason in words."""

    term: str
    verdict: Verdict
    rule: str
    reason: str
    zone: str | None = None
    p_inside: float | None = None
    claims: tuple[UnderClaim, ...] = ()
    """The verdict under each party's claims, where the parties draw a zone otherwise."""
    truce: TruceHeld | None = None
    """The local truce that was breached, or may have been, and who guaranteed what."""


class Reading(Struct, frozen=True, kw_only=True):
    """One judgement of the report; each but the last is superseded by the next."""

    revision: int
    judged_for: datetime
    """When what caused it came in."""
    current: bool
    verdict: Verdict
    standing: str
    draft: bool
    """Not all parties had signed the version when it was judged."""
    reasons: list[Because]
    assessment: Raw
    """Whole, byte for byte as it is stored."""


class ReportAnswer(Struct, frozen=True, kw_only=True):
    """Everything that is kept of one report."""

    id: Id
    mission: Slug
    source: Slug
    state: State
    """Of the whole: it is assessed once every version is."""
    versions: list[Version]
    readings: list[Reading]
    """Oldest first; the last one is current."""


class _Findings(Struct):
    findings: tuple[Finding, ...] = ()
    draft: bool = False


_findings = msgspec.json.Decoder(_Findings).decode


def ask_report(conn: Connection, token: Token, event_id: str, source: str | None) -> ReportAnswer:
    """The report of this id that the token's holder may see.

    Raises:
        ProblemError: there is none that it may see, or several.
    """
    found = [
        event
        for event in find_report(conn, event_id)
        if event.kind == EventKind.REPORT
        and source in (None, event.source)
        and sees_whole(token, event.mission, event.source)
    ]
    answers = [answer for event in found if (answer := _answer(conn, token, event))]
    if not answers:
        raise ProblemError(Code.REPORT_UNKNOWN)
    if len(answers) > 1:
        sources = sorted(answer.source for answer in answers)
        raise ProblemError(Code.SEVERAL_FOUND, more={"sources": sources})
    return answers[0]


def _answer(conn: Connection, token: Token, event: FoundEvent) -> ReportAnswer | None:
    versions = versions_of(conn, [event.key])[event.key]
    readings = judgements_of(conn, event.key)
    if token.agreement is not None and not readings:
        # Judged under another agreement, or by nobody yet: a token of one agreement is told
        # nothing, unless it sent the report itself.
        versions = [version for version in versions if version.key_id == token.id]
    if not versions:
        return None
    receipts = {r.receipt.revision: r for r in receipts_of(conn, [event.key]).get(event.key, [])}
    refused = reasons_of(conn, [_refused_key(version) for version in versions])
    told = [
        _version(version, receipts.get(version.revision), refused.get(_refused_key(version)))
        for version in versions
    ]
    return ReportAnswer(
        id=event.event_id,
        mission=event.mission,
        source=event.source,
        state=_whole_state(told, judged=bool(readings)),
        versions=told,
        readings=[_reading(one, current=one is readings[-1]) for one in readings],
    )


def _refused_key(version: StoredVersion) -> Key:
    return rejected_key_of(TOPIC_OF[EventKind.REPORT], version.content_hash)


def _version(stored: StoredVersion, receipt: SignedReceipt | None, why: Reason | None) -> Version:
    return Version(
        revision=stored.revision,
        received_at=stored.received_at,
        state=_state(stored, refused=why is not None),
        authentication=Authentication(stored.authentication),
        sha256=stored.content_hash.hex(),
        event=Raw(stored.raw),
        receipt=receipt,
        reason=why and why.reason,
        detail=why and why.message,
    )


def _state(stored: StoredVersion, *, refused: bool) -> State:
    """What came by Kafka is stored with its judgement; the gateway stores, and queues, before it.

    Of a version that is judged an earlier refusal is past: its reason is gone.
    """
    if stored.judged and stored.assessment_revision:
        return State.ASSESSED
    if refused:
        return State.REFUSED
    waits = stored.authentication == Authentication.TOKEN and not stored.judged
    return State.QUEUED if waits else State.STORED


def _whole_state(versions: Sequence[Version], *, judged: bool) -> State:
    states = {version.state for version in versions}
    for state in (State.QUEUED, State.STORED):
        if state in states:
            return state
    return State.ASSESSED if judged else State.REFUSED


def _reading(stored: Judgement, *, current: bool) -> Reading:
    told = _findings(stored.body)
    return Reading(
        revision=stored.revision,
        judged_for=stored.received_at,
        current=current,
        verdict=Verdict(stored.verdict),
        standing=stored.standing,
        draft=told.draft,
        reasons=[_because(finding) for finding in told.findings],
        assessment=Raw(stored.body),
    )


def _because(finding: Finding) -> Because:
    return Because(
        term=finding.term,
        verdict=finding.verdict,
        rule=finding.rule,
        reason=REASONS.get(finding.rule, ""),
        zone=finding.zone,
        p_inside=finding.p_inside,
        claims=finding.claims,
        truce=finding.truce,
    )
