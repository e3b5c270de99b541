"""What the gateway's role may see, add and change, asked of PostgreSQL itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from msgspec.structs import replace
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from services.local.engines import Engines
from services.local.postgres import API_ROLE
from services.store.api_role import require_api_role
from services.store.engine import Connection, connect
from services.store.errors import ApiRoleError
from services.store.migrate import engine
from services.store.models import Base
from services.store.partitions import Month
from services.store.revision import check_version
from services.store.rows import (
    AvailabilityRow,
    BatchRows,
    ContextEventRow,
    ContextGenerationRow,
    CorridorEventKind,
    CorridorEventRow,
    ReceiptRow,
    Row,
)
from services.store.scope import set_scope
from services.store.tables import HISTORY_TABLES
from services.store.write import copy_batch, copy_rows
from tests.unit.services.store.sample_rows import (
    CASE_ACT,
    CASE_READER,
    DESK,
    DUE,
    LETTER,
    NOW,
    SIGHTING,
    STANDING,
    WHEREABOUTS,
    add_report,
    add_retraction,
    key_row,
    rejected_row,
    submission,
)

ROOT = Path(__file__).parents[3]
MISSIONS = ("smm", "unmil")
AGREEMENTS = {"smm": ("smm-a", "smm-b"), "unmil": ("unmil-a",)}
OF_MISSION = (
    "agreements",
    "methodologies",
    "submissions",
    "receipts",
    "assessments",
    "violations",
    "corridor_events",
    "corridor_availability",
    "whereabouts",
    "standing_violations",
    "context_events",
    "context_generations",
    "due_instants",
    "desk_actions",
    "rejected",
    "current_assessments",
    "current_violations",
    "corridors_now",
)
WITHOUT_MISSION = ("supersessions", "event_keys")
INSERTED = {
    *("submissions", "receipts", "event_keys", "outbox"),
    *("desk_actions", "case_acts", "case_readers", "channel_messages"),
}
REFUSED = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.ObjectNotInPrerequisiteState,
)
"""Row-level security refuses with the same code as a missing grant; the second: a view of several
tables can be written by nobody."""


def hash_of(agreement: str) -> bytes:
    return sha256(agreement.encode()).digest()


def rows_of(mission: str) -> BatchRows:
    """A violation under each of a mission's agreements, one of them retracted; all tables."""
    rows = BatchRows()
    for number, name in enumerate(AGREEMENTS[mission]):
        of_one = BatchRows()
        report = submission(number, source=f"{mission}-{number}")
        add_report(of_one, report, violates=True)
        if number == 0:
            add_retraction(of_one, report, submission(9, source=f"{mission}-0"))
        rows.keys.extend(of_one.keys)
        rows.submissions.extend(replace(r, mission=mission) for r in of_one.submissions)
        under = hash_of(name)
        rows.assessments.extend(
            replace(r, mission=mission, agreement=under) for r in of_one.assessments
        )
        rows.violations.extend(
            replace(r, mission=mission, agreement=under) for r in of_one.violations
        )
        rows.supersessions.extend(of_one.supersessions)
        rows.links.extend(of_one.links)
    rows.rejected.append(replace(rejected_row(mission.encode()), mission=mission))
    rows.corridor_events.append(
        CorridorEventRow(
            mission, "route", rows.keys[0].key, 1, NOW, CorridorEventKind.STATUS, b"{}"
        )
    )
    rows.context_events.append(
        ContextEventRow(mission, rows.keys[0].key, 1, NOW, "notification", b"{}")
    )
    return rows


def fill(conn: Connection, mission: str) -> None:
    rows = rows_of(mission)
    copy_batch(conn, rows)
    more: dict[str, list[Row]] = {
        "receipts": [
            ReceiptRow(row.key, NOW, row.revision, mission, "rk-1", bytes(64), [row.key])
            for row in rows.submissions
        ],
        "sightings": [replace(SIGHTING, mission=mission)],
        "whereabouts": [replace(WHEREABOUTS, mission=mission)],
        "due_instants": [
            replace(DUE, mission=mission, agreement_id=name) for name in AGREEMENTS[mission]
        ],
        "desk_actions": [
            replace(DESK, item=f"{number}", key=row.key, mission=mission, agreement=row.agreement)
            for number, row in enumerate(rows.violations)
        ],
        "case_acts": [
            replace(CASE_ACT, mission=mission, agreement_id=name, case_id=name)
            for name in AGREEMENTS[mission]
        ],
        "case_readers": [
            replace(CASE_READER, mission=mission, agreement_id=name, case_id=name)
            for name in AGREEMENTS[mission]
        ],
        "channel_messages": [
            replace(LETTER, mission=mission, agreement_id=name, sha256=hash_of(name))
            for name in AGREEMENTS[mission]
        ],
        "standing_violations": [
            replace(STANDING, key=row.key, mission=mission, agreement=row.agreement)
            for row in rows.violations
            if row.supersedes is None
        ],
        "context_generations": [
            ContextGenerationRow(mission, hash_of(name), 1, NOW, bytes(32), b"{}")
            for name in AGREEMENTS[mission]
        ],
        "corridor_availability": [
            AvailabilityRow(
                *(mission, "route", 1, 0, NOW, NOW, None, None, NOW),
                *("unknown", "none", [], bytes(32), None, NOW),
            )
        ],
    }
    for table, table_rows in more.items():
        copy_rows(conn, table, table_rows)
    insert = "INSERT INTO {} VALUES (%s, %s, 1, %s, now(), NULL, now(), '{{}}')"
    for name in AGREEMENTS[mission]:
        conn.execute(insert.format("agreements"), [hash_of(name), name, mission])
    conn.execute(insert.format("methodologies"), [hash_of(mission), mission, mission])
    conn.execute(
        "INSERT INTO tokens VALUES (now(), now() + '1 day', NULL, %s, %s, 'label', %s, NULL,"
        " '{reporter}', '{}')",
        [f"tok-{mission}", hash_of(mission), mission],
    )


@pytest.fixture(scope="module")
def api_url(store_url: str, engines: Engines) -> str:
    """The database, filled for two missions, as the gateway reaches it."""
    with connect(store_url) as conn:
        for mission in MISSIONS:
            fill(conn, mission)
    return engines.postgres.url_of(str(conninfo_to_dict(store_url)["dbname"]), role=API_ROLE)


@pytest.fixture
def api(api_url: str) -> Iterator[Connection]:
    """The gateway's connection, its work undone."""
    with connect(api_url, name="test api", scoped=True) as connection:
        connection.execute("SELECT")
        yield connection
        connection.rollback()


def seen(conn: Connection, table: str) -> set[str]:
    query = sql.SQL("SELECT DISTINCT mission FROM {}").format(sql.Identifier(table))
    return {mission for (mission,) in conn.execute(query)}


def count(conn: Connection, table: str) -> int:
    row = conn.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    assert row is not None
    return int(row[0])


def refuses(conn: Connection, statement: str | sql.Composed) -> None:
    with pytest.raises(REFUSED), conn.transaction():
        conn.execute(statement.encode() if isinstance(statement, str) else statement)


@pytest.mark.parametrize("missions", [("smm",), ("unmil",), MISSIONS, ("nobody",), ()])
@pytest.mark.parametrize("table", OF_MISSION)
def test_the_rows_of_the_callers_missions_are_seen_and_no_other(
    api: Connection, table: str, missions: tuple[str, ...]
) -> None:
    set_scope(api, missions)
    assert seen(api, table) == set(missions) & set(MISSIONS)


@pytest.mark.parametrize("table", [*OF_MISSION, *WITHOUT_MISSION])
def test_without_a_scope_nothing_is_seen(api: Connection, table: str) -> None:
    assert count(api, table) == 0
    set_scope(api, ["smm"])
    assert count(api, table) > 0


def test_a_scope_ends_with_its_transaction(api_url: str) -> None:
    with connect(api_url, scoped=True) as conn:
        set_scope(conn, ["smm"])
        assert count(conn, "submissions") == 2
        conn.commit()
        assert count(conn, "submissions") == 0


def test_missions_without_agreements_show_no_row_that_has_one(api: Connection) -> None:
    api.execute("SELECT set_config('truceline.missions', 'smm', true)")
    for table in ("agreements", "assessments", "violations", "current_violations"):
        assert count(api, table) == 0
    assert count(api, "submissions") == 2


@pytest.mark.parametrize(
    ("named", "visible"),
    [
        (None, {"smm-a", "smm-b"}),
        (["smm-a"], {"smm-a"}),
        (["smm-b", "unmil-a"], {"smm-b"}),
        (["unmil-a"], set()),
        ([], set()),
    ],
)
@pytest.mark.parametrize("table", ["assessments", "violations", "current_assessments"])
def test_rows_are_seen_of_the_callers_agreements_alone(
    api: Connection, table: str, named: list[str] | None, visible: set[str]
) -> None:
    set_scope(api, ["smm"], named)
    assert {id_ for (id_,) in api.execute("SELECT id FROM agreements")} == visible
    query = sql.SQL("SELECT DISTINCT agreement FROM {}").format(sql.Identifier(table))
    assert {bytes(found) for (found,) in api.execute(query)} == set(map(hash_of, visible))


def test_what_was_superseded_does_not_look_current(api: Connection, store_url: str) -> None:
    query = "SELECT key, revision FROM current_assessments WHERE mission = 'smm' ORDER BY 1, 2"
    set_scope(api, ["smm"])
    with connect(store_url) as owner:
        assert api.execute(query).fetchall() == owner.execute(query).fetchall()


NEW = {mission: replace(submission(77, source=mission), mission=mission) for mission in MISSIONS}


def add_submission(conn: Connection, mission: str) -> None:
    row = NEW[mission]
    fields = row.__struct_fields__
    conn.execute(
        sql.SQL("INSERT INTO submissions ({}) SELECT {}").format(
            sql.SQL(", ").join(map(sql.Identifier, fields)),
            sql.SQL(", ").join(sql.Placeholder() * len(fields)),
        ),
        [getattr(row, field) for field in fields],
    )


def add_receipt(conn: Connection, mission: str) -> None:
    conn.execute(
        "INSERT INTO receipts SELECT key, %s, 1, %s, 'rk-1', '\\x00', ARRAY[key], ''"
        " FROM (SELECT %s::uuid AS key) AS one",
        [NOW, mission, NEW[mission].key],
    )


@pytest.mark.parametrize("add", [add_submission, add_receipt])
@pytest.mark.parametrize("missions", [("smm",), ("unmil",), MISSIONS, ()])
@pytest.mark.parametrize("mission", MISSIONS)
def test_rows_are_added_to_the_callers_missions_alone(
    api: Connection, mission: str, missions: tuple[str, ...], add: Callable[[Connection, str], None]
) -> None:
    set_scope(api, missions)
    if mission in missions:
        add(api, mission)
    else:
        with pytest.raises(REFUSED, match="row-level security"):
            add(api, mission)


def test_keys_are_added_once_and_known_again(api: Connection) -> None:
    add = "INSERT INTO event_keys SELECT %s, %s, 1, true, %s ON CONFLICT DO NOTHING RETURNING key"
    values = [NEW["smm"].key, NOW, bytes(32)]
    set_scope(api, ["smm"])
    assert len(api.execute(add, values).fetchall()) == 1
    assert api.execute(add, values).fetchall() == []


def test_nothing_is_added_without_a_scope(api: Connection) -> None:
    refuses(api, "INSERT INTO event_keys VALUES (gen_random_uuid(), now(), 1, true, '')")
    refuses(
        api,
        "INSERT INTO outbox (lane, keys, received_ats, revisions, queued_at)"
        " VALUES (0, ARRAY[gen_random_uuid()], ARRAY[now()], ARRAY[1], now())",
    )


def test_what_waits_for_kafka_is_added_and_not_read(api: Connection) -> None:
    set_scope(api, ["smm"])
    api.execute(
        "INSERT INTO outbox (lane, keys, received_ats, revisions, queued_at)"
        " VALUES (0, ARRAY[gen_random_uuid()], ARRAY[now()], ARRAY[1], now())"
    )
    refuses(api, "SELECT id FROM outbox")


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
@pytest.mark.parametrize("change", ["INSERT", "UPDATE", "DELETE", "TRUNCATE"])
def test_the_role_may_add_to_some_tables_and_change_none(
    api: Connection, table: str, change: str
) -> None:
    query = "SELECT has_table_privilege(%s, %s)"
    assert api.execute(query, [table, change]).fetchone() == (
        change == "INSERT" and table in INSERTED,
    )


@pytest.mark.parametrize("table", HISTORY_TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET {column} = {column}",
        "DELETE FROM {table}",
        "TRUNCATE {table}",
        "DROP TABLE {table}",
        "DROP TRIGGER history_rows ON {table}",
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        "CREATE POLICY mine ON {table} USING (true)",
        "CREATE TRIGGER mine BEFORE INSERT ON {table} EXECUTE FUNCTION refuse_change_of_history()",
    ],
)
def test_history_and_its_guards_are_out_of_reach(
    api: Connection, table: str, statement: LiteralString
) -> None:
    set_scope(api, MISSIONS)
    column = next(iter(Base.metadata.tables[table].columns)).name
    refuses(
        api,
        sql.SQL(statement).format(table=sql.Identifier(table), column=sql.Identifier(column)),
    )


REPLACED = """
CREATE OR REPLACE FUNCTION refuse_change_of_history() RETURNS trigger
LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'
"""


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE truceline",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION truceline",
        "SET session_replication_role = replica",
        "ALTER ROLE truceline_api BYPASSRLS",
        "ALTER ROLE truceline_api SUPERUSER",
        "CREATE ROLE mine",
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "DROP FUNCTION find_token",
        "DROP FUNCTION refuse_change_of_history() CASCADE",
        REPLACED,
        "SELECT * FROM tokens",
        "SELECT secret_hash FROM tokens",
        "INSERT INTO tokens SELECT now(), now(), NULL, 'x', '', '', '', NULL, '{}', '{}'",
        "UPDATE tokens SET revoked_at = NULL",
        "SELECT * FROM report_links",
        "UPDATE event_keys SET kind = 2",
        "DELETE FROM event_keys",
        "UPDATE alembic_version SET version_num = '1'",
        "COPY submissions TO PROGRAM 'true'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_there_is_no_way_round(api: Connection, statement: str) -> None:
    set_scope(api, MISSIONS)
    refuses(api, statement)


@pytest.mark.parametrize("table", ["submissions", "assessments", "receipts", "rejected"])
def test_a_months_partition_is_no_way_round(api: Connection, table: str) -> None:
    for part in (Month.of(NOW).partition_of(table), f"{table}_default"):
        refuses(api, sql.SQL("SELECT FROM {}").format(sql.Identifier(part)))
        refuses(api, sql.SQL("TRUNCATE {}").format(sql.Identifier(part)))


def test_the_role_is_nobodys_better(store_url: str) -> None:
    with connect(store_url) as conn:
        mighty = conn.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
            " FROM pg_roles WHERE rolname = %s",
            [API_ROLE],
        ).fetchone()
        owned = conn.execute("SELECT FROM pg_class WHERE relowner = %s::regrole", [API_ROLE])
        assert mighty == (False,) * 5
        assert owned.fetchall() == []


def test_a_token_is_found_by_its_hash_alone_before_any_mission_is_known(api: Connection) -> None:
    find = "SELECT id, mission FROM find_token(%s)"
    assert api.execute(find, [hash_of("smm")]).fetchall() == [("tok-smm", "smm")]
    assert api.execute(find, [bytes(32)]).fetchall() == []
    assert api.execute(find, [None]).fetchall() == []


def test_a_table_of_the_same_name_does_not_answer_for_tokens(api: Connection) -> None:
    api.execute("CREATE TEMP TABLE tokens (LIKE public.rejected)")
    api.execute("SET LOCAL search_path = pg_temp, public")
    found = api.execute("SELECT id FROM public.find_token(%s)", [hash_of("smm")])
    assert found.fetchall() == [("tok-smm",)]


def test_nobody_else_may_ask_for_tokens(store_url: str) -> None:
    query = "SELECT count(*) FROM pg_proc, aclexplode(proacl) WHERE proname = %s AND grantee = 0"
    with connect(store_url) as conn:
        assert conn.execute(query, ["find_token"]).fetchone() == (0,)


def test_a_placeholder_is_filled_and_what_is_known_is_kept(
    api: Connection,
) -> None:
    report = NEW["smm"]
    set_scope(api, ["smm"])
    api.execute("INSERT INTO event_keys (key, kind) VALUES (%s, 1)", [report.key])
    api.execute("SELECT FROM event_keys WHERE key = %s FOR UPDATE", [report.key])
    update = (
        "UPDATE event_keys SET received_at = %s, vouched = %s, content_hash = %s WHERE key = %s"
    )
    row = key_row(report)
    api.execute(update, [NOW, False, row.content_hash, row.key])
    api.execute(update, [NOW, True, row.content_hash, row.key])
    later = datetime(2030, 1, 1, tzinfo=UTC)
    for change in (
        [NOW, True, bytes(32), row.key],
        [later, True, row.content_hash, row.key],
        [NOW, False, row.content_hash, row.key],
        [NOW, None, row.content_hash, row.key],
        [None, True, None, row.key],
    ):
        with pytest.raises(psycopg.DatabaseError, match="never changed"), api.transaction():
            api.execute(update, change)


def test_every_table_is_under_row_level_security_or_holds_nothing_of_a_mission(
    store_url: str,
) -> None:
    query = "SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"
    with connect(store_url) as conn:
        assert {name for (name,) in conn.execute(query)} == set(Base.metadata.tables)


def test_whoever_owns_the_tables_sees_everything(store_url: str) -> None:
    with connect(store_url) as owner:
        assert seen(owner, "submissions") >= set(MISSIONS)
        assert count(owner, "tokens") == 2


def test_the_gateway_can_ask_whether_the_tables_are_its_own(api_url: str) -> None:
    check_version(api_url)


@pytest.mark.parametrize("might", ["SUPERUSER", "BYPASSRLS", "CREATEROLE"])
def test_a_role_that_nothing_would_hold_is_refused(engines: Engines, might: str) -> None:
    with engine(engines.postgres.admin_url).connect() as admin:
        admin.exec_driver_sql(f"ALTER ROLE {API_ROLE} {might}")
        with pytest.raises(ApiRoleError, match="take that from it"):
            require_api_role(admin)
        admin.rollback()


def test_a_member_of_the_owner_is_refused(engines: Engines, store_url: str) -> None:
    with engine(engines.postgres.admin_url).connect() as admin:
        admin.exec_driver_sql(f"GRANT truceline TO {API_ROLE}")
        admin.exec_driver_sql("SET LOCAL ROLE truceline")
        with pytest.raises(ApiRoleError, match="member of the tables' owner"):
            require_api_role(admin)
        admin.rollback()
    with engine(store_url).connect() as owner:
        require_api_role(owner)


def test_a_missing_role_that_may_not_be_made_says_what_to_run(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.store.api_role.API_ROLE", "truceline_missing")
    with (
        engine(store_url).connect() as owner,
        pytest.raises(ApiRoleError, match="CREATE ROLE truceline_missing LOGIN"),
    ):
        require_api_role(owner)


def test_a_missing_role_is_made_and_cannot_log_in(engines: Engines) -> None:
    with engine(engines.postgres.admin_url).connect() as admin:
        admin.exec_driver_sql(f"ALTER ROLE {API_ROLE} RENAME TO elsewhere")
        require_api_role(admin)
        query = f"SELECT rolcanlogin FROM pg_roles WHERE rolname = '{API_ROLE}'"  # noqa: S608
        assert admin.exec_driver_sql(query).scalar() is False
        admin.rollback()


def test_history_is_kept_from_the_tokens_table_too(store_url: str) -> None:
    with connect(store_url) as owner:
        for statement in (
            "UPDATE tokens SET mission = 'other'",
            "UPDATE tokens SET expires_at = expires_at + '1 day'",
            "UPDATE tokens SET roles = '{admin}', revoked_at = now()",
            "DELETE FROM tokens",
            "TRUNCATE tokens",
        ):
            with pytest.raises(psycopg.DatabaseError, match="never changed"), owner.transaction():
                owner.execute(statement.encode())
        owner.execute("UPDATE tokens SET revoked_at = now()")
        with pytest.raises(psycopg.DatabaseError, match="never changed"), owner.transaction():
            owner.execute("UPDATE tokens SET revoked_at = NULL")
        owner.rollback()


def test_a_role_that_would_see_nothing_is_told_so_and_not_that_nothing_happened(
    store_url: str, engines: Engines
) -> None:
    name = str(conninfo_to_dict(store_url)["dbname"])
    with connect(engines.postgres.url_of(name, role="postgres")) as conn:
        conn.execute("CREATE ROLE forgotten")
        conn.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO forgotten")
        conn.execute("SET LOCAL ROLE forgotten")
        for table in Base.metadata.tables:
            refuses(conn, sql.SQL("SELECT FROM {}").format(sql.Identifier(table)))
        conn.rollback()


def test_the_guides_role_for_workers_can_do_their_work(store_url: str, engines: Engines) -> None:
    guide = (ROOT / "docs/guides/operators.md").read_text("utf-8")
    (grants,) = re.findall(r"```sql\n(CREATE ROLE truceline_worker.*?)```", guide, re.DOTALL)
    name = str(conninfo_to_dict(store_url)["dbname"])
    with connect(engines.postgres.url_of(name, role="postgres")) as conn:
        conn.execute(grants.encode())
        conn.execute("SET LOCAL ROLE truceline_worker")
        rows = BatchRows()
        add_report(rows, submission(55), violates=True)
        copy_batch(conn, rows)
        conn.execute("UPDATE event_keys SET vouched = true")
        conn.execute("SELECT show_from('smm'), seen_as_of('smm'), is_kept_up('smm', now())")
        conn.execute("SELECT note_kept_up('smm', now())")
        refuses(conn, "DROP TRIGGER history_rows ON submissions")
        conn.rollback()
