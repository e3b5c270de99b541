"""Make the topics: by us, with their settings, never by Faust or by the broker on its own.

Place on the data's way: before it, at `truceline up` and in a container's start.
"""

from __future__ import annotations

from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import TopicAlreadyExistsError

from streams.topics import DEFAULT_PARTITIONS, topics

REPLICATION = -1
"""The broker's own default: 1 on the engine we start, the user's choice on theirs."""


def make_topics(bootstrap: str, partitions: int = DEFAULT_PARTITIONS) -> None:
    """Create the topics that are not there; those that are stay as they are.

    Raises:
        kafka.errors.KafkaError: Kafka does not answer or refuses.
    """
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        present = set(admin.list_topics())
        for topic in topics(partitions):
            if topic.name in present:
                continue
            new = NewTopic(
                name=topic.name,
                num_partitions=topic.partitions,
                replication_factor=REPLICATION,
                topic_configs=dict(topic.config),
            )
            try:
                admin.create_topics([new])
            except TopicAlreadyExistsError:
                continue  # another `up` on the same Kafka was there first: what we wanted exists
    finally:
        admin.close()
