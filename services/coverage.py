"""Coverage: how much was watched, beside what was found; what kept monitors from it.

    days asked for → reports of watching → dossiers → coverage → told, with violations

Place on the data's way: store → **coverage** → `truceline coverage`, GET /v1/coverage. The fold is
pure (`streams.coverage`), and is made when somebody asks: a late report of a patrol counts at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

import msgspec

from services.dossiers import stored_dossiers
from services.store.documents import loaded_documents
from services.store.engine import Connection
from services.store.queries.watching import (
    breaches_of_zones,
    incidents_of_days,
    observed_days,
    reports_of_watching,
)
from services.store.signatures import signatures
from services.worker.documents import load_register, register_of
from streams.coverage import fold
from streams.coverage.fold import Coverage
from streams.coverage.periods import By, Period, periods
from streams.coverage.tell import (
    CoverageTold,
    RestrictionTold,
    UnusedTold,
    tell_coverage,
    tell_restriction,
    tell_unused,
)
from streams.coverage.watching import Said, said_of
from streams.incidents.mission_day import MissionDays
from streams.inforce import Register
from streams.instants import moment_of
from streams.methodology import IncidentRules

MOST_DAYS = 372
_HOURLY = 12
"""By the hour a twelfth as many days."""
REMEMBERED = 16
"""Answers that are kept: a page asks again for what the page before has folded."""


class CoverageAsked(NamedTuple):
    """Which coverage: of a mission's zones, or one, on its days from `since` to `until`."""

    mission: str
    zone: str | None = None
    since: date | None = None
    until: date | None = None
    """Both included. Absent: from the first day that anything was observed on; to the last."""
    by: By = By.DAY
    most_days: int = MOST_DAYS


class CoverageAnswer(NamedTuple):
    """What there is of what was asked for."""

    rows: list[CoverageTold]
    restrictions: list[RestrictionTold]
    unused: list[UnusedTold]
    """Reports of coverage that watched nothing, each with the reason."""
    first: date | None
    last: date | None
    """The days that it is of; they may be fewer than were asked for (`most_days`)."""


NOTHING = CoverageAnswer([], [], [], None, None)


def missions_of(conn: Connection) -> list[str]:
    """Those of which coverage can be asked."""
    return load_register(conn).missions


def coverage(conn: Connection, asked: CoverageAsked) -> CoverageAnswer:
    """A mission's coverage as it is known now, by zone, begin and means."""
    loaded = loaded_documents(conn)
    register, documents = register_of(loaded, signatures(conn)), [it.hash for it in loaded]
    rules = _rules(register, asked.mission)
    days = _days(conn, asked, rules) if register.knows(asked.mission) else None
    if days is None:
        return NOTHING
    spans = periods(rules, *days, asked.by)
    since, until = moment_of(spans[0].span[0]), moment_of(spans[-1].span[1])
    said = _said(conn, register, asked.mission, since, until)
    found = _folded(_Question.of(register, documents, asked, said, spans))
    zones = None if asked.zone is None else [asked.zone]
    happened = breaches_of_zones(conn, asked.mission, zones, since, until)
    counted = None
    if asked.by is By.DAY:
        counted = incidents_of_days(conn, asked.mission, asked.zone, *days)
    return CoverageAnswer(
        tell_coverage(asked.mission, found, happened, counted),
        [tell_restriction(asked.mission, it) for it in found.restrictions],
        tell_unused(asked.mission, found),
        *days,
    )


@dataclass(frozen=True, slots=True)
class _Question:
    """What a fold is of; equal where it is of the same."""

    digest: bytes
    register: Register = field(compare=False)
    asked: CoverageAsked = field(compare=False)
    said: Sequence[Said] = field(compare=False)
    spans: Sequence[Period] = field(compare=False)

    @classmethod
    def of(
        cls,
        register: Register,
        documents: Sequence[bytes],
        asked: CoverageAsked,
        said: Sequence[Said],
        spans: Sequence[Period],
    ) -> _Question:
        """By everything that the answer depends on."""
        told = [asked.mission, asked.zone, sorted(documents), said, spans]
        digest = sha256(msgspec.msgpack.encode(told)).digest()
        return cls(digest, register, asked, said, spans)


@lru_cache(maxsize=REMEMBERED)
def _folded(question: _Question) -> Coverage:
    asked = question.asked
    return fold.coverage(
        question.register, asked.mission, question.said, question.spans, asked.zone
    )


def _rules(register: Register, mission: str) -> IncidentRules | None:
    """When a mission's day begins: as the newest methodology has it."""
    known = register.agreements(mission)
    return known[0][1].incidents if known else None


def _days(
    conn: Connection, asked: CoverageAsked, rules: IncidentRules | None
) -> tuple[date, date] | None:
    """The first and the last day; the last ones, where they would be too many."""
    first, last = asked.since, asked.until
    if first is None or last is None:
        observed = observed_days(conn, asked.mission)
        if observed is None and (first or last) is None:
            return None
        known = [_day(rules, it) for it in observed or ()] or [first or last] * 2  # type: ignore[list-item]  # one is there
        first, last = first or known[0], last or known[1]
    most = asked.most_days if asked.by is By.DAY else max(1, asked.most_days // _HOURLY)
    first = max(first, last - timedelta(days=most - 1))
    return (first, last) if first <= last else None


def _day(rules: IncidentRules | None, moment: datetime) -> date:
    return MissionDays(rules).of(moment) if rules else moment.date()


def _said(
    conn: Connection, register: Register, mission: str, since: datetime, until: datetime
) -> list[Said]:
    keys = reports_of_watching(conn, mission, since, until)
    # Who withdrew one is nothing to who reads: its current reading says that it stands.
    told = map(said_of, stored_dossiers(conn, register, keys))
    return [one for one in told if one is not None]
