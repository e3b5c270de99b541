"""Kept up: as if everything had always been judged in time, or nothing ever."""

from __future__ import annotations

from services.store.engine import Connection


def keep_up(conn: Connection, *missions: str) -> None:
    """Nothing of these missions ever waits too long."""
    for mission in missions:
        conn.execute("INSERT INTO kept_up VALUES (%s, '-infinity', 'infinity')", [mission])


def fall_behind(conn: Connection) -> None:
    """Nobody ever knew what waits."""
    conn.execute("DELETE FROM kept_up")
