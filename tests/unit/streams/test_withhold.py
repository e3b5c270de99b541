"""Of a refused event that may be about an exchange nothing is told; of any other all is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.decode import (
    Reason,
    Refusal,
    decode_context,
    decode_report,
    decode_status,
    withheld,
)
from streams.events import ExchangeEvent
from streams.keys import EventKind, event_key
from streams.withhold import key_if_stored
from tests.unit.streams import builders
from tests.unit.streams.test_schema import (
    DECLARATION,
    EXCHANGE,
    MEASURE,
    NOTIFICATION,
    REPORT,
    STATUS,
    TRUCE,
)

NAME = "Ivanenko"
PHONE = 380441234567
SOUND = json.dumps(EXCHANGE).encode()


def refusal(raw: bytes) -> Refusal:
    refused = decode_context(raw)
    assert isinstance(refused, Refusal), "it was taken"
    return refused


def with_(**changes: object) -> bytes:
    return json.dumps(EXCHANGE | changes).encode()


NAMED: dict[str, tuple[bytes, Reason]] = {
    "a field more": (with_(name=NAME), Reason.UNKNOWN_FIELD),
    "a field of this name": (with_(**{NAME: 1}), Reason.UNKNOWN_FIELD),
    "a field that names its place": (with_(**{f"x` - at `$.{NAME}": 1}), Reason.UNKNOWN_FIELD),
    "a remark": (with_(remark=NAME), Reason.UNKNOWN_FIELD),
    "as id": (with_(id=NAME), Reason.BAD_FORMAT),
    "as what it replaces": (with_(supersedes=NAME), Reason.BAD_FORMAT),
    "as category": (with_(category=NAME), Reason.UNKNOWN_WORD),
    "as step": (with_(step=f"{NAME}` - at `$.version"), Reason.UNKNOWN_WORD),
    "as side": (with_(handed_over_by=NAME), Reason.UNKNOWN_WORD),
    "as number": (with_(exchange=NAME), Reason.WRONG_TYPE),
    "as count": (with_(count={"of": NAME}), Reason.WRONG_TYPE),
    "as time": (with_(at=NAME), Reason.BAD_FORMAT),
    "as version": (with_(version=NAME), Reason.UNSUPPORTED_VERSION),
    "beside a number as version": (with_(version=2, remark=NAME), Reason.UNSUPPORTED_VERSION),
    "as mission": (with_(mission=f"{NAME} {NAME}"), Reason.BAD_FORMAT),
    "as a long source": (with_(source=NAME * 99), Reason.OUT_OF_RANGE),
    "as kind of event": (with_(event=NAME), Reason.UNKNOWN_WORD),
    "as a list of kinds": (with_(event=[NAME]), Reason.WRONG_TYPE),
    "after the end": (SOUND + NAME.encode(), Reason.MALFORMED_JSON),
    "before the beginning": (NAME.encode() + SOUND, Reason.MALFORMED_JSON),
    "broken off": (SOUND[:-1] + b', "id": "Ivanenko', Reason.MALFORMED_JSON),
    "a key twice": (
        SOUND[:-1] + f', "count": 1, "{NAME}": 2, "{NAME}": 3}}'.encode(),
        Reason.UNKNOWN_FIELD,
    ),
    "a known key twice": (SOUND[:-1] + b', "count": 1}', Reason.DUPLICATE_KEY),
    "no UTF-8": (with_(remark=NAME).replace(b"remark", b"\xff"), Reason.NOT_UTF8),
    "as UTF-16": (with_(remark=NAME).decode().encode("utf-16"), Reason.NOT_UTF8),
    "in a list": (f"[{with_(remark=NAME).decode()}]".encode(), Reason.WRONG_TYPE),
    "as a word": (json.dumps(NAME).encode(), Reason.WRONG_TYPE),
    "too much of it": (with_(remark=NAME * 200_000), Reason.TOO_LARGE),
    "too deep": (b'{"event": "exchange", "a": ' + b'{"Ivanenko":' * 100_000, Reason.WRONG_TYPE),
    "without its kind": (
        json.dumps({k: v for k, v in EXCHANGE.items() if k != "event"} | {"n": NAME}).encode(),
        Reason.MISSING_FIELD,
    ),
    "under another kind": (
        json.dumps(MEASURE | {"count": 3, "n": NAME}).encode(),
        Reason.WRONG_TYPE,
    ),
    "under two kinds": (SOUND[:-1] + b', "event": "measure", "Ivanenko": 1}', Reason.WRONG_TYPE),
    "within another kind": (
        json.dumps(TRUCE | {"x": EXCHANGE | {"n": NAME}}).encode(),
        Reason.WRONG_TYPE,
    ),
    "as a second kind": (
        json.dumps(MEASURE).encode()[:-1] + b', "event": "exchange", "n": "Ivanenko"}',
        Reason.WRONG_TYPE,
    ),
    "nothing": (b"", Reason.EMPTY),
    "no object of ours": (b"{}", Reason.MISSING_FIELD),
}


@pytest.mark.parametrize("where", NAMED)
def test_a_name_is_refused_wherever_it_stands_and_told_nobody(where: str) -> None:
    raw, reason = NAMED[where]
    refused = refusal(raw)
    if reason is not Reason.WRONG_TYPE:
        assert refused.reason is reason
    assert refused.withheld
    assert NAME not in refused.message
    assert NAME[:4] not in refused.message


def test_what_is_withheld_says_where_it_was_wrong_and_what_to_do() -> None:
    at_step = refusal(with_(step="freed")).message
    assert "$.step" in at_step
    assert "freed" not in at_step
    assert "count" in refusal(with_(count="38")).message
    missing = json.dumps({k: v for k, v in EXCHANGE.items() if k != "count"}).encode()
    assert "`count`" in refusal(missing).message


@pytest.mark.parametrize("place", ["version", "count", "exchange", "id", "at"])
@pytest.mark.parametrize("number", [PHONE, float(PHONE), -PHONE, PHONE * 10**20, [PHONE]])
def test_a_number_that_tells_of_somebody_is_told_nobody(place: str, number: object) -> None:
    refused = refusal(with_(**{place: number}))
    assert refused.withheld
    assert f"$.{place}" in refused.message
    assert str(PHONE)[:5] not in refused.message
    if place == "version":
        assert refused.reason is Reason.UNSUPPORTED_VERSION


def test_a_newer_version_is_refused_by_its_number_and_told_by_its_place() -> None:
    refused = refusal(with_(version=2))
    assert refused.reason is Reason.UNSUPPORTED_VERSION
    assert refused.message.startswith("no word of the schema - at `$.version`")


@pytest.mark.parametrize("step", ["consent_confirmed", "refused"])
def test_remains_are_neither_asked_nor_refuse(step: str) -> None:
    refused = refusal(with_(category="remains", step=step))
    assert (refused.reason, refused.withheld) == (Reason.STEP_NOT_OF_CATEGORY, True)
    assert isinstance(decode_context(with_(category="detainees", step=step)), ExchangeEvent)


@pytest.mark.parametrize("event", [DECLARATION, NOTIFICATION, TRUCE, MEASURE])
def test_what_is_plainly_another_context_event_is_told_and_kept(event: dict[str, Any]) -> None:
    refused = refusal(json.dumps(event | {"supercedes": "x-1"}).encode())
    assert (refused.reason, refused.withheld) == (Reason.UNKNOWN_FIELD, False)
    assert "supercedes" in refused.message


ELSEWHERE: dict[str, bytes] = {
    "as it is": SOUND,
    "with a name": with_(remark=NAME),
    "broken off": with_(remark=NAME)[:-1],
    "in capitals": SOUND.replace(b'"exchange"', b'"EXCHANGE"'),
    "with its letters escaped": SOUND.replace(b'"exchange"', b'"\\u0065xch\\u0061nge"'),
    "escaped and broken off": SOUND.replace(b'"exchange"', b'"\\u0065xchange"')[:-1],
    "as UTF-16": SOUND.decode().encode("utf-16"),
    "by its kind alone, in capitals": b'{"event": "EXCHANGE", "n": "Ivanenko"}',
    "by its kind alone, escaped": b'{"event": "\\u0065xch\\u0061nge", "n": "Ivanenko"}',
    "by its kind alone, broken off": b'{"event": "\\u0065XCHANGE", "n": "Ivanenko',
    "in a list": b"[" + SOUND + b"]",
    "without its kind": json.dumps({k: v for k, v in EXCHANGE.items() if k != "event"}).encode(),
    "within another": json.dumps({"a": [EXCHANGE]}).encode(),
    "too large": with_(remark=NAME * 200_000),
}


@pytest.mark.parametrize("decode", [decode_report, decode_status])
@pytest.mark.parametrize("how", ELSEWHERE)
def test_an_exchange_that_comes_where_reports_come_is_withheld_too(how: str, decode: Any) -> None:  # noqa: ANN401 (either decoder)
    refused = decode(ELSEWHERE[how])
    assert isinstance(refused, Refusal)
    assert refused.withheld
    assert NAME not in refused.message


@pytest.mark.parametrize(
    "raw",
    [
        b"not json",
        b"",
        json.dumps(REPORT | {"kind": "exchanged"}).encode(),
        json.dumps(REPORT | {"kind": "exchange_of_fire", "means": []}).encode(),
        json.dumps(REPORT | {"kind": "exchange_of_fire"}).encode()[:-1],
        json.dumps(
            REPORT | {"remark": "seen before the exchange of prisoners", "means": []}
        ).encode(),
        json.dumps(REPORT | {"event": "explosion", "means": []}).encode(),
        json.dumps(STATUS | {"mission": "no slug"}).encode(),
    ],
)
def test_a_malformed_report_is_kept_with_all_its_words(raw: bytes) -> None:
    refused = decode_report(raw)
    assert isinstance(refused, Refusal)
    assert not refused.withheld


def test_no_report_of_fire_is_mistaken() -> None:
    assert not isinstance(decode_report(builders.line(builders.report())), Refusal)


@pytest.mark.parametrize("reason", list(Reason))
def test_a_reason_is_told_without_what_it_quotes(reason: Reason) -> None:
    """Also those that a later stage finds; their own words may hold what was sent."""
    quoting = {
        Reason.UNKNOWN_MISSION: f"no agreement is loaded for mission {NAME!r}",
        Reason.UNKNOWN_FIELD: f"Object contains unknown field `{NAME}` - at `$.{NAME}`",
        Reason.WRONG_TYPE: f"Invalid {NAME} - at `$.count`",
    }
    told = withheld(Refusal(reason, quoting.get(reason, "our own words")))
    assert told.withheld
    assert NAME not in told.message


def test_refused_bytes_are_found_by_the_names_that_an_earlier_program_read_in_them() -> None:
    key = event_key(EventKind.CONTEXT, *(str(EXCHANGE[it]) for it in ("mission", "source", "id")))
    for raw in (SOUND, with_(version=2), with_(remark=NAME), with_(count="many")):
        assert key_if_stored(raw) == key
    for where in ("after the end", "as a word", "in a list", "too deep", "nothing"):
        assert key_if_stored(NAMED[where][0]) is None
    assert key_if_stored(b'{"mission": "m", "source": "s", "id": "\\ud800"}') is None


PLACES = st.sampled_from(sorted(EXCHANGE))
HIDDEN = st.one_of(
    st.just(NAME),
    st.builds(lambda a, b: f"{a}{NAME}{b}", st.text(max_size=6), st.text(max_size=6)),
    st.just([NAME]),
    st.just({NAME: NAME}),
    st.sampled_from([f"2020-05-02T09:00:00+03:00 {NAME}", f"{NAME}` - at `$.step`", f"\n{NAME}"]),
)


@given(PLACES, HIDDEN, st.sampled_from(["value", "key", "beside"]))
@settings(max_examples=300, deadline=None)
def test_a_name_hidden_anywhere_is_refused_and_never_told(
    place: str, hidden: object, how: str
) -> None:
    event: dict[str, Any] = dict(EXCHANGE)
    if how == "value":
        event[place] = hidden
    elif how == "key":
        event[str(hidden)] = event.pop(place)
    else:
        event[f"{place}{hidden}"] = hidden
    decoded = decode_context(json.dumps(event).encode())
    if isinstance(decoded, Refusal):
        assert decoded.withheld
        assert NAME not in decoded.message
    else:  # slugs, which the worker and the token hold to the agreement's own
        assert how == "value"
        assert place in {"mission", "source"}
