"""`make bench-corridors`: a year's figures and the state at an instant, as histories grow.

    python -m tests.bench.corridors [--corridors 1000] [--a-year 1000] [--years 1 3 10] [--write]
        [--keep FOLDER]

Fresh PostgreSQL, or with --keep one that is filled once and asked again by later runs; a database
for each length of history, each with the generations that a worker leaves of so many words a year
(`corridor_history`), in the order of their receipt, so that one corridor's rows lie far from each
other. Asked is by the gateway's role, under row-level security, of corridors, instants and
knowledge drawn at random; databases take turns within each round.

    at       the state at an instant as known at another (`services.timeline`)
    now      the state of one corridor now (`states_now`)
    answer   the same with what else the route tells: drawing, drafts (`ask_availability`)
    year     all figures of a year (`corridor_figures`)
    board    every corridor now (`ask_glance`)
    whole    all that is known of one corridor, which the first three read before
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

import psycopg
from msgspec.structs import astuple

from services.corridor_figures import Period, StatsAsked, corridor_figures
from services.gateway.ask_board import ask_glance
from services.gateway.ask_corridors import AvailabilityAsked, ask_availability
from services.load import load_documents
from services.local.engines import Engines
from services.local.postgres import API_ROLE
from services.store.engine import Connection, connect
from services.store.generations import known_intervals
from services.store.migrate import upgrade
from services.store.partitions import ensure_partitions
from services.store.queries.corridors import CorridorName
from services.store.rows import AvailabilityRow
from services.store.scope import set_scope
from services.timeline import TimelineAsked, states_now, timeline
from services.tokens.token import Role, Token
from streams.agreement import Agreement, Source, Validity
from streams.methodology import CorridorRules, Methodology
from streams.vocabulary import Right
from tests.bench.corridor_history import MISSION, generations, stale_after_s, words
from tests.bench.corridors_page import Figure, Size, write_page
from tests.unit.streams import builders

BEGIN: Final = datetime(2014, 1, 1, tzinfo=UTC)
YEAR: Final = timedelta(days=365)
BY: Final = timedelta(seconds=17)
"""How much later each corridor's history is than that of the one before."""
OPERATOR: Final = Source(id="operator", rights=(Right.OPEN, Right.CLOSE))
TEMPLATE: Final = "corridor-0000"
ROUNDS: Final = 5

_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid), conname
FROM pg_index LEFT JOIN pg_constraint ON conindid = indexrelid
WHERE indrelid = 'corridor_availability'::regclass
"""
_FILL = """
INSERT INTO corridor_availability
SELECT mission, 'corridor-' || lpad(n::text, 4, '0'), generation, seq,
    CASE WHEN from_instant = %(begin)s THEN from_instant ELSE from_instant + n * %(by)s END,
    CASE WHEN starts_at = %(begin)s THEN starts_at ELSE starts_at + n * %(by)s END,
    ends_at + n * %(by)s, not_valid_after + n * %(by)s, known_at + n * %(by)s, state, cause,
    cause_events, events_digest, parts, shown_from + n * %(by)s
FROM generate_series(2, (SELECT max(generation) FROM told)) AS word, LATERAL (
    SELECT * FROM told, generate_series(0, %(corridors)s - 1) AS n
    WHERE told.generation = word ORDER BY n, seq
) AS told
"""
"""Word by word, each corridor's rows of it together: in the order in which workers leave them."""
_SHOWN_AT_FIRST: Final = (
    "ALTER TABLE corridor_availability DISABLE TRIGGER history_rows",
    "UPDATE corridor_availability SET shown_from = %(begin)s",
    "ALTER TABLE corridor_availability ENABLE TRIGGER history_rows",
    "INSERT INTO kept_up VALUES (%(mission)s, '-infinity', 'infinity')",
)
"""As if it had been loaded then, and judged in time ever since."""


class Base(NamedTuple):
    """A database with its history."""

    url: str
    name: str
    years: int
    events: int
    rows: int
    bytes: int

    @property
    def end(self) -> datetime:
        """When the last word was heard, or soon after."""
        return BEGIN + self.years * YEAR


def documents(corridors: int, step: timedelta) -> tuple[Agreement, Methodology]:
    """An agreement that promises so many corridors, and how they are read."""
    valid = Validity(from_=BEGIN)
    drawn = [builders.corridor(_id(number), windows=(valid,)) for number in range(corridors)]
    rules = CorridorRules(stale_after_s=stale_after_s(step))
    return (
        builders.agreement(
            mission=MISSION, valid=valid, corridors=tuple(drawn), sources=(OPERATOR,)
        ),
        builders.methodology(mission=MISSION, valid=valid, corridor=rules),
    )


def _id(number: int) -> str:
    return f"corridor-{number:04}"


class History(NamedTuple):
    """What a corridor's words leave, from the beginning on; a shorter one is its beginning."""

    corridors: int
    a_year: int
    documents: tuple[Agreement, Methodology]
    generations: Sequence[Sequence[AvailabilityRow]]

    @classmethod
    def of(cls, corridors: int, a_year: int, years: int) -> History:
        """So many years of it."""
        step = YEAR / a_year
        loaded = documents(corridors, step)
        told = words(TEMPLATE, a_year * years, BEGIN + step, step)
        return cls(corridors, a_year, loaded, list(generations(loaded, TEMPLATE, told)))

    def rows(self, years: int) -> list[AvailabilityRow]:
        """The rows of its first years; the first generation is the loaded agreement's."""
        count = 1 + self.a_year * years
        return [row for one in self.generations[:count] for row in one]


def make_bases(engines: Engines, corridors: int, a_year: int, years: Sequence[int]) -> list[Base]:
    """A database for each length of history; those that are kept need no filling."""
    names = {of: f"corridors_{corridors}_{a_year}_{of}" for of in sorted(years)}
    missing = [of for of, name in names.items() if not _is_kept(engines, name)]
    if missing:
        history = History.of(corridors, a_year, max(missing))
        for of in missing:
            _make(engines, history, of, names[of])
    return [_base(engines, name, of, a_year * of * corridors) for of, name in names.items()]


def _is_kept(engines: Engines, name: str) -> bool:
    with psycopg.connect(engines.postgres.admin_url, autocommit=True) as admin:
        if not admin.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount:
            return False
    url = engines.postgres.url_of(name)
    with connect(url) as conn:
        # A server that was not stopped cleanly empties tables that are not logged.
        if conn.execute("SELECT FROM corridor_availability LIMIT 1").rowcount:
            return True
    with psycopg.connect(engines.postgres.admin_url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}"'.encode())
    return False


def _make(engines: Engines, history: History, years: int, name: str) -> None:
    """A database as the worker leaves it after so many years; named only when it is whole."""
    filling = f"{name}_filling"
    with psycopg.connect(engines.postgres.admin_url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{filling}"'.encode())
        admin.execute(f'CREATE DATABASE "{filling}" OWNER truceline'.encode())
        url = engines.postgres.url_of(filling)
        upgrade(url)
        with connect(url) as conn:
            ensure_partitions(conn, BEGIN)
            load_documents(conn, history.documents, BEGIN)
            for statement in _SHOWN_AT_FIRST:
                conn.execute(statement, {"mission": MISSION, "begin": BEGIN})
            _fill(conn, history.rows(years), history.corridors)
        admin.execute(f'ALTER DATABASE "{filling}" RENAME TO "{name}"'.encode())


def _base(engines: Engines, name: str, years: int, events: int) -> Base:
    url = engines.postgres.url_of(name)
    upgrade(url)
    with connect(url) as conn:
        (count, size) = conn.execute(
            "SELECT count(*), pg_total_relation_size('corridor_availability')"
            " FROM corridor_availability"
        ).fetchone() or (0, 0)
    return Base(url, name, years, events, count, size)


def _fill(conn: Connection, rows: Sequence[AvailabilityRow], corridors: int) -> None:
    """Write them for every corridor; indexes afterwards, which takes a tenth of the time."""
    conn.execute("CREATE TEMP TABLE told (LIKE corridor_availability)")
    columns = ", ".join(type(rows[0]).__struct_fields__)
    with conn.cursor().copy(f"COPY told ({columns}) FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(astuple(row))
    conn.execute("CREATE INDEX ON told (generation)")
    conn.execute("ANALYZE told")
    indexes = conn.execute(_INDEXES).fetchall()
    conn.execute("ALTER TABLE corridor_availability SET UNLOGGED")
    for index, _, constraint in indexes:
        drop = f"ALTER TABLE corridor_availability DROP CONSTRAINT {constraint}"
        conn.execute((drop if constraint else f"DROP INDEX {index}").encode())
    conn.execute(_FILL, {"begin": BEGIN, "by": BY, "corridors": corridors})
    conn.execute("SET maintenance_work_mem = '1GB'")
    for index, definition, constraint in indexes:
        conn.execute(definition.encode())
        if constraint:
            made = f"ADD CONSTRAINT {constraint} PRIMARY KEY USING INDEX {index}"
            conn.execute(f"ALTER TABLE corridor_availability {made}".encode())
    conn.commit()
    conn.autocommit = True
    conn.execute("VACUUM ANALYZE corridor_availability")
    conn.autocommit = False


class Asker:
    """Asks one database as the gateway does, and notes how long it took."""

    def __init__(self, base: Base, api_url: str, corridors: int) -> None:
        self.base = base
        self._draw = Random(1)
        self._corridors = corridors
        self._conn = connect(api_url, scoped=True)
        self.taken_ms: dict[str, list[float]] = {}
        self._now = base.end + timedelta(days=2)
        self._token = Token(
            *("bench", "bench", MISSION, None),
            *(frozenset({Role.COORDINATOR}), frozenset()),
            *(BEGIN, self._now + YEAR),
        )

    def ask(self, what: str, count: int) -> None:
        """Ask so often, each a transaction of its own."""
        question: Callable[[], object] = getattr(self, f"_{what}")
        for _ in range(count):
            with self._conn.transaction():
                set_scope(self._conn, [MISSION])
                start = time.perf_counter()
                found = question()
                self.taken_ms.setdefault(what, []).append((time.perf_counter() - start) * 1e3)
            assert found, what

    def _name(self) -> CorridorName:
        return CorridorName(MISSION, _id(self._draw.randrange(self._corridors)))

    def _instant(self) -> datetime:
        return BEGIN + self._draw.random() * (self.base.end - BEGIN)

    def _at(self) -> object:
        at, known_at = self._instant(), self._draw.choice([self._now, self._instant()])
        asked = TimelineAsked(self._name(), max(at, known_at), since=at, until=at)
        return timeline(self._conn, asked, self._now)

    def _now_(self) -> object:
        return states_now(self._conn, [self._name()], self._now)

    def _answer(self) -> object:
        at = self._instant()
        asked = AvailabilityAsked(self._name().corridor_id, at, None, None, None, 100)
        return ask_availability(self._conn, self._token, self._now, asked).told

    def _year(self) -> object:
        since = BEGIN + self._draw.randrange(self.base.years) * YEAR
        period = Period(since, since + YEAR, self._now)
        asked = StatsAsked(self._name(), since, since + YEAR)
        found = corridor_figures(self._conn, asked, period)
        assert found[0].minutes == YEAR / timedelta(minutes=1)
        return found

    def _board(self) -> object:
        ids = [_id(number) for number in range(self._corridors)]
        return ask_glance(self._conn, self._token, self._now, ids)

    def _whole(self) -> object:
        return known_intervals(self._conn, *self._name(), self._now).intervals


COUNTS: Final = {"at": 200, "now_": 100, "answer": 40, "year": 12, "board": 1, "whole": 2}
"""How often each is asked in a round."""


def measure(askers: Sequence[Asker]) -> list[Size]:
    """Ask in turns, after a round that does not count."""
    for counted in (False, True):
        for asker in askers:
            asker.taken_ms.clear()
        for _ in range(ROUNDS if counted else 1):
            for what, count in COUNTS.items():
                for asker in askers:
                    asker.ask(what, count)
    return [_size(asker) for asker in askers]


def _size(asker: Asker) -> Size:
    base = asker.base
    figures = {what.strip("_"): _figure(ms) for what, ms in asker.taken_ms.items()}
    return Size(base.events, base.rows, base.bytes, figures)


def _figure(taken_ms: Sequence[float]) -> Figure:
    taken = sorted(taken_ms)
    return Figure(len(taken), statistics.median(taken), taken[int(0.99 * (len(taken) - 1))])


def main() -> None:
    """Fill, ask, print; with --write also the page and the plot."""
    asked = _arguments()
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="truceline-bench-"))
    # Kafka is not asked here: an address that is given is not started.
    engines = Engines(folder, given_kafka_bootstrap="127.0.0.1:1")
    try:
        engines.start()
        bases = make_bases(engines, asked.corridors, asked.a_year, asked.years)
        postgres = engines.postgres
        askers = [
            Asker(base, postgres.url_of(base.name, role=API_ROLE), asked.corridors)
            for base in bases
        ]
        sizes = measure(askers)
    finally:
        engines.stop()
        if not asked.keep:
            shutil.rmtree(folder, ignore_errors=True)
    for size in sizes:
        print(size)
    if asked.write:
        write_page(Path("docs/benchmarks"), asked.corridors, sizes)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corridors", type=int, default=1_000)
    parser.add_argument("--a-year", type=int, default=1_000)
    parser.add_argument("--years", type=int, nargs="+", default=[1, 3, 10])
    parser.add_argument("--write", action="store_true", help="the page and the plot")
    parser.add_argument("--keep", type=Path, help="fill the databases there, for later runs too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
