"""Windows that were announced more than once: what stands of them, and which are in dispute.

Place on the data's way: agreement → **announced windows** → windows, promised time, answers. Two
capitals announce one corridor, each by its own clock. Where the instants differ nobody knows who is
right; the cautious reading stands: what all of them have in common, which may be nothing.
"""

from __future__ import annotations

from streams.agreement import AnnouncedWindow, Corridor, Validity


def windows_of(corridor: Corridor) -> tuple[Validity, ...]:
    """All agreed windows of a corridor, of the announced ones what stands."""
    standing = (standing_of(window) for window in corridor.announced)
    return (*corridor.windows, *(it for it in standing if it is not None))


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
