"""Records become events with their keys, or refusals with their bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.worker.incoming import read_records, refuse
from streams.decode import Reason, Refusal, decode_report
from streams.keys import EventKind, event_key
from streams.tags import KEY_ID_HEADER, TAG_HEADER, ProducerKey, make_tag
from streams.vocabulary import Authentication
from tests.unit.services.worker.incoming_events import RECEIVED, entry, incoming
from tests.unit.streams.builders import MISSION, SOURCE, report

KEY = ProducerKey("local", b"\1" * 32, None, frozenset())
KEYS = {KEY.id: KEY}
RAW = msgspec.json.encode(report("r"))


def test_an_event_carries_all_that_the_store_asks_for() -> None:
    record = entry(RAW, 7, tuple(make_tag(KEY, RAW)))
    (item,), refused = read_records([record], EventKind.REPORT, decode_report, KEYS)
    assert not refused
    assert item.event == report("r")
    assert item.key == event_key(EventKind.REPORT, MISSION, SOURCE, "r")
    assert (item.raw, item.content_hash) == (RAW, sha256(RAW).digest())
    assert (item.authentication, item.key_id) == (Authentication.TAG_VALID, "local")
    assert (item.received_at - RECEIVED).total_seconds() == 7
    assert item.record is record


def test_events_and_refusals_keep_the_order_of_the_log() -> None:
    log = [entry(RAW, 0), entry(b"{", 1), entry(RAW, 2), entry(b"", 3)]
    events, refused = read_records(log, EventKind.REPORT, decode_report, KEYS)
    assert [item.record.offset for item in events] == [0, 2]
    assert [(item.record.offset, item.refusal.reason) for item in refused] == [
        (1, Reason.MALFORMED_JSON),
        (3, Reason.EMPTY),
    ]


def test_an_event_refused_for_what_it_says_is_named() -> None:
    refused = refuse(incoming(report("r")), Refusal(Reason.UNKNOWN_MISSION, "no"))
    assert (refused.mission, refused.source, refused.event_id) == (MISSION, SOURCE, "r")
    assert refused.content_hash == sha256(RAW).digest()


@given(st.binary(max_size=40), st.binary(max_size=80))
def test_whatever_stands_in_a_header_can_be_stored(key_id: bytes, tag: bytes) -> None:
    record = entry(RAW, 0, ((KEY_ID_HEADER, key_id), (TAG_HEADER, tag)))
    (item,), _ = read_records([record], EventKind.REPORT, decode_report, KEYS)
    assert item.key_id is not None
    assert "\0" not in item.key_id
    item.key_id.encode()  # raises for a lone surrogate
    assert not item.authentication.vouched


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (1_772_539_200_123, datetime(2026, 3, 3, 12, 0, 0, 123_000, tzinfo=UTC)),
        (-(1 << 62), datetime.min.replace(tzinfo=UTC)),
        (1 << 62, datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_receipt_is_the_records_time_to_the_millisecond(timestamp: int, expected: datetime) -> None:
    record = replace(entry(RAW), timestamp=timestamp)
    (item,), _ = read_records([record], EventKind.REPORT, decode_report, KEYS)
    assert item.received_at == expected
