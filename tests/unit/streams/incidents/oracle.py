"""The incidents of a few breaches, pair by pair: slow, and shares no code with the fold."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pyproj import Transformer

from streams.incidents.breach import Breach
from streams.methodology import IncidentRules

_TO_CENTRE = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
Group = frozenset[str]
"""Ids of reports."""


def mission_day(moment: datetime) -> date:
    """The day of a cut-off at 19:30 in Kyiv: its report tells of the evening before."""
    local = moment.astimezone(ZoneInfo("Europe/Kyiv"))
    late = (local.hour, local.minute) >= (19, 30)
    return local.date() + timedelta(days=1 if late else 0)


def centre(breach: Breach) -> tuple[float, float, float]:
    assert breach.middle is not None
    x, y, z = _TO_CENTRE.transform(breach.middle.lon, breach.middle.lat, 0.0)
    return x, y, z


def are_near(a: Breach, b: Breach, rules: IncidentRules) -> bool:
    """Near in space, near in time, in the same zone."""
    if a.middle is None or b.middle is None or a.zone != b.zone:
        return False
    apart = math.dist(centre(a), centre(b)) ** 2 + a.middle.spread_m**2 + b.middle.spread_m**2
    pause = max(a.start, b.start) - min(a.end, b.end)
    return apart <= rules.near_m**2 and pause.total_seconds() <= rules.gap_s


def grown(members: Iterable[Breach], linked: Callable[[Breach, Breach], bool]) -> set[Group]:
    """Connected components, by growing each from one of its members."""
    left, found = list(members), set()
    while left:
        group, edge = [left[0]], [left.pop(0)]
        while edge:
            one = edge.pop()
            reached = [it for it in left if linked(one, it)]
            left = [it for it in left if it not in reached]
            group += reached
            edge += reached
        found.add(frozenset(it.id for it in group))
    return found


def groups(breaches: Iterable[Breach], rules: IncidentRules) -> set[Group]:
    """Every incident as the ids of its reports."""
    by_id = {it.id: it for it in breaches}

    def linked(a: Breach, b: Breach) -> bool:
        return mission_day(a.start) == mission_day(b.start) and are_near(a, b, rules)

    found: set[Group] = set()
    for group in grown(by_id.values(), linked):
        members = [by_id[id_] for id_ in group]
        if len(members) == 1 or _diagonal(members) <= rules.largest_m:
            found.add(group)
            continue

        def together(a: Breach, b: Breach) -> bool:
            return _cube(a, rules) == _cube(b, rules) and are_near(a, b, rules)

        found |= grown(members, together)
    return found


def continued(
    groups_: set[Group], breaches: Iterable[Breach], rules: IncidentRules
) -> set[tuple[Group, Group]]:
    """(later, earlier) incidents of days after each other that are one but for the cut-off."""
    by_id = {it.id: it for it in breaches}
    day = {group: mission_day(by_id[min(group)].start) for group in groups_}
    holds = {id_: group for group in groups_ for id_ in group}
    pairs = set()
    for first in set(day.values()):
        days = {first, first + timedelta(days=1)}
        both = [it for it in by_id.values() if mission_day(it.start) in days]
        for chain in grown(both, lambda a, b: are_near(a, b, rules)):
            touched = {holds[id_] for id_ in chain}
            pairs |= {
                (late, early)
                for late in touched
                for early in touched
                if day[early] == first and day[late] == first + timedelta(days=1)
            }
    return pairs


def _diagonal(members: list[Breach]) -> float:
    axes = zip(*map(centre, members), strict=True)
    return math.hypot(*(max(axis) - min(axis) for axis in axes))


def _cube(breach: Breach, rules: IncidentRules) -> tuple[int, ...]:
    side = rules.largest_m / math.sqrt(3)
    return tuple(math.floor(axis / side) for axis in centre(breach))
