"""Folding incidents: breaches a second on one core.

    python -m tests.bench.incidents [BREACHES] [ROUNDS]

Breaches of three zones over thirty days along 300 km, from 50 patrols, known to 10 to 500 m:

- `front`: all along it, a few within reach of each other;
- `hot`: within 30 km, where most hang together with others;
- `flood`: within 100 m and a day, where all are one.

Each round is a set of its own, told in no order. What counts is the time of the processor, from
the breaches to their incidents; what is said of each is made when it is told. Exit code 1 where the
median of `front` or `hot` is below the floor.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from typing import Final, NamedTuple

from geo.spread import Middle
from streams.events import Count
from streams.incidents.breach import Breach
from streams.incidents.fold import incidents_of
from streams.methodology import IncidentRules
from streams.vocabulary import Kind, Verdict

FLOOR: Final = 100_000
RULES: Final = IncidentRules(
    near_m=1_000, gap_s=900, largest_m=10_000, time_zone="Europe/Kyiv", day_begins="19:30"
)
START: Final = datetime(2018, 2, 4, 17, 30, tzinfo=UTC)


class Scene(NamedTuple):
    """How crowded it is."""

    lon_deg: float
    days: float


SCENES: Final = {"front": Scene(4.0, 30), "hot": Scene(0.4, 30), "flood": Scene(0.001, 1)}


def make(scene: Scene, count: int, seed: int) -> list[Breach]:
    """So many breaches, the same ones for the same seed."""
    draw = Random(seed)
    return [_breach(draw, scene, number) for number in range(count)]


def _breach(draw: Random, scene: Scene, number: int) -> Breach:
    start = START + timedelta(days=draw.random() * scene.days)
    return Breach(
        source=f"patrol-{draw.randrange(50)}",
        id=f"r{number}",
        zone=draw.choice(["north", "middle", "south"]),
        methodology="m",
        verdict=draw.choice([Verdict.VIOLATION, Verdict.POSSIBLE_VIOLATION]),
        kind=Kind.EXPLOSION,
        terms=("t",),
        start=start,
        end=start + timedelta(seconds=draw.choice([0, 0, 60])),
        middle=Middle(
            37 + draw.random() * scene.lon_deg,
            48 + draw.random() * scene.lon_deg / 40,
            draw.choice([10.0, 100.0, 500.0]),
        ),
        count=Count(min=draw.randint(1, 30)),
    )


def fold(breaches: Sequence[Breach]) -> tuple[float, int, int]:
    """Breaches a second; how many incidents, and how many breaches the largest has."""
    begun = time.process_time()
    found = incidents_of("mission", breaches, {"m": RULES})
    took_s = time.process_time() - begun
    return len(breaches) / took_s, len(found), max(len(it.breaches) for it in found)


def main() -> int:
    """Fold each scene in turn, and show the rates."""
    count, rounds = (int(it) for it in (*sys.argv[1:], "100000", "5")[:2])
    gc.disable()
    fold(make(SCENES["hot"], 1_000, 0))  # compiles
    rates: dict[str, list[float]] = {name: [] for name in SCENES}
    print("| scene | breaches | incidents | largest | breaches a second, median | all |")
    print("|---|---|---|---|---|---|")
    for name, scene in SCENES.items():
        for seed in range(rounds):
            rate, incidents, largest = fold(make(scene, count, seed))
            rates[name].append(rate)
        low, high = min(rates[name]), max(rates[name])
        print(
            f"| {name} | {rounds} x {count:,} | {incidents:,} | {largest:,} |"
            f" {median(rates[name]):,.0f} | {low:,.0f} to {high:,.0f} |"
        )
    holds = all(median(rates[name]) >= FLOOR for name in ("front", "hot"))
    print(f"\n{FLOOR:,} breaches a second: {'floor holds' if holds else 'FLOOR MISSED'}")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
