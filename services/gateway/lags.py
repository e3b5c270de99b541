"""Lags: what waits in Kafka, for many who ask at once.

Place on the data's way: beside the questions about corridors. Asking Kafka takes a while, and an
answer of two seconds ago is as good; one thread asks, whoever needs it meanwhile waits with it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from typing import Final

from services.lag import Lag

GOOD_FOR_S: Final = 2.0
PATIENCE_S: Final = 3.0
"""Whoever waits longer is told what is told when nobody knows: nothing is shown usable then."""


class Lags:
    """Asks once for all; `measure` may take its time, and None is no answer."""

    def __init__(self, measure: Callable[[], Lag | None]) -> None:
        self._measure = measure
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lag")
        self._lock = threading.Lock()
        self._asked: Future[Lag | None] | None = None
        self._until = 0.0

    def ask(self) -> Lag | None:
        """What waits, as of two seconds ago at most; None: nobody knows. Any thread may ask."""
        with self._lock:
            asked = self._asked
            if asked is None or (asked.done() and time.monotonic() > self._until):
                self._until = time.monotonic() + GOOD_FOR_S
                asked = self._asked = self._thread.submit(self._measure)
        try:
            return asked.result(PATIENCE_S)
        except TookTooLong:
            return None  # safe: who does not know is behind

    def stop(self) -> None:
        """End; whoever waits is told nothing."""
        self._thread.shutdown(wait=False, cancel_futures=True)
