"""Held: the spans in which a term of an agreement holds, for drawing and for comparing terms.

Place on the data's way: agreement → **spans** → `agreement check`, `agreement calendar`. Nothing is
judged by these: they are whole seconds, and of the zones of a term the union.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from streams.agreement import Agreement, Term, Validity
from streams.context.facts import PhaseBegan
from streams.when.calendar import Calendar
from streams.when.phase_days import phase_stretch
from streams.when.spans import Span, Spans


def held(
    agreement: Agreement, term: Term, phases: Sequence[PhaseBegan], start: int, end: int
) -> Spans | None:
    """When the term holds within [start, end), seconds since 1970 in UTC.

    None: it holds on days of a phase that has not begun.
    """
    spans = hours_held(term, start, end)
    if term.during is not None:
        days = phase_stretch(term.during, phases)
        if days is None:
            return None
        spans = spans.within(_clipped(days.start, days.end, start, end))
    zones = zones_in_force(agreement, term)
    for validities in ([agreement.valid], [term.valid] if term.valid else None, zones):
        if validities is not None:
            spans = spans.within(Spans.union(map(span_of, validities), start, end))
    return spans


def hours_held(term: Term, start: int, end: int) -> Spans:
    """By the hours of the term alone."""
    if not term.when:
        return Spans.union([(start, end)], start, end)
    return Calendar(term.when).spans(start, end)


def zones_in_force(agreement: Agreement, term: Term) -> list[Validity] | None:
    """The validities of the term's zones; None: one of them is as long in force as the term."""
    if term.where.everywhere:
        return None
    found = list(_validities(agreement, term))
    return None if None in found else [valid for valid in found if valid is not None]


def _validities(agreement: Agreement, term: Term) -> Iterator[Validity | None]:
    where = term.where
    for zone in agreement.zones:
        if zone.id in where.zones or zone.kind in where.zone_kinds:
            yield zone.valid
    for corridor in agreement.corridors:
        if corridor.id in where.corridors or corridor.kind in where.zone_kinds:
            yield corridor.valid


def span_of(valid: Validity) -> Span:
    """A validity in whole seconds; one without an end ends in the year 2200."""
    end = FAR if valid.to is None else int(valid.to.timestamp())
    return int(valid.from_.timestamp()), end


def _clipped(begins: float, ends: float, start: int, end: int) -> Spans:
    span = int(max(begins, start)), int(min(ends, end))
    return Spans.union(_some(span), start, end)


def _some(span: Span) -> Iterable[Span]:
    return [span] if span[0] < span[1] else []


FAR = 7_258_118_400
"""1 January 2200."""
