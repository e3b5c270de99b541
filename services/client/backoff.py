"""How long to wait before the next try, and how much to send then. Pure.

Full jitter (Brooker, "Exponential Backoff and Jitter", AWS 2015): clients that lost the gateway
at one moment do not come back at one moment.
"""

from __future__ import annotations

from typing import Final

BASE_S: Final = 0.5
LONGEST_S: Final = 30.0
MOST_DOUBLINGS: Final = 16
LEAST_EVENTS: Final = 1


def wait_s(failures: int, share: float, asked_s: float | None = None) -> float:
    """Seconds until the next try.

    Args:
        failures: tries in a row that came to nothing, from 1.
        share: a random number in [0, 1).
        asked_s: what the gateway asked for (`Retry-After`): never less than that.
    """
    ceiling = min(LONGEST_S, BASE_S * (1 << min(failures, MOST_DOUBLINGS)))
    return (asked_s or 0.0) + share * ceiling


def next_size(size: int, most: int, *, came_through: bool) -> int:
    """Events of the next post: half after a loss, since a bad line cuts long posts off first."""
    return min(most, size * 2) if came_through else max(LEAST_EVENTS, size // 2)
