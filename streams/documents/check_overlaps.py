"""Rules about terms that overlap: what one requires no other prohibits; hours that none covers.

Place on the data's way: one group of the rules that `check` lists. Two terms overlap where place,
kind, weapon, party and hour may be both of theirs; hours are compared over the first 366 days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, pairwise
from typing import NamedTuple

from streams.agreement import Calibres, Term, Validity, Where
from streams.documents.check_names import kind_of
from streams.documents.compose import Node
from streams.documents.diagnose import listed
from streams.documents.select import Placed, first, nodes, select
from streams.errors import Mistake
from streams.vocabulary import Kind, ZoneKind
from streams.when.held import FAR, hours_held, span_of
from streams.when.recurring import RecurrenceError
from streams.when.spans import Spans
from streams.when.time_zones import UnknownTimeZoneError

_YEAR_S = 366 * 86_400
_EVERYWHERE = "everywhere"
_SHOWN = 3
"""As many places are named."""


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
    """Advice: a kind that is prohibited at some time in a place, and at another by no term."""
    terms = [term for term in select(root, "terms[*]", Term) if not term.value.during]
    places = _Places(root)
    covering: defaultdict[tuple[Kind, str], list[Placed[Term]]] = defaultdict(list)
    for term in terms:
        for kind in term.value.prohibits:
            for place in sorted(places.of(term.value.where)):
                covering[kind, place].append(term)
    found: dict[tuple[str, _Gap], tuple[Placed[Term], Kind, set[str]]] = {}
    for (kind, place), those in covering.items():
        gap = _first_gap([term.value for term in those], places.valid(place), root)
        if gap is not None:
            found.setdefault((those[0].path, gap), (those[0], kind, set()))[2].add(place)
    for (_, gap), (first_term, kind, where) in sorted(found.items(), key=lambda it: it[0][1].start):
        yield first_term.mistake("uncovered_hours", _gap_said(kind, where, gap))


class _Gap(NamedTuple):
    """Nothing covers [start, end), seconds since 1970; None: until further notice."""

    start: int
    end: int | None


def _gap_said(kind: Kind, places: set[str], gap: _Gap) -> str:
    named = sorted(places - {_EVERYWHERE})
    shown = [f"'{place}'" for place in named[:_SHOWN]]
    more = [f"{len(named) - _SHOWN} more places"] if len(named) > _SHOWN else []
    where = f" in {listed([*shown, *more])}" if named else ""
    until = "on" if gap.end is None else f"to {_moment(gap.end)}"
    return (
        f"no term prohibits '{kind}'{where} at other times, the first time from "
        f"{_moment(gap.start)} {until} (UTC)"
    )


def _moment(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%d %H:%M}"


def _first_gap(terms: Sequence[Term], place: Sequence[Validity] | None, root: Node) -> _Gap | None:
    """The first year is looked at from each instant on at which a term or the place begins or ends.

    Args:
        terms: that speak of one kind in one place.
        place: when the place is in force; None: as long as the agreement.
        root: the document.
    """
    whole = first(root, "valid", Validity)
    begins, ends = (0, _YEAR_S) if whole is None else span_of(whole.value)
    valid = [*(span_of(term.valid) for term in terms if term.valid), *map(span_of, place or ())]
    inside = (edge for span in valid for edge in span if begins < edge < ends)
    begun = False
    for start, end in pairwise(sorted({begins, ends, *inside})):
        if place is not None and not any(_covers(it, start) for it in place):
            continue
        in_force = [it for it in terms if it.valid is None or _covers(it.valid, start)]
        if not in_force and not begun:
            continue  # a clause that begins later is meant so; one that ends may be forgotten
        if not in_force:
            return _Gap(start, end if end < FAR else None)
        begun = True
        if all(term.when for term in in_force):
            gap = _hours_left(in_force, start, min(end, start + _YEAR_S))
            if gap is not None:
                return gap
    return None


def _hours_left(terms: Iterable[Term], start: int, end: int) -> _Gap | None:
    try:
        hours = [hours_held(term, start, end).pairs() for term in terms]
    except (RecurrenceError, UnknownTimeZoneError):
        # Going on is safe: `check_hours` says what is wrong with these hours.
        return None
    covered = Spans.union(chain.from_iterable(hours), start, end)
    left = next(covered.gaps(start, end).pairs(), None)
    return left and _Gap(*left)


def _covers(valid: Validity, second: int) -> bool:
    begins, ends = span_of(valid)
    return begins <= second < ends


def _contradict(required: Term, prohibited: Term, places: _Places, root: Node) -> bool:
    return (
        not set(required.requires).isdisjoint(prohibited.prohibits)
        and required.id not in prohibited.yields_to
        and prohibited.id not in required.yields_to
        and not places.of(required.where).isdisjoint(places.of(prohibited.where))
        and _meet(required.weapons, prohibited.weapons)
        and _meet(required.binds, prohibited.binds)
        and _meet(required.details, prohibited.details)
        and _calibres_meet(required.calibres, prohibited.calibres)
        and (prohibited.at_most or 0) < (required.at_least or 1)
        and _same_time(required, prohibited, root)
    )


def _meet(a: Iterable[str], b: Iterable[str]) -> bool:
    """Whether two lists share something; an empty one means all."""
    mine, its = set(a), set(b)
    return not mine or not its or not mine.isdisjoint(its)


def _calibres_meet(a: Calibres | None, b: Calibres | None) -> bool:
    """Whether a calibre lies in both ranges; both ends of a range are in it."""
    ranges = [it for it in (a, b) if it is not None]
    least = max((it.min_mm or 0.0 for it in ranges), default=0.0)
    return all(it.max_mm is None or least <= it.max_mm for it in ranges)


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
        self._valid: defaultdict[str, list[Validity | None]] = defaultdict(list)
        for zone in nodes(root, "zones[*]"):
            id_, kind = first(zone.value, "id", str), first(zone.value, "kind", ZoneKind)
            if id_ is not None and kind is not None:
                self._add(id_.value, kind.value, zone)
        for corridor in nodes(root, "corridors[*]"):
            if (id_ := first(corridor.value, "id", str)) is not None:
                self._add(f"corridor {id_.value}", kind_of(corridor), corridor)
        self._all = {_EVERYWHERE}.union(*self._of_kind.values())

    def _add(self, name: str, kind: str, node: Placed[Node]) -> None:
        self._of_kind[kind].add(name)
        valid = first(node.value, "valid", Validity)
        self._valid[name].append(None if valid is None else valid.value)

    def of(self, where: Where) -> set[str]:
        if where.everywhere:
            return self._all
        named = {*where.zones, *(f"corridor {corridor}" for corridor in where.corridors)}
        return named.union(*(self._of_kind[kind] for kind in where.zone_kinds))

    def valid(self, place: str) -> list[Validity] | None:
        """When a place is in force; None: as long as the agreement."""
        found = self._valid.get(place, [None])
        return None if None in found else [valid for valid in found if valid is not None]
