"""The anchor of the bench: stock Faust, an agent that does nothing, records/s.

`python -m tests.bench.stock_agent BOOTSTRAP TOPIC`: reads a topic that was loaded beforehand from
its beginning, in a consumer group of its own, and counts from when it holds all partitions to the
last record that was there then. The settings are Faust's own, but for what makes it comparable:
raw values and no topics of its own. Prints one line of JSON.
"""

import argparse
import json
import logging
import os
import time
from uuid import uuid4

import faust
from kafka import KafkaConsumer, TopicPartition


def count_records(bootstrap: str, topic: str) -> int:
    """Return how many records the topic holds (no retention, no markers: offsets are a count)."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap)
    partitions = consumer.partitions_for_topic(topic) or set()
    ends = consumer.end_offsets([TopicPartition(topic, number) for number in partitions])
    consumer.close()
    return sum(ends.values())


def main() -> None:
    """Consume the whole topic once and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bootstrap")
    parser.add_argument("topic")
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    run(options.bootstrap, options.topic, count_records(options.bootstrap, options.topic))


def run(bootstrap: str, topic: str, total: int) -> None:
    """Start the worker; its agent ends the process after `total` records."""
    app = faust.App(
        f"stock-{uuid4().hex[:12]}",
        broker=f"kafka://{bootstrap}",
        store="memory://",
        autodiscover=False,
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="earliest",
        worker_redirect_stdouts=False,
    )
    started: list[float] = []

    @app.on_rebalance_complete.connect  # type: ignore[untyped-decorator]  # Faust has no types
    async def holds_all_partitions(*_: object, **__: object) -> None:
        started.append(time.monotonic())

    @app.agent(app.topic(topic, value_serializer="raw", value_type=bytes))  # type: ignore[untyped-decorator]  # Faust has no types
    async def do_nothing(stream: faust.Stream) -> None:
        seen = 0
        async for _ in stream:
            seen += 1
            if seen == total:
                report(total, time.monotonic() - started[0])

    worker = faust.Worker(app, loglevel="ERROR", redirect_stdouts=False, override_logging=False)
    worker.spinner = None
    worker.execute_from_commandline()


def report(records: int, seconds: float) -> None:
    """Print and end: `SystemExit` in an agent would not end the process."""
    figures = {"records": records, "seconds": seconds, "records_per_s": records / seconds}
    print(json.dumps(figures), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
