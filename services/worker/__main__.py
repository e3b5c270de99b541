"""`python -m services.worker`: one worker, until SIGTERM.

Place on the data's way: started by `truceline up`, by a container, or by hand; as many as wanted.
"""

from __future__ import annotations

import asyncio
import gc

import structlog
import uvloop

from services.keyring import read_keys
from services.metrics.catalogue import Program
from services.metrics.expose import Exporter
from services.metrics.listen import listen
from services.programs import beginning
from services.settings import load_settings
from services.store.await_tables import await_tables
from services.worker.grids import Grids
from services.worker.keeper import keep_apart
from services.worker.kernels import compile_apart
from services.worker.process import make_processors
from services.worker.record import Record, make_tally
from streams.app import make_app, run_app
from streams.batching import Pulse

log = structlog.get_logger(__name__)

COLLECT_AFTER = 1_000_000
"""Net allocations before the youngest generation is looked through; some four full batches."""


def main() -> None:
    """Run a worker."""
    with beginning("worker"):
        settings = load_settings()
        database_url, bootstrap = settings.database(), settings.kafka()
        keys = read_keys(settings.producer_keys, required=settings.keys_required)
        log.info("read the producers' keys", count=len(keys), file=str(settings.producer_keys))
        grids = Grids(settings.grids, settings.grid_bytes(), compile_apart)
        tally = make_tally()
        listen(settings, Exporter(Program.WORKER, tally.figures))
        await_tables(database_url)
    _collect_rarely()
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())  # Faust makes its loops itself
    pulse = Pulse()
    reports, statuses, context = make_processors(
        database_url, bootstrap, keys, pulse.beat, Record(tally), grids
    )
    keep_apart()
    app = make_app(
        bootstrap,
        judge_reports=reports,
        fold_statuses=statuses,
        fold_context=context,
        app_id=settings.worker_group,
    )
    run_app(app, pulse)


def _collect_rarely() -> None:
    """Let the garbage collector run once in many batches, and past what is loaded now.

    A batch makes some hundred thousand small values that no cycle holds; looking through them for
    cycles while they are being made costs more than judging them (measured: 22 of 63 µs a report).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 20)


if __name__ == "__main__":
    main()
