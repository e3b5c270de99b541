"""Rules about hours of terms and corridors: known time zones, hours that come, readable rules.

Place on the data's way: one group of the rules that `check` lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from streams.agreement import Daily, PhaseDays, Recurring, Validity
from streams.documents.compose import Node, below
from streams.documents.diagnose import nearest
from streams.documents.select import first, nodes, select
from streams.errors import Mistake
from streams.when.daily import clock_s
from streams.when.recurring import RecurrenceError, check_rule
from streams.when.time_zones import time_zone_names

MOST_DAYS: Final = 100
_DAYS = ("terms[*].during", "exchanges[*].during")
_HOURS = ("terms[*].when[*]", "corridors[*].hours[*]")
_ZONES = (
    *(f"{hours}.time_zone" for hours in _HOURS),
    *(f"{days}.time_zone" for days in _DAYS),
    "incidents.time_zone",
)


def time_zones_are_known(root: Node) -> Iterator[Mistake]:
    """Only the IANA database says which clock is meant."""
    names = time_zone_names()
    for pattern in _ZONES:
        for found in select(root, pattern, str):
            if found.value not in names:
                hint = nearest(found.value, names) or "; it is written as in Europe/Kyiv"
                said = f"no time zone is called '{found.value}'{hint}"
                yield found.mistake("unknown_time_zone", said)


def hours_hold_a_moment(root: Node) -> Iterator[Mistake]:
    """Hours that end when they begin: none at all, or the whole day?"""
    for found in (it for pattern in _HOURS for it in select(root, pattern, Daily)):
        if clock_s(found.value.from_) == clock_s(found.value.to):
            said = f"they end when they begin ({found.value.to}); the whole day is 00:00 to 24:00"
            yield found.mistake("empty_hours", said)
        elif found.value.from_ == "24:00":
            said = "24:00 only ends a day; hours that begin at midnight begin at 00:00"
            yield found.mistake("hours_from_24", said)


def recurrences_can_be_read(root: Node) -> Iterator[Mistake]:
    """A rule of RFC 5545 that begins a window at least once."""
    names = time_zone_names()
    for found in (it for pattern in _HOURS for it in select(root, pattern, Recurring)):
        if found.value.time_zone not in names:
            continue
        try:
            check_rule(found.value)
        except RecurrenceError as error:
            # Going on is safe: the mistake is kept, and a document that has one is never used.
            yield found.mistake("recurrence_invalid", f"'{found.value.rule}': {error}")


def hours_of_corridors_end(root: Node) -> Iterator[Mistake]:
    """Windows that come again are worked out ahead, all of them: for as long as a season."""
    for corridor in nodes(root, "corridors[*]"):
        for found in nodes(corridor.value, "hours"):
            valid = first(corridor.value, "valid", Validity)
            end = valid.value.to if valid else None
            if valid and end and end - valid.value.from_ <= timedelta(days=MOST_DAYS):
                continue
            path = below(corridor.path, "hours")
            said = f"say in the corridor's 'valid' until when, at most {MOST_DAYS} days"
            yield Mistake("hours_without_end", path, said, found.place.line, found.place.file)


def phase_days_run_forward(root: Node) -> Iterator[Mistake]:
    """Days that hold at least one day, and a phase that does not end itself."""
    for found in (it for pattern in _DAYS for it in select(root, pattern, PhaseDays)):
        days = found.value
        if days.to_day is not None and days.to_day <= days.from_day:
            said = f"day {days.to_day} does not come after day {days.from_day}"
            yield found.mistake("reversed_days", said)
        if days.until_phase == days.phase:
            yield found.mistake("phase_ends_itself", f"phase '{days.phase}' cannot end itself")
