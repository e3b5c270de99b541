"""The gateway's commit, failed both ways: not written, and written but an error came back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import psycopg
import pytest

from services.crash_points import Point, on_reached
from services.store.engine import Connection
from services.store.rows import KeyKind, KeyRow, SubmissionRow
from services.store.write import copy_rows
from streams.decode import decode_report
from streams.events import Report
from streams.keys import EventKind, Key, event_key
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client
from tests.integration.gateway.test_posts import JSON, event, stored

NOT_STORED, STORED = Point.GATEWAY_STORING, Point.GATEWAY_STORED
"""Around what is new."""
NOT_WRITTEN, WRITTEN = Point.GATEWAY_WRITTEN, Point.GATEWAY_COMMITTED
"""Around what is known already."""


@pytest.fixture
def headers(token: MakeToken) -> dict[str, str]:
    return JSON | token()


class Fail:
    """Fails at a point so many times, as a server does whose connection is gone."""

    def __init__(self, point: Point, times: int) -> None:
        self._point = point
        self.left = times

    def __call__(self, point: Point) -> None:
        if point is self._point and self.left:
            self.left -= 1
            raise psycopg.OperationalError("server closed the connection unexpectedly")


@pytest.mark.parametrize("point", [NOT_STORED, STORED])
def test_a_commit_that_fails_once_is_made_good_within_the_post(
    client: Client, headers: dict[str, str], owner: Connection, point: Point
) -> None:
    raw = event()
    with on_reached(Fail(point, 1)) as _:
        answer = client.post("/v1/reports", content=raw, headers=headers)
    # Written before the error came back, it is found known: the receipt is the stored one.
    assert answer.status_code == (201 if point is NOT_STORED else 200)
    again = client.post("/v1/reports", content=raw, headers=headers)
    assert again.content == answer.content
    assert stored(owner, raw) == [(1, "token", raw)]


@pytest.mark.parametrize("point", [NOT_STORED, STORED])
def test_a_commit_that_fails_for_good_gives_no_receipt_and_is_made_good_by_sending_again(
    client: Client, headers: dict[str, str], owner: Connection, point: Point
) -> None:
    raw = event()
    with on_reached(Fail(point, 1_000)):
        answer = client.post("/v1/reports", content=raw, headers=headers)
    assert answer.status_code == 503
    assert "receipt" not in answer.json()
    assert int(answer.headers["retry-after"]) > 0
    assert len(stored(owner, raw)) == (0 if point is NOT_STORED else 1)
    again = client.post("/v1/reports", content=raw, headers=headers)
    assert again.status_code == (201 if point is NOT_STORED else 200)
    assert stored(owner, raw) == [(1, "token", raw)]


@pytest.mark.parametrize("point", [NOT_WRITTEN, WRITTEN])
def test_a_receipt_made_late_for_what_came_by_kafka_is_made_once_whatever_fails(
    client: Client, headers: dict[str, str], owner: Connection, point: Point
) -> None:
    raw = event()
    came_by_kafka(owner, raw)
    with on_reached(Fail(point, 1_000)):
        assert client.post("/v1/reports", content=raw, headers=headers).status_code == 503
    made = receipts(owner, raw)
    assert len(made) == (0 if point is NOT_WRITTEN else 1)
    first, again = (client.post("/v1/reports", content=raw, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert len(receipts(owner, raw)) == 1
    assert stored(owner, raw) == [(1, "tag_valid", raw)]
    assert owner.execute(
        "SELECT count(*) FROM outbox WHERE %s = ANY (keys)", [key_of(raw)]
    ).fetchone() == (0,)


def came_by_kafka(owner: Connection, raw: bytes) -> None:
    """Store a report as a worker does that came with a good tag."""
    report = decode_report(raw)
    assert isinstance(report, Report)
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    seen, content = report.observed_from, sha256(raw).digest()
    with owner.transaction():
        known = KeyRow(key_of(raw), at, KeyKind.REPORT, vouched=True, content_hash=content)
        copy_rows(owner, "event_keys", [known])
        submission = SubmissionRow(
            *(key_of(raw), at, seen, seen, 1, "report", report.mission, report.source),
            *("tag_valid", None, report.id, content, raw),
        )
        copy_rows(owner, "submissions", [submission])


def key_of(raw: bytes) -> Key:
    report = decode_report(raw)
    assert isinstance(report, Report)
    return event_key(EventKind.REPORT, report.mission, report.source, report.id)


def receipts(owner: Connection, raw: bytes) -> list[object]:
    return list(owner.execute("SELECT signature FROM receipts WHERE key = %s", [key_of(raw)]))
