"""Exported lines hold the bytes as they were, and receipts as they came."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

from hypothesis import given, strategies

from services.spool.entries import Entry, Event, Kind, Receipt, State
from services.spool.export import line_of

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@given(strategies.binary())
def test_an_exported_line_gives_the_bytes_back(raw: bytes) -> None:
    event = Event(raw, Kind.CORRIDOR_STATUS)
    line = line_of(Entry(1, event, State.WAITING, NOW))
    read = json.loads(line)
    assert line.count(b"\n") == 1
    assert base64.b64decode(read["raw"]) == raw
    assert read["sha256"] == event.digest.hex()
    assert (read["kind"], read["state"], read["receipt"]) == ("corridor_status", "waiting", None)


def test_a_receipt_is_exported_as_it_came() -> None:
    receipt = Receipt(b'{"z":1,"a":"2"}', "c2ln")
    line = line_of(
        Entry(1, Event(b"{}", Kind.REPORT), State.RECEIPTED, NOW, NOW, receipt, "https://g")
    )
    assert b'"receipt":{"z":1,"a":"2"},"signature":"c2ln"' in line
