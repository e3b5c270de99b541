"""Shown: as if what a test takes in had been seen the moment it was received.

Where a test makes up when things are received, the database's clock says nothing of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from services import load, rejudge
from services.store.engine import Connection
from services.store.rows import AvailabilityRow
from services.store.write import copy_rows
from services.worker import context_events, reports, statuses

WRITERS = (context_events, load, rejudge, reports, statuses)


@contextmanager
def shown_as_received() -> Iterator[None]:
    """Within this process."""
    with pytest.MonkeyPatch.context() as patch:
        for writer in WRITERS:
            patch.setattr(writer, "show", _as_received)
        yield


def _as_received(conn: Connection, rows: Sequence[AvailabilityRow]) -> None:
    copy_rows(conn, "corridor_availability", rows)
