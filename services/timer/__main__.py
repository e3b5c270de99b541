"""`python -m services.timer`: one timer, until SIGTERM.

Place on the data's way: started by `truceline up`, by a container, or by hand; one is enough, and
several do no harm.
"""

from __future__ import annotations

import signal
import sys
import threading
from functools import partial

import structlog

from services.lag import oldest_in_kafka
from services.metrics.catalogue import Program
from services.metrics.expose import Exporter
from services.metrics.listen import listen
from services.programs import EXIT_FAILED, beginning
from services.settings import load_settings
from services.store.await_tables import await_tables
from services.timer.counts import Counts
from services.timer.figures import timer_figures
from services.timer.passed import PassedByAll
from services.timer.timer import Timer

log = structlog.get_logger(__name__)


def main() -> None:
    """Run a timer."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with beginning("timer"):
        settings = load_settings()
        database_url, bootstrap = settings.database(), settings.kafka()
        counts = Counts()
        listen(settings, Exporter(Program.TIMER, partial(timer_figures, counts)))
        await_tables(database_url)
    passed = PassedByAll(oldest_in_kafka(bootstrap, settings.worker_group))
    log.info("watching the time")
    try:
        Timer(database_url, passed, stopping, counts).run()
    except Exception:
        log.critical("the timer failed, stopping", exc_info=True)
        sys.exit(EXIT_FAILED)
    log.info("stopped", written=counts.written, superseded=counts.superseded)


if __name__ == "__main__":
    main()
