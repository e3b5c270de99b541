"""What answers mean: only what is surely the gateway's settles an event."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies

from services.client.answer import LONGEST_ASKED_S, Answer, asked_wait_s, hear
from services.client.batch import Batch
from services.spool.entries import Entry, Receipt, State
from tests.unit.services.client.entries import NOW, entry

ENTRIES = (entry(b'{"id": "a"}', 11), entry(b'{"id": "b"}', 12), entry(b'{"id": "c"}', 13))
LINES = Batch(ENTRIES, as_lines=True)
SINGLE = Batch(ENTRIES[:1], as_lines=False)


def receipt_of(one: Entry, **other: str) -> dict[str, Any]:
    signed = {
        "format": "truceline.receipt.v1",
        "kind": one.event.kind.value,
        "sha256": one.event.digest.hex(),
    }
    return {"receipt": signed | other, "signature": "c2ln"}


def answered(*lines: object, status: int = 200, retry_after: str | None = None) -> Answer:
    return Answer(status, b"\n".join(map(msgspec.json.encode, lines)), retry_after)


def test_each_line_settles_its_event() -> None:
    heard = hear(
        LINES,
        answered(
            {"line": 3, "status": 400, "reason": "bad_format", "detail": "no"},
            {"line": 1, "status": 201, **receipt_of(ENTRIES[0])},
            {"line": 2, "status": 409, **receipt_of(ENTRIES[1]), "reason": "other_content"},
        ),
        NOW,
    )
    found = {one.number: (one.state, one.reason) for one in heard.settled}
    assert found == {
        13: (State.REFUSED, "bad_format"),
        11: (State.RECEIPTED, ""),
        12: (State.CONFLICT, "other_content"),
    }
    assert (heard.trouble, heard.stop) == ("", False)


def test_a_receipt_is_kept_as_it_came() -> None:
    raw = b'{"line":1,"status":200,"receipt":{"kind":"report", "x":1,"sha256":"%s",' % (
        ENTRIES[0].event.digest.hex().encode()
    )
    raw += b'"format":"truceline.receipt.v1"},"signature":"c2ln"}'
    (settled,) = hear(LINES, Answer(200, raw), NOW).settled
    assert settled.receipt is not None
    assert settled.receipt.receipt.startswith(b'{"kind":"report", "x":1,')


@pytest.mark.parametrize("status", [200, 201, 409])
def test_a_single_answer_settles_its_event(status: int) -> None:
    (settled,) = hear(SINGLE, answered(receipt_of(ENTRIES[0]), status=status), NOW).settled
    assert settled.state is (State.CONFLICT if status == 409 else State.RECEIPTED)
    assert isinstance(settled.receipt, Receipt)


@pytest.mark.parametrize("other", [{"sha256": "0" * 64}, {"kind": "corridor_status"}])
def test_a_receipt_for_something_else_settles_nothing(other: dict[str, str]) -> None:
    line = {"line": 1, "status": 201, **receipt_of(ENTRIES[0], **other)}
    heard = hear(LINES, answered(line), NOW)
    assert heard.settled == ()
    assert "other bytes" in heard.trouble


def test_a_receipt_that_does_not_verify_settles_nothing() -> None:
    line = {"line": 1, "status": 201, **receipt_of(ENTRIES[0])}
    heard = hear(LINES, answered(line), NOW, lambda *_: "no such key")
    assert (heard.settled, "no such key" in heard.trouble) == ((), True)


@pytest.mark.parametrize(
    "line",
    [
        {"line": 1, "status": 201},
        {"line": 1, "status": 201, "receipt": {}, "signature": "c2ln"},
        {"line": 1, "status": 201, **receipt_of(ENTRIES[0]), "signature": ""},
        {"line": 1, "status": 400},
        {"line": 1, "status": 429, "reason": "slow_down"},
        {"line": 1, "status": 503, "reason": "busy"},
        {"line": 4, "status": 201},
        {"line": 0, "status": 201},
        {"status": "201"},
        [],
    ],
)
def test_a_line_without_receipt_or_reason_settles_nothing(line: object) -> None:
    heard = hear(LINES, answered(line), NOW)
    assert heard.settled == ()
    assert heard.trouble
    assert not heard.stop


def test_what_an_answer_leaves_out_waits_and_the_rest_is_settled() -> None:
    heard = hear(LINES, answered({"line": 2, "status": 200, **receipt_of(ENTRIES[1])}), NOW)
    assert [one.number for one in heard.settled] == [12]
    assert "nothing of 2 events" in heard.trouble


@pytest.mark.parametrize("batch", [LINES, SINGLE])
@pytest.mark.parametrize("status", [401, 403, 404, 405, 415, 301, 307])
def test_where_a_person_has_to_act_it_stops(batch: Batch, status: int) -> None:
    heard = hear(batch, Answer(status, b"<html>"), NOW)
    assert heard.stop
    assert str(status) in heard.trouble


@pytest.mark.parametrize("batch", [LINES, SINGLE])
@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_passes_by_itself_is_tried_again_as_asked(batch: Batch, status: int) -> None:
    heard = hear(batch, Answer(status, b"", "7"), NOW)
    assert (heard.settled, heard.stop, heard.divide, heard.asked_s) == ((), False, False, 7.0)
    assert heard.trouble


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_batch_that_is_not_taken_is_divided_until_one_event_is_refused(status: int) -> None:
    answer = answered({"reason": "too_large", "detail": "why"}, status=status)
    assert hear(LINES, answer, NOW).divide
    (settled,) = hear(SINGLE, answer, NOW).settled
    assert (settled.state, settled.reason) == (State.REFUSED, "too_large")


def test_a_refusal_without_a_reason_is_a_strangers_and_only_that_event_is_let_be() -> None:
    heard = hear(SINGLE, Answer(413, b"<html>"), NOW)
    assert (heard.settled, heard.alone, heard.stop) == ((), True, False)


@given(
    strategies.sampled_from([LINES, SINGLE]),
    strategies.integers(100, 599),
    strategies.binary(),
    strategies.none() | strategies.text(),
)
def test_garbage_settles_nothing_and_raises_nothing(
    batch: Batch, status: int, body: bytes, retry_after: str | None
) -> None:
    heard = hear(batch, Answer(status, body, retry_after), NOW)
    assert heard.settled == ()
    assert heard.trouble


def test_retry_after_is_seconds_or_a_date() -> None:
    assert asked_wait_s("120", NOW) == 120
    later = format_datetime(NOW + timedelta(seconds=90), usegmt=True)
    assert asked_wait_s(later, NOW) == 90
    past = format_datetime(NOW - timedelta(days=9), usegmt=True)
    assert asked_wait_s(past, NOW) == 0
    assert asked_wait_s("9" * 400, NOW) == LONGEST_ASKED_S
    assert [asked_wait_s(text, NOW) for text in (None, "", "soon", "-1", "\u0663")] == [None] * 5
