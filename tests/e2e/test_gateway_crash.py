"""The whole way is killed, again and again; every receipted report counts, and counts once."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.e2e.gateway_run import (
    RECOVERED_WITHIN_S,
    SHORT,
    Outcome,
    Terms,
    gateway_run,
    summary,
)
from tests.e2e.kills import Victim, plan

SEED = int(os.environ.get("TRUCELINE_CHAOS_SEED", "20150212"))
REPORTS = int(os.environ.get("TRUCELINE_CHAOS_REPORTS", "100000"))
KILLS = int(os.environ.get("TRUCELINE_CHAOS_KILLS", "100"))
A_FEW = {
    Victim.GATEWAY: 3,
    Victim.RELAY: 3,
    Victim.WORKER: 2,
    Victim.KAFKA: 1,  # it takes longest to come back
    Victim.POSTGRESQL: 1,
}


def _log(tmp_path: Path) -> Path:
    named = os.environ.get("TRUCELINE_CHAOS_LOG")
    return Path(named) if named else tmp_path / "landings.jsonl"


def check(outcome: Outcome) -> None:
    """What must be true at the end, whatever was killed."""
    sys.stdout.write(summary(outcome))
    told = "\n".join(outcome.restarts)
    assert not any(outcome.faults.values()), (outcome.faults, told)
    assert outcome.killed.tables == outcome.undisturbed.tables, told
    assert outcome.killed.current == outcome.undisturbed.current, told
    assert outcome.killed.incidents == outcome.undisturbed.incidents, told
    assert outcome.killed.incidents[0] > 0, told
    assert all(it.recovered_s is not None for it in outcome.landings), told
    assert max(outcome.recoveries) <= RECOVERED_WITHIN_S, told
    assert outcome.inside >= len(outcome.landings) / 3


@pytest.mark.timeout(300)
def test_a_few_kills_of_everything_lose_and_double_nothing(tmp_path: Path) -> None:
    shots = [shot._replace(waits=False) for shot in plan(SEED, A_FEW)]
    check(gateway_run(SHORT, SEED, shots, _log(tmp_path)))


@pytest.mark.slow
@pytest.mark.timeout(1_500)
def test_a_hundred_kills_among_a_hundred_thousand_reports_lose_and_double_nothing(
    tmp_path: Path,
) -> None:
    shots = plan(SEED, dict.fromkeys(Victim, KILLS // len(Victim)))
    outcome = gateway_run(Terms(REPORTS), SEED, shots, _log(tmp_path))
    check(outcome)
    for victim in Victim:
        assert sum(landing.victim is victim for landing in outcome.landings) >= KILLS * 0.15
