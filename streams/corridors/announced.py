"""The windows of a corridor; of those that were announced more than once what stands of them.

Place on the data's way: agreement → **agreed windows** → windows, promised time, answers. Two
capitals announce one corridor, each by its own clock. Where the instants differ nobody knows who is
right; the cautious reading stands: what all of them have in common, which may be nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache

from streams.agreement import AnnouncedWindow, Corridor, Daily, Recurring, Validity
from streams.when.calendar import Calendar


def windows_of(corridor: Corridor) -> tuple[Validity, ...]:
    """All agreed windows of a corridor, of the announced ones what stands."""
    standing = (standing_of(window) for window in corridor.announced)
    return (*plain_windows(corridor), *(it for it in standing if it is not None))


def plain_windows(corridor: Corridor) -> tuple[Validity, ...]:
    """Those that nobody announced otherwise: as they are written, and those that come again."""
    if not corridor.hours or corridor.valid is None or corridor.valid.to is None:
        return corridor.windows  # hours without an end are refused (`check_hours`)
    return (*corridor.windows, *_coming_again(corridor.hours, corridor.valid))


@lru_cache(maxsize=1024)
def _coming_again(hours: tuple[Daily | Recurring, ...], valid: Validity) -> tuple[Validity, ...]:
    return tuple(_found(hours, valid))


def _found(hours: tuple[Daily | Recurring, ...], valid: Validity) -> Iterator[Validity]:
    assert valid.to is not None, "asked of what has an end alone"
    start, end = (int(it.timestamp()) for it in (valid.from_, valid.to))
    for begins, ends in Calendar(hours).spans(start, end).pairs():
        yield Validity(
            from_=datetime.fromtimestamp(begins, UTC), to=datetime.fromtimestamp(ends, UTC)
        )


def standing_of(window: AnnouncedWindow) -> Validity | None:
    """What all announcements have in common; None: not a moment."""
    begins = max(it.from_ for it in window.by)
    ends = min((it.to for it in window.by if it.to is not None), default=None)
    return Validity(from_=begins, to=ends) if ends is None or begins < ends else None


def is_disputed(window: AnnouncedWindow) -> bool:
    """Whether the announcements are of different instants; another clock is no difference."""
    return len({(it.from_, it.to) for it in window.by}) > 1


def widest(window: AnnouncedWindow) -> Validity:
    """From the first to the last moment that anybody has announced."""
    ends = [it.to for it in window.by]
    until = None if None in ends else max(end for end in ends if end is not None)
    return Validity(from_=min(it.from_ for it in window.by), to=until)
