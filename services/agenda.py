"""The agenda of a mission: what was known of its agreements when, and the calendar's entries.

Place on the data's way: store → **agenda** → iCalendar (`calendar_feed`), `truceline corridor
calendar`, GET /v1/corridors/calendar.ics.
"""

from __future__ import annotations

from collections.abc import Iterator

from services.store.documents import loaded_agreements
from services.store.engine import Connection
from services.store.signatures import loaded_signatures
from streams.corridors.agenda import Entry, Known, agenda
from streams.signing import signed


def agenda_of(conn: Connection, mission: str) -> list[Entry]:
    """Every window of the mission's corridors, as far as the connection may see."""
    return agenda(_knowledge(conn, mission))


def _knowledge(conn: Connection, mission: str) -> Iterator[Known]:
    """What was known from each instant on at which a version or a signature came."""
    loaded, made = loaded_agreements(conn, mission), loaded_signatures(conn, mission=mission)
    instants = {it.loaded_at for it in loaded} | {it.loaded_at for it in made}
    for since in sorted(instants):
        known = [it for it in loaded if it.loaded_at <= since]
        signatures = [it.signature for it in made if it.loaded_at <= since]
        drafts = frozenset(
            (it.document.id, it.document.version)
            for it in known
            if signed(it.document, it.hash.hex(), signatures).missing
        )
        yield Known(since, [it.document for it in known], drafts)
