"""How the intake is: what waits to be sent and to be judged, as figures without names.

Place on the data's way: beside it, for `/metrics` and `truceline status`. Asked by a function that
sees all missions (migration 0018), so that the gateway's role can ask as well.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from psycopg.rows import args_row

from services.store.engine import Connection

_FIGURES = b"SELECT * FROM intake_figures(%b)"


class IntakeFigures(NamedTuple):
    """At one moment, by the database's clock."""

    taken_at: datetime
    outbox_rows: int
    outbox_oldest: datetime | None
    unassessed_oldest: datetime | None
    """When the oldest submission that is neither judged nor refused was received; None: all are."""

    @property
    def outbox_age_s(self) -> float:
        """For how long the oldest row has waited; 0: none does."""
        return self._age_s(self.outbox_oldest)

    @property
    def unassessed_age_s(self) -> float:
        """For how long the oldest submission has waited; 0: none does."""
        return self._age_s(self.unassessed_oldest)

    def _age_s(self, since: datetime | None) -> float:
        return 0.0 if since is None else max(0.0, (self.taken_at - since).total_seconds())


def intake_figures(conn: Connection, received_after: datetime) -> IntakeFigures:
    """Ask PostgreSQL; submissions received until `received_after` are known to be judged."""
    with conn.cursor(binary=True, row_factory=args_row(IntakeFigures)) as cursor:
        found = cursor.execute(_FIGURES, [received_after]).fetchone()
    assert found is not None
    return found
