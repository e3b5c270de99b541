"""Incidents: what happened near each other, of the violations that stand.

    rows of the newest revisions → their members → told

Place on the data's way: store → **incidents** → `truceline incidents`, the demo. A worker folds
them (`services.worker.keep_incidents`); `differences` reckons them again from the violations alone
and says where what is stored is not that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import Struct, structs

from services.breaches import Grounds, stored_breaches
from services.desk.released import incident_reviews
from services.errors import NotFoundError
from services.store.engine import Connection
from services.store.incidents import members_of
from services.store.queries.breaches import breaching_reports
from services.store.queries.incidents import (
    FoundIncident,
    IncidentFilters,
    count_incidents,
    incidents,
    revisions_of,
)
from services.store.rows import IncidentRow
from streams.desk.fold import Review
from streams.desk.reads import reads_now
from streams.incidents.breach import Breach
from streams.incidents.fold import incidents_of
from streams.incidents.revise import Reason
from streams.incidents.tell import Told, account, decode_account, tell


class Found(NamedTuple):
    """Some of the incidents, and how many there are."""

    told: list[Told]
    total: int


def newest_incidents(conn: Connection, asked: IncidentFilters, now: datetime, limit: int) -> Found:
    """The incidents as they stand at `now`, the newest first."""
    found = incidents(conn, asked, now, limit=limit)
    total = len(found) if len(found) < limit else count_incidents(conn, asked, now)
    return Found(_told(conn, found, now), total)


def _told(conn: Connection, found: Sequence[FoundIncident], now: datetime) -> list[Told]:
    zones: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in found:
        zones[row.mission][row.id] = row.zone_id
    members = {
        (mission, name): breaches
        for mission, of in zones.items()
        for name, breaches in members_of(conn, mission, of).items()
    }
    reviews = incident_reviews(conn, {row.id: row.generation for row in found})
    return [
        _reviewed(
            tell(row.mission, row.id, said, members[row.mission, row.id], now),
            reviews.get(row.id, Review.UNREVIEWED),
            draft=said.draft,
        )
        for row in found
        for said in (decode_account(row.body),)
    ]


def _reviewed(told: Told, review: Review, *, draft: bool) -> Told:
    """As it reads by what people have done with it at the desk."""
    return structs.replace(told, status=reads_now(review, draft=draft))


# --- one of them --------------------------------------------------------------------------------


class NoSuchIncidentError(NotFoundError):
    """No incident ever had this id."""


class RevisionTold(Struct, frozen=True, omit_defaults=True):
    """What was new about an incident when."""

    known_at: datetime
    reason: Reason
    reports: int
    """How many told of it then; of one that is no more, at the last."""
    joined: int = 0
    parted: int = 0
    others: tuple[str, ...] = ()
    """Whom it took reports from, or gave them to."""
    became: tuple[str, ...] = ()


class IncidentTold(Struct, frozen=True, omit_defaults=True):
    """One incident with all that was known of it, or where its reports are now."""

    id: str
    mission: str
    is_there: bool
    revisions: tuple[RevisionTold, ...]
    told: Told | None = None
    """None: it is no more."""
    leads_to: tuple[str, ...] = ()
    """Of one that is no more, those that are there and hold its reports; none: they were taken
    back, or breach another zone."""
    members: tuple[Breach, ...] = ()


def incident(
    conn: Connection, name: str, now: datetime, mission: str | None = None
) -> IncidentTold:
    """All that is known of the incident of this id.

    Raises:
        NoSuchIncidentError: nobody knows it.
    """
    rows = revisions_of(conn, name, mission)
    if not rows:
        raise NoSuchIncidentError(
            f"no incident {name!r} is known: `truceline incidents` lists those that there are"
        )
    newest = rows[-1]
    is_there = newest.became is None
    told: Told | None = None
    members: list[Breach] = []
    if is_there:
        members = members_of(conn, newest.mission, {name: newest.zone_id})[name]
        said = decode_account(newest.body)
        review = incident_reviews(conn, {name: newest.generation}).get(name, Review.UNREVIEWED)
        told = _reviewed(tell(newest.mission, name, said, members, now), review, draft=said.draft)
    return IncidentTold(
        id=name,
        mission=newest.mission,
        is_there=is_there,
        revisions=tuple(_revision(row) for row in rows),
        told=told,
        leads_to=() if is_there else successors(conn, newest),
        members=tuple(members),
    )


def successors(conn: Connection, gone: IncidentRow) -> tuple[str, ...]:
    """Those that are there and to which one leads that is no more, sorted.

    What it became may have become another since, where a correction has moved it to another day.
    """
    found: set[str] = set()
    seen: set[str] = {gone.id}
    ahead = list(gone.became or ())
    while ahead:
        name = ahead.pop()
        if name in seen:
            continue
        seen.add(name)
        rows = revisions_of(conn, name, gone.mission)
        if not rows:
            continue  # it is under an agreement that who asks is not for
        if rows[-1].became is None:
            found.add(name)
        else:
            ahead += rows[-1].became
    return tuple(sorted(found))


def _revision(row: IncidentRow) -> RevisionTold:
    return RevisionTold(
        row.known_at,
        Reason(row.reason),
        row.reports,
        len(row.joined),
        len(row.parted),
        tuple(row.others),
        tuple(row.became or ()),
    )


# --- reckoned again -----------------------------------------------------------------------------


class Difference(Struct, frozen=True):
    """An incident that is stored otherwise than the violations make it."""

    mission: str
    id: str
    what: str
    """`missing`, `too much`, or `other`."""


def differences(conn: Connection, mission: str | None = None) -> list[Difference]:
    """Where what is stored is not what the violations come to now; none: it is."""
    grounds = Grounds(conn)
    missions = grounds.register.missions if mission is None else [mission]
    return [
        Difference(of, name, what)
        for of in missions
        for name, what in _compared(dict(_reckoned(conn, grounds, of)), dict(_stored(conn, of)))
    ]


_Whole = tuple[str, tuple[object, object]]
"""An incident's id, and what is said of it and by which reports."""


def _reckoned(conn: Connection, grounds: Grounds, mission: str) -> Iterator[_Whole]:
    keys = breaching_reports(conn, mission)
    breaches = [it for _, told in stored_breaches(conn, grounds, keys) for it in told.breaches]
    for it in incidents_of(mission, breaches, grounds.rules):
        yield it.id, (account(it, grounds.rules[it.breaches[0].methodology]), it.breaches)


def _stored(conn: Connection, mission: str) -> Iterator[_Whole]:
    found = incidents(conn, IncidentFilters(mission), datetime.now(UTC), limit=_ALL)
    members = members_of(conn, mission, {row.id: row.zone_id for row in found})
    for row in found:
        yield row.id, (decode_account(row.body), tuple(members[row.id]))


_ALL = 1 << 31


def _compared(
    reckoned: dict[str, tuple[object, object]], stored: dict[str, tuple[object, object]]
) -> Iterable[tuple[str, str]]:
    for name in sorted(reckoned.keys() | stored.keys()):
        if name not in stored:
            yield name, "missing"
        elif name not in reckoned:
            yield name, "too much"
        elif reckoned[name] != stored[name]:
            yield name, "other"
