"""What an event is meant as, decided before it is sent."""

from __future__ import annotations

import msgspec
import pytest

from services.gateway import examples
from services.submit import decision_of
from streams.topics import TopicName
from tests.unit.examples.example import FOLDER

STATUS = (FOLDER / "corridor-day.ndjson").read_bytes().splitlines()[0]
REPORT = b"""{"id": "r-1", "mission": "m", "source": "s", "kind": "shot", "means": ["heard"],
 "observed_from": "2018-09-05T10:10:00Z"%s}"""


def test_a_status_goes_to_the_statuses() -> None:
    decision = decision_of(STATUS)
    assert decision.topic is TopicName.CORRIDOR_STATUS
    assert decision.key == b"osce-smm/coordination-cell"
    assert decision.refusal is None


def test_a_context_event_goes_to_the_context() -> None:
    decision = decision_of(msgspec.json.encode(examples.NOTIFICATION))
    assert decision == (TopicName.CONTEXT, b"osce-smm/coordination-cell", None)


@pytest.mark.parametrize(
    "more",
    [
        b"",
        b', "event": "truce"',
        b', "corridor": "zolote-road"',
        b', "status": "draft", "corridor": null',
    ],
)
def test_a_report_may_carry_fields_of_any_name(more: bytes) -> None:
    decision = decision_of(REPORT % more)
    assert decision == (TopicName.REPORTS, b"m/s", None)


@pytest.mark.parametrize(
    ("raw", "topic", "reason"),
    [
        (STATUS.replace(b'"corridor"', b'"coridor"'), TopicName.CORRIDOR_STATUS, "missing_field"),
        (STATUS.replace(b'"open"', b'"ajar"'), TopicName.CORRIDOR_STATUS, "unknown_word"),
        (REPORT % b', "kind2": 1' + b"}", TopicName.REPORTS, "malformed_json"),
        (b'{"event": "rumour"}', TopicName.CONTEXT, "unknown_word"),
        (b"", TopicName.REPORTS, "empty"),
        (b"[]", TopicName.REPORTS, "wrong_type"),
        (b"\xff", TopicName.REPORTS, "not_utf8"),
        (b'{"a":' * 100_000, TopicName.REPORTS, "nested_too_deeply"),
        (b'{"kind": NaN}', TopicName.REPORTS, "malformed_json"),
    ],
)
def test_what_would_be_refused_is_known_before_it_is_sent(
    raw: bytes, topic: TopicName, reason: str
) -> None:
    decision = decision_of(raw)
    assert decision.topic is topic
    assert decision.refusal is not None
    assert decision.refusal.reason == reason


@pytest.mark.parametrize("source", ["1", "null", '{"a": [1]}', '"\\ud83d"'])
def test_a_key_is_made_of_whatever_stands_there(source: str) -> None:
    raw = f'{{"kind": "shot", "mission": "m", "source": {source}}}'.encode()
    assert isinstance(decision_of(raw).key, bytes)
