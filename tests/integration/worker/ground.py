"""The ground that the worker's tests stand on: two missions, a zone, a road through it.

Both missions have the same agreement: zone `z` around (38, 48), corridor `c` along its parallel,
term `t` against fire into `z`, term `road` against fire on `c`.
"""

from __future__ import annotations

from datetime import timedelta

from streams.agreement import Agreement, Corridor, Source, Where
from streams.events import CorridorStatus, EventRef, Point, Report
from streams.methodology import Methodology
from streams.vocabulary import Availability, Right, ViolationKind
from tests.unit.streams import builders
from tests.unit.streams.builders import LAT, LON, NOON, SOURCE, hours

OTHER_MISSION = "other"
OPERATOR = "operator"

ON_ROUTE = builders.point()
"""In the zone and on the road."""
IN_ZONE = builders.point(lat=LAT + 0.03)
ON_ROAD_ONLY = builders.point(lon=LON + 0.1)
FAR = builders.point(lon=builders.FAR_LON)
AT_EDGE = builders.point(lat=LAT + builders.HALF_DEG, accuracy_m=2_000.0)
"""Half in the zone: it may have been."""
PLACES: tuple[Point | None, ...] = (ON_ROUTE, IN_ZONE, ON_ROAD_ONLY, FAR, AT_EDGE, None)


def road(corridor_id: str = "c") -> Corridor:
    """The road along the parallel, its window never closing."""
    return builders.corridor(corridor_id, windows=(builders.ALWAYS,))


def agreement(mission: str = builders.MISSION, **changes: object) -> Agreement:
    """The agreement of a mission."""
    terms = (
        builders.term(),
        builders.term(
            "road",
            where=Where(corridors=("c",)),
            violation=ViolationKind.CORRIDOR_BREACH,
        ),
    )
    rights = (Right.OPEN, Right.CLOSE, Right.SETTLE)
    return builders.agreement(
        **{
            "id": f"truce-{mission}",
            "mission": mission,
            "terms": terms,
            "corridors": (road(),),
            "sources": (
                Source(id=OPERATOR, rights=rights),
                Source(id="liaison", rights=(Right.CLOSE,), party="north"),
            ),
            **changes,
        }
    )


def methodology(mission: str = builders.MISSION, **changes: object) -> Methodology:
    """The methodology of a mission."""
    return builders.methodology(id=f"method-{mission}", mission=mission, **changes)


def report(report_id: str = "r-1", **changes: object) -> Report:
    """A report of an explosion in the zone and on the road."""
    return builders.report(report_id, **changes)


def opened(status_id: str, at_h: float, *, settles: tuple[str, ...] = ()) -> CorridorStatus:
    """The operator saw the road open, so many hours after noon; settles reports by id."""
    at = NOON + hours(at_h)
    return builders.status(
        status_id,
        source=OPERATOR,
        status=Availability.OPEN,
        issued_at=at,
        observed_at=at,
        effective_from=at,
        settles=tuple(EventRef(source=SOURCE, id=name) for name in settles),
    )


def minutes(count: float) -> timedelta:
    """A duration."""
    return timedelta(minutes=count)
