"""Cases: an act is taken in where it fits, and a case is told to each as far as it sees.

    bytes → act → whose → one at a time: fold with what there is → fits? → kept, with its readers

Place on the data's way: `truceline case`, /v1/cases → **here** → `services.store.case_acts`. The
same fold says how a case stands and whether an act fits, so neither can say something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from msgspec import Struct

from services.filing import Filer, Filing, MisfitError, NotTheirsError, authority_of, see_all
from services.store.case_acts import StoredAct, acts_of, add_act, heads, lock_case
from services.store.engine import Connection
from services.store.rows import CaseActRow
from streams.cases.acts import (
    Addressed,
    Appealed,
    CaseAct,
    CaseState,
    Dissented,
    FindingWord,
    HeldResponsible,
    Opened,
    Released,
    Replied,
    Signed,
    Subject,
    act_hash,
    case_of,
    read_act,
)
from streams.cases.authority import Authority
from streams.cases.case import Case, Filed, Finding, Stage, Standing
from streams.cases.custody import Chain
from streams.cases.fold import fold_case
from streams.cases.misfit import Misfit

EVERYBODY: Final = "*"
"""The reader that a released case has."""


# --- in -------------------------------------------------------------------------------------------


def file_act(conn: Connection, filer: Filer, raw: bytes, now: datetime) -> Filing:
    """Take an act in, in the caller's transaction.

    Args:
        conn: sees everything of the filer's mission and agreement.
        filer: who brings it.
        raw: its bytes, kept as they are.
        now: when it reached us.

    Raises:
        NoActError: the bytes are no act.
        NotTheirsError: the filer may not speak for its source.
        MisfitError: it would have no effect.
    """
    act, sha256 = read_act(raw), act_hash(raw)
    _require_theirs(filer, act)
    case_id = case_of(act, sha256)
    see_all(conn, filer)
    lock_case(conn, act.mission, case_id)
    stored = acts_of(conn, act.mission, [case_id]).get(case_id, [])
    if any(it.filed.sha256 == sha256 for it in stored):
        return Filing(case_id, sha256, is_new=False)
    # The order of receipt is the order of the numbers, whatever the clock does.
    received_at = max([now, *(it.filed.received_at for it in stored)])
    filed = Filed(sha256, act, received_at, filer.standing)
    authority = authority_of(conn, act.mission, act.agreement)
    case = fold_case(case_id, [*(it.filed for it in stored), filed], authority)
    if (reason := case.misfit_of(sha256) or _unseen(filed, case, authority)) is not None:
        raise MisfitError(reason)
    row = CaseActRow(
        received_at=received_at,
        number=len(stored) + 1,
        mission=act.mission,
        agreement_id=act.agreement,
        case_id=case_id,
        kind=kind_of(act),
        source=act.source,
        standing=filer.standing.value,
        token_id=filer.token_id,
        principal=filer.principal,
        sha256=bytes.fromhex(sha256),
        raw=raw,
    )
    add_act(conn, row, _readers(act, filer.standing, authority))
    # What a crash here means: nothing is kept. After the commit: it is there, and known again.
    return Filing(case_id, sha256, is_new=True)


def kind_of(act: CaseAct) -> str:
    """The word by which an act is called."""
    return str(type(act).__struct_config__.tag)


def _require_theirs(filer: Filer, act: CaseAct) -> None:
    """A signature says whose it is: anybody of the mission may carry it here."""
    carried = isinstance(act, Signed) and filer.covers(act.mission, act.agreement)
    if not carried and not filer.speaks_for(act.mission, act.agreement, act.source):
        raise NotTheirsError


def _unseen(filed: Filed, case: Case, authority: Authority) -> Misfit | None:
    """A case that a party is not shown is to it one that there is not."""
    if filed.standing is not Standing.PARTY or isinstance(filed.act, Opened | Signed):
        return None
    shown = case.released or authority.party_of(filed.act.source) in case.addressed
    return None if shown else Misfit.NOT_OPENED


def _readers(act: CaseAct, standing: Standing, authority: Authority) -> Iterable[str]:
    if isinstance(act, Released):
        return {EVERYBODY}
    parties: set[str] = set()
    if isinstance(act, Addressed):
        parties = set(act.parties)
    elif isinstance(act, Opened) and standing is Standing.PARTY:
        parties = {authority.party_of(act.source) or ""}
    return {source for party in parties for source in authority.sources_of(party)}


# --- out ------------------------------------------------------------------------------------------


class SignatoryTold(Struct, frozen=True):
    """Who signed a ruling."""

    holder: str
    source: str
    key: str
    party: str | None
    at: datetime
    act: str
    """Hash of the act that holds the signature."""


class FindingTold(Struct, frozen=True):
    """A ruling, or what is to become one."""

    finding: FindingWord
    ruling: str
    """SHA-256 of its words: an appeal names it."""
    complete: bool
    """Two have signed; until then it is no ruling."""
    text: str
    attributed: HeldResponsible | None
    signatories: tuple[SignatoryTold, ...]


class StageTold(Struct, frozen=True):
    """A case between its beginning, or an appeal, and a ruling."""

    stage: int
    state: CaseState
    since: datetime
    """When it came into this state."""
    findings: tuple[FindingTold, ...]
    ruled: FindingWord | None


class WordTold(Struct, frozen=True):
    """A reply, dissent or appeal, word for word."""

    act: str
    kind: str
    party: str | None
    source: str
    at: datetime
    stage: int | None
    text: str


class HoldingTold(Struct, frozen=True):
    """Who held a piece of evidence."""

    holder: str
    since: datetime
    handed_to: str | None
    act: str


class ChainTold(Struct, frozen=True):
    """A piece of evidence and its log."""

    evidence: str
    broken: bool
    """Who holds it now is not known."""
    holdings: tuple[HoldingTold, ...]


class ActTold(Struct, frozen=True):
    """An act as the case's record has it."""

    act: str
    kind: str
    source: str
    at: datetime
    received_at: datetime
    without_effect: str | None
    """The reason; None: it has one."""


class CaseRow(Struct, frozen=True):
    """A case in a list."""

    mission: str
    agreement: str
    case: str
    state: CaseState
    stage: int
    opened_at: datetime
    """When that reached us."""
    text: str
    alleged_party: str | None
    subjects: tuple[Subject, ...]
    """To who sees the whole."""
    addressed: tuple[str, ...]
    released: bool


class CaseTold(Struct, frozen=True):
    """A case with its rulings, what parties say beside them, and its record."""

    case: CaseRow
    stages: tuple[StageTold, ...]
    words: tuple[WordTold, ...]
    custody: tuple[ChainTold, ...]
    """To who sees the whole."""
    acts: tuple[ActTold, ...]


class CasesAsked(NamedTuple):
    """Which cases, how many at most, after which place."""

    mission: str | None = None
    agreement: str | None = None
    state: CaseState | None = None
    subject: str | None = None
    """About what has this id."""
    limit: int = 100
    after: tuple[datetime, str] | None = None


class FoundCase(NamedTuple):
    """A case of a list with its place in it."""

    row: CaseRow

    @property
    def after(self) -> tuple[datetime, str]:
        """Ask with this for the page that follows."""
        return self.row.opened_at, self.row.case


Authorities = dict[tuple[str, str], Authority]
"""By mission and agreement: what is read once for all cases of a list."""


class _Read(NamedTuple):
    """A case with what it was folded from."""

    mission: str
    agreement: str
    stored: Sequence[StoredAct]
    case: Case
    authority: Authority

    def filed(self, sha256: str) -> Filed:
        """One of its acts."""
        return next(it.filed for it in self.stored if it.filed.sha256 == sha256)


def list_cases(conn: Connection, asked: CasesAsked, *, whole: bool) -> Iterator[FoundCase]:
    """The cases that are asked for, the newest first; `whole`: what they are about as well."""
    after, known = asked.after, Authorities()
    while page := heads(conn, asked.mission, asked.agreement, after, asked.limit + 1):
        for head in page:
            read = _read(conn, head.mission, head.case_id, known)
            row = None if read is None else _row(read, whole=whole)
            if read is not None and row is not None and _is_asked(row, read, asked):
                yield FoundCase(row)
        after = page[-1].opened_at, page[-1].case_id


def show_case(conn: Connection, mission: str, case_id: str, *, whole: bool) -> CaseTold | None:
    """The case of this id, as far as the connection is shown it; None: it is shown none."""
    read = _read(conn, mission, case_id, Authorities())
    row = None if read is None else _row(read, whole=whole)
    return None if read is None or row is None else _told(row, read, whole=whole)


def _read(conn: Connection, mission: str, case_id: str, known: Authorities) -> _Read | None:
    stored = acts_of(conn, mission, [case_id]).get(case_id)
    if not stored:
        return None
    agreement_id = stored[0].agreement_id
    if (authority := known.get((mission, agreement_id))) is None:
        authority = known[mission, agreement_id] = authority_of(conn, mission, agreement_id)
    case = fold_case(case_id, [it.filed for it in stored], authority)
    return _Read(mission, agreement_id, stored, case, authority)


def _is_asked(row: CaseRow, read: _Read, asked: CasesAsked) -> bool:
    about = {subject.id for subject in _opened(read).subjects}
    return asked.state in {None, row.state} and (asked.subject is None or asked.subject in about)


def _opened(read: _Read) -> Opened:
    assert read.case.opened is not None, "rows are of cases that are open"
    return read.case.opened


def _row(read: _Read, *, whole: bool) -> CaseRow | None:
    case = read.case
    if case.opened is None or case.state is None:
        return None
    return CaseRow(
        mission=read.mission,
        agreement=read.agreement,
        case=case.id,
        state=case.state,
        stage=len(case.stages),
        opened_at=read.stored[0].filed.received_at,
        text=case.opened.text,
        alleged_party=case.opened.alleged_party,
        subjects=case.opened.subjects if whole else (),
        addressed=tuple(sorted(case.addressed)),
        released=bool(case.released),
    )


def _told(row: CaseRow, read: _Read, *, whole: bool) -> CaseTold:
    return CaseTold(
        row,
        tuple(_stage(stage, read) for stage in read.case.stages),
        tuple(_words(read)),
        tuple(_chain(it) for it in read.case.custody) if whole else (),
        tuple(_act(it.filed, read.case) for it in read.stored),
    )


def _stage(stage: Stage, read: _Read) -> StageTold:
    return StageTold(
        stage.number,
        stage.state,
        _since(stage, read),
        tuple(_finding(it) for it in stage.findings),
        None if stage.ruling is None else stage.ruling.ruling.finding,
    )


def _since(stage: Stage, read: _Read) -> datetime:
    """The second signature, else the last step, else what began the stage."""
    if stage.ruling is not None:
        return sorted(it.filed.received_at for it in stage.ruling.signatories)[1]
    if stage.steps:
        return stage.steps[-1].received_at
    if stage.number == 1:
        return read.stored[0].filed.received_at
    appeals = read.case.stages[stage.number - 2].appeals
    return min(read.filed(sha256).received_at for sha256, _ in appeals)


def _finding(finding: Finding) -> FindingTold:
    ruling = finding.ruling
    signed = tuple(
        SignatoryTold(
            it.principal.holder,
            it.principal.source,
            it.principal.key,
            it.principal.party,
            it.filed.act.at,
            it.filed.sha256,
        )
        for it in finding.signatories
    )
    complete = finding.is_complete
    about = (ruling.finding, finding.sha256, complete, ruling.text, ruling.attributed)
    return FindingTold(*about, signed)


def _words(read: _Read) -> Iterator[WordTold]:
    """In the order in which they came; of those that count."""
    counted = read.case
    for filed in (it.filed for it in read.stored):
        act = filed.act
        if isinstance(act, Replied | Dissented | Appealed) and not counted.misfit_of(filed.sha256):
            stage = None if isinstance(act, Replied) else act.stage
            party = read.authority.party_of(act.source)
            yield WordTold(filed.sha256, kind_of(act), party, act.source, act.at, stage, act.text)


def _chain(chain: Chain) -> ChainTold:
    held = (HoldingTold(it.holder, it.since, it.handed_to, it.sha256) for it in chain.holdings)
    return ChainTold(chain.evidence, chain.is_broken, tuple(held))


def _act(filed: Filed, case: Case) -> ActTold:
    why = case.misfit_of(filed.sha256)
    act = filed.act
    return ActTold(
        filed.sha256,
        kind_of(act),
        act.source,
        act.at,
        filed.received_at,
        None if why is None else why.value,
    )
