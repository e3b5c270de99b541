"""What the demo shows of incidents that a late report makes one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple

from services.cli.incidents import print_incidents, show_one
from services.cli.output import print_lines
from services.demo import ROAD_MISSION
from services.incidents import IncidentTold, incident, newest_incidents
from services.store.engine import Connection
from services.store.queries.incidents import IncidentFilters
from streams.incidents.tell import Told

ROAD_INCIDENTS = date(2019, 5, 16)
ROAD_INCIDENTS_TOLD = (
    "Invented: two explosions near that road, 2.2 km and twenty minutes apart, are two incidents."
    " Then somebody tells of a third between them, and both are one; both names lead to it."
)


class Merged(NamedTuple):
    """Two incidents of the road's mission, and what a late report made of them."""

    apart: list[Told]
    together: IncidentTold
    """The one that both are now."""
    gone: IncidentTold
    """The one that is no more."""


def of_the_road(conn: Connection) -> list[Told]:
    """Those of the day of its incidents, the first first."""
    asked = IncidentFilters(ROAD_MISSION, since=ROAD_INCIDENTS, until=ROAD_INCIDENTS)
    return newest_incidents(conn, asked, datetime.now(UTC), 10).told[::-1]


def merged_by(conn: Connection, apart: list[Told]) -> Merged:
    """What became of two, by the names that they had."""
    now = datetime.now(UTC)
    first, second = (incident(conn, it.id, now, ROAD_MISSION) for it in apart)
    return Merged(apart, first, second)


def show_merged(merged: Merged) -> None:
    """The two, then what they are by now."""
    print_lines([ROAD_INCIDENTS_TOLD], indent="   ")
    print_incidents(merged.apart, len(merged.apart))
    print_lines(["A day late comes the third report:"], indent="   ")
    show_one(merged.together, as_json=False)
    show_one(merged.gone, as_json=False)
