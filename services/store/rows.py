"""The rows a writer hands over, column by column as the tables have them (`models`).

Place on the data's way: judge → **rows** → `write.copy_batch`. Structs, because fifty thousand a
second are made of them; a test holds their fields equal to the tables' columns. Enums are words
(`StrEnum`), keys `Key`, hashes 32 bytes, instants aware.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Annotated

from msgspec import Struct

from streams.keys import Key
from streams.vocabulary import Relation

Long = Annotated[int, "int8"]
"""An integer that may pass 2**31; all others are `int4` (`binary` has the types of the rest)."""

Keys = Annotated[Sequence[Key | None], "uuid[]"]

Day = Annotated[date, "date"]


class KeyKind(IntEnum):
    """What a row of `event_keys` is the key of."""

    REPORT = 1
    CORRIDOR_STATUS = 2
    REJECTED = 3
    CONTEXT = 4


class CorridorEventKind(StrEnum):
    """What bears on a corridor."""

    STATUS = "status"
    REPORT = "report"


class Row(Struct, frozen=True, gc=False):
    """A row of any table; what it holds, it holds in the order of the table's columns."""


class KeyRow(Row, frozen=True, gc=False):
    """`event_keys`: an event as it became known. With nulls: a placeholder."""

    key: Key
    received_at: datetime | None
    kind: KeyKind
    vouched: bool | None
    content_hash: bytes | None


class SubmissionRow(Row, frozen=True, gc=False):
    """`submissions`: one version of one event; `revision` counts from 1."""

    key: Key
    received_at: datetime
    observed_from: datetime | None
    observed_to: datetime | None
    revision: int
    kind: str
    mission: str
    source: str
    authentication: str
    key_id: str | None
    event_id: str
    content_hash: bytes
    raw: bytes


class AssessmentRow(Row, frozen=True, gc=False):
    """`assessments`: one judgement; `revision` counts from 1, apart from the submission's."""

    key: Key
    received_at: datetime
    observed_from: datetime
    observed_to: datetime
    revision: int
    supersedes: int | None
    cause: Key | None
    mission: str
    verdict: str
    standing: str
    agreement: bytes
    methodology: bytes
    context: bytes
    body: bytes


class ViolationRow(Row, frozen=True, gc=False):
    """`violations`: one term's finding, under the revision of the assessment it is part of."""

    key: Key
    received_at: datetime
    observed_from: datetime
    observed_to: datetime
    p_inside: float | None
    count_min: int | None
    count_max: int | None
    revision: int
    supersedes: int | None
    term_id: str
    mission: str
    source: str
    event_id: str
    clause: str
    kind: str
    severity: str
    verdict: str
    rule: str
    zone_id: str | None
    zone_kind: str | None
    count_qualifier: str | None
    attributed_party: str | None
    attribution_basis: str | None
    agreement: bytes
    draft: bool
    claims: bytes | None


class SupersessionRow(Row, frozen=True, gc=False):
    """`supersessions`: assessment `revision` of `key` is no longer current."""

    key: Key
    received_at: datetime
    revision: int
    by_revision: int


class LinkRow(Row, frozen=True, gc=False):
    """`report_links`: version `by_revision` of report `by_key` speaks of `target_key`."""

    target_key: Key
    by_key: Key
    received_at: datetime
    by_revision: int
    vouched: bool
    relation: Relation
    by_id: str


class CorridorEventRow(Row, frozen=True, gc=False):
    """`corridor_events`: something that bears on a corridor."""

    mission: str
    corridor_id: str
    key: Key
    revision: int
    received_at: datetime
    kind: CorridorEventKind
    body: bytes


class AvailabilityRow(Row, frozen=True, gc=False):
    """`corridor_availability`: an interval of one generation."""

    mission: str
    corridor_id: str
    generation: int
    seq: int
    from_instant: datetime
    starts_at: datetime
    ends_at: datetime | None
    not_valid_after: datetime | None
    known_at: datetime
    state: str
    cause: str
    cause_events: Sequence[str]
    events_digest: bytes
    parts: bytes | None
    """`encode_parts`; None where all parts are alike."""
    shown_from: datetime
    """`store.shown` sets it, at the end of the transaction; until then it is `known_at`."""


class SightingRow(Row, frozen=True, gc=False):
    """`sightings`: what a report says of a subject, by reading `revision`; empty: nothing."""

    key: Key
    received_at: datetime
    revision: int
    mission: str
    subject_ref: str
    body: bytes


class WhereaboutsRow(Row, frozen=True, gc=False):
    """`whereabouts`: a place in the list of a subject's spells in a zone, in one generation."""

    known_at: datetime
    begun_after: datetime | None
    ended_before: datetime | None
    generation: int
    seq: int
    from_seq: int
    mission: str
    subject_ref: str
    zone_id: str
    answer: str | None
    body: bytes
    sightings_digest: bytes


class StandingRow(Row, frozen=True, gc=False):
    """`standing_violations`: whether a violation stands, in one generation."""

    key: Key
    known_at: datetime
    since: datetime | None
    ended_by: datetime | None
    generation: int
    mission: str
    subject_ref: str
    term_id: str
    state: str | None
    ended_as: str | None
    ended_event: str | None
    agreement: bytes


class ContextEventRow(Row, frozen=True, gc=False):
    """`context_events`: a declaration, a notification, a word on a truce or on a measure."""

    mission: str
    key: Key
    revision: int
    received_at: datetime
    kind: str
    body: bytes
    movement: str | None = None
    """``organiser/movement`` where it is about one."""


class ContextGenerationRow(Row, frozen=True, gc=False):
    """`context_generations`: a mission's context as one agreement version reads it."""

    mission: str
    agreement: bytes
    generation: int
    known_at: datetime
    events_digest: bytes
    body: bytes


class MovementRow(Row, frozen=True, gc=False):
    """`movement_generations`: one movement as one agreement version reads it."""

    mission: str
    agreement: bytes
    generation: int
    movement: str
    known_at: datetime
    readers: list[str]
    events_digest: bytes
    body: bytes | None
    """None: nobody with a say has notified it."""


class UnheededMovementRow(Row, frozen=True, gc=False):
    """`unheeded_movements`: an event about a movement without effect; no reason: it has one now."""

    mission: str
    agreement: bytes
    generation: int
    source: str
    event: str
    known_at: datetime
    reason: str | None


class DueRow(Row, frozen=True, gc=False):
    """`due_instants`: what fell due when; `stands` is false where it is known that it did not."""

    due_at: datetime
    written_at: datetime
    revision: int
    generation: int
    stands: bool
    mission: str
    agreement_id: str
    subject: str
    rule: str
    agreement: bytes


class DeskRow(Row, frozen=True, gc=False):
    """`desk_actions`: one act of one person on one item; `received_at` is the reading's.

    Of an incident there is neither `key` nor `term_id`.
    """

    key: Key | None
    at: datetime
    received_at: datetime
    seq: int
    reading: int
    people: int
    mission: str
    item: str
    term_id: str | None
    action: str
    review: str
    """After it."""
    principal: str
    token_id: str
    note: str
    into_item: str | None
    parts: Sequence[str]
    agreement: bytes


class IncidentMarkRow(Row, frozen=True, gc=False):
    """`incident_marks`: reports that breach otherwise than before, and are not folded yet."""

    id: Key
    mission: str
    keys: Keys


class BreachRow(Row, frozen=True, gc=False):
    """`breaches`: what a report tells of a zone; an empty body: nothing any more."""

    key: Key
    known_at: datetime
    day: Day
    generation: int
    mission: str
    zone_id: str
    """Empty: of terms that hold everywhere."""
    agreement: bytes
    body: bytes


class IncidentRow(Row, frozen=True, gc=False):
    """`incidents`: one revision of one incident (`streams.incidents.revise.Revision`)."""

    known_at: datetime
    begun: datetime
    ended: datetime
    over_at: datetime
    day: Day
    generation: int
    reports: int
    mission: str
    id: str
    zone_id: str
    """Empty: of terms that hold everywhere."""
    reason: str
    verdict: str
    violates: Sequence[str]
    others: Sequence[str]
    became: Sequence[str] | None
    joined: Keys
    parted: Keys
    agreement: bytes
    body: bytes


class CaseActRow(Row, frozen=True, gc=False):
    """`case_acts`: an act in a case, its bytes as they came."""

    received_at: datetime
    number: int
    mission: str
    agreement_id: str
    case_id: str
    kind: str
    source: str
    standing: str
    token_id: str
    principal: str | None
    sha256: bytes
    raw: bytes


class CaseReaderRow(Row, frozen=True, gc=False):
    """`case_readers`: who is shown a case besides the mission."""

    mission: str
    agreement_id: str
    case_id: str
    source: str
    sha256: bytes


class ChannelRow(Row, frozen=True, gc=False):
    """`channel_messages`: a message of the joint channel, its bytes as they came."""

    received_at: datetime
    number: int
    mission: str
    agreement_id: str
    message: str
    kind: str
    source: str
    standing: str
    token_id: str
    principal: str | None
    readers: list[str]
    sha256: bytes
    raw: bytes


class RejectedRow(Row, frozen=True, gc=False):
    """`rejected`: bytes that are no event; the words may be anything, they are made storable."""

    received_at: datetime
    key: Key
    record_offset: Long
    record_partition: int
    topic: str
    reason: str
    message: str
    mission: str | None
    source: str | None
    event_id: str | None
    content_hash: bytes
    raw: bytes | None
    """None: they may hold something about a person, and are withheld."""


class ReceiptRow(Row, frozen=True, gc=False):
    """`receipts`: what signs the receipts of version `revision` of each of `keys`."""

    key: Key
    received_at: datetime
    revision: int
    mission: str
    key_id: str
    signature: bytes
    keys: Keys
    leaves: bytes = b""


@dataclass(frozen=True, slots=True)
class BatchRows:
    """Everything that one batch writes, table by table; the lists are filled by the writer."""

    keys: list[KeyRow] = field(default_factory=list)
    submissions: list[SubmissionRow] = field(default_factory=list)
    assessments: list[AssessmentRow] = field(default_factory=list)
    violations: list[ViolationRow] = field(default_factory=list)
    supersessions: list[SupersessionRow] = field(default_factory=list)
    links: list[LinkRow] = field(default_factory=list)
    corridor_events: list[CorridorEventRow] = field(default_factory=list)
    sightings: list[SightingRow] = field(default_factory=list)
    context_events: list[ContextEventRow] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
