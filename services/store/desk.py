"""Acts at the desk as they are stored: added once, never changed.

Place on the data's way: `services.desk` decides → **here** → the fold (`streams.desk.fold`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import astuple
from psycopg import sql
from psycopg.rows import args_row

from services.store.arrays import Uuids
from services.store.engine import Connection
from services.store.rows import DeskRow
from streams.desk.act import Act, Action
from streams.keys import Key

_COLUMNS: Final = sql.SQL(", ").join(map(sql.Identifier, DeskRow.__struct_fields__))
_ADD: Final = sql.SQL("INSERT INTO desk_actions ({}) VALUES ({})").format(
    _COLUMNS, sql.SQL(", ").join(sql.Placeholder() * len(DeskRow.__struct_fields__))
)
_OF_ITEMS: Final = sql.SQL("SELECT {} FROM desk_actions WHERE item = ANY (%s)").format(_COLUMNS)
_OF_KEYS: Final = sql.SQL("SELECT {} FROM desk_actions WHERE key = ANY (%s)").format(_COLUMNS)


def add_acts(conn: Connection, rows: Iterable[DeskRow]) -> None:
    """Write acts, all or none.

    In the order of items, so that two who merge the same items cannot wait for each other.

    Raises:
        psycopg.errors.UniqueViolation: somebody else's act has the place of one of them.
    """
    with conn.transaction():
        for row in sorted(rows, key=lambda it: it.item):
            conn.execute(_ADD, astuple(row))


def acts_of(conn: Connection, keys: Sequence[Key]) -> dict[str, list[Act]]:
    """Every act on results of these reports, by item, in the order in which they were decided."""
    return _acts(conn, _OF_KEYS, Uuids.make(keys))


def acts_on(conn: Connection, items: Sequence[str]) -> dict[str, list[Act]]:
    """Every act on these items, by item, in the order in which they were decided."""
    return _acts(conn, _OF_ITEMS, list(items))


def _acts(conn: Connection, query: sql.Composed, of: object) -> dict[str, list[Act]]:
    with conn.cursor(binary=True, row_factory=args_row(DeskRow)) as cursor:
        rows = cursor.execute(query, [of]).fetchall()
    found: defaultdict[str, list[Act]] = defaultdict(list)
    for row in sorted(rows, key=lambda it: it.seq):
        found[row.item].append(_act(row))
    return found


def _act(row: DeskRow) -> Act:
    return Act(
        item=row.item,
        seq=row.seq,
        reading=row.reading,
        action=Action(row.action),
        principal=row.principal,
        token_id=row.token_id,
        at=row.at,
        note=row.note,
        people=row.people,
        parts=tuple(row.parts),
        into=row.into_item,
    )
