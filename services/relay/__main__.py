"""`python -m services.relay`: one relay, until SIGTERM.

Place on the data's way: started by `truceline up`, by a container, or by hand; one is enough, and
several share the lanes and take over from each other.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from functools import partial

import structlog

from services.lag import oldest_in_kafka
from services.metrics.catalogue import Program
from services.metrics.expose import Exporter
from services.metrics.listen import listen
from services.programs import EXIT_FAILED, beginning
from services.relay.counts import Counts
from services.relay.figures import relay_figures
from services.relay.relay import Relay
from services.relay.resend import Resender
from services.relay.send import Sender
from services.settings import load_settings
from services.store.await_tables import await_tables

log = structlog.get_logger(__name__)


def main() -> None:
    """Run a relay."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with beginning("relay"):
        settings = load_settings()
        database_url, bootstrap = settings.database(), settings.kafka()
        counts = Counts()
        listen(settings, Exporter(Program.RELAY, partial(relay_figures, settings, counts)))
        await_tables(database_url)
    relay = Relay(database_url, Sender(bootstrap), stopping, counts)
    waiting = oldest_in_kafka(bootstrap, settings.worker_group)
    resender = Resender(database_url, waiting, stopping, counts)
    log.info("relaying")
    failed = _run_together(stopping, relay.run, resender.run)
    log.info("stopped", sent=counts.sent, unsent=counts.unsent, resent=counts.resent)
    sys.exit(EXIT_FAILED if failed else 0)


def _run_together(stopping: threading.Event, *halves: Callable[[], None]) -> bool:
    """Run each in a thread until told to stop; one that fails stops the others."""
    failed = threading.Event()

    def run(half: Callable[[], None]) -> None:
        try:
            half()
        except BaseException:
            log.critical("relaying failed, stopping", exc_info=True)
            failed.set()
            stopping.set()

    # Daemons: a half that hangs in a call to an engine must not keep the process from ending.
    threads = [threading.Thread(target=run, args=[half], daemon=True) for half in halves]
    for thread in threads:
        thread.start()
    stopping.wait()
    for thread in threads:
        thread.join(timeout=STOP_S)
    return failed.is_set()


STOP_S = 10.0
"""How long a half may take to end; what is under way then is sent again by the next relay."""


if __name__ == "__main__":
    main()
