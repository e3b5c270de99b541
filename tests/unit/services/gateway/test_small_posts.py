"""Whether small posts have come lately."""

from __future__ import annotations

from services.gateway.small_posts import LATELY_S, SmallPosts


def test_a_small_post_is_remembered_for_a_while() -> None:
    now = [0.0]
    small = SmallPosts(lambda: now[0])
    assert not small.come()
    small.note()
    now[0] = LATELY_S / 2
    assert small.come()
    small.note()
    now[0] = LATELY_S
    assert small.come()
    now[0] = 2 * LATELY_S
    assert not small.come()
