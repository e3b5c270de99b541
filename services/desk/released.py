"""Released: what became of each release, by the fold over all acts and the reading now.

Place on the data's way: released readings → **Release** → what parties and the public are told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.store.desk import acts_of, acts_on
from services.store.engine import Connection
from services.store.queries.desk import results_of
from services.store.queries.desk_incidents import incidents_at_desk
from services.store.queries.released import FoundRelease
from streams.desk.act import Act
from streams.desk.fold import Release, Review, fold
from streams.desk.item import IncidentItem, ViolationItem

_NO_READING = 0
"""Of what there is no result of any more: whatever was released of it is superseded."""


def releases_of(conn: Connection, found: Sequence[FoundRelease]) -> dict[tuple[str, int], Release]:
    """By item and reading its last release; what the fold does not count is not in it."""
    keys = list({row.key for row in found})
    readings = {
        str(ViolationItem(row.key, row.term_id)): row.revision for row in results_of(conn, keys)
    }
    return _releases(acts_of(conn, keys), readings)


def incident_releases(conn: Connection, ids: Sequence[str]) -> dict[tuple[str, int], Release]:
    """The same of incidents: by item and revision."""
    readings = {str(IncidentItem(row.id)): row.generation for row in incidents_at_desk(conn, ids)}
    return _releases(acts_on(conn, [str(IncidentItem(id_)) for id_ in ids]), readings)


def incident_reviews(conn: Connection, found: Mapping[str, int]) -> dict[str, Review]:
    """How far people have come with incidents, by id; `found`: of each its revision now."""
    acts = acts_on(conn, [str(IncidentItem(id_)) for id_ in found])
    return {
        id_: fold(name, acts[name], generation).review
        for id_, generation in found.items()
        if (name := str(IncidentItem(id_))) in acts
    }


def _releases(
    acts: Mapping[str, Sequence[Act]], readings: Mapping[str, int]
) -> dict[tuple[str, int], Release]:
    states = [fold(item, own, readings.get(item, _NO_READING)) for item, own in acts.items()]
    return {
        (state.item, release.reading): release for state in states for release in state.releases
    }
