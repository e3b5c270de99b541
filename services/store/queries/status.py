"""How the store is: figures for `truceline status`.

Place on the data's way: beside it. Rows are counted, not estimated: an operator compares them with
what was sent. That reads every key once: about a third of a second for a million.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from services.store.engine import Connection
from services.store.partitions import PartitionReport, partition_report
from services.store.rows import KeyKind


@dataclass(frozen=True, slots=True)
class Figures:
    """How many of what, and what needs an operator's eye."""

    reports: int
    corridor_statuses: int
    versions: int
    """Of reports and statuses; more than there are events where some came in several versions."""
    awaited: int
    """Events that others speak of and that have not come."""
    assessments: int
    superseded: int
    violations: int
    """Rows, current or not."""
    incidents: int
    """Those that there are."""
    unfolded: int
    """Reports of which the incidents do not say yet what they breach."""
    rejected: int
    agreements: int
    methodologies: int
    last_received_at: datetime | None
    bytes: int
    """Of the whole database on disk."""
    partitions: PartitionReport


_KEYS = """
SELECT kind, count(*) FILTER (WHERE content_hash IS NOT NULL),
    count(*) FILTER (WHERE content_hash IS NULL)
FROM event_keys GROUP BY kind
"""

_COUNTS: dict[str, LiteralString] = {
    "versions": "SELECT count(*) FROM submissions",
    "assessments": "SELECT count(*) FROM assessments",
    "superseded": "SELECT count(*) FROM supersessions",
    "violations": "SELECT count(*) FROM violations",
    "incidents": "SELECT count(*) FROM current_incidents",
    "unfolded": "SELECT coalesce(sum(cardinality(keys)), 0) FROM incident_marks",
    "rejected": "SELECT count(*) FROM rejected",
    "agreements": "SELECT count(*) FROM agreements",
    "methodologies": "SELECT count(*) FROM methodologies",
    "last_received_at": "SELECT max(received_at) FROM event_keys",
    "bytes": "SELECT pg_database_size(current_database())",
}


def figures(conn: Connection, now: datetime) -> Figures:
    """Count everything; `now` says which month partitions ought to be there."""
    keys = {kind: (there, awaited) for kind, there, awaited in conn.execute(_KEYS)}
    return Figures(
        reports=keys.get(KeyKind.REPORT, (0, 0))[0],
        corridor_statuses=keys.get(KeyKind.CORRIDOR_STATUS, (0, 0))[0],
        awaited=sum(awaited for _, awaited in keys.values()),
        partitions=partition_report(conn, now),
        **{name: _one(conn, query) for name, query in _COUNTS.items()},
    )


def _one(conn: Connection, query: LiteralString) -> Any:  # noqa: ANN401 (a figure or an instant)
    row = conn.execute(query).fetchone()
    return None if row is None else row[0]
