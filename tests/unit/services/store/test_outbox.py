"""What goes together in a row of the outbox, and in which order."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from services.store.outbox import BUNDLE_BYTES, BUNDLE_EVENTS, LANES, bundles_of

SIZES = st.one_of(st.integers(1, 2_000), st.integers(1, 2 * BUNDLE_BYTES))
MESSAGES = st.lists(st.tuples(st.integers(0, LANES - 1), SIZES), max_size=400)


@given(MESSAGES)
def test_a_lanes_bundles_follow_its_messages_and_none_is_too_large(
    messages: list[tuple[int, int]],
) -> None:
    numbers = bundles_of([lane for lane, _ in messages], [size for _, size in messages])
    sizes: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    of_lane: defaultdict[int, list[int]] = defaultdict(list)
    for (lane, size), number in zip(messages, numbers, strict=True):
        sizes[lane, number].append(size)
        of_lane[lane].append(number)
    for each in of_lane.values():
        assert each == sorted(each)
        assert set(each) == set(range(each[-1] + 1))
    for bundle in sizes.values():
        assert len(bundle) <= BUNDLE_EVENTS
        assert len(bundle) == 1 or sum(bundle) <= BUNDLE_BYTES


def test_what_fits_goes_together() -> None:
    assert bundles_of([3] * 65 + [4] * 2, [400] * 67) == [0] * 64 + [1] + [0] * 2
    half = BUNDLE_BYTES // 2
    assert bundles_of([1] * 4, [half, half, 1, 2 * BUNDLE_BYTES]) == [0, 0, 1, 2]
