"""Token buckets, for every rate and every order of coming."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.bucket import NS, Buckets
from services.limits import Rate

rates = st.builds(Rate, st.integers(1, 10**6), st.integers(1, 10**6))
comings = st.lists(st.tuples(st.integers(0, 3 * NS), st.integers(1, 10**6)), max_size=30)


@given(rates, comings)
def test_never_more_than_the_rate_times_the_time_and_the_burst_comes_in(
    rate: Rate, coming: list[tuple[int, int]]
) -> None:
    buckets, now, admitted = Buckets[str](rate), 0, 0
    for pause, count in coming:
        now += pause
        if buckets.take("one", count, now) == 0:
            admitted += count
        assert admitted <= Fraction(rate.per_s * now, NS) + rate.burst


@given(rates, comings, st.integers(1, 10**6))
def test_who_waits_as_long_as_was_said_is_let_in_and_not_a_nanosecond_before(
    rate: Rate, coming: list[tuple[int, int]], wanted: int
) -> None:
    buckets, now = Buckets[str](rate), 0
    for pause, count in coming:
        now += pause
        buckets.take("one", count, now)
    wait = buckets.wait_ns("one", wanted, now)
    if wait is None:
        assert wanted > rate.burst
        return
    assert buckets.wait_ns("one", wanted, now + wait) == 0
    assert wait == 0 or buckets.wait_ns("one", wanted, now + wait - 1) != 0


@given(rates, comings)
def test_the_level_is_what_exact_arithmetic_says(rate: Rate, coming: list[tuple[int, int]]) -> None:
    buckets, now, level = Buckets[str](rate), 0, Fraction(rate.burst)
    for pause, count in coming:
        now += pause
        level = min(Fraction(rate.burst), level + Fraction(pause * rate.per_s, NS))
        assert (buckets.wait_ns("one", count, now) == 0) == (count <= level)
        if count <= level:
            buckets.take("one", count, now)
            level -= count


def test_names_have_a_bucket_each() -> None:
    buckets = Buckets[str](Rate(1, 1))
    buckets.take("one", 1, 0)
    assert buckets.wait_ns("one", 1, 0) == NS
    assert buckets.wait_ns("other", 1, 0) == 0


def test_memory_is_bounded_and_the_names_in_use_are_kept() -> None:
    buckets = Buckets[int](Rate(1, 10), names_limit=100)
    for other in range(1, 1_001):
        buckets.take(0, 0, 0)
        buckets.take(other, 1, 0)
    buckets.take(0, 10, 0)
    assert len(buckets) == 100
    assert buckets.wait_ns(0, 1, 0) == NS
