"""The table of contents: topic in, stage, topic out, in order.

    truceline.reports.v1          → judge_reports   → store, truceline.rejected.v1
    truceline.corridor-status.v1  → fold_statuses   → store, truceline.rejected.v1
    truceline.context.v1          → fold_context    → store, truceline.rejected.v1

Place on the data's way: between Kafka and the worker. Faust carries chunks and looks after the
group; what a chunk means is handed in, so that nothing here does I/O of its own. One agent a topic,
concurrency 1: Faust can commit past messages in flight otherwise (faust#606).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from streams import batching
from streams.batching import Pulse
from streams.coalesce import Coalescer, Process
from streams.topics import WORKER_GROUP, TopicName


def make_app(
    bootstrap: str,
    *,
    judge_reports: Sequence[Process],
    fold_statuses: Process,
    fold_context: Process,
    app_id: str = WORKER_GROUP,
) -> Any:  # noqa: ANN401  Faust has no types
    """Make the app. Each `Process` commits a batch and returns, or raises and ends the process.

    `judge_reports` are lanes: several batches of reports may be under way, of other partitions.
    """
    app = batching.build_app(app_id=app_id, bootstrap=bootstrap)
    stages = (
        (TopicName.REPORTS, "judge_reports", Coalescer(*judge_reports)),
        (TopicName.CORRIDOR_STATUS, "fold_statuses", Coalescer(fold_statuses)),
        (TopicName.CONTEXT, "fold_context", Coalescer(fold_context)),
    )
    for topic, name, stage in stages:
        app.agent(batching.chunk_topic(app, topic), name=name, concurrency=1)(stage.run)
    return app


def run_app(app: Any, pulse: Pulse) -> NoReturn:  # noqa: ANN401  Faust has no types
    """Run the app under the watchdog, until a signal stops it."""
    batching.watch(app, pulse)
    batching.run(app)
