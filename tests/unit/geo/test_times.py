import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geo.containment import Containment, contain
from geo.grid import gridded
from geo.shapes import Area, Circle, Region, RegionBatch
from geo.times import Times
from tests.unit.geo.zoo import zone_set


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_times_leave_out_the_pairs_that_never_meet_and_change_no_other(seed: int) -> None:
    rng = np.random.default_rng(seed)
    zones = zone_set(*(box(38.0, 48.0, 38.1 + 0.01 * z, 48.1) for z in range(12)))
    regions: list[Region] = [
        Circle(float(rng.uniform(37.98, 38.25)), 48.05, float(rng.choice([0.0, 80.0, 900.0])))
        for _ in range(70)
    ]
    regions.append(Area(box(38.08, 48.02, 38.15, 48.03)))
    batch = RegionBatch.of(regions)
    row_from = rng.integers(0, 10, batch.n)
    zone_from = rng.integers(0, 10, len(zones))
    times = Times(
        row_from=row_from,
        row_to=row_from + rng.integers(0, 4, batch.n),
        zone_from=zone_from,
        zone_to=zone_from + rng.integers(1, 6, len(zones)),
    )
    always = contain(zones, batch)
    for asked in (zones, gridded(zones, 500_000)):
        found = contain(asked, batch, times)
        for row in range(batch.n):
            kept = [
                (zone, relation, p)
                for zone, relation, p in zip(
                    *(c[always.of_row(row)].tolist() for c in columns(always)), strict=True
                )
                if times.zone_from[zone] <= times.row_to[row]
                and times.row_from[row] < times.zone_to[zone]
            ]
            got = [c[found.of_row(row)].tolist() for c in columns(found)]
            assert list(zip(*got, strict=True)) == kept


def columns(found: Containment) -> tuple[np.ndarray, ...]:
    return found.zone, found.relation, found.p_inside
