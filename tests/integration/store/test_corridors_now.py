"""The view of corridors as they are now: it looks at the clock, and no program need run."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from services.load import load_documents
from services.store.engine import Connection
from services.store.generations import encode_parts
from services.store.partitions import ensure_partitions
from services.store.queries.corridors import CorridorName
from services.store.rows import AvailabilityRow, ReceiptRow
from services.store.write import copy_rows
from services.timeline import state_now
from streams.corridors.divided import PartState
from streams.vocabulary import Availability, Direction
from tests.integration.kept_up import keep_up
from tests.integration.worker.ground import agreement, methodology
from tests.unit.services.store.sample_rows import submission

ALLOWED_S = 60
"""The methodology's `unassessed_after_s`."""
OPEN = PartState(direction=Direction.FORWARD, state=Availability.OPEN, cause="open_by_status")
SHUT = PartState(direction=Direction.BACKWARD, state=Availability.CLOSED, cause="closed_by_status")
ROAD = CorridorName("smm", "road-of-this-test")


@pytest.fixture
def now(conn: Connection) -> datetime:
    """The time, in a database that knows the mission's documents."""
    instant = datetime.now(UTC)
    ensure_partitions(conn, instant)
    load_documents(conn, [agreement("smm"), methodology("smm")], instant - timedelta(days=1))
    keep_up(conn, ROAD.mission)
    return instant


def add(conn: Connection, now: datetime, *states: tuple[str, float], **changes: Any) -> None:  # noqa: ANN401 (any column)
    """A generation of states, each with the seconds from now at which it begins."""
    begins = [now + timedelta(seconds=seconds) for _, seconds in states]
    rows = [
        AvailabilityRow(
            *(ROAD.mission, ROAD.corridor_id, 1, number),
            from_instant=begins[0],
            starts_at=start,
            ends_at=end,
            not_valid_after=end if state == "open" else None,
            known_at=now - timedelta(hours=1),
            state=state,
            cause="said",
            cause_events=["operator/1"],
            events_digest=bytes(32),
            parts=None,
            shown_from=now - timedelta(hours=1),
        )
        for number, ((state, _), start, end) in enumerate(
            zip(states, begins, [*begins[1:], None], strict=True)
        )
    ]
    copy_rows(conn, "corridor_availability", [replace(row, **changes) for row in rows])


def shown(conn: Connection) -> tuple[str, str, list[str], datetime | None, Any]:
    (row,) = conn.execute(
        "SELECT state, cause, cause_events, not_valid_after, parts FROM corridors_now"
        " WHERE mission = %s AND corridor_id = %s",
        ROAD,
    ).fetchall()
    return row


def test_it_grows_stale_within_a_second_without_any_event_or_program(
    conn: Connection, now: datetime
) -> None:
    add(conn, now, ("open", -60), ("unknown", 1.5))
    stale_at = now + timedelta(seconds=1.5)
    seen: list[tuple[datetime, str, str]] = []
    while not seen or seen[-1][0] < stale_at + timedelta(seconds=1):
        at = datetime.now(UTC)
        by_api = state_now(conn, ROAD, at).state
        seen.append((at, by_api, shown(conn)[0]))
        time.sleep(0.05)
    assert all(view == api == "open" for at, api, view in seen if at < stale_at - _AT_ONCE)
    assert all(view == api == "unknown" for at, api, view in seen if at >= stale_at)
    assert {view for _, _, view in seen} == {"open", "unknown"}


_AT_ONCE = timedelta(seconds=0.5)
"""The view is asked a moment after the clock was looked at."""


def add_waiting(conn: Connection, received: datetime) -> None:
    """A report that the gateway has stored, with its receipt, and that nobody has judged."""
    row = replace(submission(1, received_at=received), authentication="token")
    copy_rows(conn, "submissions", [row])
    signed = ReceiptRow(row.key, received, 1, row.mission, "rk-1", bytes(64), [row.key])
    copy_rows(conn, "receipts", [signed])


@pytest.mark.parametrize("waited_s", [ALLOWED_S - 30, ALLOWED_S + 1])
def test_while_something_waits_longer_than_is_allowed_nothing_is_usable(
    conn: Connection, now: datetime, waited_s: float
) -> None:
    add(conn, now, ("open", -60), ("unknown", 3600))
    received = now - timedelta(seconds=waited_s)
    add_waiting(conn, received)
    end = now + timedelta(seconds=3600)
    assert shown(conn) == (
        ("unknown", "system_behind", [], None, None)
        if waited_s > ALLOWED_S
        else ("open", "said", ["operator/1"], end, None)
    )


def test_what_is_closed_stays_closed_and_its_parts_are_shown_where_nothing_waits(
    conn: Connection, now: datetime
) -> None:
    add(conn, now, ("closed", -60), parts=encode_parts((OPEN, SHUT)))
    state, _, _, _, parts = shown(conn)
    assert (state, [part["state"] for part in parts]) == ("closed", ["open", "closed"])
    received = now - timedelta(seconds=ALLOWED_S + 1)
    add_waiting(conn, received)
    assert (shown(conn)[0], shown(conn)[-1]) == ("closed", None)


def test_a_mission_without_a_methodology_has_nothing_usable(conn: Connection) -> None:
    add(conn, datetime.now(UTC), ("open", -60), ("unknown", 3600))
    assert shown(conn)[:2] == ("unknown", "system_behind")
