"""Whereabouts: how fast sightings of many subjects become spells.

    python -m tests.bench.whereabouts [--subjects 10000] [--sightings 100] [--zones 200]

Each subject walks at random among the zones and is seen every five minutes, by points of 10 to 250
m accuracy, as the reports of the bench have them. Sightings are made first; measured is the fold
alone, in shares of 100 subjects as a worker takes them, in seconds of this process's CPU. Beside it
in the same run, in turns: placing alone, which is locate and geofence.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Iterator
from datetime import timedelta

import msgspec

from streams.events import Point, Report
from streams.inforce import Register
from streams.methodology import SightingRules
from streams.vocabulary import Kind, Means
from streams.whereabouts.fold import whereabouts
from streams.whereabouts.place import place
from streams.whereabouts.sighting import Look, Sighting
from tests.bench.load import MISSION, SOURCES, START, make_agreement, make_methodology
from tests.bench.wavy_zones import HEIGHT_DEG, SOUTH, WEST, WIDTH_DEG

AT_ONCE = 100
EVERY = timedelta(minutes=5)
STEP_DEG = 0.03
RULES = SightingRules(max_gap_s=1_800, clock_error_s=5, max_speed_mps=40)

Subject = tuple[str, list[Sighting]]


def main() -> None:
    """Fold, and print what it took."""
    asked = _arguments()
    methodology = msgspec.structs.replace(make_methodology(), sightings=RULES)
    register = Register((make_agreement(asked.zones),), (methodology,))
    whereabouts(register, MISSION, [_subject(0, 2, random.Random(0))])  # compiles the documents
    folding = placing = 0.0
    spells = count = 0
    for share in _shares(asked.subjects, asked.sightings):
        start = time.process_time()
        found = whereabouts(register, MISSION, share)
        folding += time.process_time() - start
        start = time.process_time()
        place(register, [sighting for _, sightings in share for sighting in sightings])
        placing += time.process_time() - start
        spells += sum(len(one.spells) for one in found)
        count += sum(one.sightings for one in found)
    print(f"{count:,} sightings of {asked.subjects:,} subjects, {asked.zones} zones")
    print(f"fold {folding:.1f} s of CPU, {folding / count * 1e6:.1f} µs a sighting")
    print(f"of which placing {placing:.1f} s; {spells:,} spells")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=10_000)
    parser.add_argument("--sightings", type=int, default=100)
    parser.add_argument("--zones", type=int, default=200)
    return parser.parse_args()


def _shares(subjects: int, sightings: int) -> Iterator[list[Subject]]:
    draw = random.Random(1)
    for first in range(0, subjects, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, subjects))
        yield [_subject(number, sightings, draw) for number in numbers]


def _subject(number: int, sightings: int, draw: random.Random) -> Subject:
    lon = WEST + draw.random() * WIDTH_DEG
    lat = SOUTH + draw.random() * HEIGHT_DEG
    heading = draw.random() * math.tau
    seen = []
    for at in range(sightings):
        heading += draw.gauss(0, 0.4)
        lon += STEP_DEG * math.cos(heading) * draw.random()
        lat += STEP_DEG * math.sin(heading) * draw.random()
        report = Report(
            id=f"s{number}-{at}",
            mission=MISSION,
            source=f"sensor-{draw.randrange(SOURCES):03}",
            kind=Kind.TROOP_MOVEMENT,
            means=(Means.RADAR,),
            observed_from=START + at * EVERY,
            location=Point(lon=lon, lat=lat, accuracy_m=float(draw.randint(10, 250))),
            subject_ref=f"subject-{number}",
        )
        seen.append(Sighting((Look(report),)))
    draw.shuffle(seen)
    return f"subject-{number}", seen


if __name__ == "__main__":
    main()
