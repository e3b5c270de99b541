"""Touched: which judged reports have a version within some time.

    spans → the keys of these reports, in order, all at once or some at a time

Place on the data's way: before `reassess`, which has the context alone and few spans, and under
`services.rejudge`, which may have all of a mission's history before it and keeps none of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from services.store.engine import Connection
from streams.context.touching import Span
from streams.keys import Key

# What is judged by several versions may have one in the span that its row does not name; every
# such report has superseded a reading.
_TOUCHED: Final = """
SELECT key FROM current_assessments
WHERE mission = %(mission)s AND observed_to >= %({start})s
    AND observed_from < coalesce(%({end})s::timestamptz, 'infinity')
UNION
SELECT superseded.key FROM (SELECT DISTINCT key FROM supersessions) AS superseded, LATERAL (
    SELECT true FROM submissions AS version
    WHERE version.key = superseded.key AND version.mission = %(mission)s
        AND version.observed_to >= %({start})s
        AND version.observed_from < coalesce(%({end})s::timestamptz, 'infinity') LIMIT 1
) AS touched
"""


def touched(conn: Connection, mission: str, spans: Iterable[Span]) -> list[Key]:
    """The judged reports with a version in the spans, in order; some too many do no harm."""
    return sorted({key for span in spans for key in _touched(conn, mission, span)})


def _touched(conn: Connection, mission: str, span: Span) -> list[Key]:
    with conn.cursor(binary=True) as cursor:
        return [key for (key,) in cursor.execute(*_query(mission, [span]))]


def _query(mission: str, spans: Sequence[Span]) -> tuple[bytes, dict[str, Any]]:
    parts: list[str] = []
    asked: dict[str, str | datetime | None] = {"mission": mission}
    for number, (start, end) in enumerate(spans):
        parts.append(_TOUCHED.format(start=f"start_{number}", end=f"end_{number}"))
        asked |= {f"start_{number}": start, f"end_{number}": end}
    return " UNION ".join(parts).encode(), asked


class TouchedKeys:
    """The same as they are now, held by PostgreSQL and read some at a time.

    A cursor that outlives its transaction: what commits meanwhile changes nothing about it, and
    nothing waits for it. It ends with its connection, and so does whoever reads it.
    """

    _NAME: Final = "touched"

    def __init__(self, conn: Connection, mission: str, spans: Sequence[Span]) -> None:
        query, asked = _query(mission, spans)
        self._conn = conn
        self._cursor = conn.cursor(self._NAME, binary=True, scrollable=True, withhold=True)
        self._cursor.execute(query + b" ORDER BY 1", asked)
        # The commit has PostgreSQL find them all and keep them, on its disk where they are many.
        conn.commit()
        self.total = self._count()

    def _count(self) -> int:
        """How many there are: the cursor goes to its end and back again."""
        told = self._conn.execute(f"MOVE FORWARD ALL IN {self._NAME}".encode())
        self._conn.execute(f"MOVE ABSOLUTE 0 IN {self._NAME}".encode())
        self._conn.commit()
        found = re.fullmatch(r"MOVE (\d+)", told.statusmessage or "")
        assert found is not None, told.statusmessage
        return int(found[1])

    def chunks(self, at_once: int) -> Iterator[list[Key]]:
        """So many at a time, in order, once."""
        while found := self._cursor.fetchmany(at_once):
            self._conn.commit()
            yield [key for (key,) in found]
