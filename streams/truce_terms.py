"""Truce terms: what a local truce prohibits while it holds, as terms like those of a document.

Place on the data's way: context, in force → **terms of truces** → judge. There is one way to judge:
a stretch in which a truce held is compiled like a clause that is valid so long, and asked by the
same rules. A truce that was suspended, ended early or has lapsed holds no more, so its terms are
not there. Its finding carries the stretch itself: the truce and the guarantees that were given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from msgspec.structs import replace

from streams.agreement import Term, Validity, Where
from streams.context.facts import TruceHeld
from streams.events import Report
from streams.inforce import InForce, TermInForce, compile_term
from streams.vocabulary import Kind, ViolationKind

TRUCE_PREFIX = "truce:"
"""A truce's terms are a term of their own, under this prefix and the truce's id."""
_REMEMBERED = 1 << 10


def terms_speaking(
    kind: Kind, truces: tuple[TruceHeld, ...], in_force: InForce
) -> tuple[TermInForce, ...]:
    """Every term that speaks of the kind: the agreement's, sorted, then those of truces."""
    terms = in_force.terms_of.get(kind, ())
    if not truces:
        return terms
    compiled = _compiled(truces, in_force)
    return (*terms, *(term for term in compiled if kind in term.term.prohibits))


def all_hold(truces: Iterable[TruceHeld], report: Report) -> bool:
    """Whether each of them held through the report's interval: its time then says no more."""
    start, end = report.observed_from, report.observed_to or report.observed_from
    return all(truce.start <= start and end < truce.end for truce in truces)


def truce_term(truce: TruceHeld) -> Term:
    """What a truce prohibits, in the words of a document."""
    return Term(
        id=TRUCE_PREFIX + truce.truce,
        clause=_clause(truce),
        text=f"A local truce for {truce.purpose.value}, by {truce.event}.",
        prohibits=truce.prohibits,
        weapons=truce.weapons,
        where=Where(zones=truce.zones, corridors=truce.corridors),
        valid=Validity(from_=truce.start, to=truce.end),
        severity=truce.severity,
        violation=ViolationKind.LOCAL_TRUCE_BREACH,
    )


def _clause(truce: TruceHeld) -> str:
    """Stored with each breach and shown wherever it is: whose guarantee was broken is in it."""
    if not truce.guarantors:
        return f"Local truce {truce.truce}, guaranteed by nobody"
    return f"Local truce {truce.truce}, guaranteed by {', '.join(truce.guarantors)}"


def _compiled(truces: tuple[TruceHeld, ...], in_force: InForce) -> tuple[TermInForce, ...]:
    known = in_force.truce_terms
    found = known.get(truces)
    if found is None:
        joined = _joined(truces)
        found = tuple([compile_term(truce_term(it), in_force.outlines, it) for it in joined])
        if len(known) >= _REMEMBERED:
            known.clear()
        known[truces] = found
    return found


def _joined(truces: Iterable[TruceHeld]) -> Iterator[TruceHeld]:
    """By truce and time; stretches that say the same and follow each other are one.

    A truce that is put in force again while it is has no edge there. Where its terms changed, what
    crosses the change is judged by neither alone: it crosses the edge of both.
    """
    ordered = sorted(truces, key=attrgetter("truce", "start"))
    for _, stretches in groupby(ordered, key=attrgetter("truce")):
        last: TruceHeld | None = None
        for stretch in stretches:
            if last is not None and last.end == stretch.start and _same(last, stretch):
                last = replace(last, end=stretch.end)
                continue
            if last is not None:
                yield last
            last = stretch
        if last is not None:
            yield last


def _same(one: TruceHeld, other: TruceHeld) -> bool:
    return replace(one, start=other.start, end=other.end, event=other.event) == other
