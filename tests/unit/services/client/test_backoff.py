"""How long to wait: never less than asked, never in step with others, never for ever."""

from __future__ import annotations

from hypothesis import given, strategies

from services.client.backoff import BASE_S, LONGEST_S, next_size, wait_s

SHARES = strategies.floats(0, 1, exclude_max=True)


@given(strategies.integers(1, 10_000), SHARES, strategies.none() | strategies.floats(0, 1e5))
def test_a_wait_is_bounded_and_at_least_what_was_asked(
    failures: int, share: float, asked_s: float | None
) -> None:
    least = asked_s or 0.0
    assert least <= wait_s(failures, share, asked_s) <= least + LONGEST_S


def test_the_bound_doubles_until_the_longest() -> None:
    assert [wait_s(n, 1.0) for n in (1, 2, 3)] == [BASE_S * 2, BASE_S * 4, BASE_S * 8]
    assert wait_s(20, 1.0) == LONGEST_S
    assert wait_s(20, 0.0) == 0.0


@given(strategies.integers(1, 500))
def test_after_losses_single_events_are_tried_and_then_more_again(size: int) -> None:
    for _ in range(9):
        size = next_size(size, 500, came_through=False)
    assert size == 1
    for _ in range(9):
        size = next_size(size, 500, came_through=True)
    assert size == 500
