from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.relay.lanes import share_of
from services.store.outbox import LANES, lane_of


@given(st.integers(0, 100))
def test_the_shares_together_reach_every_lane_and_are_as_even_as_can_be(members: int) -> None:
    share = share_of(members)
    assert share * max(members, 1) >= LANES
    assert (share - 1) * max(members, 1) < LANES


@given(st.binary())
def test_every_source_has_one_lane(key: bytes) -> None:
    assert 0 <= lane_of(key) < LANES


@pytest.mark.parametrize(("key", "lane"), [(b"", 0), (b"osce-smm/patrol-1", 12)])
def test_a_lane_is_the_same_in_every_version(key: bytes, lane: int) -> None:
    assert lane_of(key) == lane
