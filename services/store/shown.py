"""Shown: from when on what was folded can be seen, and as of when somebody looks.

    generations → show, the last thing before the commit → seen by whoever looks as of then or later

Place on the data's way: between the corridor fold and everybody who is told of a corridor. A writer
takes its mission's lock, then the instant, and commits; who asks waits for those that have the
lock, which takes as long as a commit, and then takes his own instant (migration 0044). So whoever
looked as of an instant saw all that was shown until then, and who asks for it again sees the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from services.store.engine import Connection
from services.store.rows import AvailabilityRow
from services.store.write import copy_rows


def show(conn: Connection, rows: Sequence[AvailabilityRow]) -> None:
    """Write generations as shown from now on. Nothing but the commit may follow: readers wait."""
    instants = {
        mission: show_from(conn, mission) for mission in sorted({row.mission for row in rows})
    }
    shown = [replace(it, shown_from=instants[it.mission]) for it in rows]
    copy_rows(conn, "corridor_availability", shown)


def show_from(conn: Connection, mission: str) -> datetime:
    """The instant from which on what this transaction writes of the mission is shown."""
    row = conn.execute("SELECT show_from(%s)", [mission]).fetchone()
    assert row is not None
    instant: datetime = row[0]
    return instant


def seen_as_of(conn: Connection, mission: str) -> datetime:
    """Now, as of which everything that is shown of a mission until then is there to be seen.

    Between transactions: one that has begun to look does not see what was committed since.
    """
    row = conn.execute("SELECT seen_as_of(%s)", [mission]).fetchone()
    assert row is not None
    instant: datetime = row[0]
    return instant
