"""What the judgement of one report is, as a value.

Place on the data's way: judge → **Assessment** → store. Everything that decides whether two
judgements are equal is in here, nothing else is: no clock, no row ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import chain, repeat
from typing import NamedTuple

import msgspec
from msgspec import Struct, structs

from streams.context.facts import Notification, PhaseBegan, TruceHeld
from streams.events import Attribution, Count
from streams.vocabulary import Authentication, Verdict

STATUS = "automatic, unreviewed"
"""Every result reads so until a person has released it (domain.md, "Assessment")."""

DRAFT = "under a draft: not all parties have signed"
"""Said beside `STATUS` of every result under such a version."""


def status_of(*, draft: bool) -> str:
    """How a result reads."""
    return f"{STATUS}; {DRAFT}" if draft else STATUS


FOUND = frozenset({Verdict.VIOLATION, Verdict.POSSIBLE_VIOLATION})
"""The verdicts that somebody must look at."""


class Standing(StrEnum):
    """Whether the report still speaks."""

    STANDS = "stands"
    SUPERSEDED = "superseded"
    RETRACTED = "retracted"


class Placement(StrEnum):
    """A location's region against a zone, on the wire; OUTSIDE is never written."""

    UNDETERMINED = "undetermined"
    INSIDE = "inside"


class ZonePlace(Struct, frozen=True, omit_defaults=True, gc=False):
    """One outline that the location's region touches."""

    zone: str
    place: Placement
    p_inside: float
    """Share of the region's area in the zone, of a Gaussian of its probability; 6 decimals."""
    claimed_by: str | None = None
    """The party whose claim this outline is; None: the agreed one."""


class UnderClaim(Struct, frozen=True, omit_defaults=True, gc=False):
    """What a term's verdict would be if its zones lay where one party claims."""

    party: str
    verdict: Verdict
    rule: str
    zone: str | None = None
    p_inside: float | None = None


class Finding(Struct, frozen=True, omit_defaults=True, gc=False):
    """One term's verdict. Terms that are not applicable by kind are not listed."""

    term: str
    verdict: Verdict
    rule: str
    """Name of the first rule that held, see `streams.rules.RULES`."""
    zone: str | None = None
    """The term's zone with the gravest verdict, then the largest share; None: none is touched."""
    p_inside: float | None = None
    claims: tuple[UnderClaim, ...] = ()
    """By party, where the report touches the agreed outline or a claim of one of its zones that a
    party draws otherwise; else there are no claims, or all say the same."""
    truce: TruceHeld | None = None
    """The local truce whose terms these are, as it held: what it guaranteed, and who did."""


class Context(Struct, frozen=True, omit_defaults=True, cache_hash=True, gc=False):
    """What is known besides the report; a value, hashed into the assessment."""

    authentication: Authentication
    received_at: datetime | None = None
    """UTC, when the event reached us, where the observation claims to lie after that; else None,
    so that an honest report is judged alike whenever and however often it arrived."""
    superseded_by: str | None = None
    """Id of the report (same mission and source) that replaces this one."""
    retracted_by: str | None = None
    notifications: tuple[Notification, ...] = ()
    """Those whose window the report's interval touches, sorted."""
    phases: tuple[PhaseBegan, ...] = ()
    """Those that had begun by its end, sorted."""
    truces: tuple[TruceHeld, ...] = ()
    """Those that held at some time of it, sorted."""
    signatures: tuple[str, ...] = ()
    """SHA-256 of those under the agreement version, sorted; the same for every report under it,
    and joined where the context is hashed."""


class Assessment(Struct, frozen=True, omit_defaults=True, gc=False):
    """`judge(report, agreement, methodology, context)`, whole."""

    mission: str
    source: str
    id: str
    status: str
    """`STATUS`: said with every result."""
    verdict: Verdict
    """The gravest of the findings; `not_applicable` where there are none."""
    standing: Standing
    agreement: str
    """Content hash of the agreement version in force."""
    methodology: str
    context: str
    """SHA-256 of the context's bytes."""
    versions: int
    """How many differing versions of the report were read."""
    places: tuple[ZonePlace, ...]
    findings: tuple[Finding, ...]
    draft: bool = False
    """Not all parties had signed the agreement version, by what was known when it was judged."""
    count: Count | None = None
    attribution: Attribution | None = None
    """Whom the monitor named; Truceline attributes nothing by itself."""
    exercise: bool = False


GRAVITY: dict[Verdict, int] = {verdict: rank for rank, verdict in enumerate(Verdict)}
"""Order of verdicts, from `not_applicable` to `violation`."""

encode_assessment = msgspec.json.Encoder(order="deterministic").encode
"""The one byte form of an assessment: stored, compared by replay, printed by `judge`."""

decode_assessment = msgspec.json.Decoder(Assessment).decode
"""The assessment of these bytes."""


def told_alike(assessment: Assessment) -> tuple[bytes, bytes]:
    """What reports that are alike have in common of that form: what is before the count and after.

    That is all but their names and counts.
    """
    whole = structs.replace(assessment, mission="", source="", id="", count=None)
    begun = structs.replace(whole, attribution=None, exercise=False)
    told = encode_assessment(begun)[:-1]
    return told.removeprefix(_NAMELESS), encode_assessment(whole).removeprefix(told)


def encode_alike(names: bytes, id_: str, told: bytes, count: Count | None, ended: bytes) -> bytes:
    """The form of an assessment that has this in common with others; `names` by `named`."""
    if count is None:
        return b"".join((names, _encode(id_), told, ended))
    return b"".join((names, _encode(id_), told, _COUNT, _encode(count), ended))


class AlikeColumns(NamedTuple):
    """What `encode_alike` is given, of many assessments: a column each."""

    names: Sequence[bytes]
    ids: Sequence[str]
    told: Sequence[bytes]
    counts: Sequence[Count | None]
    ended: Sequence[bytes]


def encode_alike_lines(alike: AlikeColumns) -> bytes:
    """Many assessments, each as `encode_alike` writes it, and a newline behind each."""
    ids = _encode_lines(alike.ids).split(b"\n")  # within a JSON text no newline stands
    counts = [b"" if it is None else _COUNT + _encode(it) for it in alike.counts]
    columns = (alike.names, ids, alike.told, counts, alike.ended, repeat(b"\n"))
    return b"".join(chain.from_iterable(zip(*columns, strict=False)))  # newlines go on


_NAMELESS = b'{"mission":"","source":"","id":""'
_COUNT = b',"count":'
_encode = msgspec.json.Encoder().encode
_encode_lines = msgspec.json.Encoder().encode_lines


@lru_cache(maxsize=1 << 12)
def named(mission: str, source: str) -> bytes:
    """How the form of an assessment begins, up to its id."""
    return b'{"mission":%b,"source":%b,"id":' % (_encode(mission), _encode(source))
