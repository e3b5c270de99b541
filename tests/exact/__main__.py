"""`make exact`: 10M (report, zone) pairs by `contain`, plain Shapely and oracles of another kind.

    pairs      relation by `contain`, plain Shapely and exact rational arithmetic, every pair
    geodesic   relation by geographiclib's distances, some pairs of each place
    shares     p_inside of circles by Shapely's overlay, some by quadrature along geodesics: 1e-6
    counted    p_inside of Gaussians, sectors, areas and tracks by Monte Carlo, within 1e-3

Exit code 1 for one disagreement. The same seed gives the same pairs.
"""

from __future__ import annotations

import argparse
import math
import sys
import time

import numpy as np

from tests.exact.compare import Tally, compare_world
from tests.exact.monte_carlo import SHARE_ERROR, share_faults
from tests.exact.worlds import KINDS, draw_world

COUNTED = ("stars", "holes", "multipolygons", "shared_edges", "antimeridian", "2000_km", "mixed")
"""Kinds of world that regions are counted in: where a share lies between 0 and 1 often enough."""


def run(options: argparse.Namespace) -> tuple[Tally, list[float]]:
    """World after world, each kind in turn, until there are enough pairs or the time is over."""
    tally, errors, number = Tally(), list[float](), 0
    kinds = list(KINDS)
    began = time.monotonic()
    ends = began + 60 * options.minutes
    while tally.total < options.pairs and time.monotonic() < ends:
        kind = kinds[number % len(kinds)]
        rng = np.random.default_rng([options.seed, number])
        world = draw_world(kind, rng)
        compare_world(
            world,
            rng,
            tally,
            reports=options.reports,
            geodesic=options.geodesic,
            shares=options.shares,
            quadrature=options.quadrature,
        )
        if kind in COUNTED and len(errors) < options.counted:
            for error, words in share_faults(world, rng, 4):
                errors.append(error)
                if error > SHARE_ERROR:
                    tally.fault(words)
        number += 1
        print(
            f"world {number} {kind}: {tally.total:,} pairs, {tally.geodesic:,} geodesic, "
            f"{tally.shares.total():,} shares, {len(errors)} counted, "
            f"{len(tally.faults)} disagreements, {time.monotonic() - began:.0f} s",
            file=sys.stderr,
            flush=True,
        )
    return tally, errors


def summary(tally: Tally, errors: list[float], options: argparse.Namespace) -> None:
    """Print the table by kind and what else was compared."""
    print("| zones | pairs | inside | undetermined | outside |")
    print("|---|---|---|---|---|")
    for kind in (*KINDS, None):
        counts = [
            sum(n for (k, r), n in tally.pairs.items() if r == relation and kind in {None, k})
            for relation in (2, 1, 0)
        ]
        cells = [kind or "all", *(f"{n:,}" for n in (sum(counts), *counts))]
        print("| " + " | ".join(cells) + " |")
    print()
    print("| reports | pairs |")
    print("|---|---|")
    for way, count in tally.ways.items():
        print(f"| {way} | {count:,} |")
    print()
    if tally.total < options.pairs:
        print(f"the time was over: {tally.total:,} of {options.pairs:,} pairs")
    print(
        f"{tally.unsure:,} pairs within the blur of the touch tolerance (either answer is right)\n"
        f"{tally.geodesic:,} relations by geographiclib\n"
        f"{tally.shares['overlay']:,} shares of circles by overlay, {tally.shares['quadrature']:,} "
        f"by quadrature, worst error {tally.worst_share:.1e}\n"
        f"{len(errors):,} shares of other shapes by Monte Carlo, "
        f"worst error {max(errors, default=0.0):.1e}\n"
        f"{len(tally.faults)} disagreements, seed {options.seed}"
    )
    for fault in tally.faults:
        print(f"  {fault}")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=10_000_000)
    parser.add_argument(
        "--minutes", type=float, default=math.inf, help="begin no other world after so many"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reports", type=int, default=40_000, help="a world")
    parser.add_argument("--geodesic", type=int, default=60, help="pairs a world by geographiclib")
    parser.add_argument("--shares", type=int, default=100, help="shares of circles a world")
    parser.add_argument("--quadrature", type=int, default=1, help="of them by quadrature")
    parser.add_argument("--counted", type=int, default=100, help="regions by Monte Carlo, in all")
    options = parser.parse_args()
    tally, errors = run(options)
    summary(tally, errors, options)
    sys.exit(1 if tally.faults else 0)


if __name__ == "__main__":
    main()
