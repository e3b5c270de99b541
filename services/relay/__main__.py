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

from services.errors import ServiceError
from services.logs import configure_logs
from services.metrics.catalogue import Program
from services.metrics.expose import Exporter
from services.metrics.listen import listen
from services.relay.counts import Counts
from services.relay.figures import relay_figures
from services.relay.relay import Relay
from services.relay.resend import Resender, oldest_in_kafka
from services.relay.send import Sender
from services.settings import load_settings
from services.store.errors import StoreError
from services.worker.await_tables import await_tables

log = structlog.get_logger(__name__)

EXIT_UNUSABLE = 78
"""sysexits' EX_CONFIG: a person has to change something; the message says what."""
EXIT_FAILED = 70
"""sysexits' EX_SOFTWARE: something that repetition does not mend; the log says what."""


def main() -> None:
    """Run a relay."""
    configure_logs()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        settings = load_settings()
        database_url, bootstrap = settings.database(), settings.kafka()
        counts = Counts()
        listen(settings, Exporter(Program.RELAY, partial(relay_figures, settings, counts)))
        await_tables(database_url)
    except (ServiceError, StoreError) as error:
        sys.stderr.write(f"truceline relay: {error}\n")
        sys.exit(EXIT_UNUSABLE)
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
