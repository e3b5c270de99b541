"""All geolocated alerts of the real data as incidents, beside a plain script of their own.

An alert is no violation; its times and places are real: out of order, repeated, in salvos of
hundreds of places within seconds, in local time over many changes of the clock.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pyproj import Geod

from geo.spread import Middle
from streams.incidents.breach import Breach
from streams.incidents.fold import incidents_digest, incidents_of
from streams.methodology import IncidentRules
from streams.vocabulary import Kind, Verdict

ALERTS = 34_358
RULES = IncidentRules(near_m=5_000, gap_s=600, largest_m=200_000, time_zone="Asia/Jerusalem")
GEOD = Geod(ellps="WGS84")


class Alert(NamedTuple):
    number: int
    area: str
    at: datetime
    day: date
    lon: float
    lat: float


@pytest.fixture(scope="module")
def alerts(real_data: Path) -> list[Alert]:
    with gzip.open(real_data / "israel_alerts" / "israel_alerts_geolocated.ndjson.gz") as file:
        return [_read(number, json.loads(line)) for number, line in enumerate(file)]


def _read(number: int, line: dict[str, Any]) -> Alert:
    local = datetime.fromisoformat(line["t"]).replace(tzinfo=ZoneInfo(line["tz"]))
    day = local.date()
    return Alert(number, line["area_en"], local.astimezone(UTC), day, line["lon"], line["lat"])


def _breach(alert: Alert) -> Breach:
    return Breach(
        source="alerts",
        id=f"{alert.number:05}",
        zone=alert.area,
        methodology="m",
        verdict=Verdict.VIOLATION,
        kind=Kind.PROJECTILE_IN_FLIGHT,
        terms=("t",),
        start=alert.at,
        end=alert.at,
        middle=Middle(alert.lon, alert.lat, 0.0),
        count=None,
    )


def plain_groups(alerts: list[Alert]) -> Iterator[list[int]]:
    """Numbers of the alerts that belong together: area by area, day by day, one by one."""
    days: defaultdict[tuple[str, date], list[Alert]] = defaultdict(list)
    for alert in alerts:
        days[alert.area, alert.day].append(alert)
    for day in days.values():
        left = set(range(len(day)))
        at = np.array([it.at.timestamp() for it in day])
        lon, lat = np.array([it.lon for it in day]), np.array([it.lat for it in day])
        while left:
            edge = [left.pop()]
            group = list(edge)
            while edge:
                one = edge.pop()
                among = np.array(sorted(left), dtype=np.int64)
                among = among[np.abs(at[among] - at[one]) <= RULES.gap_s]
                size = len(among)
                _, _, apart = GEOD.inv(
                    np.full(size, lon[one]), np.full(size, lat[one]), lon[among], lat[among]
                )
                reached = among[np.asarray(apart) <= RULES.near_m].tolist()
                left.difference_update(reached)
                edge += reached
                group += reached
            yield sorted(day[row].number for row in group)


def test_the_real_alerts_cluster_as_the_plain_script_has_them(alerts: list[Alert]) -> None:
    assert len(alerts) == ALERTS
    found = incidents_of("m", map(_breach, alerts), {"m": RULES})
    sizes = Counter(len(it.breaches) for it in found)
    groups = list(plain_groups(alerts))
    assert sizes == Counter(map(len, groups))
    assert sorted(sorted(int(it.id) for it in one.breaches) for one in found) == sorted(groups)
    assert sum(size * count for size, count in sizes.items()) == ALERTS
    # So that nothing above is true of no clusters at all, or of one alone.
    assert len(found) > 1_000
    assert max(sizes) > 100


def test_they_cluster_alike_in_any_order(alerts: list[Alert]) -> None:
    breaches = [_breach(alert) for alert in alerts]
    digest = incidents_digest(incidents_of("m", breaches, {"m": RULES}))
    Random(3).shuffle(breaches)
    assert incidents_digest(incidents_of("m", breaches, {"m": RULES})) == digest
