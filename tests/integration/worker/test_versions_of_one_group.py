"""Two versions of one event in one group of posts, one of them judged, and repeated, between.

By its instant of receipt the worker knows which version it has taken in. At one instant the
repetition of the first would be taken for the second, which then nobody ever reads: that is what a
full crash run ended in, with five of 100,000 reports read otherwise than by the pure core.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from services.gateway.posts import Post
from services.gateway.store_again import store_again
from services.gateway.store_new import store_new
from services.receipts.key_folder import make_receipt_keys, read_signer
from services.store.engine import Connection
from streams.events import Report
from streams.inforce import Register
from streams.keys import EventKind, event_key
from tests.integration.posted import TOKEN_ID
from tests.integration.worker.ground import FAR, report
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, log_of, relayed
from tests.integration.worker.stored import one, verdicts

POSTED = RECEIVED - timedelta(minutes=5, microseconds=7)
FIRST, SECOND = report("r"), report("r", location=FAR)


def as_post(event: Report) -> Post:
    raw = msgspec.json.encode(event)
    key = event_key(EventKind.REPORT, event.mission, event.source, event.id)
    return Post.of(EventKind.REPORT, event, key, raw, sha256(raw).digest(), TOKEN_ID)


def store_group(conn: Connection, folder: Path, events: Sequence[Report]) -> None:
    keys = folder / "receipts"
    make_receipt_keys(keys, POSTED - timedelta(days=1))
    signer = read_signer(keys, POSTED)
    first, *others = map(as_post, events)
    # As `take_in` does, without its commits.
    assert store_new(conn, [first], signer, POSTED)
    assert store_again(conn, others, signer, POSTED)


@pytest.mark.parametrize("cuts", [(1,), (1, 2), (2,)])
@pytest.mark.parametrize("order", [(FIRST, FIRST, SECOND), (SECOND, SECOND, FIRST)])
def test_each_is_read_whatever_is_repeated_between(
    conn: Connection,
    register: Register,
    tmp_path: Path,
    order: Sequence[Report],
    cuts: Sequence[int],
) -> None:
    store_group(conn, tmp_path, [FIRST, SECOND])
    take_in_log(conn, register, log_of(map(relayed, order)), cuts)
    assert verdicts(conn)["r"] == ("cannot_determine", "stands")
    taken_in = "SELECT count(DISTINCT received_at) FROM assessments WHERE cause IS NULL"
    assert one(conn, taken_in) == 2


def test_at_one_instant_the_second_would_be_lost(
    conn: Connection, register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def same_instant(now: datetime, _others: object) -> datetime:
        return now

    for module in ("store_new", "store_again"):
        monkeypatch.setattr(f"services.gateway.{module}.instant_of_receipt", same_instant)
    store_group(conn, tmp_path, [FIRST, SECOND])
    take_in_log(conn, register, log_of(map(relayed, (FIRST, FIRST, SECOND))), cuts=(1, 2))
    assert verdicts(conn)["r"] == ("violation", "stands"), "what instants of their own mend"
