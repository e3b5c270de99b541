"""The gateway's commit, failed both ways: not written, and written but an error came back."""

from __future__ import annotations

import psycopg
import pytest

from services.crash_points import Point, on_reached
from services.store.engine import Connection
from tests.integration.gateway.conftest import Client, MakeToken
from tests.integration.gateway.test_posts import JSON, event, stored

NOT_WRITTEN, WRITTEN = Point.GATEWAY_WRITTEN, Point.GATEWAY_COMMITTED


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


@pytest.mark.parametrize("point", [NOT_WRITTEN, WRITTEN])
def test_a_commit_that_fails_once_is_made_good_within_the_post(
    client: Client, headers: dict[str, str], owner: Connection, point: Point
) -> None:
    raw = event()
    with on_reached(Fail(point, 1)) as _:
        answer = client.post("/v1/reports", content=raw, headers=headers)
    # Written before the error came back, it is found known: the receipt is the stored one.
    assert answer.status_code == (201 if point is NOT_WRITTEN else 200)
    again = client.post("/v1/reports", content=raw, headers=headers)
    assert again.content == answer.content
    assert stored(owner, raw) == [(1, "token", raw)]


@pytest.mark.parametrize("point", [NOT_WRITTEN, WRITTEN])
def test_a_commit_that_fails_for_good_gives_no_receipt_and_is_made_good_by_sending_again(
    client: Client, headers: dict[str, str], owner: Connection, point: Point
) -> None:
    raw = event()
    with on_reached(Fail(point, 1_000)):
        answer = client.post("/v1/reports", content=raw, headers=headers)
    assert answer.status_code == 503
    assert "receipt" not in answer.json()
    assert int(answer.headers["retry-after"]) > 0
    assert len(stored(owner, raw)) == (0 if point is NOT_WRITTEN else 1)
    again = client.post("/v1/reports", content=raw, headers=headers)
    assert again.status_code == (201 if point is NOT_WRITTEN else 200)
    assert stored(owner, raw) == [(1, "token", raw)]
