"""The session's engines as other tests use them."""

from uuid import uuid4

import psycopg
import sqlalchemy
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import NewTopic
from sqlalchemy import text


def test_the_database_opens_for_psycopg_and_sqlalchemy_alike(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("truceline",)
    engine = sqlalchemy.create_engine(database_url)
    with engine.connect() as opened:
        assert opened.execute(text("SHOW fsync")).scalar_one() == "on"
    engine.dispose()


def test_the_role_may_make_what_the_schema_needs(empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("CREATE EXTENSION btree_gist")
        connection.execute("CREATE TABLE t (id int) PARTITION BY RANGE (id)")


def test_a_record_of_ten_megabytes_goes_through(kafka_bootstrap: str) -> None:
    topic = f"big-{uuid4().hex}"
    admin = KafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=kafka_bootstrap, max_request_size=20_000_000)
    producer.send(topic, b"x" * 10_000_000)
    producer.flush(timeout=30)
    producer.close()
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=kafka_bootstrap,
        auto_offset_reset="earliest",
        consumer_timeout_ms=20_000,
        max_partition_fetch_bytes=20_000_000,
    )
    assert len(next(consumer).value) == 10_000_000
    consumer.close()
