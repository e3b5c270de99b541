"""Custody: who held a piece of evidence from when, and whom it was handed to.

Place on the data's way: acts of a case → **chains** → shown with it. The media are nowhere here:
their hash is. A chain goes on from the act that each link names; where two go on from one act,
nobody can say who held it, and neither counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from streams.cases.acts import EvidenceHeld
from streams.cases.misfit import Misfit


class Link(NamedTuple):
    """An act of custody with its hash."""

    sha256: str
    act: EvidenceHeld


class Holding(NamedTuple):
    """That somebody held it."""

    sha256: str
    """Of the act that says so."""
    holder: str
    since: datetime
    handed_to: str | None
    """None: nobody has taken it over, or two say that they have."""


class Chain(NamedTuple):
    """A piece of evidence, in whose hands it was, in order."""

    evidence: str
    holdings: tuple[Holding, ...]
    is_broken: bool
    """Who holds it now is not known: the chain forks, or a link of it is missing."""


class Chains(NamedTuple):
    """All chains of a case, and what is in none."""

    chains: tuple[Chain, ...]
    out_of_place: dict[str, Misfit]


def fold_custody(links: Iterable[Link]) -> Chains:
    """The chains that a set of acts makes, whatever their order."""
    by_evidence: defaultdict[str, list[Link]] = defaultdict(list)
    for link in set(links):
        by_evidence[link.act.evidence].append(link)
    chains: list[Chain] = []
    out: dict[str, Misfit] = {}
    for evidence, mine in sorted(by_evidence.items()):
        held = list(_follow(mine))
        lost = _lost(mine, held)
        out |= lost
        chains.append(Chain(evidence, _holdings(held), bool(lost)))
    return Chains(tuple(chains), out)


def _follow(links: list[Link]) -> Iterator[Link]:
    """From the beginning, as long as exactly one goes on and none begins too early."""
    after: str | None = None
    since: datetime | None = None
    while True:
        going_on = [it for it in links if it.act.after == after]
        if len(going_on) != 1 or (since is not None and going_on[0].act.since < since):
            return
        yield going_on[0]
        after, since = going_on[0].sha256, going_on[0].act.since


def _lost(links: list[Link], held: list[Link]) -> dict[str, Misfit]:
    counted = {it.sha256 for it in held}
    since = {it.sha256: it.act.since for it in held}
    return {it.sha256: _why(it, links, since) for it in links if it.sha256 not in counted}


def _why(link: Link, links: list[Link], since: dict[str, datetime]) -> Misfit:
    if sum(it.act.after == link.act.after for it in links) > 1:
        return Misfit.CUSTODY_FORK
    begun = since.get(link.act.after or "")
    if begun is not None and link.act.since < begun:
        return Misfit.CUSTODY_BACKWARDS
    return Misfit.CUSTODY_GAP


def _holdings(held: list[Link]) -> tuple[Holding, ...]:
    handed = [*(it.act.holder for it in held[1:]), None]
    return tuple(
        Holding(it.sha256, it.act.holder, it.act.since, to)
        for it, to in zip(held, handed, strict=False)
    )
