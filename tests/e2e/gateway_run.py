"""One crash run of the whole way: clients → gateway → relay → Kafka → worker, all of it killed.

Afterwards the same submissions are taken in, at the same instants of receipt, by another database,
and the same log is read there, by the worker's own stages in this process: every row must be the
same.
"""

from __future__ import annotations

import math
import os
import platform
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from statistics import median

import msgspec
import psycopg
from psycopg import sql

from services.gateway.posts import Post
from services.gateway.read_event import read_event
from services.gateway.take_in import take_in as store_posts
from services.local import ports
from services.local.endpoints import API_DATABASE_VARIABLE, DATABASE_VARIABLE, LISTEN_VARIABLE
from services.receipts.key_folder import make_receipt_keys, read_signer
from services.settings import GROUP_VARIABLE, RECEIPT_KEYS_VARIABLE
from services.store.engine import connect
from services.tokens.stored import Wanted, create_token
from services.tokens.token import Role, Token
from services.worker.documents import load_register
from streams.keys import EventKind
from tests.bench.load import MISSION, make_methodology
from tests.e2e.account import (
    Row,
    Store,
    account,
    differ_from_pure,
    read_log,
    read_store,
    repetitions,
)
from tests.e2e.clients import Clients, Slices
from tests.e2e.compare import OF_THE_WAY, Holdings, holdings
from tests.e2e.crash_run import ZONES, catch_up
from tests.e2e.kills import RECOVER_S, Killer, Landing, Services, Shot, Victim
from tests.e2e.load import Load, make_load, make_road_agreement
from tests.e2e.recovery import LOOK_S, Recovery
from tests.e2e.run_lines import landing_lines, table_lines
from tests.e2e.stage import CONSUMED, Stage, a_stage
from tests.integration.worker.intake import take_in
from tests.integration.worker.records import Entry

GROUP = "truceline-crash-gateway"
BATCH = 1_000
"""Records in one transaction of the run without kills."""
FINISH_S = 240.0
SLICES_A_KILL = 10
SLICES_AFTER = 20
"""Kept for after the last kill: half a minute of posts."""
IDLE_S = 1.5
RECOVERED_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run is made of."""

    reports: int
    zones: int = ZONES
    pace: float = 4.0
    """The supervisor's clock runs so many times as fast: a hundred kills in minutes would otherwise
    be a hundred pauses of half a minute each."""


SHORT = Terms(reports=1_200, zones=20, pace=8.0)
"""Small enough to be run each time: most of it is engines that start again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run ended in."""

    seed: int
    pace: float
    load: Load
    landings: Sequence[Landing]
    faults: dict[str, int]
    """What must not be, and how often it is."""
    told: Counter[str]
    """What the clients were told, how often."""
    records: int
    repeated: int
    killed: Holdings
    undisturbed: Holdings
    seconds: dict[str, float]
    restarts: Sequence[str]
    log: Path

    @property
    def inside(self) -> int:
        """How many kills landed inside a transaction."""
        return sum(landing.inside is not None for landing in self.landings)

    @property
    def recoveries(self) -> list[float]:
        """Seconds to recovery of each kill that all recovered from before the next one fell.

        Where the next one fell into the same outage, that outage counts from the last of them.
        """
        ends = [*(it.at_s for it in self.landings[1:]), math.inf]
        return [
            it.recovered_s
            for it, end in zip(self.landings, ends, strict=True)
            if it.recovered_s is not None and it.at_s + it.recovered_s <= end
        ]


def gateway_run(terms: Terms, seed: int, shots: Sequence[Shot], log: Path) -> Outcome:
    """Post the load through a gateway, all killed by the schedule; landings go to `log`."""
    seconds = _Seconds()
    agreement = make_road_agreement(terms.zones)
    with a_stage(agreement, make_methodology(), terms.pace) as stage:
        load = make_load(terms.reports, seed, stage.key)
        url = stage.make_database("killed")
        keys = stage.folder / "receipts"
        make_receipt_keys(keys, datetime.now(UTC))
        token, secret = _make_token(url)
        address, services = _start_services(stage, url, keys)
        stage.look_after()
        slices = SLICES_A_KILL * len(shots) + SLICES_AFTER
        cut = Slices(load.sendings, slices, SLICES_AFTER)
        clients = Clients(address, secret, cut, stage.folder)
        recovery = Recovery(url, clients.books)
        killer = Killer(stage, url, services, recovery.recovered, IDLE_S)
        clients.start()
        recovery.start()
        seconds.of("to start")
        for number, shot in enumerate(shots):
            killer.shoot(shot, random.Random(seed + number), clients.release)
        killer.close()
        _post_on(clients, killer, recovery)
        seconds.of("of kills")
        clients.finish(FINISH_S)
        _await_taken_in(stage, url)
        recovery.stop()
        landings = [_recovered(it, killer, recovery) for it in killer.landings]
        _write(log, landings)
        if any(it.recovered_s is None or it.recovered_s > RECOVERED_WITHIN_S for it in landings):
            sys.stdout.write(stage.story())  # whoever looks for the cause needs the logs
        seconds.of("to catch up")
        store, records = read_store(url), read_log(stage, GROUP)
        faults = account(store, load, clients.books, records, keys)
        with connect(url) as conn:
            faults["reports read otherwise than by the pure core"] = differ_from_pure(conn, store)
        faults["rows left in the outbox"] = _count(url, "outbox")
        seconds.of("to check")
        again = stage.make_database("undisturbed")
        _post_again(again, store, token, keys)
        _judge_again(again, records)
        outcome = Outcome(
            seed=seed,
            pace=terms.pace,
            load=load,
            landings=landings,
            faults=faults,
            told=clients.books.told,
            records=len(records),
            repeated=repetitions(records),
            killed=holdings(url, OF_THE_WAY),
            undisturbed=holdings(again, OF_THE_WAY),
            seconds=seconds.spent,
            restarts=tuple(stage.said),
            log=log,
        )
        seconds.of("to run again undisturbed")
        return outcome


class _Seconds:
    """How long each part took."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self.spent: dict[str, float] = {}

    def of(self, part: str) -> None:
        now = time.monotonic()
        self.spent[part], self._last = now - self._last, now


def _make_token(url: str) -> tuple[Token, str]:
    wanted = Wanted("chaos", MISSION, frozenset({Role.REPORTER, Role.CORRIDOR_OPERATOR}))
    with connect(url) as conn:
        token, secret = create_token(conn, wanted, datetime.now(UTC))
    return token, secret.text


def _start_services(stage: Stage, url: str, keys: Path) -> tuple[str, Services]:
    """Two workers, a relay and a gateway, as `truceline up` has them; the gateway's address."""
    listen = f"127.0.0.1:{ports._choose()}"  # not the default one: somebody may run there
    workers = stage.start_workers(("worker-1", "worker-2"), url, GROUP)
    relay = {DATABASE_VARIABLE: url, GROUP_VARIABLE: GROUP}
    gateway = {
        DATABASE_VARIABLE: url,
        API_DATABASE_VARIABLE: stage.api_url_of("killed"),
        LISTEN_VARIABLE: listen,
        RECEIPT_KEYS_VARIABLE: str(keys),
        GROUP_VARIABLE: GROUP,
    }
    return f"http://{listen}", {
        Victim.WORKER: workers,
        Victim.RELAY: [stage.start_service("relay", "services.relay", relay)],
        Victim.GATEWAY: [stage.start_service("gateway", "services.gateway", gateway)],
    }


def _post_on(clients: Clients, killer: Killer, recovery: Recovery) -> None:
    """Post on until all has recovered from the last kill: without a post after it none can tell."""
    fired = killer.began + killer.landings[-1].at_s
    deadline = time.monotonic() + RECOVER_S
    more = 0.0
    while recovery.recovered(fired) is None and time.monotonic() < deadline:
        if time.monotonic() > more:
            clients.release_kept()
            more = time.monotonic() + IDLE_S
        time.sleep(LOOK_S)


def _await_taken_in(stage: Stage, url: str) -> None:
    """Wait until the outbox is empty, the log is read, and what is stored is assessed.

    What a kill has lost on the way is queued again half a minute after its turn.
    """
    deadline = time.monotonic() + FINISH_S
    while time.monotonic() < deadline:
        if not _count(url, "outbox") and not any(catch_up(stage, GROUP).values()):
            missing = sum(not row.taken_in for row in read_store(url).rows)
            if not missing and not _count(url, "outbox"):
                return
        time.sleep(1.0)


def _count(url: str, table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    while True:
        try:
            with psycopg.connect(url, connect_timeout=5) as conn:
                row = conn.execute(query).fetchone()
                assert row is not None
                return int(row[0])
        except psycopg.OperationalError:  # the last kill was its own: it comes back
            time.sleep(0.1)


def _recovered(landing: Landing, killer: Killer, recovery: Recovery) -> Landing:
    return replace(landing, recovered_s=recovery.recovered(killer.began + landing.at_s))


def _write(log: Path, landings: Sequence[Landing]) -> None:
    log.write_bytes(b"".join(msgspec.json.encode(landing) + b"\n" for landing in landings))


def _post_again(url: str, store: Store, token: Token, keys: Path) -> None:
    """The same submissions at the same instants, in groups as they were, in one process."""

    def place(row: Row) -> tuple[datetime, int]:
        return row.received_at, row.revision

    with connect(url) as conn:
        for received_at, rows in groupby(sorted(store.rows, key=place), lambda it: it.received_at):
            posts = [read_event(EventKind(row.kind), row.raw, token) for row in rows]
            stored = [post for post in posts if isinstance(post, Post)]
            assert len(stored) == len(posts)
            store_posts(conn, stored, read_signer(keys, received_at), received_at)
            conn.commit()


def _judge_again(url: str, records: Sequence[Entry]) -> None:
    """The same log, as a worker reads it."""
    with connect(url) as conn:
        register = load_register(conn)
        for topic in CONSUMED:
            ours = [record for record in records if record.topic == topic]
            for at in range(0, len(ours), BATCH):
                take_in(conn, register, ours[at : at + BATCH])
                conn.commit()


def summary(outcome: Outcome) -> str:
    """The run in lines that a person can read."""
    return "\n".join(_lines(outcome))


def _lines(outcome: Outcome) -> Iterator[str]:
    load = outcome.load
    yield ""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    yield f"crash run through the gateway, seed {outcome.seed}, {machine}"
    yield (
        f"  {len(load.sendings)} events posted: {load.reports} reports, {load.sent_again} sent"
        f" again, {load.statuses} statuses, {load.poison} poison"
    )
    yield from landing_lines(outcome.landings, "recovered")
    yield from _figures(outcome)


def _figures(outcome: Outcome) -> Iterator[str]:
    yield f"  {len(outcome.landings)} kills, {outcome.inside} inside a transaction"
    for victim in Victim:
        ours = [it for it in outcome.landings if it.victim is victim]
        times = [it.recovered_s for it in ours if it.recovered_s is not None] or [0.0]
        inside = sum(it.inside is not None for it in ours)
        yield (
            f"    {victim}: {len(ours)}, {inside} inside; recovered in"
            f" {median(times):.1f} s (median), {max(times):.1f} s (longest)"
        )
    times = outcome.recoveries or [0.0]
    yield (
        f"  recovered in {median(times):.1f} s (median), {max(times):.1f} s (longest), of"
        f" {len(outcome.recoveries)} kills; the supervisor's clock ran {outcome.pace:g} times as"
        " fast"
    )
    yield "  " + ", ".join(f"{value:.0f} s {name}" for name, value in outcome.seconds.items())
    yield f"  clients were told: {', '.join(f'{n} {it}' for it, n in outcome.told.most_common())}"
    yield f"  {outcome.records} records in the log, {outcome.repeated} of them repetitions"
    for name, count in outcome.faults.items():
        yield f"  {name}: {count}"
    yield from table_lines(outcome.killed, outcome.undisturbed)
    yield f"  landings: {outcome.log}"
    yield ""
