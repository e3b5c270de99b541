"""Breaches for the tests of incidents, and the rules that they are read by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import strategies as st

from geo.spread import Middle
from streams.events import Count
from streams.incidents.breach import Breach
from streams.methodology import IncidentRules
from streams.vocabulary import Kind, Verdict

MISSION, METHODOLOGY = "mission", "m"
RULES = IncidentRules(
    near_m=1_000, gap_s=900, largest_m=4_000, time_zone="Europe/Kyiv", day_begins="19:30"
)
CUT_OFF = datetime(2018, 2, 4, 17, 30, tzinfo=UTC)
"""19:30 in Kyiv: here the mission day of 5 February 2018 begins."""
KM_LON = 1 / 74.6
"""Degrees of longitude of a kilometre at 48° north."""


def breach(
    id_: str,
    minute: float = 60,
    km: float = 0.0,
    *,
    source: str = "patrol-1",
    zone: str | None = "z",
    lasts_min: float = 0,
    spread_m: float | None = 50.0,
    verdict: Verdict = Verdict.VIOLATION,
    count: Count | None = None,
    origin: str | None = None,
    derived_from: tuple[str, ...] = (),
) -> Breach:
    """A breach `minute` minutes after the cut-off, `km` kilometres along the front."""
    start = CUT_OFF + timedelta(minutes=minute)
    where = None if spread_m is None else Middle(37.0 + km * KM_LON, 48.0, spread_m)
    return Breach(
        source=source,
        id=id_,
        zone=zone,
        methodology=METHODOLOGY,
        verdict=verdict,
        kind=Kind.EXPLOSION,
        terms=("t",),
        start=start,
        end=start + timedelta(minutes=lasts_min),
        middle=where,
        count=count,
        origin=origin,
        derived_from=derived_from,
    )


@st.composite
def histories(draw: st.DrawFn, most: int = 40) -> list[Breach]:
    """Breaches of two zones, crowded about the cut-off of two days."""
    chance = Random(draw(st.integers(0, 2**32)))
    wide = draw(st.sampled_from([1.0, 5.0, 30.0]))
    count = draw(st.integers(0, most))
    return [
        breach(
            f"r{number}",
            chance.choice([chance.uniform(-60, 60), chance.uniform(-1_440, 2_880)]),
            chance.uniform(0, wide),
            source=f"patrol-{chance.randrange(4)}",
            zone=chance.choice(["z", "z", "y", None]),
            lasts_min=chance.choice([0, 0, 5, 40]),
            spread_m=chance.choice([10.0, 200.0, 600.0, 1_100.0, None]),
            verdict=chance.choice([Verdict.VIOLATION, Verdict.POSSIBLE_VIOLATION]),
        )
        for number in range(count)
    ]
