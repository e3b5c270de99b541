"""The whole way is killed, again and again; every receipted report counts, and counts once."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.e2e.gateway_run import Outcome, gateway_run, summary
from tests.e2e.kills import Victim, plan

SEED = int(os.environ.get("TRUCELINE_CHAOS_SEED", "20150212"))
RECOVERED_WITHIN_S = 60.0


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
    assert len(outcome.recoveries) == len(outcome.landings), told
    assert max(outcome.recoveries) <= RECOVERED_WITHIN_S, told
    assert outcome.inside >= len(outcome.landings) / 3


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_few_kills_of_everything_lose_and_double_nothing(tmp_path: Path) -> None:
    shots = [shot._replace(waits=False) for shot in plan(SEED, dict.fromkeys(Victim, 2))]
    check(gateway_run(3_000, SEED, shots, _log(tmp_path)))


@pytest.mark.slow
@pytest.mark.timeout(1_500)
def test_a_hundred_kills_among_a_hundred_thousand_reports_lose_and_double_nothing(
    tmp_path: Path,
) -> None:
    outcome = gateway_run(100_000, SEED, plan(SEED, dict.fromkeys(Victim, 20)), _log(tmp_path))
    check(outcome)
    for victim in Victim:
        assert sum(landing.victim is victim for landing in outcome.landings) >= 15
