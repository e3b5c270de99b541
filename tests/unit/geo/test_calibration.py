"""`p_inside` is as often right as it says; `make calibrate` shows the same of a million reports."""

import numpy as np
import pytest

from tests.bench.calibration import measure
from tests.bench.truths import KINDS, Draw, Fault, Hearing, in_circles

SMALL: dict[str, Draw] = KINDS | {
    "sectors of 8 points": Hearing(8, 5.0, posts=5),
    "sectors of 16 points": Hearing(16, 5.0, posts=3),
}
"""Few posts: sectors are judged one by one, and each post has its own."""
REPORTS, SEED = 12_000, 7
# Of 70 deciles one in 2,000 such tests would be farther off by chance, if each pair's truth is a
# toss with its p.
DEVIATIONS = 4.5


@pytest.mark.parametrize("kind", SMALL)
def test_as_many_truths_lie_inside_as_p_inside_says(kind: str) -> None:
    total = measure(SMALL[kind], REPORTS, SEED)
    assert total.reports >= 0.9 * REPORTS
    assert total.pairs.sum() > 1_500
    assert (np.abs(total.off) <= total.chance(DEVIATIONS)).all()
    assert (total.inside_wrong, total.outside_wrong) == (0, 0)


def test_an_accuracy_stated_too_fine_shows() -> None:
    total = measure(in_circles, REPORTS, SEED, Fault(stated=0.5))
    assert (np.abs(total.off) > total.chance(DEVIATIONS)).any()
    assert total.inside_wrong > 0
    assert total.outside_wrong > 0
