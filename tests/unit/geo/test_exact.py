"""`make exact` in small: every kind of world, and that a mistake of a centimetre is seen."""

from dataclasses import replace

import numpy as np
import pytest

from geo.containment import Containment, contain
from geo.shapes import RegionBatch
from geo.zones import ZoneSet
from tests.exact.compare import Tally, compare_world
from tests.exact.monte_carlo import SHARE_ERROR, share_faults
from tests.exact.worlds import KINDS, draw_world


@pytest.mark.parametrize("kind", KINDS)
def test_contain_shapely_and_exact_oracles_agree(kind: str) -> None:
    rng, tally = np.random.default_rng([7, len(kind)]), Tally()
    compare_world(
        draw_world(kind, rng), rng, tally, reports=250, geodesic=0, shares=12, quadrature=0
    )
    assert tally.faults == []
    assert tally.total > 150


@pytest.mark.parametrize("kind", ["stars", "antimeridian"])
def test_shares_of_all_shapes_but_circles_equal_a_count(kind: str) -> None:
    rng = np.random.default_rng([8, len(kind)])
    found = list(share_faults(draw_world(kind, rng), rng, 1, hits=60_000))
    assert len(found) == 5
    assert [words for error, words in found if error > SHARE_ERROR] == []


def two_centimetres_north(zones: ZoneSet, regions: RegionBatch) -> Containment:
    """`contain` as if the map had slipped."""
    return contain(zones, replace(regions, circle_lat=regions.circle_lat + 0.02 / 111_200))


def test_a_map_that_slips_by_two_centimetres_is_found_out() -> None:
    rng, tally = np.random.default_rng(9), Tally()
    world = draw_world("stars", rng)
    shaken = {"reports": 300, "geodesic": 0, "shares": 0, "quadrature": 0}
    compare_world(world, rng, tally, **shaken, ask=two_centimetres_north)
    assert len(tally.faults) > 20
