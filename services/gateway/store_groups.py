"""Store groups: a process beside the one that answers; takes groups of posts, and commits each.

    `python -m services.gateway.store_groups FD`, started by the gateway (`writing`)

Place on the data's way: `group` → **`take_in`** → `group`. A process of its own, since one
interpreter is full before two cores are. It has one connection; it ends with the gateway, at once
where that is killed: nothing is committed that nobody waits for.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from math import inf
from typing import Final

import psycopg
import structlog

from services.gateway.agreed_names import AgreedNames
from services.gateway.frames import LENGTH, Reply, frame_of, read_posts
from services.gateway.posts import Outcome, Post, Status
from services.gateway.take_in import take_in
from services.programs import beginning, die_with
from services.receipts.key_folder import Signers
from services.settings import load_gateway_settings
from services.store.engine import Connection, connect
from services.store.errors import Fate, fate_of
from services.store.outbox import wake

log = structlog.get_logger(__name__)

STATEMENT_S: Final = 10
ATTEMPTS: Final = 3
"""A conflict ends after a run or two; a database that went away may be back at once."""
WAKE_S: Final = 0.02
"""Between two notifications of the relays: they look no more often (`services.relay.relay`), and
each is a transaction, a tenth of what a group of ten costs."""


class GroupStore:
    """Commits groups, one after another."""

    def __init__(
        self,
        url: str,
        signers: Signers,
        gateway: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._url = url
        self._signers = signers
        self._gateway = gateway
        self._now = now
        self._conn: Connection | None = None
        self._agreed_names = AgreedNames()

    def store(self, posts: Sequence[Post]) -> list[Outcome]:
        """Store a group; what came of it is committed.

        Raises:
            psycopg.Error: the database is away. What is perhaps stored counts once when it is sent
                again.
        """
        for attempt in range(ATTEMPTS):
            try:
                return self._once(posts)
            except psycopg.Error as error:
                # Going on is safe: nothing of the attempt is committed, or all of it is and the
                # next attempt finds it known, with the receipts it has.
                self.close()
                if fate_of(error) is Fate.STOP or attempt == ATTEMPTS - 1:
                    raise
                log.warning("storing again", error=str(error), attempt=attempt + 1)
                time.sleep(0.1 * attempt)
        raise AssertionError("the last attempt returns or raises")

    def wake(self) -> None:
        """Wake the relays, once all of a group is committed and told."""
        if self._conn is not None and not self._conn.closed:
            wake(self._conn)

    def close(self) -> None:
        """Let the connection go."""
        if self._conn is not None:
            # A connection that is broken anyway may fail to close; it is forgotten either way.
            with contextlib.suppress(psycopg.Error):
                self._conn.close()
            self._conn = None

    def _once(self, posts: Sequence[Post]) -> list[Outcome]:
        if self._conn is None:
            # Shown in pg_stat_activity: which gateway a transaction belongs to.
            name = f"truceline gateway {self._gateway}"
            self._conn = connect(self._url, name=name, scoped=True)
            self._conn.autocommit = True  # so that `take_in` says where transactions begin
            # What is committed long after its instant of receipt could be taken for lost.
            self._conn.execute(f"SET statement_timeout = '{STATEMENT_S}s'".encode())
        received_at = self._now()
        refusals = self._agreed_names.refusals(self._conn, posts)
        taken = [post for at, post in enumerate(posts) if at not in refusals]
        signer = self._signers.at(received_at)
        outcomes = iter(take_in(self._conn, taken, signer, received_at) if taken else ())
        return [
            Outcome(Status.REFUSED, refusal=refusals[at]) if at in refusals else next(outcomes)
            for at in range(len(posts))
        ]


def store_groups(gateway: socket.socket, store: GroupStore) -> None:
    """Store what comes from a gateway until it hangs up."""
    woken_at, unheard = -inf, False
    try:
        while True:
            if unheard and not _comes(gateway, woken_at + WAKE_S - time.monotonic()):
                # What a crash here means: all is stored and told; the relays find it when they
                # look.
                store.wake()
                woken_at, unheard = time.monotonic(), False
            body = _receive(gateway)
            if not body:
                break
            gateway.sendall(frame_of(_reply(store, read_posts(body))))
            unheard = True
    except ConnectionError:
        pass  # It is gone: who waited there has been told nothing, and sends the same again.
    finally:
        if unheard:
            store.wake()
        store.close()


def _comes(gateway: socket.socket, within_s: float) -> bool:
    """Whether more comes within this time, or the end."""
    return within_s > 0 and bool(select.select([gateway], [], [], within_s)[0])


def _reply(store: GroupStore, posts: Sequence[Post]) -> Reply:
    try:
        return Reply(store.store(posts))
    except Exception as error:  # whoever waits must be told, whatever it was
        log.exception("storing failed", events=len(posts))
        return Reply(None, str(error))


def _receive(gateway: socket.socket) -> bytes:
    """The next frame's body; empty: there will be none."""
    head = gateway.recv(LENGTH.size, socket.MSG_WAITALL)
    if len(head) < LENGTH.size:
        return b""
    (length,) = LENGTH.unpack(head)
    body = bytearray(length)
    view, got = memoryview(body), 0
    while got < length:
        more = gateway.recv_into(view[got:])
        if not more:
            return b""
        got += more
    return bytes(body)


def main() -> None:
    """Run beside a gateway."""
    parent = os.getppid()
    die_with(parent)
    # The gateway still has posts under way when it is told to end.
    with beginning("gateway"):
        settings = load_gateway_settings()
        store = GroupStore(settings.api_database(), Signers(settings.receipt_keys), parent)
    with socket.socket(fileno=int(sys.argv[1])) as gateway:
        store_groups(gateway, store)


if __name__ == "__main__":
    main()
