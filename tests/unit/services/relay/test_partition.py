"""A source's partition is the one that every other producer sends it to."""

from __future__ import annotations

from kafka.partitioner import DefaultPartitioner

from services.relay.partition import RememberingPartitioner


class FakeCluster:
    def __init__(self, partitions: int) -> None:
        self._partitions = set(range(partitions))

    def topics(self) -> set[str]:
        return {"topic"}

    def partitions_for_topic(self, _topic: str) -> set[int]:
        return self._partitions

    def available_partitions_for_topic(self, _topic: str) -> set[int]:
        return self._partitions


def test_a_source_has_the_partition_that_kafka_gives_it() -> None:
    ours, kafkas = RememberingPartitioner(), DefaultPartitioner()
    for partitions in (1, 4, 8):
        cluster = FakeCluster(partitions)
        for number in range(200):
            asked = ("topic", None, b"mission/source-%d" % number, None, b"", cluster)
            assert ours.partition(*asked) == kafkas.partition(*asked)


def test_partitions_that_are_added_count_from_then_on() -> None:
    ours, kafkas = RememberingPartitioner(), DefaultPartitioner()
    keys = [b"mission/source-%d" % number for number in range(50)]
    for cluster in (FakeCluster(4), FakeCluster(8)):
        asked = [("topic", None, key, None, b"", cluster) for key in keys]
        assert [ours.partition(*it) for it in asked] == [kafkas.partition(*it) for it in asked]
