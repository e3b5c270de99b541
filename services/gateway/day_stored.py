"""Day, stored: what a mission's tokens sent today before this process began, from the store.

Place on the data's way: beside it. Asked once a mission, in a thread of its own; nobody waits for
it. So a gateway that is started again goes on counting where the one before stopped.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

import psycopg
import structlog

from services.gateway.day import Day
from services.store.engine import connect
from services.store.scope import set_scope

log = structlog.get_logger(__name__)

STATEMENT_S: Final = 60
_COUNT: Final = """
SELECT key_id, count(*) FROM submissions
WHERE authentication = 'token' AND received_at >= %b AND received_at < %b AND mission = %b
GROUP BY key_id
"""


class DayStored:
    """Adds to the day's counts what the store has from before `began`."""

    def __init__(self, url: str, day: Day, began: datetime) -> None:
        self._url = url
        self._day = day
        self._began = began.astimezone(UTC)
        self._asked: set[str] = set()
        self._under_way: set[asyncio.Task[None]] = set()

    def ask(self, mission: str) -> None:
        """Have a mission's tokens counted, if they were not yet; returns at once."""
        if mission in self._asked:
            return
        self._asked.add(mission)
        task = asyncio.get_running_loop().create_task(self._add(mission))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _add(self, mission: str) -> None:
        try:
            counts = await asyncio.to_thread(self._count, mission)
        except psycopg.Error as error:
            # Going on is safe: the day's limit counts from now on, and is asked again.
            log.warning("the day's events are not counted", mission=mission, error=str(error))
            self._asked.discard(mission)
            return
        self._day.add_stored(counts, self._began.date())

    def _count(self, mission: str) -> dict[str, int]:
        midnight = self._began.replace(hour=0, minute=0, second=0, microsecond=0)
        with connect(self._url, name="truceline gateway day", scoped=True) as conn:
            conn.execute(f"SET statement_timeout = '{STATEMENT_S}s'".encode())
            set_scope(conn, [mission], sources=None)
            # An instant of receipt may be a tick after the clock's (`take_in`).
            until = self._began - timedelta(microseconds=1)
            return dict(conn.execute(_COUNT.encode(), [midnight, until, mission]).fetchall())
