"""Rules about intervals: they run forward, lie within what they belong to, and do not collide.

Place on the data's way: one group of the rules that `check` lists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

from streams.agreement import AnnouncedWindow, Announcement, Validity
from streams.corridors.announced import is_disputed, standing_of
from streams.documents.compose import Node
from streams.documents.select import Placed, first, nodes, select
from streams.errors import Mistake

_WINDOWS = ("corridors[*].windows[*]", "exchanges[*].window")
_ANNOUNCED = "corridors[*].announced[*].by[*]"
_PARTS = ("zones[*]", "terms[*]", "corridors[*]", "sources[*]")


def intervals_run_forward(root: Node) -> Iterator[Mistake]:
    """An interval [from, to) holds at least a moment."""
    keys = (f"{whose}[*].keys[*]" for whose in ("parties", "guarantors", "sources"))
    parts = (*_PARTS, *keys)
    patterns = (
        "valid",
        *(f"{part}.valid" for part in parts),
        "corridors[*].windows[*]",
        _ANNOUNCED,
        "exchanges[*].window",
    )
    for pattern in patterns:
        for found in select(root, pattern, Announcement if pattern == _ANNOUNCED else Validity):
            start, end = found.value.from_, found.value.to
            if end is not None and end < start:
                said = f"it ends ({_said(end)}) before it begins ({_said(start)})"
                yield found.mistake("reversed_interval", said)
            elif end == start:
                said = f"it ends when it begins ({_said(start)}) and holds no moment"
                yield found.mistake("empty_interval", said)


def validities_lie_within(root: Node) -> Iterator[Mistake]:
    """A part is in force only while its agreement is, a window only while its corridor is."""
    whole = _forward(root, "valid")
    for part in _PARTS:
        for found in select(root, f"{part}.valid", Validity):
            yield from _outside(found, whole, "outside_agreement", "the agreement's validity")
    for corridor in nodes(root, "corridors[*]"):
        own = _forward(corridor.value, "valid") or whole
        for found in (*_windows(corridor), *_windows(corridor, "announced[*].by[*]")):
            yield from _outside(found, own, "outside_corridor", "the corridor's validity")


def zone_versions_are_apart(root: Node) -> Iterator[Mistake]:
    """Zones of one id are one zone that moves: it is in one place at a time."""
    by_id: defaultdict[str, list[Placed[Validity | None]]] = defaultdict(list)
    for zone in nodes(root, "zones[*]"):
        id_, valid = first(zone.value, "id", str), first(zone.value, "valid", Validity)
        stated = next(nodes(zone.value, "valid"), None)
        if id_ is not None and (valid is None) == (stated is None):
            interval = valid.value if valid else None
            by_id[id_.value].append(Placed(interval, f"{zone.path}.id", id_.place))
    for name, versions in by_id.items():
        for number, version in enumerate(versions):
            yield from _collision(name, version, versions[:number])


def windows_are_apart(root: Node) -> Iterator[Mistake]:
    """Two windows that overlap are one window, or one of them is wrong."""
    for corridor in nodes(root, "corridors[*]"):
        earlier: list[Placed[Validity]] = []
        for window in sorted(_windows(corridor), key=lambda found: found.value.from_):
            met = next((e for e in earlier if _meet(e.value, window.value)), None)
            if met is not None and not _reversed(window.value):
                said = f"it overlaps the window in line {met.place.line}"
                yield window.mistake("overlapping_windows", said)
            earlier += [] if _reversed(window.value) else [window]


def announced_windows_can_be_told_apart(root: Node) -> Iterator[Mistake]:
    """A window is followed from version to version by its id."""
    for corridor in nodes(root, "corridors[*]"):
        seen: dict[str, int] = {}
        for found in select(corridor.value, "announced[*].id", str):
            if found.value in seen:
                said = f"the window '{found.value}' stands already in line {seen[found.value]}"
                path = f"{corridor.path}.{found.path}"
                yield Mistake("duplicate_id", path, said, found.place.line, found.place.file)
            seen.setdefault(found.value, found.place.line)


def announcements_that_differ(root: Node) -> Iterator[Mistake]:
    """Advice: what differs may be a clock that somebody did not name, and moves people."""
    for window in select(root, "corridors[*].announced[*]", AnnouncedWindow):
        if not is_disputed(window.value):
            continue
        told = "; ".join(f"{it.party}: {_of(it)}" for it in window.value.by)
        stands = standing_of(window.value)
        left = f"what they have in common stands, {_of(stands)}" if stands else "nothing stands"
        yield window.mistake("window_disputed", f"the announcements differ ({told}): {left}")


def terms_meet_their_zones(root: Node) -> Iterator[Mistake]:
    """A term whose every zone is gone before it begins, or comes after it ends, holds nowhere."""
    whole = _forward(root, "valid")
    zones: defaultdict[str, list[Validity | None]] = defaultdict(list)
    for zone in nodes(root, "zones[*]"):
        id_ = first(zone.value, "id", str)
        if id_ is not None:
            zones[id_.value].append(_forward(zone.value, "valid") or whole)
    for term in nodes(root, "terms[*]"):
        own = _forward(term.value, "valid") or whole
        for named in select(term.value, "where.zones[*]", str):
            versions = zones.get(named.value, [None])
            if own and all(version and not _meet(own, version) for version in versions):
                said = f"the zone '{named.value}' is never in force while this term is"
                path = f"{term.path}.{named.path}"
                yield Mistake("never_in_force", path, said, named.place.line, named.place.file)


def amendments_say_when_agreed(root: Node) -> Iterator[Mistake]:
    """What an amendment may say of the past depends on when it was agreed."""
    version, stated = first(root, "version", int), next(nodes(root, "agreed_at"), None)
    if stated is None and version is not None and version.value > 1:
        yield version.mistake(
            "agreed_when", "an amendment says when it was agreed: give it 'agreed_at'"
        )


def clauses_reach_back_by_word(root: Node) -> Iterator[Mistake]:
    """Nobody is bound before a version was agreed, unless the clause itself says so."""
    agreed, whole = first(root, "agreed_at", datetime), _forward(root, "valid")
    if agreed is not None and agreed.value.tzinfo is None:
        return  # a time without its offset is a mistake of its own
    for term in nodes(root, "terms[*]"):
        own = _forward(term.value, "valid") or whole
        back = agreed is not None and own is not None and own.from_ < agreed.value
        word = first(term.value, "retroactive", bool)
        if word is not None and word.value and not back:
            said = "it says that it reaches back, and begins no earlier than it was agreed"
            path = f"{term.path}.{word.path}"
            yield Mistake("reaches_nothing", path, said, word.place.line, word.place.file)
        elif back and agreed is not None and own is not None and not (word and word.value):
            said = (
                f"it begins ({_said(own.from_)}) before this version was agreed "
                f"({_said(agreed.value)}): give it a later 'valid', or say 'retroactive: true'"
            )
            yield term.mistake("retroactive_unsaid", said)


def _windows(corridor: Placed[Node], pattern: str = "windows[*]") -> list[Placed[Validity]]:
    wanted = Validity if pattern == "windows[*]" else Announcement
    found: list[Placed[Validity]] = list(select(corridor.value, pattern, wanted))
    return [Placed(w.value, f"{corridor.path}.{w.path}", w.place) for w in found]


def _collision(
    id_: str, version: Placed[Validity | None], earlier: list[Placed[Validity | None]]
) -> Iterator[Mistake]:
    for other in earlier:
        apart = version.value and other.value and not _meet(version.value, other.value)
        if not apart:
            said = (
                f"the zone '{id_}' has an entry already, in line {other.place.line}; "
                "a zone that moves needs a 'valid' in each entry, and no two at one time"
            )
            yield version.mistake("duplicate_id", said)
            return


def _outside(
    found: Placed[Validity], whole: Validity | None, code: str, name: str
) -> Iterator[Mistake]:
    if whole is None or _reversed(found.value):
        return
    if found.value.from_ < whole.from_:
        said = f"it begins ({_said(found.value.from_)}) before {name} ({_said(whole.from_)})"
        yield found.mistake(code, said)
    elif whole.to is not None and found.value.from_ >= whole.to:
        said = f"it begins ({_said(found.value.from_)}) after {name} ends ({_said(whole.to)})"
        yield found.mistake(code, said)
    elif whole.to is not None and (found.value.to is not None and found.value.to > whole.to):
        said = f"it ends ({_said(found.value.to)}) after {name} ends ({_said(whole.to)})"
        yield found.mistake(code, said)


def _forward(root: Node, pattern: str) -> Validity | None:
    found = first(root, pattern, Validity)
    return None if found is None or _reversed(found.value) else found.value


def _reversed(interval: Validity) -> bool:
    return interval.to is not None and interval.to <= interval.from_


def _meet(a: Validity, b: Validity) -> bool:
    """Whether two intervals [from, to) share a moment."""
    return (b.to is None or a.from_ < b.to) and (a.to is None or b.from_ < a.to)


def _of(valid: Validity) -> str:
    """By the clock that it was given in, and by UTC."""
    end = "no end" if valid.to is None else _both(valid.to)
    return f"{_both(valid.from_)} to {end}"


def _both(time: datetime) -> str:
    return f"{_said(time)} = {time.astimezone(UTC):%H:%MZ}"


def _said(time: datetime) -> str:
    return time.isoformat()
