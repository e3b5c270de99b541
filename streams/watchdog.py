"""When a consumer has silently stopped: lag on an assigned partition and no progress for too long.

Faust and aiokafka can stop without an error (faust#175, #532, aiokafka#1154). The decision is here,
pure, `now` handed in; `batching` looks at Kafka and ends the process.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """Where a partition stands: end of its log, and what this group has committed (offsets)."""

    end: int
    committed: int

    @property
    def lag(self) -> int:
        """Return the number of offsets not yet committed."""
        return self.end - self.committed


@dataclass(frozen=True, slots=True)
class Stall:
    """The partition that waited longest: its lag in offsets, and for how many seconds."""

    partition: tuple[str, int]
    lag: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Waiting:
    committed: int
    since: float


class Watchdog:
    """Remembers since when each lagging partition has stood still."""

    def __init__(self, stall_after_s: float) -> None:
        self._stall_after_s = stall_after_s
        self._waiting: dict[tuple[str, int], _Waiting] = {}

    def look(
        self,
        now: float,
        positions: Mapping[tuple[str, int], Position],
        last_sign_of_life: float,
    ) -> Stall | None:
        """Take in one look at all assigned partitions; return the stall that must end the process.

        `now` and `last_sign_of_life` are seconds of one monotonic clock; the latter is when
        processing last said that it is alive, retrying against a store that is away.
        """
        self._waiting = {
            partition: self._waited(partition, position, now)
            for partition, position in positions.items()
            if position.lag > 0
        }
        stalls = (
            Stall(partition, positions[partition].lag, now - max(waiting.since, last_sign_of_life))
            for partition, waiting in self._waiting.items()
        )
        overdue = [stall for stall in stalls if stall.seconds >= self._stall_after_s]
        return max(overdue, key=lambda stall: stall.seconds, default=None)

    def _waited(self, partition: tuple[str, int], position: Position, now: float) -> _Waiting:
        before = self._waiting.get(partition)
        if before is not None and before.committed == position.committed:
            return before
        return _Waiting(position.committed, now)
