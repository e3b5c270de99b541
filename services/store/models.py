"""What is kept: every table, typed.

Place on the data's way: the shape of the truth. The migrations make these tables (a test holds
them equal), `rows` mirrors them column by column for COPY.

History (submissions, assessments, violations, supersessions, links, corridor rows, sightings,
whereabouts, what stands, context, due instants, acts at the desk, acts in cases, messages,
breaches, incidents, rejected, receipts) is never updated and never deleted: a trigger refuses it
(migrations 0010, 0012, 0019 and so on), but for the bytes of a submission that nobody may keep
(0036). What supersedes is a new row. No foreign keys between the big tables: a check for each row
would cost more than the row, and everything that one event causes is written in one transaction by
one writer.

Times are `timestamptz`. Columns stand fixed width first, so that rows carry no padding. Bodies are
the canonical msgspec JSON as `bytea`: they are hashed and compared, never searched.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    CheckConstraint,
    Date,
    Double,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Key = Annotated[UUID, mapped_column(Uuid)]
Instant = Annotated[datetime, mapped_column(TIMESTAMP(timezone=True))]
Small = Annotated[int, mapped_column(SmallInteger)]
Long = Annotated[int, mapped_column(BigInteger)]
Hash = Annotated[bytes, mapped_column(LargeBinary)]
Body = Annotated[bytes, mapped_column(LargeBinary)]
String = Annotated[str, mapped_column(Text)]
Strings = Annotated[list[str], mapped_column(ARRAY(Text))]
Keys = Annotated[list[UUID], mapped_column(ARRAY(Uuid))]
Instants = Annotated[list[datetime], mapped_column(ARRAY(TIMESTAMP(timezone=True)))]
Revisions = Annotated[list[int], mapped_column(ARRAY(Integer))]
Day = Annotated[date, mapped_column(Date)]
Share = Annotated[float, mapped_column(Double)]

BY_MONTH = {"postgresql_partition_by": "RANGE (received_at)"}


class Base(DeclarativeBase):
    """Root of the tables; `metadata` is what the migrations are compared with."""

    type_annotation_map: ClassVar = {datetime: TIMESTAMP(timezone=True), str: Text}


class StoredAgreement(Base):
    """A version of an agreement, canonical bytes and all; immutable."""

    __tablename__ = "agreements"
    __table_args__ = (UniqueConstraint("id", "version"),)

    hash: Mapped[Hash] = mapped_column(primary_key=True)
    id: Mapped[str]
    version: Mapped[int]
    mission: Mapped[str]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    loaded_at: Mapped[datetime]
    document: Mapped[Body]


class StoredSignature(Base):
    """A party's signature under a version of the agreement, canonical bytes and all; immutable."""

    __tablename__ = "agreement_signatures"

    hash: Mapped[Hash] = mapped_column(primary_key=True)
    agreement: Mapped[Hash]
    mission: Mapped[String]
    party: Mapped[String]
    loaded_at: Mapped[Instant]
    body: Mapped[Body]


class StoredMethodology(Base):
    """A version of a mission's methodology; immutable."""

    __tablename__ = "methodologies"
    __table_args__ = (UniqueConstraint("id", "version"),)

    hash: Mapped[Hash] = mapped_column(primary_key=True)
    id: Mapped[str]
    version: Mapped[int]
    mission: Mapped[str]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    loaded_at: Mapped[datetime]
    document: Mapped[Body]


class EventKey(Base):
    """Every event that we know of, by key; the table on which concurrent arrivals meet.

    A table partitioned by time can't refuse an event that is sent again next month; this one can.
    A row without hash is a *placeholder*: others speak of the event (retract it, supersede it),
    it has not arrived. Kept up to date as versions arrive, so it is no history.
    """

    __tablename__ = "event_keys"
    __table_args__ = ({"postgresql_partition_by": "HASH (key)"},)

    key: Mapped[Key] = mapped_column(primary_key=True)
    received_at: Mapped[Instant | None]
    kind: Mapped[Small]
    vouched: Mapped[bool | None]
    content_hash: Mapped[Hash | None]


class Submission(Base):
    """One version of one event, its bytes exactly as they came.

    Or none of them: of a count in an exchange or a word on a movement that a worker has refused
    since (migration 0036). Its hash, receipt and reason stay.
    """

    __tablename__ = "submissions"
    __table_args__ = (BY_MONTH,)

    key: Mapped[Key] = mapped_column(primary_key=True)
    received_at: Mapped[Instant] = mapped_column(primary_key=True)
    observed_from: Mapped[Instant | None]
    observed_to: Mapped[Instant | None]
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[String]
    mission: Mapped[String]
    source: Mapped[String]
    authentication: Mapped[String]
    key_id: Mapped[String | None]
    event_id: Mapped[String]
    content_hash: Mapped[Hash]
    raw: Mapped[Body]


class StoredAssessment(Base):
    """One judgement of one report. A later one supersedes it and says so; both stay."""

    __tablename__ = "assessments"
    __table_args__ = (
        # For what a late declaration touches: read by ranges of blocks, and next to free to keep.
        Index("assessments_by_time", "observed_from", "observed_to", postgresql_using="brin"),
        BY_MONTH,
    )

    key: Mapped[Key] = mapped_column(primary_key=True)
    received_at: Mapped[Instant] = mapped_column(primary_key=True)
    observed_from: Mapped[Instant]
    observed_to: Mapped[Instant]
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    supersedes: Mapped[int | None]
    cause: Mapped[Key | None]
    mission: Mapped[String]
    verdict: Mapped[String]
    standing: Mapped[String]
    agreement: Mapped[Hash]
    methodology: Mapped[Hash]
    context: Mapped[Hash]
    body: Mapped[Body]


class Violation(Base):
    """One term's finding that somebody must look at: `violation` or `possible_violation`.

    Another verdict stands only in a row that withdraws an earlier violation of the same term, or
    whose zones a party draws so that it would be one.
    """

    __tablename__ = "violations"
    __table_args__ = (
        Index("violations_by_zone", "zone_id", "observed_from"),
        Index("violations_by_kind", "kind", "observed_from"),
        Index("violations_by_time", "observed_from"),
        BY_MONTH,
    )

    key: Mapped[Key] = mapped_column(primary_key=True)
    received_at: Mapped[Instant] = mapped_column(primary_key=True)
    observed_from: Mapped[Instant]
    observed_to: Mapped[Instant]
    p_inside: Mapped[Share | None]
    count_min: Mapped[int | None]
    count_max: Mapped[int | None]
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    supersedes: Mapped[int | None]
    term_id: Mapped[String] = mapped_column(primary_key=True)
    mission: Mapped[String]
    source: Mapped[String]
    event_id: Mapped[String]
    clause: Mapped[String]
    kind: Mapped[String]
    severity: Mapped[String]
    verdict: Mapped[String]
    rule: Mapped[String]
    zone_id: Mapped[String | None]
    zone_kind: Mapped[String | None]
    count_qualifier: Mapped[String | None]
    attributed_party: Mapped[String | None]
    attribution_basis: Mapped[String | None]
    agreement: Mapped[Hash]
    draft: Mapped[bool]
    claims: Mapped[Body | None]
    """The finding's `UnderClaim`s; None: no party draws a zone of the term otherwise."""


class Supersession(Base):
    """Which assessment is no longer the current one, and of which later one that is so.

    Few rows: "current" is a cheap anti-join with them. Its key also lets only one writer
    supersede a revision.
    """

    __tablename__ = "supersessions"

    key: Mapped[Key] = mapped_column(primary_key=True)
    received_at: Mapped[Instant]
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    by_revision: Mapped[int]


class ReportLink(Base):
    """A version of one report says that it retracts or supersedes another report."""

    __tablename__ = "report_links"

    target_key: Mapped[Key] = mapped_column(primary_key=True)
    by_key: Mapped[Key] = mapped_column(primary_key=True)
    received_at: Mapped[Instant]
    by_revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    vouched: Mapped[bool]
    relation: Mapped[String] = mapped_column(primary_key=True)
    by_id: Mapped[String]


class CorridorEvent(Base):
    """One thing that bears on one corridor: a status, or a report on its route."""

    __tablename__ = "corridor_events"
    __table_args__ = (Index("corridor_events_by_key", "key", "revision"),)

    mission: Mapped[String] = mapped_column(primary_key=True)
    corridor_id: Mapped[String] = mapped_column(primary_key=True)
    key: Mapped[Key] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    received_at: Mapped[Instant]
    kind: Mapped[String]
    body: Mapped[Body]


class CorridorAvailability(Base):
    """An interval of a corridor's availability, in the generation in which we came to know it.

    A generation replaces everything from `from_instant` on and leaves what is before. The answer
    at T is the newest generation that reaches T, in it the interval with `starts_at` <= T <
    `ends_at`. Until further notice is null.
    """

    __tablename__ = "corridor_availability"
    __table_args__ = (
        PrimaryKeyConstraint(
            *("mission", "corridor_id", "generation", "seq"),
            postgresql_include=["starts_at", "ends_at", "state", "cause"],
        ),
        Index(
            "corridor_generations",
            *("mission", "corridor_id", "shown_from", "from_instant", "generation"),
            postgresql_using="gist",
            postgresql_where=text("seq = 0"),
        ),
    )

    mission: Mapped[String]
    corridor_id: Mapped[String]
    generation: Mapped[int]
    seq: Mapped[int]
    from_instant: Mapped[Instant]
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant | None]
    not_valid_after: Mapped[Instant | None]
    known_at: Mapped[Instant]
    state: Mapped[String]
    cause: Mapped[String]
    cause_events: Mapped[Strings]
    events_digest: Mapped[Hash]
    parts: Mapped[Body | None]
    """Each part's state, where they are not all alike (`generations.encode_parts`)."""
    shown_from: Mapped[Instant]
    """From then on whoever asked could see the generation; `known_at` is when its word reached us
    (`store.shown`)."""


class StoredSighting(Base):
    """What a report says of a subject, by each of its readings; the newest of a report counts."""

    __tablename__ = "sightings"
    __table_args__ = (
        PrimaryKeyConstraint("mission", "subject_ref", "key", "revision"),
        Index("sightings_by_key", "key"),
    )

    key: Mapped[Key]
    received_at: Mapped[Instant]
    revision: Mapped[int]
    mission: Mapped[String]
    subject_ref: Mapped[String]
    body: Mapped[Body]


class Whereabouts(Base):
    """A spell of a subject in a zone, in the generation in which we came to know it.

    The spells of a subject in a zone are a list. A generation replaces it from the place `from_seq`
    on; where `answer` is null it ends there. Zone "": pairs of sightings that cannot both be true.
    """

    __tablename__ = "whereabouts"
    __table_args__ = (
        PrimaryKeyConstraint("mission", "subject_ref", "zone_id", "generation", "seq"),
        Index("whereabouts_by_zone", "mission", "zone_id", "answer", "begun_after"),
    )

    known_at: Mapped[Instant]
    begun_after: Mapped[Instant | None]
    ended_before: Mapped[Instant | None]
    generation: Mapped[int]
    seq: Mapped[int]
    from_seq: Mapped[int]
    mission: Mapped[String]
    subject_ref: Mapped[String]
    zone_id: Mapped[String]
    answer: Mapped[String | None]
    body: Mapped[Body]
    sightings_digest: Mapped[Hash]


class StandingViolation(Base):
    """Whether a report's violation of a term stands, in the generation in which we came to know.

    The newest generation counts. Where `state` is null nothing stands by it: the report was
    withdrawn, or its violation taken back.
    """

    __tablename__ = "standing_violations"
    __table_args__ = (
        PrimaryKeyConstraint("key", "term_id", "generation"),
        Index(
            "standing_violations_by_state",
            "state",
            "key",
            postgresql_where=text("state IS NOT NULL"),
        ),
    )

    key: Mapped[Key]
    known_at: Mapped[Instant]
    since: Mapped[Instant | None]
    ended_by: Mapped[Instant | None]
    generation: Mapped[int]
    mission: Mapped[String]
    subject_ref: Mapped[String]
    term_id: Mapped[String]
    state: Mapped[String | None]
    ended_as: Mapped[String | None]
    ended_event: Mapped[String | None]
    agreement: Mapped[Hash]


class StoredContextEvent(Base):
    """One version of one declaration, notification, word on a truce or on a measure."""

    __tablename__ = "context_events"
    __table_args__ = (
        Index("context_events_by_key", "key", "revision"),
        Index(
            "context_events_by_movement",
            "mission",
            "movement",
            postgresql_where=text("movement IS NOT NULL"),
        ),
    )

    mission: Mapped[String] = mapped_column(primary_key=True)
    key: Mapped[Key] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    received_at: Mapped[Instant]
    kind: Mapped[String]
    body: Mapped[Body]
    movement: Mapped[String | None]


class ContextGeneration(Base):
    """A mission's context as one agreement version reads it, as we came to know it.

    The newest generation is what is known; what was known at K is the newest with `known_at` <= K.
    """

    __tablename__ = "context_generations"

    mission: Mapped[String] = mapped_column(primary_key=True)
    agreement: Mapped[Hash] = mapped_column(primary_key=True)
    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    known_at: Mapped[Instant]
    events_digest: Mapped[Hash]
    body: Mapped[Body]


class MovementGeneration(Base):
    """A movement as one agreement version reads it, as we came to know it, and who may see it.

    Generations are counted over all movements of a mission, so that the newest one says whether
    anything is new.
    """

    __tablename__ = "movement_generations"
    __table_args__ = (
        PrimaryKeyConstraint("mission", "agreement", "movement", "generation"),
        Index("movement_generations_in_order", "mission", "agreement", "generation"),
    )

    mission: Mapped[String]
    agreement: Mapped[Hash]
    generation: Mapped[int]
    movement: Mapped[String]
    known_at: Mapped[Instant]
    readers: Mapped[Strings]
    events_digest: Mapped[Hash]
    body: Mapped[Body | None]


class UnheededMovement(Base):
    """That an event about a movement has no effect, and why; told to its source and the mission.

    Beside the movement and not in it: who speaks of a movement that is not theirs is told the same
    as of one that there is not.
    """

    __tablename__ = "unheeded_movements"
    __table_args__ = (PrimaryKeyConstraint("mission", "agreement", "event", "generation"),)

    mission: Mapped[String]
    agreement: Mapped[Hash]
    generation: Mapped[int]
    source: Mapped[String]
    event: Mapped[String]
    known_at: Mapped[Instant]
    reason: Mapped[String | None]


class DueInstant(Base):
    """That an instant has come at which time alone changes what is read (`streams.due`).

    Its first revision says that it fell due. Where a late event shows that it did not, the next
    one says so (`stands` is false), and one after that may take it back again; the last counts.
    """

    __tablename__ = "due_instants"
    __table_args__ = (
        PrimaryKeyConstraint("mission", "agreement_id", "subject", "rule", "due_at", "revision"),
        CheckConstraint("written_at >= due_at OR NOT stands", "due_instants_not_early"),
        Index("due_instants_by_time", "mission", "due_at"),
    )

    due_at: Mapped[Instant]
    written_at: Mapped[Instant]
    revision: Mapped[int]
    generation: Mapped[int]
    stands: Mapped[bool]
    mission: Mapped[String]
    agreement_id: Mapped[String]
    subject: Mapped[String]
    rule: Mapped[String]
    agreement: Mapped[Hash]


class DeskAction(Base):
    """What one person decided of one item of the desk (`streams.desk.act`), and the state after it.

    The key lets one act alone follow another: of two people at once the second is told.
    """

    __tablename__ = "desk_actions"
    __table_args__ = (
        PrimaryKeyConstraint("mission", "item", "seq"),
        Index("desk_actions_by_key", "key", "term_id", "seq"),
        Index("desk_actions_by_item", "item"),
    )

    key: Mapped[Key | None]
    """And `term_id`: of a violation; an incident has neither."""
    at: Mapped[Instant]
    received_at: Mapped[Instant]
    seq: Mapped[int]
    reading: Mapped[int]
    people: Mapped[int]
    mission: Mapped[String]
    item: Mapped[String]
    term_id: Mapped[String | None]
    action: Mapped[String]
    review: Mapped[String]
    principal: Mapped[String]
    token_id: Mapped[String]
    note: Mapped[String]
    into_item: Mapped[String | None]
    parts: Mapped[Strings]
    agreement: Mapped[Hash]


class IncidentMark(Base):
    """That some reports breach otherwise than before, and the incidents do not say so yet.

    A queue and no history: written with the violations, in their transaction; who folds them takes
    the row away, in the transaction that adds what came of it.
    """

    __tablename__ = "incident_marks"
    __table_args__ = (
        Index("incident_marks_by_mission", "mission"),
        {
            "postgresql_with": {
                "autovacuum_vacuum_scale_factor": "0",
                "autovacuum_vacuum_threshold": "1000",
            }
        },
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    mission: Mapped[String]
    keys: Mapped[Keys]


class StoredBreach(Base):
    """What a report tells of a zone that it breaches, by zone and mission day; the newest counts.

    Without a body it tells nothing there any more. Incidents are folded from these.
    """

    __tablename__ = "breaches"
    __table_args__ = (
        PrimaryKeyConstraint("mission", "zone_id", "day", "key", "generation"),
        Index("breaches_by_key", "key"),
    )

    key: Mapped[Key]
    known_at: Mapped[Instant]
    day: Mapped[Day]
    generation: Mapped[int]
    mission: Mapped[String]
    zone_id: Mapped[String]
    agreement: Mapped[Hash]
    body: Mapped[Body]


class StoredIncident(Base):
    """A revision of an incident: what is said of it, and what the revision changes about it.

    The newest generation of an id counts. Members are the keys that joined and did not part since
    it last came to be; where `became` is not null it is no more, and these are its successors.
    Generations are counted over all incidents of a mission.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        PrimaryKeyConstraint("mission", "id", "generation"),
        Index("incidents_by_zone", "mission", "zone_id", "day"),
        Index("incidents_in_time", "mission", "day", "begun", "id"),
        Index("incidents_in_order", "mission", "agreement", "generation"),
    )

    known_at: Mapped[Instant]
    begun: Mapped[Instant]
    ended: Mapped[Instant]
    over_at: Mapped[Instant]
    day: Mapped[Day]
    generation: Mapped[int]
    reports: Mapped[int]
    mission: Mapped[String]
    id: Mapped[String]
    zone_id: Mapped[String]
    reason: Mapped[String]
    verdict: Mapped[String]
    violates: Mapped[Strings]
    others: Mapped[Strings]
    became: Mapped[Strings | None]
    joined: Mapped[Keys]
    parted: Mapped[Keys]
    agreement: Mapped[Hash]
    body: Mapped[Body]


class CaseActed(Base):
    """An act in a case, whole (`streams.cases.acts`); `number` is its place among the case's.

    Of two acts at once the second is given the next number, or is told that it no longer fits.
    """

    __tablename__ = "case_acts"
    __table_args__ = (
        PrimaryKeyConstraint("mission", "case_id", "sha256"),
        UniqueConstraint("mission", "case_id", "number"),
        Index("case_acts_by_time", "mission", "agreement_id", "received_at"),
    )

    received_at: Mapped[Instant]
    number: Mapped[int]
    mission: Mapped[String]
    agreement_id: Mapped[String]
    case_id: Mapped[String]
    kind: Mapped[String]
    source: Mapped[String]
    standing: Mapped[String]
    token_id: Mapped[String]
    principal: Mapped[String | None]
    sha256: Mapped[Hash]
    raw: Mapped[Body]


class CaseReader(Base):
    """A source that is shown a case besides the mission, and by which act; `*`: everybody."""

    __tablename__ = "case_readers"
    __table_args__ = (PrimaryKeyConstraint("mission", "case_id", "source", "sha256"),)

    mission: Mapped[String]
    agreement_id: Mapped[String]
    case_id: Mapped[String]
    source: Mapped[String]
    sha256: Mapped[Hash]


class ChannelMessaged(Base):
    """A message of the joint channel, whole; `readers` are shown it besides the mission."""

    __tablename__ = "channel_messages"
    __table_args__ = (
        PrimaryKeyConstraint("mission", "sha256"),
        UniqueConstraint("mission", "agreement_id", "number"),
    )

    received_at: Mapped[Instant]
    number: Mapped[int]
    mission: Mapped[String]
    agreement_id: Mapped[String]
    message: Mapped[String]
    kind: Mapped[String]
    source: Mapped[String]
    standing: Mapped[String]
    token_id: Mapped[String]
    principal: Mapped[String | None]
    readers: Mapped[Strings]
    sha256: Mapped[Hash]
    raw: Mapped[Body]


class Rejected(Base):
    """Bytes that are no event we can read, whole, with the reason: nothing is thrown away.

    But what may be about an exchange of people (migration 0021): of that the hash and the reason.
    """

    __tablename__ = "rejected"
    __table_args__ = (BY_MONTH,)

    received_at: Mapped[Instant] = mapped_column(primary_key=True)
    key: Mapped[Key] = mapped_column(primary_key=True)
    record_offset: Mapped[Long]
    record_partition: Mapped[int]
    topic: Mapped[String]
    reason: Mapped[String]
    message: Mapped[String]
    mission: Mapped[String | None]
    source: Mapped[String | None]
    event_id: Mapped[String | None]
    content_hash: Mapped[Hash]
    raw: Mapped[Body | None]


class StoredToken(Base):
    """Who may submit, or ask, through the gateway; the secret itself is nowhere.

    Only `revoked_at` ever changes, once (migrations 0011, 0040).
    """

    __tablename__ = "tokens"
    __table_args__ = (UniqueConstraint("secret_hash"),)

    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    revoked_at: Mapped[Instant | None]
    id: Mapped[String] = mapped_column(primary_key=True)
    secret_hash: Mapped[Hash]
    label: Mapped[String]
    mission: Mapped[String]
    agreement: Mapped[String | None]
    roles: Mapped[Strings]
    sources: Mapped[Strings]
    principal: Mapped[String | None]


class StoredReceipt(Base):
    """A signature, and the versions whose receipts it stands under; the rest is made from these.

    Only what came through the gateway has receipts. Up to 32 of a group, of one mission, instant
    and revision, are leaves of a tree whose root is signed. `keys` has the event of each leaf, in
    order: null where it was known already and nothing came of the leaf; `key` is the first that is
    there. What is signed alone has no leaves.
    """

    __tablename__ = "receipts"
    __table_args__ = (PrimaryKeyConstraint("received_at", "revision", "key"), BY_MONTH)

    key: Mapped[Key]
    received_at: Mapped[Instant]
    revision: Mapped[int] = mapped_column(autoincrement=False)
    mission: Mapped[String]
    key_id: Mapped[String]
    signature: Mapped[Body]
    keys: Mapped[Keys]
    leaves: Mapped[Body]


class Outbox(Base):
    """Submissions that Kafka may not have yet; the row goes when Kafka has acknowledged them.

    A queue and no history. The bytes are those of the submissions, never a copy. A *lane* holds
    whole sources; one relay at a time sends a lane's rows, in the order of `id`, and what a row
    leads to in the order of its arrays, which are equally long.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        PrimaryKeyConstraint("lane", "id"),
        {
            # It is filled and emptied all day: dead rows at its front would be read by every look.
            "postgresql_with": {
                "autovacuum_vacuum_scale_factor": "0",
                "autovacuum_vacuum_threshold": "10000",
            }
        },
    )

    id: Mapped[Long] = mapped_column(BigInteger, Identity(always=True))
    queued_at: Mapped[Instant] = mapped_column(server_default=func.now())
    lane: Mapped[Small]
    keys: Mapped[Keys]
    received_ats: Mapped[Instants]
    revisions: Mapped[Revisions]


class ResendProgress(Base):
    """Up to when everything that the gateway has stored is known to be judged; one row.

    Where the next leader of the relays begins to look. No history: it only spares looking again.
    """

    __tablename__ = "resend_progress"

    id: Mapped[Small] = mapped_column(primary_key=True, autoincrement=False)
    judged_before: Mapped[Instant]


class ShownClock(Base):
    """The last instant from which something of a mission is shown; a row each, kept up to date."""

    __tablename__ = "shown_clocks"

    mission: Mapped[String] = mapped_column(primary_key=True)
    instant: Mapped[Instant]


class KeptUp(Base):
    """A stretch in which nothing of a mission waited longer than allowed; in between it did.

    `until` is made later as long as somebody looks in time, so it is no history; what was said of
    an instant stays (migration 0045).
    """

    __tablename__ = "kept_up"

    mission: Mapped[String] = mapped_column(primary_key=True)
    since: Mapped[Instant] = mapped_column(primary_key=True)
    until: Mapped[Instant]
