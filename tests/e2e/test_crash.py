"""Everything is killed, again and again; nothing is lost, doubled or changed by it."""

from __future__ import annotations

import os
import sys

import pytest

from tests.e2e.crash_run import Outcome, crash_run, summary
from tests.e2e.kills import Victim, plan

SEED = int(os.environ.get("TRUCELINE_CHAOS_SEED", "20150212"))

VICTIMS = {Victim.WORKER: 7, Victim.KAFKA: 6, Victim.POSTGRESQL: 7}


def check(outcome: Outcome) -> None:
    """What must be true at the end, whatever was killed."""
    sys.stdout.write(summary(outcome))
    told = "\n".join(outcome.restarts)
    assert not any(outcome.lag.values()), told
    assert outcome.counts == outcome.counts_due, told
    assert outcome.differ_from_pure == 0, told
    assert outcome.killed.tables == outcome.undisturbed.tables, told
    assert outcome.killed.current == outcome.undisturbed.current, told
    assert outcome.killed.incidents == outcome.undisturbed.incidents, told
    assert outcome.killed.incidents[0] > 0, told


@pytest.mark.timeout(180)
def test_a_few_kills_change_nothing() -> None:
    few = {Victim.WORKER: 2, Victim.KAFKA: 1, Victim.POSTGRESQL: 1}
    outcome = crash_run(5_000, SEED, plan(SEED, few))
    check(outcome)
    assert outcome.inside >= 1


@pytest.mark.slow
@pytest.mark.timeout(1_500)
def test_twenty_kills_among_fifty_thousand_reports_change_nothing() -> None:
    outcome = crash_run(50_000, SEED, plan(SEED, VICTIMS))
    check(outcome)
    assert outcome.inside >= len(outcome.landings) / 3
    for victim in VICTIMS:
        assert sum(landing.victim is victim for landing in outcome.landings) >= 5
