"""Keeper: keeps incidents beside a worker, in a process of its own, behind all others.

    `python -m services.worker.keeper`, started by the worker

Place on the data's way: worker → marks → **here** → incidents. To fold a zone's day may take a
second; in the worker's own interpreter every report would wait for it. It ends with the worker, at
once: what it had not committed is marked still, and the next one folds it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import Final, NoReturn

import structlog

from services.programs import EXIT_FAILED, beginning, die_with
from services.settings import load_settings
from services.store.await_tables import await_tables
from services.worker.keep_incidents import IncidentKeeper
from services.worker.kernels import LEAST_URGENT, compile_apart
from services.worker.transact import Transactor
from streams.coalesce import end_process

log = structlog.get_logger(__name__)

PAUSE_S: Final = 0.5
"""How often it is looked whether anything is marked."""
SHARE: Final = 9.0
"""It rests for so many times as long as it has worked: judging goes first, and what was marked
meanwhile is folded at once."""


def keep_apart() -> None:
    """Have incidents kept for as long as this process lives; on its main thread."""
    process = subprocess.Popen([sys.executable, "-m", "services.worker.keeper"])
    threading.Thread(target=_watch, args=(process,), name="incidents", daemon=True).start()


def _watch(process: subprocess.Popen[bytes]) -> None:
    code = process.wait()
    # Whatever it was, repetition does not mend it. What a crash here means: the marks are there
    # still, and whoever is started next folds them.
    log.critical("incidents are not kept any more, stopping", code=code)
    end_process(EXIT_FAILED)


def _keep(transactor: Transactor) -> NoReturn:
    keeper = IncidentKeeper()
    while True:
        begun = time.monotonic()
        folded = transactor.run(keeper)
        took_s = time.monotonic() - begun
        if folded:
            log.debug("folded incidents", reports=folded, took_s=round(took_s, 3))
        time.sleep(max(0.0 if folded else PAUSE_S, SHARE * took_s))


def main() -> None:
    """Run beside a worker."""
    die_with(os.getppid())
    os.nice(LEAST_URGENT)
    with beginning("incidents"):
        settings = load_settings()
        database_url = settings.database()
        await_tables(database_url)
    compile_apart(settings.grids)
    # It has no pulse of its own: where it hangs reports are judged all the same, and
    # `truceline status` says what is not folded.
    _keep(Transactor(database_url, lambda: None, name="truceline incidents"))


if __name__ == "__main__":
    main()
