"""Poison becomes a row with its reason and its bytes, once; what stands beside it is judged."""

from __future__ import annotations

import time
from dataclasses import replace
from hashlib import sha256

import msgspec
import pytest

from services.store.engine import Connection
from services.worker.casebook import VERSIONS_LIMIT
from streams.inforce import Register
from streams.topics import TopicName
from tests.integration.worker.ground import opened, report
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, Message, Voucher, log_of, message, said
from tests.integration.worker.stored import one, rows, verdicts

SOUND = msgspec.json.encode(report("r"))
STATUS = TopicName.CORRIDOR_STATUS
POISON: dict[str, tuple[bytes, str]] = {
    "bad JSON": (b'{"id": "r-1", ', "malformed_json"),
    "ten megabytes": (b'{"remark": "' + b"x" * 10_000_000 + b'"}', "too_large"),
    "NaN": (SOUND.replace(b"38.0", b"NaN"), "malformed_json"),
    "wrong types": (SOUND.replace(b'"r"', b"17"), "wrong_type"),
    "an array": (b"[1, 2, 3]", "wrong_type"),
    "deep nesting": (b"[" * 100_000, "wrong_type"),
    "deep nesting in a field": (b'{"id":' + b"[" * 100_000, "wrong_type"),
    "deep nesting in an unknown field": (b'{"a":' + b"[" * 100_000, "nested_too_deeply"),
    "deep objects": (b'{"a":' * 100_000, "nested_too_deeply"),
    "invalid UTF-8": (SOUND.replace(b'"r"', b'"\xff\xfe"'), "not_utf8"),
    "a NUL in an id": (SOUND.replace(b'"r"', b'"r\\u0000"'), "bad_format"),
    "a lone surrogate": (SOUND.replace(b'"r"', b'"\\ud800"'), "malformed_json"),
    "only NULs": (b"\0" * 64, "malformed_json"),
    "an unknown kind": (SOUND.replace(b'"explosion"', b'"miracle"'), "unknown_kind"),
    "no offset": (SOUND.replace(b"00Z", b"00"), "missing_utc_offset"),
}


@pytest.mark.parametrize("name", POISON)
def test_poison_is_kept_with_its_reason_and_the_rest_is_judged(
    conn: Connection, register: Register, name: str
) -> None:
    raw, reason = POISON[name]
    take_in_log(conn, register, log_of([said(report("before")), message(raw), said(report("r"))]))
    found = rows(conn, "SELECT reason, content_hash, record_offset, topic FROM rejected")
    assert found == [(reason, sha256(raw).digest(), 1, "truceline.reports.v1")]
    assert one(conn, "SELECT sha256(raw) FROM rejected") == sha256(raw).digest()
    assert verdicts(conn).keys() == {"before", "r"}


@pytest.mark.parametrize("value", [b"", None])
def test_an_empty_event_is_kept_as_one(
    conn: Connection, register: Register, value: bytes | None
) -> None:
    take_in_log(conn, register, log_of([Message(TopicName.REPORTS, value)]))
    assert rows(conn, "SELECT reason, raw FROM rejected") == [("empty", b"")]


@pytest.mark.parametrize("cuts", [(), (1, 2)])
def test_poison_sent_thrice_is_kept_once_and_refused_thrice(
    conn: Connection, register: Register, cuts: tuple[int, ...]
) -> None:
    refused = take_in_log(conn, register, log_of([message(b"not json")] * 3), cuts)
    assert rows(conn, "SELECT received_at, record_offset FROM rejected") == [(RECEIVED, 0)]
    assert [item.record.offset for item in refused] == [0, 1, 2]


def test_the_same_poison_on_two_topics_is_two_rejections(
    conn: Connection, register: Register
) -> None:
    log = log_of([message(b"not json"), message(b"not json", topic=STATUS)])
    take_in_log(conn, register, log)
    assert one(conn, "SELECT count(*) FROM rejected") == 2


def test_what_nothing_can_judge_is_refused_by_name(conn: Connection, register: Register) -> None:
    early = report("early", observed_from=report().observed_from.replace(year=2001))
    refused = take_in_log(
        conn,
        register,
        log_of(
            [
                said(report("lost", mission="nowhere")),
                said(early),
                said(msgspec.structs.replace(opened("s-1", 1), mission="nowhere")),
                said(msgspec.structs.replace(opened("s-2", 1), corridor="no-such")),
            ]
        ),
    )
    assert [(item.event_id, item.refusal.reason) for item in refused] == [
        ("lost", "unknown_mission"),
        ("early", "nothing_in_force"),
        ("s-1", "unknown_mission"),
        ("s-2", "unknown_corridor"),
    ]
    query = "SELECT event_id FROM rejected ORDER BY record_offset"
    assert rows(conn, query) == [("lost",), ("early",), ("s-1",), ("s-2",)]


def test_what_was_refused_for_its_mission_is_taken_in_once_that_is_loaded(
    conn: Connection, register: Register
) -> None:
    log = log_of([said(report("r"))])
    assert take_in_log(conn, Register((), ()), log)
    assert not take_in_log(conn, register, log)
    assert verdicts(conn) == {"r": ("violation", "stands")}
    assert one(conn, "SELECT count(*) FROM rejected") == 1


def test_a_flood_of_versions_neither_stops_the_worker_nor_silences_the_source(
    conn: Connection, register: Register
) -> None:
    flood = [said(report("r", remark=str(n)), Voucher.NOBODY) for n in range(1_000)]
    began = time.monotonic()
    take_in_log(conn, register, log_of(flood), cuts=(10, 500))
    take_in_log(conn, register, log_of(flood))
    assert time.monotonic() - began < 20, "the watchdog would have ended the worker by now"
    assert one(conn, "SELECT count(*) FROM submissions") == VERSIONS_LIMIT
    assert one(conn, "SELECT count(*) FROM rejected") == len(flood) - VERSIONS_LIMIT
    assert verdicts(conn) == {"r": ("possible_violation", "stands")}
    take_in_log(conn, register, log_of([said(report("r"))]))
    assert verdicts(conn) == {"r": ("violation", "stands")}


@pytest.mark.parametrize(
    "headers",
    [
        (("truceline-key-id", b"\0local"), ("truceline-tag", b"\xff\0")),
        (("truceline-key-id", b"\xf0\x9f\x92\xa3" * 1000), ("truceline-tag", b"")),
        (("truceline-key-id", b""), ("truceline-tag", b"0" * 1_000_000)),
        (("truceline-key-id", b"local"),),
        (("", b""), ("\0", b"\0")),
    ],
)
def test_no_header_stops_the_worker(
    conn: Connection, register: Register, headers: tuple[tuple[str, bytes], ...]
) -> None:
    hostile = said(report("r"))._replace(headers=headers)
    take_in_log(conn, register, log_of([hostile]))
    assert verdicts(conn) == {"r": ("possible_violation", "stands")}


@pytest.mark.parametrize("timestamp", [-1, 0, 1 << 62])
def test_no_record_time_stops_the_worker(
    conn: Connection, register: Register, timestamp: int
) -> None:
    log = log_of([said(report("r")), message(b"x", Voucher.NOBODY)])
    take_in_log(conn, register, [replace(record, timestamp=timestamp) for record in log])
    assert one(conn, "SELECT count(*) FROM submissions") == 1
    assert one(conn, "SELECT count(*) FROM rejected") == 1
