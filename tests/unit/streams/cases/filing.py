"""A case's acts, so that a test states only what it is about.

Judges `anna`, `bo`, `cem` and `dia` speak for nobody, `nils` and `nora` for the party north; each
has a key that is called as they are. `north-liaison` and `south-liaison` speak for the parties.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from streams.agreement import Agreement, SigningKey, Source
from streams.cases.acts import (
    FORMAT,
    Addressed,
    Advanced,
    Appealed,
    CaseAct,
    Dissented,
    EvidenceHeld,
    FindingWord,
    Opened,
    Released,
    Replied,
    Ruling,
    Signed,
    Step,
    Subject,
    SubjectKind,
    act_hash,
    write_act,
)
from streams.cases.authority import Authority, Version
from streams.cases.case import Case, Filed, Standing
from streams.cases.fold import fold_case
from streams.cases.ruling import ruling_hash, sign_ruling
from streams.signing import public_text
from streams.vocabulary import Right
from tests.unit.streams.builders import NOON, agreement, hours
from tests.unit.streams.signatures import PARTIES, private_key

OF: dict[str, Any] = {"format": FORMAT, "mission": "mission", "agreement": "agreement"}
JUDGES = ("anna", "bo", "cem", "dia")
OF_NORTH = ("nils", "nora")
SUBJECT = Subject(kind=SubjectKind.VIOLATION, id="patrol-1/r-1", term="t")
MISSION, PARTY, ADMINISTRATOR = Standing.MISSION, Standing.PARTY, Standing.ADMINISTRATOR


def key_of(name: str, **changes: Any) -> SigningKey:  # noqa: ANN401 (fields of SigningKey)
    """A judge's key, held by who is called so."""
    fields: dict[str, Any] = {"holder": name.title(), **changes}
    return SigningKey(id=name, public_key=public_text(private_key(name)), **fields)


def judge(name: str, party: str | None = None, **of_key: Any) -> Source:  # noqa: ANN401
    """Who may rule, with a key."""
    return Source(id=name, rights=(Right.RULE,), party=party, keys=(key_of(name, **of_key),))


SOURCES = (
    *(judge(name) for name in JUDGES),
    *(judge(name, "north") for name in OF_NORTH),
    Source(id="north-liaison", rights=(Right.NOTIFY,), party="north"),
    Source(id="south-liaison", rights=(Right.NOTIFY,), party="south"),
)


def under(*sources: Source, **changes: object) -> Agreement:
    """A version of the agreement; further sources take the place of those of their id."""
    ids = {source.id for source in sources}
    kept = [source for source in SOURCES if source.id not in ids]
    return agreement(**{"parties": PARTIES, "sources": (*kept, *sources), **changes})


def authority(*versions: Agreement, draft: bool = False) -> Authority:
    """What these versions, or the usual one, say; signed by all, unless it is a draft."""
    return Authority([Version(it, draft) for it in versions or (under(),)])


USUAL = authority()


def filed(act: CaseAct, standing: Standing = MISSION, received_at: datetime | None = None) -> Filed:
    """An act as it came, when it was made."""
    return Filed(act_hash(write_act(act)), act, received_at or act.at, standing)


def opened(hour: float = 0, source: str = "office", **changes: Any) -> Filed:  # noqa: ANN401
    fields = {**OF, "subjects": (SUBJECT,), "text": "Shelling of Popasna.", **changes}
    act = Opened(source=source, at=NOON + hours(hour), **fields)
    return filed(act, PARTY if source.endswith("-liaison") else MISSION)


OPENED = opened()
CASE = OPENED.sha256[:20]


def advanced(to: Step, hour: float = 1, stage: int = 1, source: str = "office") -> Filed:
    return filed(
        Advanced(**OF, case=CASE, source=source, at=NOON + hours(hour), to=to, stage=stage)
    )


def ruling(
    finding: FindingWord = FindingWord.RULED_VIOLATION,
    stage: int = 1,
    **changes: Any,  # noqa: ANN401
) -> Ruling:
    return Ruling(stage=stage, finding=finding, **{"text": "Seen by two patrols.", **changes})


VIOLATION = ruling()
NONE = ruling(FindingWord.RULED_NO_VIOLATION)


def signed(
    who: str,
    words: Ruling = VIOLATION,
    hour: float = 3,
    *,
    key: str | None = None,
    by: str | None = None,
    received: float | None = None,
    standing: Standing = MISSION,
    **changes: Any,  # noqa: ANN401 (fields of Signed)
) -> Filed:
    """A judge's signature by the key called so; `by` another one, `changes` made after it."""
    named = key or who
    of: dict[str, Any] = {**OF, "case": CASE, "source": who, "key": named}
    at = NOON + hours(hour)
    act = sign_ruling(Signed(**of, at=at, ruling=words), private_key(by or named))
    made = msgspec.structs.replace(act, **changes)
    return filed(made, standing, None if received is None else NOON + hours(received))


def replied(party: str = "north", hour: float = 2, text: str = "Not ours.") -> Filed:
    act = Replied(**OF, case=CASE, source=f"{party}-liaison", at=NOON + hours(hour), text=text)
    return filed(act, PARTY)


def dissented(party: str = "north", hour: float = 5, stage: int = 1) -> Filed:
    of: dict[str, Any] = {**OF, "case": CASE, "source": f"{party}-liaison"}
    return filed(Dissented(**of, at=NOON + hours(hour), stage=stage, text="We disagree."), PARTY)


def appealed(
    party: str = "north", words: Ruling = VIOLATION, hour: float = 6, stage: int | None = None
) -> Filed:
    of: dict[str, Any] = {**OF, "case": CASE, "source": f"{party}-liaison"}
    act = Appealed(
        **of,
        at=NOON + hours(hour),
        stage=words.stage if stage is None else stage,
        ruling=ruling_hash(words),
        text="Hear us again.",
    )
    return filed(act, PARTY)


def held(holder: str, since: float, after: Filed | None = None, evidence: str = "e" * 64) -> Filed:
    of: dict[str, Any] = {**OF, "case": CASE, "source": "office", "evidence": evidence}
    act = EvidenceHeld(
        **of,
        at=NOON + hours(since),
        holder=holder,
        since=NOON + hours(since),
        after=None if after is None else after.sha256,
    )
    return filed(act)


def addressed(*parties: str, hour: float = 1.5) -> Filed:
    of: dict[str, Any] = {**OF, "case": CASE, "source": "office", "at": NOON + hours(hour)}
    return filed(Addressed(**of, parties=parties))


def released(hour: float = 7, stage: int = 1) -> Filed:
    of: dict[str, Any] = {**OF, "case": CASE, "source": "office", "at": NOON + hours(hour)}
    return filed(Released(**of, stage=stage))


UNDER_INQUIRY = (OPENED, advanced(Step.PENDING, 1), advanced(Step.UNDER_INQUIRY, 2))


def fold(*acts: Filed, by: Authority = USUAL) -> Case:
    """The case that all opens with `OPENED`."""
    return fold_case(CASE, acts, by)
