"""Kills: what is killed when, and whether it was inside of a transaction.

An aimed kill freezes the services (SIGSTOP) when PostgreSQL shows one of their transactions with
rows written, and looks again: the client of a transaction that waits for its client can no longer
commit it. The relay's transactions are one statement each: for it a row of the outbox is held
locked until its deletion waits for it. Only what is seen so counts as a landing inside a
transaction. The others come at a random moment.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg.conninfo import conninfo_to_dict

from services.local.orphans import kill_processes
from services.local.supervisor import ServiceProcess
from tests.e2e.stage import Stage

AIM_S = 45.0
"""How long an aimed kill waits for a transaction before it goes off anyway."""
SETTLE_S = 0.05
"""How long a frozen worker's statement may take to come back to waiting for its client."""
RECOVER_S = 120.0
END_S = 10.0
"""How long a killed process may take to end: one with much memory takes a moment."""
IDLE_S = 4.0
"""After so long without work another slice of the load is let go."""


class Victim(StrEnum):
    """What is killed."""

    GATEWAY = "gateway"
    RELAY = "relay"
    WORKER = "worker"
    KAFKA = "kafka"
    POSTGRESQL = "postgresql"


class Shot(NamedTuple):
    """A kill as it is planned."""

    victim: Victim
    aimed: bool
    delay_s: float
    """How long after its slice of the load was released it is due."""
    waits: bool
    """Whether the next one waits until something was committed again."""


@dataclass(frozen=True, slots=True)
class Landing:
    """A kill as it happened."""

    at_s: float
    victim: Victim
    who: str
    aimed: bool
    inside: str | None
    """What PostgreSQL showed of the transaction it landed in; None: it landed in none."""
    recovered_s: float | None = None
    """From the kill until all went on (see `Killer.recovered`); None: nobody waited for it."""


def plan(seed: int, counts: Mapping[Victim, int]) -> list[Shot]:
    """A schedule from a seed: two thirds are aimed, of each victim alike."""
    draw = random.Random(seed)
    shots = []
    for victim, count in counts.items():
        for number in range(count):
            aimed = number % 3 < 2
            waits = draw.random() < 0.75
            shots.append(Shot(victim, aimed, draw.uniform(0.0, 1.5), waits))
    draw.shuffle(shots)
    return shots


class _Transaction(NamedTuple):
    """A service's transaction that has written rows, as pg_stat_activity shows it."""

    pid: int
    """The service's process."""
    waits: bool
    """It waits for its client: if that is frozen, it stays as it is."""
    seen: str


_OPEN = """
SELECT (regexp_match(application_name, '[0-9]+$'))[1]::int,
    state = 'idle in transaction' OR wait_event = 'ClientRead',
    format('%s after %s, xid %s', state, split_part(btrim(query, E' \n'), ' ', 1), backend_xid)
FROM pg_stat_activity
WHERE application_name ~ '^truceline (gateway|relay|reports|statuses) [0-9]+$'
    AND backend_xid IS NOT NULL AND datname = current_database()
"""

# The deletion of a row that we hold locked: it waits for us, and is not committed before we let go.
_HOLD = "SELECT count(*) FROM (SELECT 1 FROM outbox LIMIT 200 FOR UPDATE SKIP LOCKED) AS held"
_HELD_UP = """
SELECT (regexp_match(application_name, '[0-9]+$'))[1]::int,
    format('%s in %s, which waits for a lock, xid %s', state,
        split_part(btrim(query, E' \n'), ' ', 1), backend_xid)
FROM pg_stat_activity
WHERE application_name ~ '^truceline relay [0-9]+$' AND state = 'active'
    AND wait_event_type = 'Lock' AND btrim(query, E' \n') LIKE 'DELETE%'
"""
HOLD_S = 0.5
"""How long a row of the outbox is held before another is looked for."""

Services = Mapping[Victim, Sequence[ServiceProcess]]
"""The processes of each victim that is a service."""


class Killer:
    """Carries a schedule out against a stage."""

    def __init__(
        self,
        stage: Stage,
        url: str,
        services: Services,
        recovered: Callable[[float], float | None] | None = None,
        idle_s: float = IDLE_S,
    ) -> None:
        """Look at the database of a URL.

        Args:
            stage: where everything runs.
            url: the database that the services work on.
            services: what can be killed beside the engines.
            recovered: seconds from an instant (monotonic) until all went on, None: not yet.
                Without it: until an event was committed.
            idle_s: after so long without work another slice of the load is let go.
        """
        self._stage = stage
        self._url = url
        self._services = services
        # Sessions of another role show their state to a superuser alone.
        name = str(conninfo_to_dict(url)["dbname"])
        self._watched = stage.engines.postgres.url_of(name, role="postgres")
        self._recovered = recovered
        self._idle_s = idle_s
        self._conn: psycopg.Connection[tuple[object, ...]] | None = None
        self._began = time.monotonic()
        self.landings: list[Landing] = []

    def shoot(self, shot: Shot, draw: random.Random, release: Callable[[], None]) -> None:
        """Let a slice of the load go, kill while it is worked on, perhaps wait for recovery."""
        release()
        aim = self._aim_at_relay if shot.victim is Victim.RELAY else self._aim
        landing = aim(shot, release) if shot.aimed else None
        if landing is None:
            time.sleep(shot.delay_s)
            landing = self._fire(shot, self._somebody(shot.victim, draw), None)
        release()
        if shot.waits:
            landing = replace(landing, recovered_s=self._await_commit(landing, release))
        self.landings.append(landing)

    @property
    def began(self) -> float:
        """The instant (monotonic) from which landings count."""
        return self._began

    def close(self) -> None:
        """Close the connection that looks."""
        self._drop()

    def _aim(self, shot: Shot, release: Callable[[], None]) -> Landing | None:
        deadline = time.monotonic() + AIM_S
        more = time.monotonic() + self._idle_s
        while time.monotonic() < deadline:
            if time.monotonic() > more:  # all is done, or nobody works yet
                release()
                more = time.monotonic() + self._idle_s
            if not self._open():
                time.sleep(0.001)
                continue
            with self._all_frozen():
                inside = self._certain(shot.victim)
                if inside is not None and self._alive(shot.victim):
                    return self._fire(shot, inside.pid, inside.seen)
        return None

    def _aim_at_relay(self, shot: Shot, release: Callable[[], None]) -> Landing | None:
        """Hold rows of the outbox until the relay waits to delete one of them."""
        deadline = time.monotonic() + AIM_S
        more = time.monotonic() + self._idle_s
        while time.monotonic() < deadline:
            if time.monotonic() > more:
                release()
                more = time.monotonic() + self._idle_s
            # Going on is safe: the server is away, or has just gone, and with it what we held.
            with contextlib.suppress(psycopg.OperationalError):
                with psycopg.connect(self._url, connect_timeout=5) as holding:
                    landing = self._hold_up(holding, shot)
                    holding.rollback()
                if landing is not None:
                    return landing
            time.sleep(0.001)
        return None

    def _hold_up(
        self, holding: psycopg.Connection[tuple[object, ...]], shot: Shot
    ) -> Landing | None:
        until = time.monotonic() + HOLD_S
        while not holding.execute(_HOLD.encode()).fetchall()[0][0]:
            holding.rollback()
            if time.monotonic() > until:
                return None
            time.sleep(0.001)
        while time.monotonic() < until:
            for pid, seen in self._ask(_HELD_UP) or []:
                if int(str(pid)) in self._pids(Victim.RELAY):
                    return self._fire(shot, int(str(pid)), str(seen))
            time.sleep(0.002)
        return None

    def _certain(self, victim: Victim) -> _Transaction | None:
        """A transaction of a frozen service that can't go on; what still runs gets a moment.

        Where a service is the victim, one of its own.
        """
        deadline = time.monotonic() + SETTLE_S
        whose = self._pids(victim) if victim in self._services else self._pids()
        while True:
            found = [it for it in self._open() if it.pid in whose]
            # A session outlives its client for a moment: one of a client killed before is nobody's.
            waiting = [it for it in found if it.waits and all(map(_is_stopped, _family(it.pid)))]
            if waiting or not found or time.monotonic() > deadline:
                return waiting[0] if waiting else None
            time.sleep(0.002)

    def _fire(self, shot: Shot, service_pid: int, inside: str | None) -> Landing:
        at_s = time.monotonic() - self._began
        if shot.victim is Victim.POSTGRESQL:
            kill_processes("postgres", self._stage.engines.folder.path / "postgres")
            self._drop()
            who = "server and sessions"
        else:
            pid = self._kafka_pid() if shot.victim is Victim.KAFKA else service_pid
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            self._await_end(pid)
            who = f"process {pid}"
        return Landing(at_s, shot.victim, who, shot.aimed, inside)

    def _await_end(self, pid: int) -> None:
        """Wait until a killed process is gone: else the next kill could fall on it once more."""
        deadline = time.monotonic() + END_S
        while pid == self._stage.engines.kafka.pid or pid in self._pids():
            assert time.monotonic() < deadline, f"process {pid} was killed and is still there"
            time.sleep(0.005)

    def _somebody(self, victim: Victim, draw: random.Random) -> int:
        """Wait until such a victim runs; its pid if it is a service."""
        deadline = time.monotonic() + RECOVER_S
        while not self._alive(victim):
            assert time.monotonic() < deadline, (victim, self._stage.said)
            time.sleep(0.02)
        alive = self._pids(victim) if victim in self._services else []
        return draw.choice(alive) if alive else 0

    def _pids(self, victim: Victim | None = None) -> list[int]:
        """The services that run, or those of one victim."""
        chosen = self._services.values() if victim is None else [self._services[victim]]
        return [pid for processes in chosen for process in processes if (pid := process.pid)]

    def _alive(self, victim: Victim) -> bool:
        engines = self._stage.engines
        if victim is Victim.KAFKA:
            return engines.kafka.pid is not None
        if victim is Victim.POSTGRESQL:
            return engines.postgres.pid is not None
        return bool(self._pids(victim))

    def _kafka_pid(self) -> int:
        pid = self._stage.engines.kafka.pid
        assert pid is not None
        return pid

    @contextmanager
    def _all_frozen(self) -> Iterator[None]:
        pids = [one for pid in self._pids() for one in _family(pid)]
        try:
            _tell(pids, signal.SIGSTOP)
            yield
        finally:
            _tell(pids, signal.SIGCONT)

    def _await_commit(self, landing: Landing, release: Callable[[], None]) -> float:
        """Seconds from the kill until all went on."""
        fired = self._began + landing.at_s
        before: int | None = None

        def committed(_: float) -> float | None:
            nonlocal before
            known = self._known_events()
            if known is not None and before is not None and known > before:
                return time.monotonic() - fired
            before = known if before is None else before
            return None

        recovered = self._recovered or committed
        more = time.monotonic() + self._idle_s
        while (waited := recovered(fired)) is None:
            if time.monotonic() > more:  # it was done before anybody looked
                release()
                more = time.monotonic() + self._idle_s
            assert time.monotonic() - fired < RECOVER_S, (landing, self._stage.said)
            time.sleep(0.01)
        return waited

    def _known_events(self) -> int | None:
        found = self._ask("SELECT count(*) FROM event_keys")
        return None if found is None else int(str(found[0][0]))

    def _open(self) -> list[_Transaction]:
        found = self._ask(_OPEN) or []
        return [_Transaction(int(str(pid)), bool(at), str(seen)) for pid, at, seen in found]

    def _ask(self, query: str) -> list[tuple[object, ...]] | None:
        """Ask PostgreSQL; None while it is away."""
        try:
            if self._conn is None:
                self._conn = psycopg.connect(self._watched, autocommit=True, connect_timeout=5)
            return self._conn.execute(query.encode()).fetchall()
        except psycopg.OperationalError:
            self._drop()
            return None

    def _drop(self) -> None:
        if self._conn is not None:
            self._conn.close()
            self._conn = None


def _family(pid: int) -> list[int]:
    """A process and those that it has started: a gateway's store in its place."""
    # One that has gone meanwhile has no children that could go on.
    with contextlib.suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [pid, *map(int, children.split())]
    return [pid]


def _is_stopped(pid: int) -> bool:
    """Whether a process is there and stopped by a signal."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:  # it has ended
        return False
    return stat.rpartition(")")[2].split()[0] == "T"


def _tell(pids: Sequence[int], what: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):  # it was the victim
            os.kill(pid, what)
