"""Fold: the acts of a case, in whatever order they came, to how it stands.

    acts → who may → what opens it → stage by stage: steps, signatures, appeals → what stands beside

Place on the data's way: stored acts → **case** → commands, HTTP; and the gateway, which asks here
whether a new act would fit. A function of the *set* of acts: each names the stage that it is about,
a step counts once its predecessor is there, and what is out of place is kept with its reason and
takes effect by itself where what it lacked comes later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from streams.cases.acts import (
    Addressed,
    Advanced,
    Appealed,
    CaseAct,
    CaseState,
    Dissented,
    EvidenceHeld,
    FindingWord,
    Opened,
    Released,
    Replied,
    Signed,
    Step,
    case_of,
)
from streams.cases.authority import Authority, Principal
from streams.cases.case import Case, Filed, Misplaced, Stage, Standing
from streams.cases.custody import Chains, Link, fold_custody
from streams.cases.misfit import Misfit
from streams.cases.rulings import Ruled, rule
from streams.signing import CLOCKS_DIFFER

A = TypeVar("A")

_BY_PARTIES: Final = (Replied, Dissented, Appealed)
_BY_MISSION: Final = (Advanced, EvidenceHeld, Addressed, Released)


def fold_case(case_id: str, acts: Iterable[Filed], authority: Authority) -> Case:
    """How a case stands by a set of acts.

    Args:
        case_id: of the case; acts of others are out of place.
        acts: in any order; the same one, twice, is one.
        authority: who is a party, and who may rule.
    """
    filed = _once_each(acts)
    out = {it.sha256: why for it in filed if (why := _may_not(it, case_id, authority)) is not None}
    able = [it for it in filed if it.sha256 not in out]
    opened = next((it.act for it in able if isinstance(it.act, Opened)), None)
    if opened is None:
        out |= dict.fromkeys((it.sha256 for it in able), Misfit.NOT_OPENED)
        return _case(case_id, None, (), able, out, len(filed), authority)
    out |= {it.sha256: Misfit.NOT_OPENED for it in able if not _is_of(it.act, opened)}
    able = [it for it in able if it.sha256 not in out]
    stages = _stages(able, authority, out)
    out |= _beside(able, stages)
    return _case(case_id, opened, stages, able, out, len(filed), authority)


def _is_of(act: CaseAct, opened: Opened) -> bool:
    """Under another agreement it would be read by other principals."""
    return (act.mission, act.agreement) == (opened.mission, opened.agreement)


def _once_each(acts: Iterable[Filed]) -> list[Filed]:
    """In the order in which repeats are named; nothing else is decided by it."""
    first: dict[str, Filed] = {}
    for it in sorted(acts, key=lambda it: (it.received_at, it.sha256, it.standing)):
        first.setdefault(it.sha256, it)
    return list(first.values())


def _may_not(filed: Filed, case_id: str, authority: Authority) -> Misfit | None:
    """Why an act has no effect, whatever the others are; of signatures see `rulings`."""
    act = filed.act
    if case_of(act, filed.sha256) != case_id:
        return Misfit.NOT_OPENED
    if act.at > filed.received_at + CLOCKS_DIFFER:
        return Misfit.FROM_FUTURE
    if not authority.parties.issuperset(_named(act)):
        return Misfit.UNKNOWN_PARTY
    return _says_too_much(act) if isinstance(act, Signed) else _not_theirs(filed, authority)


def _not_theirs(filed: Filed, authority: Authority) -> Misfit | None:
    """Why this is not who does such a thing."""
    act = filed.act
    if filed.standing is Standing.ADMINISTRATOR:
        return Misfit.ADMINISTRATOR
    of_mission = filed.standing is Standing.MISSION
    if isinstance(act, _BY_MISSION):
        return None if of_mission else Misfit.NOT_THE_MISSIONS
    if of_mission and isinstance(act, Opened):
        return None
    if of_mission or authority.party_of(act.source) is None:
        return Misfit.NOT_A_PARTYS
    return None


def _named(act: CaseAct) -> set[str]:
    """The parties that an act names."""
    if isinstance(act, Addressed):
        return set(act.parties)
    if isinstance(act, Opened):
        return set() if act.alleged_party is None else {act.alleged_party}
    if isinstance(act, Signed) and act.ruling.attributed is not None:
        return {act.ruling.attributed.party}
    return set()


def _says_too_much(act: Signed) -> Misfit | None:
    """A finding that there was no violation must not accuse anybody in passing."""
    accuses = act.ruling.attributed is not None
    breached = act.ruling.finding is FindingWord.RULED_VIOLATION
    return Misfit.NOTHING_TO_ATTRIBUTE if accuses and not breached else None


# --- stage by stage -------------------------------------------------------------------------------


def _stages(able: Sequence[Filed], authority: Authority, out: dict[str, Misfit]) -> list[Stage]:
    """Each begins with the case or with an appeal against the ruling of the one before."""
    stages: list[Stage] = []
    earlier: list[Principal] = []
    while not stages or stages[-1].appeals:
        number = len(stages) + 1
        steps = _steps(able, number, out)
        ruled = _ruled(able, number, steps, authority, earlier, out)
        appeals = _appeals(able, number, ruled, out)
        stages.append(
            Stage(
                number, _state(number, steps, ruled), steps, ruled.findings, ruled.ruling, appeals
            )
        )
        if ruled.ruling is not None:
            earlier += [it.principal for it in ruled.ruling.signatories]
    _of_no_stage(able, len(stages), out)
    return stages


def _steps(able: Sequence[Filed], number: int, out: dict[str, Misfit]) -> tuple[Filed, ...]:
    """The steps that count, in their order; an appealed case is pending by the appeal."""
    mine = [it for it in able if isinstance(it.act, Advanced) and it.act.stage == number]
    by_step = {to: [it for it in mine if _to(it) is to] for to in Step}
    taken_up, inquired = by_step[Step.PENDING], by_step[Step.UNDER_INQUIRY]
    counted = taken_up[:1] if number == 1 else []
    out |= _each(taken_up[len(counted) :], Misfit.DONE_ALREADY)
    if number == 1 and not counted:
        out |= _each(inquired, Misfit.NOT_PENDING)
        return ()
    out |= _each(inquired[1:], Misfit.DONE_ALREADY)
    return (*counted, *inquired[:1])


def _ruled(  # noqa: PLR0913, PLR0917 (what a ruling depends on)
    able: Sequence[Filed],
    number: int,
    steps: Sequence[Filed],
    authority: Authority,
    earlier: Sequence[Principal],
    out: dict[str, Misfit],
) -> Ruled:
    mine = [it for it in able if isinstance(it.act, Signed) and it.act.ruling.stage == number]
    found = rule(mine, authority, earlier)
    out |= found.out_of_place
    if any(_to(it) is Step.UNDER_INQUIRY for it in steps):
        return found
    # Whose signature it is not is worse than that there is no inquiry yet.
    out |= {it.sha256: out.get(it.sha256, Misfit.NOT_UNDER_INQUIRY) for it in mine}
    return Ruled((), None, {})


def _appeals(
    able: Sequence[Filed], number: int, ruled: Ruled, out: dict[str, Misfit]
) -> tuple[tuple[str, Appealed], ...]:
    """All that are against the ruling; any one reopens the case, and none is passed over."""
    found: list[tuple[str, Appealed]] = []
    for it in able:
        if not isinstance(it.act, Appealed) or it.act.stage != number:
            continue
        if ruled.ruling is None:
            out[it.sha256] = Misfit.NOT_RULED
        elif it.act.ruling != ruled.ruling.sha256:
            out[it.sha256] = Misfit.OTHER_RULING
        else:
            found.append((it.sha256, it.act))
    return tuple(found)


def _state(number: int, steps: Sequence[Filed], ruled: Ruled) -> CaseState:
    if ruled.ruling is not None:
        return ruled.ruling.ruling.finding.state
    if steps:
        return CaseState(_to(steps[-1]).value)
    return CaseState.ALLEGED if number == 1 else CaseState.PENDING


def _of_no_stage(able: Sequence[Filed], stages: int, out: dict[str, Misfit]) -> None:
    for it in able:
        if isinstance(it.act, Advanced | Appealed | Dissented | Released):
            stage = it.act.stage
        elif isinstance(it.act, Signed):
            stage = it.act.ruling.stage
        else:
            continue
        if stage > stages:
            out[it.sha256] = Misfit.OTHER_STAGE


def _to(filed: Filed) -> Step:
    assert isinstance(filed.act, Advanced), "of steps alone"
    return filed.act.to


def _each(filed: Iterable[Filed], reason: Misfit) -> dict[str, Misfit]:
    return {it.sha256: reason for it in filed}


# --- what stands beside ---------------------------------------------------------------------------


def _beside(able: Sequence[Filed], stages: Sequence[Stage]) -> dict[str, Misfit]:
    """Dissents and releases that come before there is a ruling, in a stage that there is."""
    return {
        it.sha256: Misfit.NOT_RULED
        for it in able
        if isinstance(it.act, Dissented | Released)
        and it.act.stage <= len(stages)
        and stages[it.act.stage - 1].ruling is None
    }


def _case(  # noqa: PLR0913, PLR0917 (what a case consists of)
    case_id: str,
    opened: Opened | None,
    stages: Sequence[Stage],
    able: Sequence[Filed],
    out: dict[str, Misfit],
    count: int,
    authority: Authority,
) -> Case:
    links = [Link(sha256, act) for sha256, act in _of_kind(EvidenceHeld, able, out)]
    chains = fold_custody(links) if opened else Chains((), {})
    out |= chains.out_of_place
    addressed = {party for _, act in _of_kind(Addressed, able, out) for party in act.parties}
    if opened is not None and (opener := _opener(able, authority)) is not None:
        addressed.add(opener)
    return Case(
        id=case_id,
        opened=opened,
        stages=tuple(stages),
        replies=tuple(_of_kind(Replied, able, out)),
        dissents=tuple(_of_kind(Dissented, able, out)),
        custody=chains.chains,
        addressed=frozenset(addressed),
        released=frozenset(act.stage for _, act in _of_kind(Released, able, out)),
        out_of_place=tuple(Misplaced(sha256, why) for sha256, why in sorted(out.items())),
        acts=count,
    )


def _opener(able: Sequence[Filed], authority: Authority) -> str | None:
    """The party that opened the case, if one did."""
    opening = next(it for it in able if isinstance(it.act, Opened))
    return authority.party_of(opening.act.source) if opening.standing is Standing.PARTY else None


def _of_kind(kind: type[A], able: Sequence[Filed], out: dict[str, Misfit]) -> list[tuple[str, A]]:
    return [(it.sha256, it.act) for it in able if isinstance(it.act, kind) and it.sha256 not in out]
