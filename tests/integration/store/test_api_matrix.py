"""Table x scope x select, insert, update, delete: what the gateway's role may, tried out.

Whatever the application above forgets, this is where missions and agreements stay apart. The tables
are those that PostgreSQL has; the scopes are of both missions with every agreement, one of its own,
the other's, none. What is expected is reckoned from the owner's look at the same rows, and marks
inside the rows say whose they are, whatever their columns say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final
from uuid import uuid4

import psycopg
import pytest
from msgspec.structs import replace
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from services.local.engines import Engines
from services.local.postgres import API_ROLE
from services.store.arrays import Uuids
from services.store.engine import Connection, connect
from services.store.rows import ContextEventRow, CorridorEventKind, CorridorEventRow, LinkRow
from services.store.scope import set_scope
from services.store.signatures import add_signature
from services.store.write import copy_rows
from streams.agreement import content_hash
from streams.signing import FORMAT, Signature, written
from streams.vocabulary import Relation
from tests.integration.gateway import seeded
from tests.integration.kept_up import keep_up
from tests.unit.services.store.sample_rows import DESK, SIGHTING, key_row, rejected_row

REFUSED: Final = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.ObjectNotInPrerequisiteState,
)
"""A missing grant and a policy that does not let by; a view of several tables."""
UNCHANGEABLE: Final = (*REFUSED, psycopg.errors.GeneratedAlways)
"""The second: a number that PostgreSQL alone gives."""


class Seen(Enum):
    """Which rows of a table a scope shows."""

    OF_AGREEMENT = auto()
    """Of its missions, and there of its agreements."""
    OF_SOURCES = auto()
    """The same, and there of movements that its sources may see."""
    OF_CASES = auto()
    """The same, and there of cases that its sources may see, without the log of custody."""
    OF_MISSION = auto()
    """Of its missions: the rows say nothing of an agreement."""
    IN_ANY_SCOPE = auto()
    """All: hashes, and nothing to read."""
    ALWAYS = auto()
    NEVER = auto()
    """The table is closed."""


class Adds(Enum):
    """Which rows a scope may add."""

    OF_AGREEMENT = auto()
    OF_MISSION = auto()
    IN_ANY_SCOPE = auto()
    NEVER = auto()


@dataclass(frozen=True)
class May:
    """A row of the matrix: a table and what the role may do with it."""

    seen: Seen
    adds: Adds = Adds.NEVER
    fills: frozenset[str] = field(default=frozenset())
    """The columns it may set."""


MATRIX: Final = {
    "agreements": May(Seen.OF_AGREEMENT),
    "agreement_signatures": May(Seen.OF_AGREEMENT),
    "methodologies": May(Seen.OF_MISSION),
    "event_keys": May(
        Seen.IN_ANY_SCOPE,
        Adds.IN_ANY_SCOPE,
        frozenset({"received_at", "vouched", "content_hash"}),
    ),
    "submissions": May(Seen.OF_MISSION, Adds.OF_MISSION),
    "receipts": May(Seen.OF_MISSION, Adds.OF_MISSION),
    "assessments": May(Seen.OF_AGREEMENT),
    "current_assessments": May(Seen.OF_AGREEMENT),
    "violations": May(Seen.OF_AGREEMENT),
    "current_violations": May(Seen.OF_AGREEMENT),
    "supersessions": May(Seen.IN_ANY_SCOPE),
    "report_links": May(Seen.NEVER),
    "corridor_events": May(Seen.OF_AGREEMENT),
    "corridor_availability": May(Seen.OF_AGREEMENT),
    "corridors_now": May(Seen.OF_AGREEMENT),
    "sightings": May(Seen.NEVER),
    "whereabouts": May(Seen.OF_AGREEMENT),
    "standing_violations": May(Seen.OF_AGREEMENT),
    "context_events": May(Seen.OF_MISSION),
    "context_generations": May(Seen.OF_AGREEMENT),
    "movement_generations": May(Seen.OF_SOURCES),
    "unheeded_movements": May(Seen.OF_SOURCES),
    "due_instants": May(Seen.OF_AGREEMENT),
    "desk_actions": May(Seen.OF_AGREEMENT, Adds.OF_AGREEMENT),
    "incident_marks": May(Seen.NEVER),
    "breaches": May(Seen.OF_AGREEMENT),
    "incidents": May(Seen.OF_AGREEMENT),
    "current_incidents": May(Seen.OF_AGREEMENT),
    "case_acts": May(Seen.OF_CASES, Adds.OF_AGREEMENT),
    "case_readers": May(Seen.OF_SOURCES, Adds.OF_AGREEMENT),
    "channel_messages": May(Seen.OF_SOURCES, Adds.OF_AGREEMENT),
    "rejected": May(Seen.OF_MISSION),
    "tokens": May(Seen.NEVER),
    "outbox": May(Seen.NEVER, Adds.IN_ANY_SCOPE),
    "resend_progress": May(Seen.NEVER),
    "shown_clocks": May(Seen.NEVER),
    "kept_up": May(Seen.NEVER),
    "alembic_version": May(Seen.ALWAYS),
}
OF_ONE: Final = {Seen.OF_AGREEMENT, Seen.OF_SOURCES, Seen.OF_CASES}
"""Of an agreement, and maybe narrower."""
FUNCTIONS: Final = {
    *("find_token", "intake_figures", "waits_unjudged"),
    *("seen_as_of", "note_kept_up", "is_kept_up", "missions_to_keep_up"),
}
"""What runs with the owner's eyes; each has tests of its own."""


@dataclass(frozen=True)
class Scope:
    """What a transaction is narrowed to."""

    missions: tuple[str, ...]
    agreements: tuple[str, ...] | None
    sources: tuple[str, ...] | None = ()
    """Those whose movements it shows; None: all."""

    def __str__(self) -> str:
        named = "every" if self.agreements is None else "+".join(self.agreements) or "none"
        spoken_for = "" if self.sources == () else f":{'+'.join(self.sources or ('every',))}"
        return f"{'+'.join(self.missions) or 'nobody'}:{named}{spoken_for}"

    def speaks_for(self, *sources: str) -> bool:
        """Whether it shows the movements of one of these."""
        return self.sources is None or not set(sources).isdisjoint(self.sources)

    def holds(self, mission: str, agreement: str | None = None) -> bool:
        """Whether it covers a mission, and an agreement of it."""
        return mission in self.missions and (
            agreement is None or self.agreements is None or agreement in self.agreements
        )


NOBODY: Final = Scope((), None)
SCOPES: Final = (
    NOBODY,
    Scope(("elsewhere",), None),
    *(
        Scope((mission,), named)
        for mission in seeded.MISSIONS
        for named in (None, ("smm-a",), ("smm-b",), ("unmil-a",), ("nothing",), ())
    ),
    Scope(tuple(seeded.MISSIONS), None),
    Scope(("smm",), None, None),
    Scope(("smm",), ("smm-b",), None),
    *(Scope(("smm",), None, (seeded.organiser(name),)) for name in ("smm-a", "unmil-a")),
    Scope(("smm",), None, ("nobody", seeded.addressed("smm-b"))),
    Scope(("smm",), None, ("patrol-1",)),
    Scope(tuple(seeded.MISSIONS), ("smm-a", "unmil-b")),
)

by_scope = pytest.mark.parametrize("scope", SCOPES, ids=str)
by_table = pytest.mark.parametrize("table", MATRIX)


def add_corridor_event(conn: Connection, mission: str, agreement: str) -> None:
    key = seeded.submission(mission, agreement, 1).key
    of = (mission, seeded.corridor(agreement), key, 1, seeded.NOW, CorridorEventKind.STATUS)
    body = f"narrative-of-{mission}-{agreement}".encode()
    copy_rows(conn, "corridor_events", [CorridorEventRow(*of, body)])


def add_sighting(conn: Connection, mission: str, agreement: str) -> None:
    key = seeded.submission(mission, agreement, 1).key
    body = f"narrative-of-{mission}-{agreement}".encode()
    seen = replace(SIGHTING, key=key, mission=mission, body=body)
    copy_rows(conn, "sightings", [seen])


def add_context(conn: Connection, mission: str, agreement: str) -> None:
    key = seeded.submission(mission, agreement, 1).key
    event = ContextEventRow(mission, key, 1, seeded.NOW, "notification", b"{}")
    copy_rows(conn, "context_events", [event])
    word = seeded.movement_word(mission, agreement)
    copy_rows(conn, "event_keys", [key_row(word)])
    copy_rows(conn, "submissions", [word])
    moved = ContextEventRow(
        mission, word.key, 1, seeded.NOW, "movement", word.raw, seeded.movement(agreement)
    )
    copy_rows(conn, "context_events", [moved])


def add_signed(conn: Connection, mission: str, agreement: str) -> None:
    document = seeded.agreement_of(mission, agreement)
    signature = Signature(
        format=FORMAT,
        agreement=document.id,
        version=document.version,
        sha256=content_hash(document),
        party="a",
        key="a-key",
        signed_at=written(seeded.NOW),
        signature="A" * 86,
    )
    add_signature(conn, signature, document, seeded.NOW)


def add_act(conn: Connection, mission: str, agreement: str) -> None:
    document = seeded.agreement_of(mission, agreement)
    act = replace(
        DESK,
        key=seeded.submission(mission, agreement, 1).key,
        mission=mission,
        item=f"violation of {agreement}",
        note=f"narrative-of-{mission}-{agreement}",
        agreement=bytes.fromhex(content_hash(document)),
    )
    copy_rows(conn, "desk_actions", [act])


def add_rest(conn: Connection, mission: str, agreement: str) -> None:
    key = seeded.submission(mission, agreement, 1).key
    refused = replace(rejected_row(f"narrative-of-{mission}-{agreement}".encode()), mission=mission)
    copy_rows(conn, "rejected", [refused])
    link = LinkRow(key, key, seeded.NOW, 1, vouched=True, relation=Relation.RETRACTS, by_id=mission)
    copy_rows(conn, "report_links", [link])
    conn.execute(
        "INSERT INTO tokens VALUES (now(), now() + '1 day', NULL, %s, %s, 'x', %s, NULL,"
        " '{reporter}', '{}')",
        [f"tok-{mission}", mission.encode().ljust(32), mission],
    )
    conn.execute(
        "INSERT INTO outbox (lane, keys, received_ats, revisions)"
        " VALUES (0, ARRAY[%s::uuid], ARRAY[now()], ARRAY[1])",
        [key],
    )


def fill(conn: Connection) -> None:
    """The seeded missions, and rows in the tables that no question reads."""
    seeded.seed(conn)
    for mission, agreements in seeded.MISSIONS.items():
        for agreement in agreements:
            add_corridor_event(conn, mission, agreement)
            add_sighting(conn, mission, agreement)
            add_context(conn, mission, agreement)
            add_signed(conn, mission, agreement)
            add_act(conn, mission, agreement)
        add_rest(conn, mission, agreements[0])
    conn.execute("INSERT INTO resend_progress VALUES (1, '2020-01-01Z')")
    conn.execute("INSERT INTO shown_clocks VALUES ('smm', now()), ('unmil', now())")
    keep_up(conn, *seeded.MISSIONS)
    conn.commit()


Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Store:
    """The gateway's connection, and what the owner sees."""

    api: Connection
    whole: dict[str, Rows]
    names: dict[bytes, str]
    """Of the agreements, by their hash."""


def everything(conn: Connection, table: str) -> Rows:
    found = conn.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
    assert found.description is not None
    names = [column.name for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


@pytest.fixture(scope="module")
def filled(store_url: str, engines: Engines) -> Iterator[Store]:
    with connect(store_url) as owner:
        fill(owner)
        whole = {table: everything(owner, table) for table in MATRIX}
    name = str(conninfo_to_dict(store_url)["dbname"])
    names = {bytes(row["hash"]): row["id"] for row in whole["agreements"]}
    with connect(engines.postgres.url_of(name, role=API_ROLE), scoped=True) as api:
        yield Store(api, whole, names)


@pytest.fixture
def store(filled: Store) -> Iterator[Store]:
    """Its work undone."""
    yield filled
    filled.api.rollback()


def enter(store: Store, scope: Scope) -> None:
    """Nobody's scope is that of a connection which never named one."""
    store.api.execute("SELECT")
    if scope != NOBODY:
        set_scope(store.api, scope.missions, scope.agreements, scope.sources)


def agreement_of(store: Store, table: str, row: dict[str, Any]) -> str:
    if table == "whereabouts":
        return str(row["zone_id"]).rpartition("-of-")[2]  # of a zone, or of a line that is crossed
    if "agreement_id" in row:
        return str(row["agreement_id"])
    if "corridor_id" in row:
        return str(row["corridor_id"]).removeprefix(seeded.corridor(""))
    return str(row["id"]) if table == "agreements" else store.names[bytes(row["agreement"])]


def hidden(table: str, scope: Scope, row: dict[str, Any]) -> bool:
    """Whether a row tells of a movement that a scope does not show."""
    if table == "context_events":
        return row["movement"] is not None
    if table == "submissions":
        return row["kind"] == "context" and scope.sources is not None
    if table == "due_instants" and row["rule"] == "check_in_overdue":
        name = row["agreement_id"]
        return not scope.speaks_for(seeded.organiser(name), seeded.addressed(name))
    if table == "due_instants" and row["rule"] == "reply_overdue":
        return not scope.speaks_for(seeded.addressed(row["agreement_id"]))
    return False


def shown(store: Store, table: str, scope: Scope, row: dict[str, Any]) -> bool:
    """Whether a scope should show a row."""
    if hidden(table, scope, row):
        return False
    match MATRIX[table].seen:
        case Seen.OF_AGREEMENT:
            return scope.holds(row["mission"], agreement_of(store, table, row))
        case Seen.OF_SOURCES:
            readers = row.get("readers") or [row["source"]]
            held = scope.holds(row["mission"], agreement_of(store, table, row))
            return held and scope.speaks_for(*readers)
        case Seen.OF_CASES:
            name = row["agreement_id"]
            may = scope.sources is None or (
                row["kind"] != "custody" and scope.speaks_for(seeded.addressed(name))
            )
            return may and scope.holds(row["mission"], name)
        case Seen.OF_MISSION:
            return scope.holds(row["mission"])
        case Seen.IN_ANY_SCOPE:
            return scope != NOBODY
        case seen:
            return seen is Seen.ALWAYS


def foreign_marks(table: str, scope: Scope) -> list[str]:
    """What no row that a scope shows may hold."""
    by_agreement = MATRIX[table].seen in OF_ONE
    return [
        mark
        for mission, agreements in seeded.MISSIONS.items()
        for agreement in agreements
        if not scope.holds(mission, agreement if by_agreement else None)
        for mark in seeded.marks(mission, agreement)
    ]


def test_every_table_has_its_row_in_the_matrix(store: Store) -> None:
    found = store.api.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT relispartition"
    )
    assert {name for (name,) in found} == set(MATRIX)


def test_every_function_that_sees_all_is_known(store: Store) -> None:
    found = store.api.execute(
        "SELECT proname FROM pg_proc WHERE prosecdef"
        " AND has_function_privilege(current_user, oid, 'EXECUTE')"
    )
    assert {name for (name,) in found} == FUNCTIONS


@by_table
def test_there_are_rows_to_hide(store: Store, table: str) -> None:
    rows = store.whole[table]
    assert rows
    if "mission" in rows[0]:
        assert {row["mission"] for row in rows} == set(seeded.MISSIONS)
    if MATRIX[table].seen in OF_ONE:
        named = {agreement_of(store, table, row) for row in rows}
        assert named == {name for names in seeded.MISSIONS.values() for name in names}


@by_scope
@by_table
def test_a_scope_shows_its_rows_and_no_other(store: Store, table: str, scope: Scope) -> None:
    enter(store, scope)
    if MATRIX[table].seen is Seen.NEVER:
        with pytest.raises(REFUSED):
            everything(store.api, table)
        return
    found = Counter(map(repr, everything(store.api, table)))
    assert found == Counter(
        repr(row) for row in store.whole[table] if shown(store, table, scope, row)
    )
    text = "\n".join(found)
    assert [mark for mark in foreign_marks(table, scope) if mark in text] == []


def copies(rows: Rows) -> Iterator[dict[str, Any]]:
    """A row of each mission, as a new one."""
    for row in {row.get("mission"): row for row in rows}.values():
        new = {name: value for name, value in row.items() if value is not None}
        if "lane" in new:
            del new["id"]  # PostgreSQL gives it
            new["keys"] = [uuid4()]
        named = {
            "key": uuid4(),
            "item": f"another than {row.get('item')}",
            "sha256": uuid4().bytes * 2,
            "number": 1_000,
        }
        yield new | {name: value for name, value in named.items() if name in new}


OF_KEYS: Final = {
    "receipts": ("keys",),
    "incident_marks": ("keys",),
    "incidents": ("joined", "parted"),
    "current_incidents": ("joined", "parted"),
}
"""The columns that hold keys, of tables whose rows are read as keys."""


def add(conn: Connection, table: str, row: dict[str, Any]) -> None:
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
    )
    # Keys are bytes, and a list of bytes is `bytea[]` to psycopg.
    of_keys = OF_KEYS.get(table, ())
    values = [Uuids.make(it) if name in of_keys else it for name, it in row.items()]
    with conn.transaction():
        conn.execute(statement, values)


@by_scope
@by_table
def test_a_scope_adds_its_rows_and_no_other(store: Store, table: str, scope: Scope) -> None:
    enter(store, scope)
    adds = MATRIX[table].adds
    for row in copies(store.whole[table]):
        held = adds is Adds.OF_AGREEMENT and scope.holds(
            row["mission"], agreement_of(store, table, row)
        )
        may = (
            held
            or (adds is Adds.OF_MISSION and scope.holds(row["mission"]))
            or (adds is Adds.IN_ANY_SCOPE and scope != NOBODY)
        )
        if may:
            add(store.api, table, row)
        else:
            with pytest.raises(REFUSED):
                add(store.api, table, row)


def change(conn: Connection, table: str, column: str) -> int:
    statement = sql.SQL("UPDATE {0} SET {1} = {1}").format(
        sql.Identifier(table), sql.Identifier(column)
    )
    with conn.transaction():
        return conn.execute(statement).rowcount


@by_table
def test_no_column_is_changed_but_what_is_filled(store: Store, table: str) -> None:
    enter(store, Scope(tuple(seeded.MISSIONS), None))
    for column in store.whole[table][0]:
        if column not in MATRIX[table].fills:
            with pytest.raises(UNCHANGEABLE):
                change(store.api, table, column)


@by_scope
@pytest.mark.parametrize("table", [table for table in MATRIX if MATRIX[table].fills])
def test_what_may_be_filled_is_filled_within_a_scope(
    store: Store, table: str, scope: Scope
) -> None:
    enter(store, scope)
    rows = 0 if scope == NOBODY else len(store.whole[table])
    for column in MATRIX[table].fills:
        assert change(store.api, table, column) == rows


@by_scope
@by_table
def test_a_scope_updates_and_deletes_nothing(store: Store, table: str, scope: Scope) -> None:
    enter(store, scope)
    first = next(name for name in store.whole[table][0] if name not in MATRIX[table].fills)
    with pytest.raises(UNCHANGEABLE):
        change(store.api, table, first)
    with pytest.raises(REFUSED), store.api.transaction():
        store.api.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
