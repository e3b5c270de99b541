"""Labelled attacks on a mission's credibility: seeded, each with its kind and its reports.

    python -m tests.labelled_attacks [SEED]     one JSON line an attack

Each attack is made anew from a seed: numbers, places, words and sources change, the idea does not.
Beside them the honest days of patrols, posts and cameras, among which they lie; nothing there is to
be flagged. The generator knows nothing of `streams.credibility`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

MORNING = datetime(2026, 3, 2, 6, tzinfo=UTC)
LON, LAT = 38.0, 48.0
KM_LON, KM_LAT = 1 / 74.6, 1 / 111.2
Event = dict[str, Any]

_TEXT = """
patrol heard saw from its position north south east west of the village undetermined explosions
bursts heavy machine gun fire mortar rounds outgoing impact distance kilometres smoke tree line
crossroads school roof bridge quarry railway station near checkpoint house field after before
while moving slowly vehicle damaged window fresh crater assessed interval minutes second single
several loud dull echo valley wind rain clear visibility poor camera recorded residents told
"""
WORDS = tuple(_TEXT.split())
PARTY_OF = {"liaison-n": "north", "liaison-n2": "north", "liaison-s": "south"}
"""Sources that speak for a party."""


class Sent(NamedTuple):
    """A report, and when it was received."""

    event: Event
    received: datetime


class Attack(NamedTuple):
    """What somebody tries, what it must be flagged as, and by which reports."""

    name: str
    kind: str
    sent: list[Sent]
    reports: frozenset[str]
    """``source/id`` of the reports that are the attack."""


class _Maker:
    """Makes reports with fresh ids."""

    def __init__(self, seed: int, name: str) -> None:
        self.chance = Random(f"{name}-{seed}")
        self._name = f"{name}-{seed}"
        self._number = 0

    def fresh(self) -> str:
        self._number += 1
        return f"{self._name}-{self._number}"

    def report(
        self, source: str, at: datetime, *, late_s: float | None = None, **changes: object
    ) -> Sent:
        event: Event = {
            "id": self.fresh(),
            "mission": "mission",
            "source": source,
            "kind": "explosion",
            "means": ["heard"],
            "observed_from": at.isoformat(),
            "location": self.point(),
            "remark": self.words(self.chance.randrange(12, 30)),
            **changes,
        }
        late = self.chance.uniform(20, 5_000) if late_s is None else late_s
        return Sent(event, at + timedelta(seconds=late))

    def point(self, accuracy_m: float = 500.0, wide_km: float = 8.0) -> Event:
        away = self.chance.uniform(-wide_km, wide_km), self.chance.uniform(-wide_km, wide_km)
        lon, lat = round(LON + away[0] * KM_LON, 5), round(LAT + away[1] * KM_LAT, 5)
        return {"type": "point", "lon": lon, "lat": lat, "accuracy_m": accuracy_m}

    def words(self, count: int) -> str:
        return " ".join(self.chance.choices(WORDS, k=count)).capitalize() + "."

    def at(self, hours: float = 10.0) -> datetime:
        return MORNING + timedelta(seconds=round(self.chance.uniform(0, hours * 3_600), 1))


def flood(make: _Maker) -> list[Sent]:
    """Hundreds of reports within minutes, each of another spot in other words."""
    start = make.at()
    count = make.chance.randrange(150, 400)
    return [
        make.report("patrol-9", start + timedelta(seconds=make.chance.uniform(0, 500)))
        for _ in range(count)
    ]


def steady_flood(make: _Maker) -> list[Sent]:
    """A report every few seconds, for hours."""
    start, every_s = make.at(2), make.chance.uniform(1.5, 4.5)
    return [
        make.report("patrol-9", start + timedelta(seconds=every_s * number))
        for number in range(600)
    ]


def copied_word_for_word(make: _Maker) -> list[Sent]:
    """Two or three other sources send a patrol's words as their own."""
    text, start = make.words(20), make.at()
    return [
        make.report(f"group-{number}", start + timedelta(minutes=7 * number), remark=text)
        for number in range(make.chance.randrange(2, 5))
    ]


def copied_with_new_numbers(make: _Maker) -> list[Sent]:
    """The same words in capitals, with other punctuation and numbers."""
    text, start = make.words(18), make.at()
    dressed = [
        text,
        f"At {make.chance.randrange(24)}:15 - {text.upper()}",
        text.replace(" ", ", ", 3) + f" ({make.chance.randrange(90)} rounds)",
    ]
    return [
        make.report(f"group-{number}", start + timedelta(minutes=number), remark=words)
        for number, words in enumerate(dressed)
    ]


def copied_into_more(make: _Maker) -> list[Sent]:
    """The same words in the middle of others."""
    text, start = make.words(20), make.at()
    longer = f"{make.words(9)} {text} {make.words(9)}"
    return [
        make.report("group-1", start, remark=text),
        make.report("group-2", start + timedelta(hours=1), remark=longer),
    ]


def copied_with_a_word_changed(make: _Maker) -> list[Sent]:
    """One word in thirty is another one."""
    words = make.words(30).split()
    changed = list(words)
    changed[make.chance.randrange(5, 25)] = "indeed"
    start = make.at()
    return [
        make.report("group-1", start, remark=" ".join(words)),
        make.report("group-2", start + timedelta(minutes=3), remark=" ".join(changed)),
    ]


def copied_times(make: _Maker) -> list[Sent]:
    """A second witness that has the first one's times to the second, and words of its own."""
    sent: list[Sent] = []
    for number in range(make.chance.randrange(12, 40)):
        at = MORNING + timedelta(minutes=11 * number, seconds=make.chance.randrange(1, 59))
        place = {"type": "place", "name": make.chance.choice(["Zolote", "Popasna"])}
        sent += [
            make.report(source, at, location=place, kind="burst", remark=make.words(12))
            for source in ("witness-1", "witness-2")
        ]
    return sent


def one_sided(make: _Maker) -> list[Sent]:
    """One party's liaison accuses the other all day; nobody else is near."""
    accused = {"party": "south", "basis": "highly_probable"}
    return [
        make.report("liaison-n", make.at(), location=_far(make), attribution=accused)
        for _ in range(make.chance.randrange(6, 15))
    ]


def one_sided_by_two(make: _Maker) -> list[Sent]:
    """Two sources of one party confirm each other."""
    accused = {"party": "south", "basis": "plausible"}
    sent = []
    for _ in range(make.chance.randrange(4, 8)):
        at, place = make.at(), _far(make)
        sent += [
            make.report(source, at, location=place, attribution=accused)
            for source in ("liaison-n", "liaison-n2")
        ]
    return sent


def _far(make: _Maker) -> Event:
    """A place of which the honest tell nothing."""
    return make.point(wide_km=3.0) | {"lat": LAT + 1.0 + round(make.chance.uniform(0, 0.03), 5)}


def circle_of_two(make: _Maker) -> list[Sent]:
    """A confirms B, B confirms A."""
    return _circle(make, 2)


def circle_of_many(make: _Maker) -> list[Sent]:
    """A goes back to B, B to C, and so on, and the last to A."""
    return _circle(make, make.chance.randrange(3, 9))


def _circle(make: _Maker, size: int) -> list[Sent]:
    names, start = [make.fresh() for _ in range(size)], make.at()
    return [
        make.report(f"group-{number}", start, id=own, derived_from=[other])
        for number, (own, other) in enumerate(pairwise([*names, names[0]]))
    ]


def circle_by_origin(make: _Maker) -> list[Sent]:
    """One names the other as its origin, and is what that one is derived from."""
    first, second, start = make.fresh(), make.fresh(), make.at()
    return [
        make.report("group-1", start, id=first, origin=second),
        make.report("group-2", start, id=second, derived_from=[first]),
    ]


def too_fast_by_bearings(make: _Maker) -> list[Sent]:
    """A patrol that observes from two ends of the front within minutes."""
    start = make.at()
    return [
        make.report("patrol-9", start + timedelta(minutes=8 * number), location=_bearings(lon))
        for number, lon in enumerate((LON, LON + make.chance.uniform(1.5, 4)))
    ]


def too_fast_by_coverage(make: _Maker) -> list[Sent]:
    """A patrol that ends its way in one place and begins the next in another."""
    start = make.at(6)
    sent = []
    for number, lon in enumerate((LON, LON + make.chance.uniform(2, 4))):
        at = start + timedelta(minutes=65 * number)
        track = {"type": "track", "points": [[lon, LAT], [lon + 0.05, LAT]], "accuracy_m": 20}
        until = (at + timedelta(hours=1)).isoformat()
        sent.append(
            make.report(
                "patrol-9", at, kind="coverage", location=track, observed_to=until, late_s=4_000
            )
        )
    return sent


def _bearings(lon: float) -> Event:
    sectors = [{"bearing_deg": 90, "min_m": 1_000, "max_m": 4_000}]
    return {"type": "bearings", "lon": lon, "lat": LAT, "accuracy_m": 50, "sectors": sectors}


def one_spot_again_and_again(make: _Maker) -> list[Sent]:
    """Every explosion of a day on the same square metre."""
    spot = make.point(accuracy_m=make.chance.choice([5.0, 20.0, 80.0]))
    count = make.chance.randrange(6, 20)
    return [make.report("patrol-9", make.at(), location=spot) for _ in range(count)]


def one_spot_by_many(make: _Maker) -> list[Sent]:
    """Several sources with the same digits."""
    spot = make.point(accuracy_m=10.0)
    return [
        make.report(f"group-{number % 3}", make.at(), location=spot)
        for number in range(make.chance.randrange(6, 12))
    ]


def clock_ahead(make: _Maker) -> list[Sent]:
    """A clock that is an hour or two ahead, as of another time zone."""
    late_s = -3_600.0 * make.chance.randrange(1, 3) + 60
    return [make.report("patrol-9", make.at(), late_s=late_s) for _ in range(5)]


def told_before_it_was(make: _Maker) -> list[Sent]:
    """One report of what was still to come."""
    return [make.report("patrol-9", make.at(), late_s=-make.chance.uniform(200, 900))]


ATTACKS: dict[str, tuple[str, Callable[[_Maker], list[Sent]]]] = {
    make.__name__: (kind, make)
    for kind, makers in (
        ("flood", (flood, steady_flood)),
        (
            "copied_text",
            (
                copied_word_for_word,
                copied_with_new_numbers,
                copied_into_more,
                copied_with_a_word_changed,
            ),
        ),
        ("copied_times", (copied_times,)),
        ("one_sided", (one_sided, one_sided_by_two)),
        ("circular", (circle_of_two, circle_of_many, circle_by_origin)),
        ("impossible_speed", (too_fast_by_bearings, too_fast_by_coverage)),
        ("repeated_position", (one_spot_again_and_again, one_spot_by_many)),
        ("clock", (clock_ahead, told_before_it_was)),
    )
    for make in makers
}
"""By name: what it must be flagged as, and how it is made."""


def attacks(seed: int) -> Iterator[Attack]:
    """Each attack once."""
    for name, (kind, maker) in ATTACKS.items():
        sent = maker(_Maker(seed, name))
        yield Attack(name, kind, sent, frozenset(map(_ref, sent)))


def honest(seed: int) -> list[Sent]:
    """A day of four patrols and posts, liaison officers that are corroborated, and repeaters."""
    make = _Maker(seed, "honest")
    sent: list[Sent] = []
    for patrol in range(4):
        source, here = f"patrol-{patrol}", LON + make.chance.uniform(-0.05, 0.05)
        for number in range(40):
            at = MORNING + timedelta(minutes=15 * number, seconds=make.chance.randrange(0, 600))
            sent.append(make.report(source, at, location=_bearings(round(here, 5))))
            here += make.chance.uniform(-0.01, 0.01)
        sent.append(_heard_of(make, sent[-1]))
    post = {"type": "point", "lon": LON, "lat": LAT, "accuracy_m": 5}
    for hour in range(10):
        at = MORNING + timedelta(hours=hour)
        until = (at + timedelta(hours=1)).isoformat()
        sent.append(
            make.report(
                "camera-1",
                at,
                means=["camera"],
                kind="coverage",
                location=post,
                observed_to=until,
                late_s=3_700,
            )
        )
        sent.append(
            make.report(
                "camera-1",
                at,
                means=["camera"],
                kind="weapon_presence",
                subject_ref="tank-1",
                location=post,
                remark=None,
            )
        )
        sent.append(
            make.report("liaison-s", at, attribution={"party": "north", "basis": "plausible"})
        )
    for number in range(60):
        at = MORNING + timedelta(seconds=4 * number)
        sent.append(make.report("camera-1", at, means=["camera"], remark="Flash."))
    return sent


def _heard_of(make: _Maker, of: Sent) -> Sent:
    """Somebody passes a report on, and says so."""
    told = of.event
    return make.report(
        "third-1",
        datetime.fromisoformat(told["observed_from"]),
        means=["third_party"],
        remark=told["remark"],
        derived_from=[told["id"]],
    )


def _ref(sent: Sent) -> str:
    return f"{sent.event['source']}/{sent.event['id']}"


def main() -> None:
    """Print the attacks of a seed."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    for attack in attacks(seed):
        events = [it.event for it in attack.sent]
        line = json.dumps({"name": attack.name, "kind": attack.kind, "events": events})
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
