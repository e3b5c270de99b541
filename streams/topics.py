"""The topics on the data's way, as values: names, partitions and settings.

Created by our own bootstrap, never by Faust or by the broker on its own. Only the topics of stages
that exist are in `TOPICS`; each of the others is added with the stage that writes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

#: Keyed topics keep their order within a partition, so this number is chosen once and kept.
DEFAULT_PARTITIONS: Final = 8

#: The workers' consumer group: offsets are kept under this name, so it does not change.
WORKER_GROUP: Final = "truceline-worker-v1"

#: Above the 10 MB a hostile event may have: it must arrive, to be refused with its reason.
MAX_MESSAGE_BYTES: Final = 16 * 1024 * 1024

#: The store keeps everything for good; this only has to outlast the longest outage of the store.
RETENTION_MS: Final = 14 * 24 * 60 * 60 * 1000


def partition_key(mission: str, source: str) -> bytes:
    """The Kafka key of an event: one source, one partition, in the order in which it was sent."""
    return f"{mission}/{source}".encode(errors="replace")


class TopicName(StrEnum):
    """Every topic of version 1 of the wire."""

    REPORTS = "truceline.reports.v1"
    CORRIDOR_STATUS = "truceline.corridor-status.v1"
    CONTEXT = "truceline.context.v1"
    VIOLATIONS = "truceline.violations.v1"
    CORRIDOR_AVAILABILITY = "truceline.corridor-availability.v1"
    ALERTS = "truceline.alerts.v1"
    REJECTED = "truceline.rejected.v1"


@dataclass(frozen=True, slots=True)
class TopicSettings:
    """What a topic is created with; `config` are the broker's own names and values."""

    name: TopicName
    partitions: int
    config: Mapping[str, str]


def _config() -> Mapping[str, str]:
    return MappingProxyType(
        {
            "cleanup.policy": "delete",  # compaction loses history, and stalls Faust (faust#401)
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
            # Receipt is the broker's clock: a producer's clock would decide about retention too.
            "message.timestamp.type": "LogAppendTime",
            "retention.ms": str(RETENTION_MS),
        }
    )


def topics(partitions: int = DEFAULT_PARTITIONS) -> tuple[TopicSettings, ...]:
    """Return the topics that exist in this version, in the order of the data's way.

    `partitions` is for those that are consumed: it bounds how many workers share the load.
    """
    return (
        TopicSettings(TopicName.REPORTS, partitions, _config()),
        TopicSettings(TopicName.CORRIDOR_STATUS, partitions, _config()),
        TopicSettings(TopicName.CONTEXT, partitions, _config()),
        TopicSettings(TopicName.REJECTED, 1, _config()),
    )


TOPICS: Final = topics()
