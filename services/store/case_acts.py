"""Acts in cases as they are stored: added once, in the order in which they came, never changed.

Place on the data's way: `services.cases` → **here** → `streams.cases.fold`. Of the gateway's
transactions PostgreSQL itself keeps the cases that their sources are not to see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from msgspec.structs import astuple
from psycopg import sql

from services.store.engine import Connection
from services.store.rows import CaseActRow, CaseReaderRow
from streams.cases.acts import read_act
from streams.cases.case import Filed, Standing


class Head(NamedTuple):
    """A case and when it was opened: its place in a list, the newest first."""

    opened_at: datetime
    """When that reached us."""
    case_id: str
    mission: str


class StoredAct(NamedTuple):
    """An act with where it stands."""

    agreement_id: str
    number: int
    filed: Filed


def _insert(table: str, row: type[CaseActRow | CaseReaderRow]) -> sql.Composed:
    columns = row.__struct_fields__
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(sql.Placeholder() * len(columns)),
    )


_ADD_ACT: Final = _insert("case_acts", CaseActRow)
_ADD_READER: Final = _insert("case_readers", CaseReaderRow)
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_ACTS: Final = """
SELECT case_id, agreement_id, number, sha256, raw, received_at, standing FROM case_acts
WHERE mission = %s AND case_id = ANY (%s) ORDER BY case_id, number
"""
_HEADS: Final = """
SELECT received_at, case_id, mission FROM case_acts
WHERE mission = coalesce(%(mission)s, mission) AND kind = 'open'
    AND agreement_id = coalesce(%(agreement)s, agreement_id)
    AND (%(at)s::timestamptz IS NULL OR (received_at, case_id) < (%(at)s, %(case)s))
ORDER BY received_at DESC, case_id DESC LIMIT %(limit)s
"""
_MISSIONS: Final = "SELECT DISTINCT mission FROM case_acts WHERE case_id = %s ORDER BY 1"


def lock_case(conn: Connection, mission: str, case_id: str) -> None:
    """Let nobody else add to a case until this transaction ends: the second sees the first's."""
    conn.execute(_LOCK, [f"case {mission}/{case_id}"])


def add_act(conn: Connection, row: CaseActRow, readers: Iterable[str]) -> None:
    """Write an act, and who is shown the case by it."""
    conn.execute(_ADD_ACT, astuple(row))
    for source in sorted(readers):
        reader = CaseReaderRow(row.mission, row.agreement_id, row.case_id, source, row.sha256)
        conn.execute(_ADD_READER, astuple(reader))


def acts_of(
    conn: Connection, mission: str, case_ids: Collection[str]
) -> dict[str, list[StoredAct]]:
    """Every act of these cases that the connection is shown, by case, in order."""
    found: defaultdict[str, list[StoredAct]] = defaultdict(list)
    rows = conn.execute(_ACTS, [mission, list(case_ids)])
    for case_id, agreement_id, number, sha256, raw, received_at, standing in rows:
        filed = Filed(sha256.hex(), read_act(bytes(raw)), received_at, Standing(standing))
        found[case_id].append(StoredAct(agreement_id, number, filed))
    return found


def raw_act(conn: Connection, mission: str, case_id: str, sha256: str) -> bytes | None:
    """The bytes of an act as they came; None: the connection is shown none."""
    row = conn.execute(
        "SELECT raw FROM case_acts WHERE mission = %s AND case_id = %s AND sha256 = %s",
        [mission, case_id, bytes.fromhex(sha256)],
    ).fetchone()
    return None if row is None else bytes(row[0])


def heads(
    conn: Connection,
    mission: str | None,
    agreement_id: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> Sequence[Head]:
    """The cases, the newest first, after a place."""
    at, case = after or (None, None)
    asked = {"mission": mission, "agreement": agreement_id, "at": at, "case": case, "limit": limit}
    return [Head(*row) for row in conn.execute(_HEADS, asked)]


def missions_of(conn: Connection, case_id: str) -> list[str]:
    """The missions that have a case of this id."""
    return [mission for (mission,) in conn.execute(_MISSIONS, [case_id])]
