"""Released: what became of each release, by the fold over all acts and the reading now.

Place on the data's way: released readings → **Release** → what parties and the public are told.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.store.desk import acts_of
from services.store.engine import Connection
from services.store.queries.desk import results_of
from services.store.queries.released import FoundRelease
from streams.desk.fold import Release, fold
from streams.desk.item import ViolationItem

_NO_READING = 0
"""Of what there is no result of any more: whatever was released of it is superseded."""


def releases_of(conn: Connection, found: Sequence[FoundRelease]) -> dict[tuple[str, int], Release]:
    """By item and reading its last release; what the fold does not count is not in it."""
    keys = list({row.key for row in found})
    readings = {
        str(ViolationItem(row.key, row.term_id)): row.revision for row in results_of(conn, keys)
    }
    states = [
        fold(item, acts, readings.get(item, _NO_READING))
        for item, acts in acts_of(conn, keys).items()
    ]
    return {
        (state.item, release.reading): release for state in states for release in state.releases
    }
