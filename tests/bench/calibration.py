"""Is `p_inside` as often right as it says? Reports are drawn from truths, and judged.

    python -m tests.bench.calibration            # --reports N, --faulty N, --seed S

What is counted are (report, zone) pairs. Of those that are undetermined, by decile of `p_inside`:
the mean of `p_inside` against the share of truths that do lie in the zone. Of those that are
settled: how many truths lie on the other side. No clock is involved: the same seed gives the same
table.
Writes the plot beside the page that it belongs to, docs/benchmarks/calibration.md; exit code 1
where an honest report's decile is off by more than 0.01.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely import STRtree

from geo.containment import Relation, contain
from geo.densify import spread
from geo.ellipsoid import Floats
from geo.zones import ZoneSet
from tests.bench.reliability_plot import Curve, plot
from tests.bench.truths import COARSE_POSTS, HONEST, KINDS, Draw, Fault, Reported, zones

PLOT = Path(__file__).parents[2] / "docs" / "benchmarks" / "calibration.svg"
ALLOWED = 0.01
CHUNK = 1_000_000
FAULTS = {
    "accuracy stated at half": Fault(stated=0.5),
    "accuracy stated at twice": Fault(stated=2.0),
    "bearings 10° off": Fault(bias_deg=10.0),
}


@dataclass(frozen=True)
class Tally:
    """Sums by decile of the undetermined pairs, and what was settled wrongly.

    `sums` float64[4, 10]: how many pairs, `p_inside`, truths inside, p (1 - p).
    """

    sums: Floats
    reports: int = 0
    inside: int = 0
    inside_wrong: int = 0
    outside_wrong: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.sums + other.sums,
            self.reports + other.reports,
            self.inside + other.inside,
            self.inside_wrong + other.inside_wrong,
            self.outside_wrong + other.outside_wrong,
        )

    @property
    def pairs(self) -> Floats:
        """Undetermined pairs by decile."""
        return np.asarray(self.sums[0])

    @property
    def stated(self) -> Floats:
        """Mean `p_inside` by decile; 0 where there is no pair."""
        return np.asarray(self.sums[1] / np.maximum(self.pairs, 1))

    @property
    def true(self) -> Floats:
        """Share of truths inside by decile; 0 where there is no pair."""
        return np.asarray(self.sums[2] / np.maximum(self.pairs, 1))

    @property
    def off(self) -> Floats:
        """How much more is stated than true, by decile."""
        return self.stated - self.true

    def chance(self, deviations: float) -> Floats:
        """How far that may be off by chance alone, if every pair's truth is a toss with its p."""
        return np.asarray(deviations * np.sqrt(self.sums[3]) / np.maximum(self.pairs, 1))


def measure(draw: Draw, reports: int, seed: int, fault: Fault = HONEST) -> Tally:
    """Tally of at least so many reports."""
    zone_set, total = zones(), Tally(np.zeros((4, 10)))
    for part in range(-(-reports // CHUNK)):
        rng = np.random.default_rng([seed, part])
        total += tally(zone_set, draw(rng, min(CHUNK, reports - part * CHUNK), fault))
    return total


def tally(zone_set: ZoneSet, reported: Reported) -> Tally:
    """The pairs of a batch of reports, counted."""
    found = contain(zone_set, reported.regions)
    owner, k = spread(np.diff(found.offsets)[reported.row])
    pair = found.offsets[reported.row][owner] + k
    relation, p = found.relation[pair], found.p_inside[pair]
    zone = zone_set.geometries[found.zone[pair]]
    true = shapely.contains_xy(zone, reported.lon[owner], reported.lat[owner])
    open_ = relation == Relation.UNDETERMINED
    decile = np.minimum((p[open_] * 10).astype(np.int64), 9)
    weights = (np.ones(decile.size), p[open_], true[open_], (p * (1 - p))[open_])
    spots = shapely.points(reported.lon, reported.lat)
    everywhere = STRtree(zone_set.geometries).query(spots, predicate="within").shape[1]
    settled = relation == Relation.INSIDE
    return Tally(
        np.stack([np.bincount(decile, weights=each, minlength=10) for each in weights]),
        reports=reported.lon.size,
        inside=int(settled.sum()),
        inside_wrong=int((settled & ~true).sum()),
        outside_wrong=int(everywhere - true.sum()),
    )


def main() -> None:
    """Print the tables, draw the plot."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.calibration")
    arguments.add_argument("--reports", type=int, default=2_000_000, help="of each kind")
    arguments.add_argument("--faulty", type=int, default=200_000, help="of each kind and fault")
    arguments.add_argument("--seed", type=int, default=1)
    asked = arguments.parse_args()
    honest: dict[str, Tally] = {}
    print(HONEST_HEAD)
    for kind, draw in (KINDS | COARSE_POSTS).items():
        honest[kind] = measure(draw, asked.reports, asked.seed)
        print(honest_row(kind, honest[kind]), flush=True)
    print("\n" + "\n".join(_deciles(honest)))
    faulty = dict(_faulty(asked.faulty, asked.seed))
    PLOT.write_text(drawn(honest, faulty), encoding="utf-8")
    sys.exit(any(np.abs(honest[kind].off).max() > ALLOWED for kind in KINDS))


HONEST_HEAD = (
    "| reported as | reports | undetermined pairs | farthest decile | by chance, 3 deviations "
    "| settled inside, of these wrong | settled outside, wrong |\n|---|---|---|---|---|---|---|"
)


def honest_row(kind: str, total: Tally) -> str:
    worst = int(np.argmax(np.abs(total.off)))
    cells = (
        kind,
        f"{total.reports:,}",
        f"{int(total.pairs.sum()):,}",
        f"{total.off[worst]:+.4f} (from {worst / 10:.1f})",
        f"{total.chance(3)[worst]:.4f}",
        f"{total.inside:,}, {total.inside_wrong}",
        f"{total.outside_wrong}",
    )
    return f"| {' | '.join(cells)} |"


def _deciles(honest: dict[str, Tally]) -> Iterator[str]:
    yield "| `p_inside` | " + " | ".join(honest) + " |"
    yield "|---" * (1 + len(honest)) + "|"
    for decile in range(10):
        gaps = (f"{tally.off[decile]:+.4f}" for tally in honest.values())
        yield f"| {decile / 10:.1f} to {decile / 10 + 0.1:.1f} | {' | '.join(gaps)} |"


def _faulty(reports: int, seed: int) -> Iterator[tuple[str, Tally]]:
    """Where it makes a difference: an area states no accuracy, only sectors have bearings."""
    print(
        "\n| reported as | fault | farthest decile | truly inside where `p_inside` is 0.9 to 1 "
        "| settled inside, of these wrong | settled outside, wrong |"
    )
    print("|---|---|---|---|---|---|")
    for kind, draw in KINDS.items():
        for name, fault in FAULTS.items():
            if kind == "area" or (fault.bias_deg and not kind.startswith("sectors")):
                continue
            total = measure(draw, reports, seed, fault)
            worst = int(np.argmax(np.abs(total.off)))
            cells = (
                kind,
                name,
                f"{total.off[worst]:+.3f} (from {worst / 10:.1f})",
                f"{total.true[9]:.3f}",
                f"{total.inside_wrong / max(total.inside, 1):.2%}",
                f"{total.outside_wrong / total.reports:.2%} of the reports",
            )
            print(f"| {' | '.join(cells)} |", flush=True)
            yield f"{kind}: {name}", total


def drawn(honest: dict[str, Tally], faulty: dict[str, Tally]) -> str:
    """The plot: as reported, and of circles and sectors with their faults."""
    some = {
        name: total for name, total in faulty.items() if name.startswith(("circle", "sectors of 8"))
    }
    return plot({"stated as it is": _curves(honest), "stated wrongly": _curves(some)})


def _curves(tallies: dict[str, Tally]) -> dict[str, Curve]:
    return {
        name: (total.stated[some], total.true[some])
        for name, total in tallies.items()
        for some in (total.pairs > 0,)
    }


if __name__ == "__main__":
    main()
