"""Rules about terms that overlap: what one requires no other prohibits; hours that none covers.

Place on the data's way: one group of the rules that `check` lists. Two terms overlap where place,
kind, weapon, party and hour may be both of theirs; hours are compared over the first 366 days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain

from streams.agreement import Term, Validity, Where
from streams.documents.check_names import kind_of
from streams.documents.compose import Node
from streams.documents.diagnose import listed
from streams.documents.select import Placed, first, nodes, select
from streams.errors import Mistake
from streams.vocabulary import Kind, ZoneKind
from streams.when.held import hours_held, span_of
from streams.when.recurring import RecurrenceError
from streams.when.spans import Spans
from streams.when.time_zones import UnknownTimeZoneError

_YEAR_S = 366 * 86_400
_EVERYWHERE = "everywhere"


def requirements_are_not_prohibited(root: Node) -> Iterator[Mistake]:
    """An act that one term requires where and when another prohibits it."""
    terms = select(root, "terms[*]", Term)
    places = _Places(root)
    for required in terms:
        for prohibited in terms:
            if _contradict(required.value, prohibited.value, places, root):
                kinds = set(required.value.requires) & set(prohibited.value.prohibits)
                said = (
                    f"it requires {listed(sorted(kinds))} where and when the term "
                    f"'{prohibited.value.id}', line {prohibited.place.line}, prohibits it; "
                    "let one yield to the other"
                )
                yield required.mistake("contradiction", said)


def hours_nobody_covers(root: Node) -> Iterator[Mistake]:
    """Advice: a kind that is prohibited at some hours of a place, and at others by no term."""
    terms = [term for term in select(root, "terms[*]", Term) if not term.value.during]
    places = _Places(root)
    covering: defaultdict[tuple[Kind, str], list[Placed[Term]]] = defaultdict(list)
    for term in terms:
        for kind in term.value.prohibits:
            for place in places.of(term.value.where):
                covering[kind, place].append(term)
    said: set[tuple[str, str]] = set()
    for (kind, place), those in covering.items():
        if not all(term.value.when for term in those) or (those[0].path, place) in said:
            continue
        gap = _first_gap([term.value for term in those], root)
        if gap is not None:
            said.add((those[0].path, place))
            yield those[0].mistake("uncovered_hours", _gap_said(kind, place, gap))


def _gap_said(kind: Kind, place: str, gap: tuple[int, int]) -> str:
    begins, ends = (datetime.fromtimestamp(edge, UTC) for edge in gap)
    where = "" if place == _EVERYWHERE else f" in '{place}'"
    return (
        f"no term prohibits '{kind}'{where} at other hours, the first time from "
        f"{begins:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M} UTC"
    )


def _first_gap(terms: Iterable[Term], root: Node) -> tuple[int, int] | None:
    start = _start(root)
    try:
        hours = [hours_held(term, start, start + _YEAR_S).pairs() for term in terms]
    except (RecurrenceError, UnknownTimeZoneError):
        # Going on is safe: `check_hours` says what is wrong with these hours.
        return None
    covered = Spans.union(chain.from_iterable(hours), start, start + _YEAR_S)
    return next(covered.gaps(start, start + _YEAR_S).pairs(), None)


def _contradict(required: Term, prohibited: Term, places: _Places, root: Node) -> bool:
    return (
        not set(required.requires).isdisjoint(prohibited.prohibits)
        and required.id not in prohibited.yields_to
        and prohibited.id not in required.yields_to
        and not places.of(required.where).isdisjoint(places.of(prohibited.where))
        and _meet(required.weapons, prohibited.weapons)
        and _meet(required.binds, prohibited.binds)
        and _meet(required.details, prohibited.details)
        and (prohibited.at_most or 0) < (required.at_least or 1)
        and _same_time(required, prohibited, root)
    )


def _meet(a: Iterable[str], b: Iterable[str]) -> bool:
    """Whether two lists share something; an empty one means all."""
    mine, its = set(a), set(b)
    return not mine or not its or not mine.isdisjoint(its)


def _same_time(a: Term, b: Term, root: Node) -> bool:
    """Whether both hold at some moment; of days of phases only those of one phase can be told."""
    if a.during is not None and b.during is not None:
        if a.during.phase != b.during.phase:
            return False
        ends = [days.to_day or 10**6 for days in (a.during, b.during)]
        if min(ends) <= max(a.during.from_day, b.during.from_day):
            return False
    start = max([_start(root), *(span_of(it.valid)[0] for it in (a, b) if it.valid)])
    end = min([start + _YEAR_S, *(span_of(it.valid)[1] for it in (a, b) if it.valid)])
    if end <= start:
        return False
    try:
        return bool(hours_held(a, start, end).within(hours_held(b, start, end)).starts)
    except (RecurrenceError, UnknownTimeZoneError):
        # Going on is safe: `check_hours` says what is wrong with these hours.
        return False


def _start(root: Node) -> int:
    valid = first(root, "valid", Validity)
    return 0 if valid is None else span_of(valid.value)[0]


class _Places:
    """The places that a term names, by one word for each."""

    def __init__(self, root: Node) -> None:
        self._of_kind: defaultdict[str, set[str]] = defaultdict(set)
        for zone in nodes(root, "zones[*]"):
            id_, kind = first(zone.value, "id", str), first(zone.value, "kind", ZoneKind)
            if id_ is not None and kind is not None:
                self._of_kind[kind.value].add(id_.value)
        for corridor in nodes(root, "corridors[*]"):
            if (id_ := first(corridor.value, "id", str)) is not None:
                self._of_kind[kind_of(corridor)].add(f"corridor {id_.value}")
        self._all = {_EVERYWHERE}.union(*self._of_kind.values())

    def of(self, where: Where) -> set[str]:
        if where.everywhere:
            return self._all
        named = {*where.zones, *(f"corridor {corridor}" for corridor in where.corridors)}
        return named.union(*(self._of_kind[kind] for kind in where.zone_kinds))
