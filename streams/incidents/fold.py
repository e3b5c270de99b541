"""Fold: the set of a mission's breaches → its incidents.

Place on the data's way: breach → **Incident** → tell, store. A function of the *set*: any order
and repetition gives the same incidents (`incidents_digest` names them). A late report may join two,
a retraction split one. An incident is called after the first report in it; so a report names at
most one incident of a zone, and each name leads to where that report is now (`holding`).
"""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import takewhile
from operator import attrgetter

import msgspec
import numpy as np
from msgspec import Struct

from streams.incidents.breach import Breach
from streams.incidents.cluster import Part, clusters, columns, joined
from streams.incidents.mission_day import MissionDays
from streams.instants import micros
from streams.methodology import IncidentRules

Rules = Mapping[str, IncidentRules | None]
"""By content hash of the methodology."""


class Incident(Struct, frozen=True, gc=False):
    """Breaches near each other, within one zone and one mission day."""

    id: str
    day: date
    breaches: tuple[Breach, ...]
    """At least one, by when they began; all of one zone, one agreement and one methodology."""
    continues: tuple[str, ...] = ()
    """Incidents of the day before that it would be one with, were there no cut-off."""
    adjoins: tuple[str, ...] = ()
    """Others of the same day that it was cut from, since the whole reached too far."""

    @property
    def zone(self) -> str | None:
        """The zone of them all; None: of terms that hold everywhere."""
        return self.breaches[0].zone


def incidents_of(mission: str, breaches: Iterable[Breach], rules: Rules) -> list[Incident]:
    """All incidents, by day, begin and id.

    Args:
        mission: whose breaches they are.
        breaches: in any order, any of them more than once; those of one report and zone are equal.
        rules: of every methodology that a breach names.
    """
    groups: defaultdict[tuple[str | None, str, str], list[Breach]] = defaultdict(list)
    for breach in {(it.zone, it.source, it.id): it for it in breaches}.values():
        groups[breach.zone, breach.agreement_id, breach.methodology].append(breach)
    found = [
        incident
        for (_, _, methodology), own in groups.items()
        for incident in _Folder(mission, rules[methodology]).fold(own)
    ]
    return sorted(found, key=lambda it: (it.day, it.breaches[0].start, it.id))


def holding(mission: str, incidents: Iterable[Incident]) -> dict[str, str]:
    """Every name that an incident of these reports may ever have had → the one it leads to now."""
    return {
        name_of(mission, breach): incident.id
        for incident in incidents
        for breach in incident.breaches
    }


def name_of(mission: str, first: Breach) -> str:
    """What an incident is called whose first report this is."""
    of = (mission, first.agreement_id, first.zone or "")
    named = "\0".join(("incident", *of, first.source, first.id))
    return sha256(named.encode()).hexdigest()[:_NAME_LENGTH]


def incidents_digest(incidents: Sequence[Incident]) -> str:
    """SHA-256 over incidents as `incidents_of` orders them."""
    return sha256(_encode(incidents)).hexdigest()


@lru_cache(maxsize=64)  # asked for each breach
def days_of(rules: IncidentRules | None) -> MissionDays | None:
    """The mission's days; None: it has no cut-off of its own."""
    return MissionDays(rules) if rules else None


def day_of(moment: datetime, days: MissionDays | None) -> date:
    """The mission day in which a breach that begins then is counted."""
    return days.of(moment) if days else moment.date()


_NAME_LENGTH = 16
_ONE_DAY = timedelta(days=1)
_encode = msgspec.json.Encoder(order="deterministic").encode
_Ref = tuple[str, str]


class _Folder:
    """Folds the breaches of one zone under one agreement and one methodology."""

    def __init__(self, mission: str, rules: IncidentRules | None) -> None:
        self._mission = mission
        self._rules = rules
        self._days = days_of(rules)

    def fold(self, breaches: Iterable[Breach]) -> Iterator[Incident]:
        """The incidents, day by day."""
        ordered = sorted(breaches, key=attrgetter("start", "source", "id"))
        days: defaultdict[date, list[Breach]] = defaultdict(list)
        for breach, day in zip(ordered, self._days_of_each(ordered), strict=True):
            days[day].append(breach)
        yesterday: dict[_Ref, str] = {}
        for day in sorted(days):
            whole = [self._named(parts) for parts in clusters(days[day], self._rules)]
            today = {_ref(it): name for parts in whole for name, part in parts for it in part}
            before = days.get(day - _ONE_DAY, ())
            continued = self._continued(before, days[day], ChainMap(today, yesterday))
            for parts in whole:
                for name, part in parts:
                    earlier = sorted(continued.get(name, ())) if continued else ()
                    others = sorted({it for it, _ in parts} - {name}) if len(parts) > 1 else ()
                    yield Incident(name, day, part, tuple(earlier), tuple(others))
            yesterday = today

    def _days_of_each(self, breaches: Sequence[Breach]) -> list[date]:
        starts = [breach.start for breach in breaches]
        if self._days is None:
            return [day_of(start, None) for start in starts]
        return self._days.of_each(starts, np.array([*map(micros, starts)], dtype=np.int64))

    def _named(self, parts: Iterable[Part]) -> list[tuple[str, Part]]:
        return [(name_of(self._mission, part[0]), part) for part in parts]

    def _continued(
        self, before: Sequence[Breach], now: Sequence[Breach], held: Mapping[_Ref, str]
    ) -> dict[str, set[str]]:
        """For incidents of a day those of the day before that they would be one with.

        What lies about the cut-off links them: everything else is too far apart in time.
        """
        if self._rules is None or not before:
            return {}
        gap = timedelta(seconds=self._rules.gap_s)
        last, first = max(it.end for it in before), now[0].start
        late = [it for it in before if it.end + gap >= first]
        early = takewhile(lambda it: it.start <= last + gap, now)
        both, _ = columns((*late, *early))
        chains: dict[str, set[str]] = {}
        for rows in joined(both, self._rules):
            touched = {held[_ref(both.breaches[row])] for row in rows}
            chain = touched.union(*(chains.get(name, ()) for name in touched))
            chains.update(dict.fromkeys(chain, chain))
        earlier = {held[_ref(it)] for it in late}
        return {name: chain & earlier for name, chain in chains.items() if name not in earlier}


def _ref(breach: Breach) -> _Ref:
    return breach.source, breach.id
