"""How many workers there are where nobody says so."""

from __future__ import annotations

import pytest

from services.cli.up import usual_workers


@pytest.mark.parametrize(("cores", "workers"), [(1, 1), (2, 1), (3, 1), (4, 2), (16, 8)])
def test_half_of_the_cores_are_left_to_what_workers_wait_for(cores: int, workers: int) -> None:
    assert usual_workers(cores) == workers
