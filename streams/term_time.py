"""Term time: where a report's interval lies against all that says when a term holds.

Place on the data's way: in force → **timing** → rules. A term holds while it is valid, in a zone
while the zone is, on the days of its phase, and then at the hours of its calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from streams.agreement import Validity
from streams.context.facts import PhaseBegan
from streams.events import Report
from streams.inforce import TermInForce
from streams.when.phase_days import FOREVER, Stretch, phase_stretch
from streams.when.timing import Timing


def term_timing(
    report: Report, phases: Sequence[PhaseBegan], term: TermInForce, zone_valid: Validity | None
) -> Timing:
    """Against the term and the zone that was touched; None: none was, or it is always in force."""
    dated = _dated(report, term, zone_valid)
    if dated is Timing.OUTSIDE or (term.calendar is None and term.term.during is None):
        return dated
    days = None if term.term.during is None else phase_stretch(term.term.during, phases)
    if days is None and term.term.during is not None:
        return Timing.NOT_BEGUN
    zones = (zone_valid,) if zone_valid is not None or term.spans is None else term.spans
    hours = _of_any(_in_hours(report, term, zone, days) for zone in zones)
    return hours if hours is Timing.OUTSIDE else max(dated, hours)


def _dated(report: Report, term: TermInForce, zone_valid: Validity | None) -> Timing:
    start, end = report.observed_from, report.observed_to or report.observed_from
    valid, spans = term.term.valid, term.spans
    if valid is not None and not valid.touches(start, end):
        return Timing.OUTSIDE
    if spans is not None and not any(span.touches(start, end) for span in spans):
        return Timing.OUTSIDE
    covered = all(span is None or span.covers(start, end) for span in (valid, zone_valid))
    return Timing.WITHIN if covered else Timing.ACROSS


def _in_hours(
    report: Report, term: TermInForce, zone_valid: Validity | None, days: Stretch | None
) -> Timing:
    """At the hours that are left when term, zone and phase are taken together."""
    start = report.observed_from.timestamp()
    end = start if report.observed_to is None else report.observed_to.timestamp()
    stretches = [_stretch(valid) for valid in (term.term.valid, zone_valid) if valid is not None]
    if days is not None:
        stretches.append(days)
    opens = max((stretch.start for stretch in stretches), default=-FOREVER)
    closes = min((stretch.end for stretch in stretches), default=FOREVER)
    if closes <= opens or end < opens or closes <= start:
        return Timing.OUTSIDE
    cut = start < opens or closes <= end
    answer = Timing.WITHIN
    if term.calendar is not None:
        last = min(end, closes)
        answer = term.calendar.timing(max(start, opens), last, closed=end < closes)
    return Timing.ACROSS if cut and answer is Timing.WITHIN else answer


def _stretch(valid: Validity) -> Stretch:
    end = FOREVER if valid.to is None else valid.to.timestamp()
    return Stretch(valid.from_.timestamp(), end)


def _of_any(timings: Iterable[Timing]) -> Timing:
    """Of the zones of a term that no place was touched in: it holds where it holds in one."""
    return min(timings)
