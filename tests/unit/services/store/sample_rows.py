"""Rows as a worker would make them, for tests; every value may be set by name."""

import hashlib
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from services.store.rows import (
    AssessmentRow,
    BatchRows,
    BreachRow,
    CaseActRow,
    CaseReaderRow,
    ChannelRow,
    DeskRow,
    DueRow,
    IncidentRow,
    KeyKind,
    KeyRow,
    LinkRow,
    MovementRow,
    RejectedRow,
    SightingRow,
    StandingRow,
    SubmissionRow,
    SupersessionRow,
    UnheededMovementRow,
    ViolationRow,
    WhereaboutsRow,
)
from streams.keys import EventKind, event_key, rejected_key
from streams.vocabulary import Relation

NOW = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)
OBSERVED = datetime(2026, 7, 14, 6, 30, tzinfo=UTC)
AGREEMENT, METHODOLOGY, CONTEXT = bytes([1]) * 32, bytes([2]) * 32, bytes([3]) * 32

MOVEMENT = MovementRow(
    mission="smm",
    agreement=bytes(32),
    generation=1,
    movement="aid-1/01890000-0000-7000-8000-0000000000aa",
    known_at=NOW,
    readers=["aid-1"],
    events_digest=bytes(32),
    body=b"{}",
)
UNHEEDED_MOVEMENT = UnheededMovementRow(
    mission="smm",
    agreement=bytes(32),
    generation=1,
    source="aid-1",
    event="aid-1/01890000-0000-7000-8000-000000000001",
    known_at=NOW,
    reason="exercise",
)
DUE = DueRow(
    due_at=OBSERVED,
    written_at=NOW,
    revision=1,
    generation=1,
    stands=True,
    mission="smm",
    agreement_id="smm-a",
    subject="guns",
    rule="measure_overdue",
    agreement=AGREEMENT,
)

BREACH = BreachRow(
    key=event_key(EventKind.REPORT, "smm", "patrol-1", "r-0"),
    known_at=NOW,
    day=OBSERVED.date(),
    generation=1,
    mission="smm",
    zone_id="zolote",
    agreement=AGREEMENT,
    body=b"{}",
)
INCIDENT = IncidentRow(
    known_at=NOW,
    begun=OBSERVED,
    ended=OBSERVED,
    over_at=OBSERVED,
    day=OBSERVED.date(),
    generation=1,
    reports=1,
    mission="smm",
    id="0123456789abcdef",
    zone_id="zolote",
    reason="begun",
    verdict="violation",
    violates=["fire_into_zone"],
    others=[],
    became=None,
    joined=[BREACH.key],
    parted=[],
    agreement=AGREEMENT,
    body=b"{}",
)

SUBMISSION = SubmissionRow(
    key=event_key(EventKind.REPORT, "smm", "patrol-1", "r-0"),
    received_at=NOW,
    observed_from=OBSERVED,
    observed_to=OBSERVED,
    revision=1,
    kind="report",
    mission="smm",
    source="patrol-1",
    authentication="tag_valid",
    key_id="key-1",
    event_id="r-0",
    content_hash=bytes(32),
    raw=b"{}",
)

ASSESSMENT = AssessmentRow(
    key=SUBMISSION.key,
    received_at=NOW,
    observed_from=OBSERVED,
    observed_to=OBSERVED,
    revision=1,
    supersedes=None,
    cause=None,
    mission="smm",
    verdict="no_violation",
    standing="stands",
    agreement=AGREEMENT,
    methodology=METHODOLOGY,
    context=CONTEXT,
    body=b'{"verdict":"no_violation","context":"aa"}',
)

VIOLATION = ViolationRow(
    key=SUBMISSION.key,
    received_at=NOW,
    observed_from=OBSERVED,
    observed_to=OBSERVED,
    p_inside=0.97,
    count_min=3,
    count_max=None,
    revision=1,
    supersedes=None,
    term_id="no-fire",
    mission="smm",
    source="patrol-1",
    event_id="r-0",
    clause="Package, point 1",
    kind="fire_into_zone",
    severity="serious",
    verdict="violation",
    rule="inside",
    zone_id="zolote",
    zone_kind="disengagement_area",
    count_qualifier="at_least",
    attributed_party=None,
    attribution_basis=None,
    agreement=AGREEMENT,
    draft=False,
    claims=None,
)

SIGHTING = SightingRow(SUBMISSION.key, NOW, 1, "smm", "column-1", b"{}")

WHEREABOUTS = WhereaboutsRow(
    known_at=NOW,
    begun_after=OBSERVED,
    ended_before=None,
    generation=1,
    seq=0,
    from_seq=0,
    mission="smm",
    subject_ref="column-1",
    zone_id="zolote",
    answer="inside",
    body=b"{}",
    sightings_digest=bytes(32),
)


STANDING = StandingRow(
    key=SUBMISSION.key,
    known_at=NOW,
    since=OBSERVED,
    ended_by=None,
    generation=1,
    mission="smm",
    subject_ref="gun-1",
    term_id="no-fire",
    state="open",
    ended_as=None,
    ended_event=None,
    agreement=AGREEMENT,
)


CASE_ACT = CaseActRow(
    received_at=NOW,
    number=1,
    mission="smm",
    agreement_id="a",
    case_id="0123456789abcdef0123",
    kind="reply",
    source="a-liaison",
    standing="party",
    token_id="tok-0123456789ab",  # noqa: S106 (an id, no secret)
    principal=None,
    sha256=bytes(32),
    raw=b"{}",
)
CASE_READER = CaseReaderRow("smm", "a", CASE_ACT.case_id, "a-liaison", bytes(32))
LETTER = ChannelRow(
    received_at=NOW,
    number=1,
    mission="smm",
    agreement_id="a",
    message="0123456789abcdef0123",
    kind="request",
    source="office",
    standing="mission",
    token_id="tok-0123456789ab",  # noqa: S106 (an id, no secret)
    principal="ana",
    readers=["a-liaison"],
    sha256=bytes(32),
    raw=b"{}",
)
DESK = DeskRow(
    key=SUBMISSION.key,
    at=NOW,
    received_at=NOW,
    seq=1,
    reading=1,
    people=2,
    mission="smm",
    item=f"violation~{SUBMISSION.key}~no-fire",
    term_id="no-fire",
    action="confirm",
    review="confirmed",
    principal="ana",
    token_id="tok-0123456789ab",  # noqa: S106 (an id, no secret)
    note="seen on the camera",
    into_item=None,
    parts=[],
    agreement=AGREEMENT,
)


def key_row(report: SubmissionRow) -> KeyRow:
    """The key of a report."""
    return KeyRow(
        report.key,
        report.received_at,
        KeyKind.REPORT,
        vouched=True,
        content_hash=report.content_hash,
    )


def submission(
    number: int, *, source: str = "patrol-1", received_at: datetime = NOW
) -> SubmissionRow:
    """The report ``r-<number>`` of a source."""
    event_id = f"r-{number}"
    raw = b'{"id":"%d"}' % number
    return replace(
        SUBMISSION,
        key=event_key(EventKind.REPORT, "smm", source, event_id),
        source=source,
        event_id=event_id,
        received_at=received_at,
        observed_from=OBSERVED + timedelta(minutes=number),
        observed_to=OBSERVED + timedelta(minutes=number),
        content_hash=hashlib.sha256(raw).digest(),
        raw=raw,
    )


def assessment(report: SubmissionRow, verdict: str) -> AssessmentRow:
    """The first judgement of a report; its context is another for every time of receipt."""
    context = hashlib.sha256(report.received_at.isoformat().encode())
    body = b'{"context":"%s","verdict":"%s"}' % (context.hexdigest().encode(), verdict.encode())
    return replace(
        ASSESSMENT,
        key=report.key,
        received_at=report.received_at,
        observed_from=report.observed_from or OBSERVED,
        observed_to=report.observed_to or OBSERVED,
        verdict=verdict,
        context=context.digest(),
        body=body,
    )


def violation(report: SubmissionRow) -> ViolationRow:
    """A violation by a report, in its first judgement."""
    return replace(
        VIOLATION,
        key=report.key,
        received_at=report.received_at,
        observed_from=report.observed_from or OBSERVED,
        observed_to=report.observed_to or OBSERVED,
        source=report.source,
        event_id=report.event_id,
    )


def add_report(rows: BatchRows, report: SubmissionRow, *, violates: bool = False) -> None:
    """A report that is new, with its assessment and perhaps a violation."""
    rows.keys.append(key_row(report))
    rows.submissions.append(report)
    rows.assessments.append(assessment(report, "violation" if violates else "no_violation"))
    if violates:
        rows.violations.append(violation(report))


def add_retraction(rows: BatchRows, target: SubmissionRow, by: SubmissionRow) -> None:
    """The second judgement of a violating report that another one has retracted."""
    rows.links.append(
        LinkRow(
            target.key,
            by.key,
            by.received_at,
            by_revision=1,
            vouched=True,
            relation=Relation.RETRACTS,
            by_id=by.event_id,
        )
    )
    rows.assessments.append(
        replace(
            assessment(target, "not_applicable"),
            received_at=by.received_at,
            revision=2,
            supersedes=1,
            cause=by.key,
            standing="retracted",
        )
    )
    rows.violations.append(
        replace(
            violation(target),
            received_at=by.received_at,
            revision=2,
            supersedes=1,
            verdict="not_applicable",
        )
    )
    rows.supersessions.append(SupersessionRow(target.key, by.received_at, 1, 2))


def rejected_row(raw: bytes = b"{", *, received_at: datetime = NOW) -> RejectedRow:
    """Bytes that are no event."""
    topic = "truceline.reports.v1"
    return RejectedRow(
        received_at=received_at,
        key=rejected_key(topic, raw),
        record_offset=7,
        record_partition=1,
        topic=topic,
        reason="malformed_json",
        message="truncated",
        mission=None,
        source=None,
        event_id=None,
        content_hash=hashlib.sha256(raw).digest(),
        raw=raw,
    )
