"""A crew of relays, each in a thread, as several processes would be."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from services.relay.counts import Counts
from services.relay.relay import Relay
from services.relay.send import Sender
from services.store.engine import connect

PATIENCE_S = 30.0


class Crew:
    """Relays on one outbox."""

    def __init__(self, url: str, make_sender: Callable[[], Sender]) -> None:
        self._url = url
        self._make_sender = make_sender
        self._running: list[tuple[threading.Thread, threading.Event]] = []
        self.relays: list[Relay] = []
        self.errors: list[BaseException] = []

    def start(self) -> Relay:
        """Add a relay."""
        stopping = threading.Event()
        relay = Relay(self._url, self._make_sender(), stopping, Counts())
        thread = threading.Thread(target=self._run, args=[relay], daemon=True)
        self._running.append((thread, stopping))
        self.relays.append(relay)
        thread.start()
        return relay

    def stop(self) -> None:
        """Stop all of them."""
        for _, stopping in self._running:
            stopping.set()
        for thread, _ in self._running:
            thread.join(timeout=PATIENCE_S)
            assert not thread.is_alive()
        self._running.clear()

    def _run(self, relay: Relay) -> None:
        try:
            relay.run()
        except BaseException as error:  # noqa: BLE001  the test looks at it
            self.errors.append(error)


def waiting_rows(url: str) -> int:
    """How many rows stand in the outbox."""
    with connect(url) as conn:
        row = conn.execute("SELECT count(*) FROM outbox").fetchone()
        assert row is not None
        return int(row[0])


def until(condition: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Wait for something that must come true."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.05)
