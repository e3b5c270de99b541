"""Acts: what people do in a case, each a document whose bytes are kept as they came.

Place on the data's way: POST /v1/cases, /v1/cases/{case}/acts → **act** → `fold`. An act changes no
report, no judgement and no other act. Its fields are closed: a misspelt one would say what nobody
meant. A case is called by the hash of the bytes that opened it, so that it has one beginning.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from streams.errors import StreamError
from streams.events import END, Instant, Sha256Hex, Slug, Text
from streams.vocabulary import AttributionBasis, Word

FORMAT: Final = "truceline.case-act.v1"
ACT_BYTES: Final = 128 * 1024
"""The most that an act takes."""
_NAME_LENGTH: Final = 20

CaseId = Annotated[
    str,
    Meta(
        pattern=rf"^[0-9a-f]{{{_NAME_LENGTH}}}{END}",
        description="The beginning of the SHA-256 of the bytes that opened the case.",
    ),
]
Statement = Annotated[str, Meta(min_length=1, max_length=20_000)]
SignatureText = Annotated[str, Meta(min_length=86, max_length=86)]
"""Ed25519, base64url without padding."""


class CaseState(Word):
    """How far a case has come."""

    ALLEGED = "alleged"
    """Somebody says so; nobody has taken it up."""
    PENDING = "pending"
    """The mission has taken it up."""
    UNDER_INQUIRY = "under_inquiry"
    RULED_VIOLATION = "ruled_violation"
    RULED_NO_VIOLATION = "ruled_no_violation"
    INCONCLUSIVE = "inconclusive"
    """Two principals have ruled that it cannot be known."""
    NOT_APPLICABLE = "not_applicable"
    """Two principals have ruled that it is no matter of the agreement."""


class FindingWord(Word):
    """What a ruling says; each is the state of a case that is ruled so."""

    RULED_VIOLATION = "ruled_violation"
    RULED_NO_VIOLATION = "ruled_no_violation"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not_applicable"

    @property
    def state(self) -> CaseState:
        """The state that it puts a case into."""
        return CaseState(self.value)


class Step(Word):
    """What an investigator may take a case to."""

    PENDING = "pending"
    UNDER_INQUIRY = "under_inquiry"


class SubjectKind(Word):
    """What a case may be about."""

    VIOLATION = "violation"
    """A breach by one report, as it was judged."""
    INCIDENT = "incident"


class _Part(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Part of an act."""


class Subject(_Part, frozen=True, kw_only=True):
    """What a case is about, by its id; how it stands is read where it stands."""

    kind: SubjectKind
    id: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            pattern=rf"^[!-~]+{END}",
            description="Of a violation: its report as `source/id`; of an incident: its id.",
        ),
    ]
    term: Slug | None = None
    """Of a violation: the term alone; absent: whatever the report breaches."""


class HeldResponsible(_Part, frozen=True, kw_only=True):
    """Whom a ruling holds to have done it."""

    party: Slug
    basis: AttributionBasis


class Ruling(_Part, frozen=True, kw_only=True):
    """What principals sign, each over the same words."""

    stage: Annotated[int, Meta(ge=1, le=1_000, description="1; after an appeal 2, and so on.")]
    finding: FindingWord
    text: Statement
    """The grounds."""
    attributed: HeldResponsible | None = None
    """Absent: nobody is held to have done it."""


class Act(
    Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="act",
):
    """What every act says."""

    format: Literal["truceline.case-act.v1"]
    mission: Slug
    agreement: Slug
    """Id of the agreement that the case is under, whatever its version."""
    source: Slug
    """Who does it; a party acts through a source of the agreement that speaks for it."""
    at: Instant
    """By the actor's clock."""


class Opened(Act, frozen=True, kw_only=True, tag="open"):
    """Somebody alleges a violation; it makes the case."""

    subjects: Annotated[tuple[Subject, ...], Meta(min_length=1, max_length=64)]
    text: Statement
    alleged_party: Slug | None = None
    """Whom the allegation names, in its author's words."""


class OfCase(Act, frozen=True, kw_only=True):
    """Every other act: it names its case."""

    case: CaseId


class Advanced(OfCase, frozen=True, kw_only=True, tag="advance"):
    """The mission takes a case up, or begins to inquire."""

    to: Step
    stage: Annotated[int, Meta(ge=1, le=1_000)] = 1
    note: Text = ""


class Signed(OfCase, frozen=True, kw_only=True, tag="sign_ruling"):
    """A principal's signature under a ruling; two make it one."""

    ruling: Ruling
    key: Slug
    """Id of the principal's key in the agreement."""
    signature: SignatureText = "-" * 86
    """Over `ruling.signing_text`."""


class Replied(OfCase, frozen=True, kw_only=True, tag="reply"):
    """A party's word, shown beside whatever is found."""

    text: Statement


class Dissented(OfCase, frozen=True, kw_only=True, tag="dissent"):
    """A party disagrees with a ruling; both are shown."""

    stage: Annotated[int, Meta(ge=1, le=1_000)]
    text: Statement


class Appealed(OfCase, frozen=True, kw_only=True, tag="appeal"):
    """A party asks for another ruling: a further stage; the one before stays and is shown."""

    stage: Annotated[int, Meta(ge=1, le=1_000)]
    ruling: Sha256Hex
    """Hash of the ruling that it is against."""
    text: Statement


class EvidenceHeld(OfCase, frozen=True, kw_only=True, tag="custody"):
    """Somebody holds a piece of evidence from now on: a link of its chain of custody."""

    evidence: Sha256Hex
    """SHA-256 of the media, which stay with who holds them."""
    holder: Slug
    since: Instant
    after: Sha256Hex | None = None
    """Hash of the act by which it was held before; absent: it was taken in."""
    note: Text = ""


class Addressed(OfCase, frozen=True, kw_only=True, tag="address"):
    """The mission shows the case to parties whom it concerns, and hears them."""

    parties: Annotated[tuple[Slug, ...], Meta(min_length=1, max_length=64)]


class Released(OfCase, frozen=True, kw_only=True, tag="release"):
    """The mission publishes the case with its rulings, replies and dissents."""

    stage: Annotated[int, Meta(ge=1, le=1_000)]
    """Which must be ruled."""


CaseAct = (
    Opened
    | Advanced
    | Signed
    | Replied
    | Dissented
    | Appealed
    | EvidenceHeld
    | Addressed
    | Released
)
ACTS: Final = (
    Opened,
    Advanced,
    Signed,
    Replied,
    Dissented,
    Appealed,
    EvidenceHeld,
    Addressed,
    Released,
)


class NoActError(StreamError):
    """The bytes are no act of a case."""


_DECODER: Final[msgspec.json.Decoder[CaseAct]] = msgspec.json.Decoder(CaseAct)
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


def read_act(raw: bytes) -> CaseAct:
    """Read an act.

    Raises:
        NoActError: it is none; the text says where.
    """
    if len(raw) > ACT_BYTES:
        raise NoActError(f"an act takes at most {ACT_BYTES} bytes")
    try:
        return _DECODER.decode(raw)
    except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
        raise NoActError(f"this is no act of a case: {error}") from error


def write_act(act: CaseAct) -> bytes:
    """An act's bytes as this program writes it; others may write the same in other bytes."""
    return _ENCODER.encode(act)


def act_hash(raw: bytes) -> str:
    """What an act is called by: SHA-256 (hex) of its bytes."""
    return hashlib.sha256(raw).hexdigest()


def case_of(act: CaseAct, sha256: str) -> str:
    """The case that an act belongs to; one that opens a case names it."""
    return sha256[:_NAME_LENGTH] if isinstance(act, Opened) else act.case
