from streams.topics import MAX_MESSAGE_BYTES, TOPICS, TopicName, topics


def test_a_topic_is_created_once_and_only_where_a_stage_uses_it() -> None:
    names = [topic.name for topic in TOPICS]
    assert names == [
        TopicName.REPORTS,
        TopicName.CORRIDOR_STATUS,
        TopicName.CONTEXT,
        TopicName.REJECTED,
    ]


def test_the_consumed_topics_share_the_number_of_partitions() -> None:
    assert [topic.partitions for topic in topics(3)] == [3, 3, 3, 1]


def test_every_topic_takes_ten_megabytes_by_the_brokers_clock_and_forgets_nothing_early() -> None:
    for topic in TOPICS:
        assert int(topic.config["max.message.bytes"]) == MAX_MESSAGE_BYTES > 10_000_000
        assert topic.config["message.timestamp.type"] == "LogAppendTime"
        assert topic.config["cleanup.policy"] == "delete"
