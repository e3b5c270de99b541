"""Rulings: which of the signatures of a stage make a ruling.

    signatures → whose → one a person → by the words they are under → two who count apart

Place on the data's way: the middle of `fold`. A function of the set: nothing is decided by who
signed first, but which of two signatures of one person under the same words is said to be the
second. Who signs two rulings in a stage has signed none; where two rulings of a stage are each
signed by two, nobody has ruled: a false accusation can restart a war.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from streams.cases.acts import Signed
from streams.cases.authority import Authority, Principal
from streams.cases.case import Filed, Finding, Signatory, Standing
from streams.cases.misfit import Misfit
from streams.cases.ruling import ruling_hash

ENOUGH: Final = 2
"""So many who count apart make a ruling."""


class Ruled(NamedTuple):
    """What the signatures of a stage come to."""

    findings: tuple[Finding, ...]
    ruling: Finding | None
    out_of_place: dict[str, Misfit]


def rule(filed: Sequence[Filed], authority: Authority, earlier: Sequence[Principal]) -> Ruled:
    """Read the signatures of one stage.

    Args:
        filed: acts of the kind `Signed` of this stage, in the fold's order.
        authority: who may rule.
        earlier: who signed the rulings of the stages before.
    """
    out: dict[str, Misfit] = {}
    signed = list(_entitled(filed, authority, earlier, out))
    single = list(_one_each(signed, out))
    findings = _by_words(single, out)
    complete = [it for it in findings if it.is_complete]
    if len(complete) > 1:
        out |= _all_of(complete, Misfit.RULINGS_CONTRADICT)
        return Ruled(tuple(findings), None, out)
    if complete:
        out |= _all_of((it for it in findings if not it.is_complete), Misfit.RULED_OTHERWISE)
    return Ruled(tuple(findings), complete[0] if complete else None, out)


def _entitled(
    filed: Iterable[Filed],
    authority: Authority,
    earlier: Sequence[Principal],
    out: dict[str, Misfit],
) -> Iterable[Signatory]:
    for it in filed:
        who = _who(it, authority)
        if isinstance(who, Principal) and any(who.is_also(other) for other in earlier):
            who = Misfit.RULED_BEFORE
        if isinstance(who, Misfit):
            out[it.sha256] = who
        else:
            yield Signatory(who, it)


def _who(filed: Filed, authority: Authority) -> Principal | Misfit:
    if filed.standing is Standing.ADMINISTRATOR:
        return Misfit.ADMINISTRATOR
    act = filed.act
    assert isinstance(act, Signed), "the fold sorts them by their kind"
    return authority.principal(act, filed.received_at)


def _one_each(signed: Sequence[Signatory], out: dict[str, Misfit]) -> Iterable[Signatory]:
    """One signature a person; of a person who signed different words none."""
    for person in _persons(signed):
        if len({_words(it) for it in person}) > 1:
            out |= dict.fromkeys((it.filed.sha256 for it in person), Misfit.SIGNED_OTHERWISE)
        else:
            out |= dict.fromkeys((it.filed.sha256 for it in person[1:]), Misfit.SIGNED_ALREADY)
            yield person[0]


def _persons(signed: Iterable[Signatory]) -> list[list[Signatory]]:
    """Whose signatures may be one person's, taken together over all that links them."""
    persons: list[list[Signatory]] = []
    for one in signed:
        same = [it for it in persons if any(one.principal.is_also(of.principal) for of in it)]
        joined = [of for it in same for of in it]
        persons = [it for it in persons if it not in same]
        persons.append([*joined, one])
    return [sorted(it, key=_order) for it in persons]


def _by_words(signed: Iterable[Signatory], out: dict[str, Misfit]) -> list[Finding]:
    by_words: defaultdict[str, list[Signatory]] = defaultdict(list)
    for one in sorted(signed, key=_order):
        by_words[_words(one)].append(one)
    return [_finding(words, mine, out) for words, mine in sorted(by_words.items())]


def _finding(words: str, signed: Sequence[Signatory], out: dict[str, Misfit]) -> Finding:
    """Two who speak for one party are one voice."""
    voices: list[Signatory] = []
    parties: set[str | None] = set()
    for one in signed:
        if one.principal.party in parties:
            out[one.filed.sha256] = Misfit.SAME_PARTY
            continue
        voices.append(one)
        parties |= {one.principal.party} - {None}
    return Finding(words, _act(voices[0]).ruling, tuple(voices), len(voices) >= ENOUGH)


def _all_of(findings: Iterable[Finding], reason: Misfit) -> dict[str, Misfit]:
    return {it.filed.sha256: reason for one in findings for it in one.signatories}


def _words(signatory: Signatory) -> str:
    return ruling_hash(_act(signatory).ruling)


def _act(signatory: Signatory) -> Signed:
    act = signatory.filed.act
    assert isinstance(act, Signed), "the fold sorts them by their kind"
    return act


def _order(signatory: Signatory) -> tuple[object, str]:
    return signatory.filed.received_at, signatory.filed.sha256
