"""Closures: the instants until which somebody has said that a corridor is closed or suspended.

Place on the data's way: beside `generations`, for the reckoning of what falls due. An interval says
that a closure is over; whether its own time is over, or an event ended it, the event itself says.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from services.store.engine import Connection
from streams.corridors.events import StatusEvent, decode_event
from streams.vocabulary import Availability

_STATUSES: Final = """
SELECT body FROM corridor_events
WHERE mission = %s AND corridor_id = %s AND kind = 'status'
    AND received_at <= coalesce(%s::timestamptz, 'infinity')
"""
_CLOSURES: Final = frozenset({Availability.CLOSED, Availability.SUSPENDED})


def own_ends(
    conn: Connection, mission: str, corridor_id: str, known_at: datetime | None = None
) -> frozenset[datetime]:
    """Every `effective_to` of a closure or suspension, by what is known or was known then."""
    rows = conn.execute(_STATUSES, (mission, corridor_id, known_at)).fetchall()
    events = [decode_event(body) for (body,) in rows]
    return frozenset(
        event.status.effective_to
        for event in events
        if isinstance(event, StatusEvent) and event.vouched
        if event.status.status in _CLOSURES and event.status.effective_to is not None
    )
