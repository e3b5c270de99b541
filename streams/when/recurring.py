"""Recurring windows: a rule of RFC 5545 from a local start, each window of one length.

Place on the data's way: agreement's `Recurring` → **spans** → calendar. A start that the local
clock skips is read with the offset before the gap, one that comes twice as the first of both
(RFC 5545, 3.3.5). A window's length is time that passes, whatever clocks show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice, takewhile
from typing import NamedTuple

from dateutil.rrule import rrule, rrulestr

from streams.agreement import Recurring
from streams.when.spans import Span
from streams.when.time_zones import time_zone

_PART = re.compile(r"([A-Z]+)=([^;=]+)")
_UNTIL = re.compile(r"\d{8}T\d{6}Z")
_POSITIVE = re.compile(r"[1-9]\d{0,5}")
_ALWAYS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})
_BY_DAY = frozenset({"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"})
_PARTS_OF = {
    "DAILY": _ALWAYS,
    "WEEKLY": _ALWAYS | {"BYDAY", "BYMONTH"},
    "MONTHLY": _ALWAYS | _BY_DAY,
    "YEARLY": _ALWAYS | _BY_DAY,
}
"""What each frequency may be narrowed by. A clause means no more, and a rule that nothing ever fits
is known for one within a second."""
_LAST_LOCAL = datetime(2201, 1, 1)  # noqa: DTZ001  local; after the last year that a report may name


class RecurrenceError(ValueError):
    """The rule is none, or one that a clause cannot mean; the message says what to write."""


class _Rule(NamedTuple):
    starts: rrule
    times: int | None
    until: datetime | None


def check_rule(window: Recurring) -> None:
    """Whether the rule can be read and ever begins a window.

    Raises:
        RecurrenceError: it cannot, or never does.
    """
    if next(_starts(window), None) is None:
        raise RecurrenceError("no day ever fits it")


def recurring_spans(window: Recurring, start: int, end: int) -> Iterator[Span]:
    """Every window that touches [start, end), seconds since 1970 in UTC, whole, in order."""
    length_s = window.minutes * 60
    for begins in takewhile(lambda begins: begins < end, _starts(window)):
        if begins + length_s > start:
            yield begins, begins + length_s


def _starts(window: Recurring) -> Iterator[int]:
    """When windows begin, seconds since 1970, in order."""
    zone = time_zone(window.time_zone)
    rule = _rule(window.rule, window.start)
    for local in islice(rule.starts, rule.times):
        # A local time that does not exist or comes twice: `fold=0` is what RFC 5545 says.
        begins = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if rule.until is not None and begins > rule.until:
            return
        yield int(begins.timestamp())


@lru_cache(maxsize=256)
def _rule(text: str, start: str) -> _Rule:
    parts = _parts(text)
    until, count = parts.pop("UNTIL", None), parts.pop("COUNT", None)
    if until is not None and not _UNTIL.fullmatch(until):
        raise RecurrenceError("UNTIL is an instant of UTC, as in UNTIL=20250101T000000Z")
    plain = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        made = rrulestr(plain, dtstart=datetime.fromisoformat(start))
        assert isinstance(made, rrule)  # several lines would make a set of rules
        starts = made.replace(until=_LAST_LOCAL)
        ends = datetime.strptime(until, "%Y%m%dT%H%M%S%z") if until else None
        return _Rule(starts, int(count) if count else None, ends)
    except (ValueError, KeyError, TypeError) as error:
        # Going on is safe: a document whose rule cannot be read is refused with this reason.
        raise RecurrenceError(f"it cannot be read as a rule of RFC 5545: {error}") from error


def _parts(text: str) -> dict[str, str]:
    """The parts of a rule, each at most once, of those that a window may have."""
    found = [_PART.fullmatch(part) for part in text.split(";")]
    parts = {part[1]: part[2] for part in found if part is not None}
    if len(parts) < len(found):
        raise RecurrenceError("a rule is written FREQ=WEEKLY;BYDAY=MO,WE, each part once")
    allowed = _PARTS_OF.get(parts.get("FREQ", ""))
    if allowed is None:
        raise RecurrenceError("FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY")
    unknown = sorted(parts.keys() - allowed)
    if unknown:
        said = (
            f"{parts['FREQ']} takes no {unknown[0]} here; days are WEEKLY;BYDAY or "
            "MONTHLY;BYMONTHDAY, and each time of day is a window of its own"
        )
        raise RecurrenceError(said)
    if not all(_POSITIVE.fullmatch(parts.get(name, "1")) for name in ("INTERVAL", "COUNT")):
        raise RecurrenceError("INTERVAL and COUNT are whole numbers from 1 on")
    if "COUNT" in parts and "UNTIL" in parts:
        raise RecurrenceError("COUNT and UNTIL exclude each other (RFC 5545, 3.3.10)")
    return parts
