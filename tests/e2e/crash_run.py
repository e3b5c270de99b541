"""One crash run: kill, restart, wait for the end, then the same log again without kills."""

from __future__ import annotations

import os
import platform
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kafka.errors import KafkaError

from tests.bench.load import make_methodology
from tests.e2e.compare import Holdings, counts, counts_due, differ_from_pure, holdings
from tests.e2e.feed import Feed
from tests.e2e.kills import Killer, Landing, Shot, Victim
from tests.e2e.load import Load, make_load, make_road_agreement
from tests.e2e.run_lines import landing_lines, table_lines
from tests.e2e.stage import Stage, a_stage

ZONES = 200
GROUP = "truceline-crash"
AGAIN = "truceline-crash-again"
CATCH_UP_S = 240.0
SLICES_A_KILL = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run ended in, beside what it had to."""

    seed: int
    load: Load
    landings: Sequence[Landing]
    slices_sent_again: int
    lag: dict[str, int]
    counts: dict[str, int]
    counts_due: dict[str, int]
    killed: Holdings
    undisturbed: Holdings
    differ_from_pure: int
    """Reports that read otherwise than the pure core reads them, without any engine."""
    seconds: dict[str, float]
    restarts: Sequence[str]

    @property
    def inside(self) -> int:
        """How many kills landed inside a transaction."""
        return sum(landing.inside is not None for landing in self.landings)


def crash_run(reports: int, seed: int, shots: Sequence[Shot]) -> Outcome:
    """Run the load through two workers, killed by the schedule, then once more undisturbed."""
    began = time.monotonic()
    with a_stage(make_road_agreement(ZONES), make_methodology()) as stage:
        load = make_load(reports, seed, stage.key)
        url = stage.make_database("killed")
        workers = stage.start_workers(("worker-1", "worker-2"), url, GROUP)
        stage.look_after()
        slices = SLICES_A_KILL * len(shots)
        feed = Feed(stage.engines.kafka.bootstrap, load.sendings, slices)
        killer = Killer(stage, url, {Victim.WORKER: workers})
        feed.start()
        started = time.monotonic()
        for number, shot in enumerate(shots):
            killer.shoot(shot, random.Random(seed + number), feed.release)
        feed.release(slices)
        killer.close()
        shot_all = time.monotonic()
        feed.finish(CATCH_UP_S)
        lag = catch_up(stage, GROUP)
        caught_up = time.monotonic()
        again = stage.make_database("undisturbed")
        stage.start_workers(("again-1", "again-2"), again, AGAIN)
        catch_up(stage, AGAIN)
        return Outcome(
            seed=seed,
            load=load,
            landings=killer.landings,
            slices_sent_again=feed.slices_sent_again,
            lag=lag,
            counts=counts(url),
            counts_due=counts_due(load),
            killed=holdings(url),
            undisturbed=holdings(again),
            differ_from_pure=differ_from_pure(url, load, stage.key),
            seconds={
                "to start": started - began,
                "of kills": shot_all - started,
                "to catch up": caught_up - shot_all,
                "to run again undisturbed": time.monotonic() - caught_up,
            },
            restarts=tuple(stage.said),
        )


def catch_up(stage: Stage, group: str) -> dict[str, int]:
    """Wait until the group has committed to the ends of the logs; the lag that is left."""
    deadline = time.monotonic() + CATCH_UP_S
    lag: dict[str, int] = {}
    while time.monotonic() < deadline:
        try:
            lag = stage.lag(group)
        except KafkaError:  # it is starting again
            time.sleep(0.5)
            continue
        if not any(lag.values()):
            break
        time.sleep(0.2)
    return lag


def summary(outcome: Outcome) -> str:
    """The run in lines that a person can read."""
    return "\n".join(_lines(outcome))


def _lines(outcome: Outcome) -> Iterator[str]:
    load = outcome.load
    yield ""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    yield f"crash run, seed {outcome.seed}, {machine}"
    yield (
        f"  {len(load.sendings)} records sent: {load.reports} reports in {load.report_versions}"
        f" versions, {load.sent_again} sent again, {load.statuses} statuses, {load.poison} poison;"
        f" {outcome.slices_sent_again} slices sent again whole"
    )
    yield from landing_lines(outcome.landings, "next commit")
    kinds = Counter(str(landing.victim) for landing in outcome.landings)
    inside = Counter(str(it.victim) for it in outcome.landings if it.inside)
    by_kind = ", ".join(f"{kind} {count} ({inside[kind]} inside)" for kind, count in kinds.items())
    yield (f"  {len(outcome.landings)} kills, {outcome.inside} inside a transaction: {by_kind}")
    yield "  " + ", ".join(f"{value:.0f} s {name}" for name, value in outcome.seconds.items())
    yield f"  read otherwise than by the pure core alone: {outcome.differ_from_pure}"
    yield f"  left uncommitted in Kafka: {sum(outcome.lag.values())}"
    for name, due in outcome.counts_due.items():
        yield f"  {name}: {outcome.counts[name]} (due {due})"
    yield from table_lines(outcome.killed, outcome.undisturbed)
    yield ""
