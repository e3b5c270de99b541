"""Which offset may be committed: the end of the longest acknowledged prefix of each partition.

Stands between Kafka and the writer. Chunks of a partition are delivered in the order of its log and
acknowledged in any order; what is committed to Kafka never passes a chunk that is still in hand.
Plain bookkeeping: it knows neither Kafka nor Faust, clock nor thread.
"""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Partition = TypeVar("Partition", bound=Hashable)


@dataclass(slots=True, eq=False)
class Delivery:
    """One chunk handed out; `end` is the offset after its last record.

    `void` once its partition was forgotten or started anew: whoever owns the partition then gets
    the same records again, so processing this one is needless, and acknowledging it says nothing.
    """

    end: int
    acknowledged: bool = False
    void: bool = False

    def acknowledge(self) -> None:
        """Record that everything in the chunk is committed in the store."""
        self.acknowledged = True


@dataclass(slots=True, eq=False)
class _Line:
    """The chunks of one partition in the order of its log."""

    next_offset: int
    committable: int
    in_hand: deque[Delivery] = field(default_factory=deque)
    refused_gap: int | None = None


class PrefixLedger(Generic[Partition]):
    """Deliveries and acknowledgements of the partitions that are ours now."""

    def __init__(self) -> None:
        self._lines: dict[Partition, _Line] = {}

    def start(self, partition: Partition, offset: int) -> None:
        """Read `partition` from `offset` on; what was in hand of it before is void."""
        self.forget(partition)
        self._lines[partition] = _Line(next_offset=offset, committable=offset)

    def forget(self, partition: Partition) -> None:
        """Drop a partition that is no longer ours; acknowledgements still to come are void."""
        line = self._lines.pop(partition, None)
        for delivery in line.in_hand if line else ():
            delivery.void = True

    def partitions(self) -> tuple[Partition, ...]:
        """Return the partitions that were started and not forgotten."""
        return tuple(self._lines)

    def next_offset(self, partition: Partition) -> int | None:
        """Return the offset to deliver next, or None where the partition was not started."""
        line = self._lines.get(partition)
        return line.next_offset if line else None

    def accepts(self, partition: Partition, first: int) -> bool:
        """Say whether a chunk that begins at offset `first` may be delivered now.

        A gap is refused once, for the caller to seek back to `next_offset`: a fetch that crossed a
        seek leaves one. Met a second time at the same place, the gap is in the log itself
        (retention, a transaction's marker) and is accepted.
        """
        line = self._lines[partition]
        if first <= line.next_offset or line.refused_gap == line.next_offset:
            return True
        line.refused_gap = line.next_offset
        return False

    def deliver(self, partition: Partition, end: int) -> Delivery:
        """Hand out the records up to offset `end` (excluded); keep the answer to acknowledge it."""
        line = self._lines[partition]
        if end <= line.next_offset:
            raise ValueError(f"offsets before {line.next_offset} were delivered, not only {end}")
        delivery = Delivery(end)
        line.in_hand.append(delivery)
        line.next_offset = end
        return delivery

    def committable(self, partition: Partition) -> int | None:
        """Return the offset to commit, the next one to be read; None where nothing was started."""
        line = self._lines.get(partition)
        if line is None:
            return None
        while line.in_hand and line.in_hand[0].acknowledged:
            line.committable = line.in_hand.popleft().end
        return line.committable
