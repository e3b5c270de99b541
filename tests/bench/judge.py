"""Judging a history: reports a second on one core, and what recording for explanations costs.

    python -m tests.bench.judge [REPORTS] [SLICES]

The agreement is the example of the Donetsk-Luhansk contact line, the reports are its 174 real rows
told again from a seed: with another id, at another minute of three years, with another count, and

- `posts`: from where they were told, for a patrol's post and a camera stay where they are;
- `points`: at a point with 10 to 250 m of accuracy within 20 km of a post, as from a phone;
- `moved`: as told, the post moved by up to 1 km, so that no two sectors are the same.

Each slice is a history of its own, from bytes to bytes, as `truceline judge` does it. What counts
is the time of the processor, not of the clock: others may run beside it. Slices take turns. Exit
code 1 where a floor is missed.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median

import msgspec
from msgspec.structs import replace

from services.cli.judge import index_zones, result_lines, write_results
from services.documents import read_agreement_file, read_methodology_file
from streams.decode import decode_reports
from streams.events import Bearings, Count, Location, Point, Report
from streams.history import History, judge_history
from streams.inforce import Register
from streams.smm.read import read_smm_csv

EXAMPLE = Path(__file__).parents[2] / "examples" / "donetsk-luhansk"
MINUTES = 3 * 365 * 24 * 60
MOVED_OF = 200
"""Of `moved` so many times fewer: each takes milliseconds."""

TURNS = 10
FLOOR_RATE, FLOOR_KEEPING = 100_000.0, 0.02
"""Of `posts`, reports a second of the processor; of keeping what explanations need, the share."""

Place = Callable[[Random, Location | None, Sequence[Bearings]], Location | None]


def posts(_: Random, location: Location | None, __: Sequence[Bearings]) -> Location | None:
    """Where it was told from."""
    return location


def points(draw: Random, _: Location | None, known: Sequence[Bearings]) -> Location:
    """Within 20 km of a post."""
    post = draw.choice(known)
    return Point(
        lon=round(post.lon + draw.uniform(-0.27, 0.27), 5),
        lat=round(post.lat + draw.uniform(-0.18, 0.18), 5),
        accuracy_m=float(draw.randint(10, 250)),
    )


def moved(draw: Random, location: Location | None, _: Sequence[Bearings]) -> Location | None:
    """By up to a kilometre."""
    if not isinstance(location, Bearings):
        return location
    lon, lat = (
        location.lon + draw.uniform(-0.013, 0.013),
        location.lat + draw.uniform(-0.009, 0.009),
    )
    return replace(location, lon=round(lon, 5), lat=round(lat, 5))


def make_lines(rows: Sequence[Report], place: Place, count: int, seed: int) -> list[bytes]:
    """So many lines, the same ones for the same seed."""
    draw = Random(seed)
    known = [it.location for it in rows if isinstance(it.location, Bearings)]
    return [
        msgspec.json.encode(_again(draw, draw.choice(rows), place, known, n)) for n in range(count)
    ]


def _again(
    draw: Random, row: Report, place: Place, known: Sequence[Bearings], number: int
) -> Report:
    later, low = timedelta(minutes=draw.randrange(MINUTES)), draw.randint(1, 30)
    return replace(
        row,
        id=f"{row.id}-{number}",
        observed_from=row.observed_from + later,
        observed_to=row.observed_to and row.observed_to + later,
        location=place(draw, row.location, known),
        count=Count(min=low, max=low),
    )


def judge_slice(register: Register, lines: Sequence[bytes], kept: list[History] | None) -> float:
    """Seconds of the processor from the lines to the bytes of their assessments.

    Written as the command writes them, to where nothing is kept: a file's memory is not judging.

    `kept` takes what explanations are made of, and lets go of nothing: which line tells of what,
    what was known, the terms.
    """
    begun = time.process_time()
    history = judge_history(register, lines)
    if kept is not None:
        kept.append(history)
    with Path(os.devnull).open("wb") as out:
        written = write_results(result_lines((), history.told(), None), out)
    del history  # what is not kept is given back in this time as well
    took_s = time.process_time() - begun
    assert written == (len(lines), 0)
    return took_s


def told(kind: str, rates: Sequence[float], reports: int) -> str:
    """A line of the table."""
    middle, low, high = median(rates), min(rates), max(rates)
    return f"| {kind} | {reports:,} | {len(rates)} | {middle:,.0f} | {low:,.0f} to {high:,.0f} |"


def slices(count: int, parts: int) -> Iterator[tuple[int, int]]:
    """A seed and a size for each part."""
    for seed in range(parts):
        yield seed, count // parts


def main() -> None:
    """Print the table; exit code 1 where a floor is missed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    parts = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    agreement = read_agreement_file(EXAMPLE / "agreement.yaml")
    methodology = read_methodology_file(EXAMPLE / "methodology.yaml")
    register = Register((agreement,), (methodology,))
    text = (EXAMPLE / "smm_observations.csv").read_text(encoding="utf-8")
    rows = read_smm_csv(text, mission=methodology.mission, file="smm_observations.csv").reports
    gc.disable()  # as the command does, and has the zones indexed where the file is large
    register = register.indexed(index_zones)
    for warm in (make_lines(rows, posts, 2_000, 99), make_lines(rows, points, 2_000, 99)):
        judge_slice(register, warm, None)  # what is compiled or loaded at first is in no slice
    print("| reports | in all | slices | reports per CPU second, median | all slices |")
    print("|---|---|---|---|---|")
    ratios: list[float] = []
    read: list[float] = []
    reached: dict[str, float] = {}
    for name, place, total in (
        ("posts", posts, count),
        ("points", points, count),
        ("moved", moved, count // MOVED_OF),
    ):
        rates = []
        for seed, size in slices(total, parts):
            lines = make_lines(rows, place, size, seed)
            rates.append(size / judge_slice(register, lines, None))
            if name == "posts":
                read.append(size / read_slice(lines))
                ratios.append(_recording(register, lines))
        reached[name] = median(rates)
        print(told(name, rates, total), flush=True)
    print(told("`posts`, only read", read, count))
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nkeeping what explanations need: {median(ratios) - 1:+.1%} of the time of `posts`")
    print(f"({min(ratios) - 1:+.1%} to {max(ratios) - 1:+.1%}); {peak_mib:,.0f} MiB at most")
    sys.exit(0 if floors_hold(reached["posts"], median(ratios) - 1) else 1)


def floors_hold(rate: float, keeping: float) -> bool:
    """Say of each floor whether it holds; whether both do."""
    holds = {
        f"{FLOOR_RATE:,.0f} `posts` a second": rate >= FLOOR_RATE,
        f"keeping at most {FLOOR_KEEPING:.0%}": keeping <= FLOOR_KEEPING,
    }
    for name, held in holds.items():
        print(f"{name}: {'floor holds' if held else 'FLOOR MISSED'}")
    return all(holds.values())


def read_slice(lines: Sequence[bytes]) -> float:
    """Seconds of the processor from the lines to reports, no more: what nothing can be under."""
    begun = time.process_time()
    for start in range(0, len(lines), 250):
        decode_reports(lines[start : start + 250])
    return time.process_time() - begun


def _recording(register: Register, lines: Sequence[bytes]) -> float:
    """How many times as long it takes with everything kept: in small turns, either going first."""
    plain_s = recorded_s = 0.0
    kept: list[History] = []
    size = max(len(lines) // TURNS, 1)
    for turn, start in enumerate(range(0, len(lines), size)):
        some = lines[start : start + size]
        for keeps in (True, False) if turn % 2 else (False, True):
            took_s = judge_slice(register, some, kept if keeps else None)
            recorded_s += took_s * keeps
            plain_s += took_s * (not keeps)
    return recorded_s / plain_s


if __name__ == "__main__":
    main()
