"""Partition: which partition of a topic a source's records go to; Kafka's own rule, remembered.

Place on the data's way: in the relay's producer. kafka-python hashes the key of each record anew,
in Python, which is a fifth of what sending costs; sources repeat.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from kafka.partitioner import DefaultPartitioner, murmur2


class RememberingPartitioner(DefaultPartitioner):
    """The default partitioner, as every producer of ours has it: a source has one partition."""

    def partition(  # noqa: PLR0913, PLR0917  kafka-python's signature
        self,
        topic: str,
        key: object,
        serialized_key: bytes | None,
        value: object,
        serialized_value: bytes | None,
        cluster: Any,  # noqa: ANN401  it has no types
    ) -> int:
        """The number of the partition."""
        partitions = cluster.partitions_for_topic(topic)
        if serialized_key is None or not partitions:
            chosen = super().partition(topic, key, serialized_key, value, serialized_value, cluster)
            return int(chosen)
        return _partition_of(serialized_key, len(partitions))


@lru_cache(maxsize=65_536)
def _partition_of(key: bytes, partitions: int) -> int:
    return int((murmur2(key) & 0x7FFF_FFFF) % partitions)
