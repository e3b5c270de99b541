"""A worker whose processing writes down what it was given: `python -m ...recorder OPTIONS`.

One line a record: partition, offset, milliseconds since the broker had it, length of the body.
"""

import argparse
import logging
import time
from collections.abc import Callable
from pathlib import Path

from streams.batching import Pulse, build_app, chunk_topic, run, watch
from streams.coalesce import ChunkStream, Coalescer, Record

Process = Callable[[list[Record]], None]


def record_to(out: Path, cost_us: float) -> Process:
    file = out.open("ab")

    def process(records: list[Record]) -> None:
        time.sleep(len(records) * cost_us / 1e6)
        now_ms = time.time() * 1000
        lines = (
            f"{r.partition} {r.offset} {now_ms - r.timestamp:.1f} {len(r.value or b'')}\n"
            for r in records
        )
        file.write("".join(lines).encode())
        file.flush()

    return process


def refuse(_: list[Record]) -> None:
    raise ValueError("a mistake in the program")


def hang(_: list[Record]) -> None:
    time.sleep(3600)


def retry_for(seconds: float, pulse: Pulse, then: Process) -> Process:
    def process(records: list[Record]) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            pulse.beat()
            time.sleep(0.2)
        then(records)

    return process


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("bootstrap")
    parser.add_argument("topic")
    parser.add_argument("group")
    parser.add_argument("out", type=Path)
    parser.add_argument("--does", choices=["record", "refuse", "hang", "retry"], default="record")
    parser.add_argument("--cost-us", type=float, default=0.0)
    parser.add_argument("--retry-s", type=float, default=0.0)
    parser.add_argument("--stall-after-s", type=float, default=60.0)
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    pulse = Pulse()
    record = record_to(options.out, options.cost_us)
    process = {
        "record": record,
        "refuse": refuse,
        "hang": hang,
        "retry": retry_for(options.retry_s, pulse, record),
    }[options.does]
    coalescer = Coalescer(process)
    app = build_app(app_id=options.group, bootstrap=options.bootstrap)

    @app.agent(chunk_topic(app, options.topic))  # type: ignore[untyped-decorator]  # Faust has no types
    async def consume(stream: ChunkStream) -> None:
        await coalescer.run(stream)

    watch(app, pulse, stall_after_s=options.stall_after_s, every_s=0.5)
    run(app)


if __name__ == "__main__":
    main()
