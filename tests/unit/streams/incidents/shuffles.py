"""Shuffles: one history told in many orders, each of which must end in the same incidents.

    a history → an order of telling and taking back → folds now and then → the digest at the end

With repetitions, and with words that are taken back and said again. `make incidents-shuffled` tries
10,000.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from random import Random

import msgspec

from streams.incidents.breach import Breach
from streams.incidents.fold import incidents_digest, incidents_of
from streams.vocabulary import Verdict
from tests.unit.streams.incidents.kept import Kept, live
from tests.unit.streams.incidents.scenes import METHODOLOGY, MISSION, RULES, breach

WHOLE = 10_000
FOLDS = 4
"""At most, before everything is told."""


def history() -> list[Breach]:
    """A front that is cut, a chain over the cut-off, crowds that single reports join, two zones."""
    chance = Random(20_180_205)
    front = [breach(f"f{n}", 60 + n % 9, n * 0.7, spread_m=30) for n in range(12)]
    night = [breach(f"n{n}", -20 + 5 * n, n * 0.4, source="camera-1") for n in range(9)]
    crowds = [
        breach(
            f"c{n}",
            chance.choice([300, 330]) + chance.uniform(0, 10),
            chance.choice([0.0, 1.6]) + chance.uniform(0, 0.3),
            source=f"patrol-{n % 3}",
            zone=chance.choice(["z", "y"]),
            verdict=chance.choice([Verdict.VIOLATION, Verdict.POSSIBLE_VIOLATION]),
        )
        for n in range(16)
    ]
    bridges = [breach("b1", 305, 0.9), breach("b2", 335, 0.9), breach("nowhere", 61, spread_m=None)]
    return [*front, *night, *crowds, *bridges]


def ends(count: int, seed: int = 8) -> Iterator[str]:
    """The digest in which each of so many orders ends."""
    told = history()
    whole = live(told)
    chance = Random(seed)
    for _ in range(count):
        kept = _go(told, chance)
        assert kept.current() == whole, "what is kept is not what the set makes"
        yield _digest(kept, told, chance)


def _go(told: list[Breach], chance: Random) -> Kept:
    """Tell in some order, fold now and then, take some back and say it again."""
    kept, known = Kept(), dict[tuple[str | None, str], Breach]()
    order = chance.sample(told, len(told))
    stops = sorted(chance.sample(range(len(told)), chance.randint(0, FOLDS)))
    for number, one in enumerate(order):
        known[one.zone, one.id] = one
        if number in stops:
            kept.fold(list(known.values()))
            for taken_back in chance.sample(sorted(known, key=repr), len(known) // 4):
                del known[taken_back]
            if chance.random() < 1 / 2:
                kept.fold(list(known.values()))
            known |= {(it.zone, it.id): it for it in order[: number + 1]}
    kept.fold(list(known.values()))
    return kept


def _digest(kept: Kept, told: list[Breach], chance: Random) -> str:
    """Of the fold itself, told with repetitions, and of what is kept."""
    repeated = [*told, *chance.choices(told, k=10)]
    chance.shuffle(repeated)
    folded = incidents_digest(incidents_of(MISSION, repeated, {METHODOLOGY: RULES}))
    rows = [
        (name, msgspec.to_builtins(it.account), sorted(map(str, it.members)))
        for name, it in sorted(kept.current().items())
    ]
    return sha256(folded.encode() + msgspec.json.encode(rows, order="deterministic")).hexdigest()


def main() -> int:
    """Try as many as asked for, or `WHOLE`; 1 where they do not all end in one digest."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else WHOLE
    begun = time.process_time()
    digests = set(ends(count))
    took_s = time.process_time() - begun
    sys.stdout.write(
        f"{count:,} orders of {len(history())} breaches, {len(live(history()))} incidents:"
        f" {len(digests)} digest(s), {took_s:.0f} s of CPU\n{' '.join(sorted(digests)[:3])}\n"
    )
    return int(len(digests) != 1)


if __name__ == "__main__":
    sys.exit(main())
