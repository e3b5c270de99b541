"""Matching: whether what a report says is what a term speaks of, with three answers and a half.

Place on the data's way: report, term in force → **Match** → rules. Asked only where a term names
details, calibres or numbers; a report that leaves them open is never read as if it had said them.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from streams.agreement import Calibres
from streams.events import Count, Report
from streams.inforce import TermInForce
from streams.vocabulary import Detail, Qualifier


class Match(IntEnum):
    """Whether it is the term's."""

    NO = 0
    YES = 1
    UNKNOWN = 2
    """The report does not say."""
    PARTLY = 3
    """Of several things that the report names, some are."""


def match_detail(report: Report, term: TermInForce) -> Match:
    """By the finer word of the kind."""
    if not term.details:
        return Match.YES
    if report.detail is None or report.detail is Detail.UNDETERMINED:
        return Match.UNKNOWN
    return Match.YES if report.detail in term.details else Match.NO


def match_calibre(report: Report, term: TermInForce) -> Match:
    """By the calibres named; both ends of the term's range are in it."""
    calibres = term.term.calibres
    if calibres is None:
        return Match.YES
    found = {_in_range(calibre_mm, calibres) for calibre_mm in report.calibres_mm}
    if not found:
        return Match.UNKNOWN
    if len(found) > 1:
        return Match.PARTLY
    return Match.YES if found == {True} else Match.NO


def _in_range(calibre_mm: float, calibres: Calibres) -> bool:
    above = calibres.min_mm is None or calibres.min_mm <= calibre_mm
    return above and (calibres.max_mm is None or calibre_mm <= calibres.max_mm)


def match_number(
    report: Report, term: TermInForce, about_within: float | None, *, absent: bool
) -> Match:
    """Whether there are more than may be, or, of what must be there, fewer.

    Args:
        report: with its count.
        term: with its number.
        about_within: how far a count said to be `about` may be off, as a share of it.
        absent: it was looked for and not found, or counted as none.
    """
    if not term.requires and term.term.at_most is None:
        return Match.YES
    bounds = None if report.count is None else _bounds(report.count, about_within)
    if term.requires:
        return _too_few(bounds, term.term.at_least, absent=absent)
    return _too_many(bounds, term.term.at_most or 0)


class _Bounds(NamedTuple):
    """What a count leaves possible; no `most`: open upwards."""

    least: float
    most: float | None


def _bounds(count: Count, about_within: float | None) -> _Bounds:
    """Of `about` the printed numbers are no bounds: an estimate accuses nobody by itself."""
    if count.qualifier is not Qualifier.ABOUT:
        return _Bounds(count.min, count.max)
    something = min(count.min, 1)
    if about_within is None:
        return _Bounds(something, None)
    most = None if count.max is None else count.max + count.max * about_within
    return _Bounds(max(something, count.min - count.min * about_within), most)


def _too_many(count: _Bounds | None, at_most: int) -> Match:
    if count is None:
        return Match.UNKNOWN
    if count.least > at_most:
        return Match.YES
    return Match.NO if count.most is not None and count.most <= at_most else Match.UNKNOWN


def _too_few(count: _Bounds | None, at_least: int | None, *, absent: bool) -> Match:
    if absent:
        return Match.YES
    needed = at_least or 1
    if count is None:
        return Match.NO if needed == 1 else Match.UNKNOWN
    if count.least >= needed:
        return Match.NO
    return Match.YES if count.most is not None and count.most < needed else Match.UNKNOWN
