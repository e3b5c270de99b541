"""The schemas and the decoder are two readings of one wire: they take the same events."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streams.decode import Reason, Refusal, decode_context, decode_report, decode_status
from streams.events import (
    CorridorStatus,
    DeclarationEvent,
    ExchangeEvent,
    MeasureEvent,
    NotificationEvent,
    Report,
    TruceEvent,
)
from streams.rejection import Rejection
from streams.schema import asyncapi, json_schema
from streams.source_keys import sign_event
from streams.tags import ProducerKey, make_tag, signed_headers
from streams.topics import TOPICS, TopicName
from streams.vocabulary import Detail, Kind
from tests.unit.streams.signatures import private_key

REPORT: dict[str, Any] = {
    "version": 1,
    "id": "r-1",
    "mission": "smm",
    "source": "patrol-1",
    "kind": "explosion",
    "detail": "impact",
    "means": ["heard", "saw"],
    "observed_from": "2020-05-01T09:15:00+03:00",
    "observed_to": "2020-05-01T06:20:00.5Z",
    "location": {
        "type": "bearings",
        "lon": 37.8,
        "lat": 48.0,
        "accuracy_m": 1000,
        "sectors": [{"bearing_deg": 0, "half_width_deg": 11.25, "min_m": 3000, "max_m": 6000}],
        "compass_points": 16,
    },
    "count": {"min": 3, "max": 5, "qualifier": "about"},
    "weapons": ["mortar", "undetermined"],
    "calibres_mm": [82, 120.5],
    "flights": [{"from_deg": 10, "to_deg": 190}],
    "monitor_sides": [{"zone": "zolote", "side": "inside"}],
    "subject_ref": "gun-7",
    "presence": "gone",
    "declared_number": 4,
    "origin": "witness-1",
    "derived_from": ["a", "b"],
    "supersedes": "r-0",
    "retracts": None,
    "exercise": False,
    "grading": {"source": "B", "information": 2},
    "attribution": {"party": "ua", "basis": "plausible"},
    "evidence": ["ab" * 32],
    "downtime": [{"start": "2020-05-01T09:15:00+03:00", "end": "2020-05-01T09:20:00+03:00"}],
    "range_m": 5000,
    "remark": "heard from the hill",
    "unknown_to_us": {"kept": "in the raw bytes"},
}
LOCATIONS: tuple[dict[str, Any], ...] = (
    {"type": "point", "lon": 37.8, "lat": 48.0, "accuracy_m": 50},
    {"type": "point", "lon": 37.8, "lat": 48.0, "accuracy_m": 50, "spread": "gaussian"},
    {"type": "area", "coordinates": [[[37, 48], [38, 48], [38, 49], [37, 48]]]},
    {"type": "track", "points": [[37, 48], [37.5, 48.5]], "accuracy_m": 5},
    {"type": "place", "name": "Donetsk", "offset_m": 8000, "bearing_deg": 315},
)
STATUS: dict[str, Any] = {
    "version": 1,
    "id": "s-1",
    "mission": "smm",
    "source": "jccc",
    "corridor": "north",
    "segment": "km12-15",
    "status": "open",
    "issued_at": "2020-05-01T09:15:00+03:00",
    "observed_at": "2020-05-01T09:10:00+03:00",
    "effective_from": "2020-05-01T09:15:00+03:00",
    "effective_to": "2020-05-01T18:00:00+03:00",
    "settles": [{"source": "patrol-1", "id": "r-1"}],
    "exercise": False,
    "remark": None,
}
HEAD: dict[str, Any] = {
    "version": 1,
    "mission": "smm",
    "source": "jccc",
    "issued_at": "2020-05-01T09:15:00+03:00",
    "supersedes": "c-0",
    "retracts": None,
    "exercise": False,
    "remark": "by letter",
}
DECLARATION: dict[str, Any] = HEAD | {
    "event": "declaration",
    "id": "d-1",
    "declares": {
        "type": "phase_begins",
        "phase": "two",
        "begins_at": "2020-05-02T00:00:00+03:00",
    },
}
NOTIFICATION: dict[str, Any] = HEAD | {
    "event": "notification",
    "id": "n-1",
    "activity": "demining",
    "place": {"zones": ["zolote"], "corridors": []},
    "begins_at": "2020-05-02T09:00:00+03:00",
    "ends_at": "2020-05-02T15:00:00+03:00",
    "notified_at": "2020-05-01T09:00:00+03:00",
    "party": "ua",
}
TRUCE: dict[str, Any] = HEAD | {
    "event": "truce",
    "id": "t-1",
    "truce": "power-line",
    "at": "2020-05-02T09:00:00+03:00",
    "step": {
        "type": "in_force",
        "terms": {
            "purpose": "repairs",
            "place": {"corridors": ["north"]},
            "begins_at": "2020-05-02T09:00:00+03:00",
            "ends_at": "2020-05-02T15:00:00+03:00",
            "prohibits": ["shot", "explosion"],
            "weapons": ["mortar"],
            "guarantors": ["osce"],
            "text": "Window of silence.",
        },
    },
}
MEASURE: dict[str, Any] = HEAD | {
    "event": "measure",
    "id": "m-1",
    "measure": "guns",
    "status": "verified",
    "at": "2020-05-02T09:00:00+03:00",
    "done": 38,
    "evidence": ["ab" * 32],
}
EXCHANGE: dict[str, Any] = {name: HEAD[name] for name in HEAD if name != "remark"} | {
    "event": "exchange",
    "id": "01890000-0000-7000-8000-000000000001",
    "supersedes": "01890000-0000-4000-8000-000000000000",
    "exchange": 1,
    "handed_over_by": "first",
    "category": "prisoners",
    "step": "transferred",
    "count": 38,
    "at": "2020-05-02T09:00:00+03:00",
}
CONTEXT = {
    "declaration": "DeclarationEvent",
    "notification": "NotificationEvent",
    "truce": "TruceEvent",
    "measure": "MeasureEvent",
    "exchange": "ExchangeEvent",
}
STEPS: tuple[dict[str, Any], ...] = (
    {"type": "extended", "ends_at": "2020-05-02T18:00:00+03:00"},
    {"type": "suspended"},
    {"type": "ended_early"},
    TRUCE["step"] | {"type": "proposed"},
    TRUCE["step"] | {"type": "agreed"},
)
GOOD: tuple[dict[str, Any], ...] = (
    REPORT,
    {name: REPORT[name] for name in ("id", "mission", "source", "kind", "means", "observed_from")}
    | {"kind": "shot"},
    *(REPORT | {"location": location} for location in LOCATIONS),
    STATUS,
    DECLARATION,
    DECLARATION | {"id": "d-2", "declares": {"type": "claim", "party": "ua", "text": "We did."}},
    NOTIFICATION,
    TRUCE,
    *(TRUCE | {"id": f"t-{step['type']}", "step": step} for step in STEPS),
    MEASURE,
    EXCHANGE,
)

Validates = Callable[[dict[str, Any]], bool]


def _validator(name: str, schema: dict[str, Any]) -> Validates:
    """Of JSON Schema 2020-12."""
    whole = {**schema, "anyOf": [{"$ref": f"#/$defs/{name}"}]}
    return jsonschema.Draft202012Validator(whole).is_valid


def _draft_07(name: str) -> Validates:
    """Of the payload in AsyncAPI, read as its default schema format says."""
    whole = {"$ref": f"#/components/schemas/{name}", "components": asyncapi()["components"]}
    return jsonschema.Draft7Validator({"allOf": [{"$ref": whole.pop("$ref")}], **whole}).is_valid


SCHEMAS = {
    "Report": (_validator("Report", json_schema()), _draft_07("Report")),
    "CorridorStatus": (
        _validator("CorridorStatus", json_schema()),
        _draft_07("CorridorStatus"),
    ),
    **{name: (_validator(name, json_schema()), _draft_07(name)) for name in CONTEXT.values()},
}


def _refusal(event: dict[str, Any]) -> Refusal | None:
    raw = json.dumps(event).encode()
    name = _name(event)
    if name == "CorridorStatus":
        decoded: object = decode_status(raw)
    else:
        decoded = decode_report(raw) if name == "Report" else decode_context(raw)
    return decoded if isinstance(decoded, Refusal) else None


def _name(event: dict[str, Any]) -> str:
    if "event" in event:
        return CONTEXT[event["event"]]
    return "CorridorStatus" if {"corridor", "corridorx"} & event.keys() else "Report"


def _taken_by_schemas(event: dict[str, Any]) -> set[bool]:
    return {valid(event) for valid in SCHEMAS[_name(event)]}


@pytest.mark.parametrize("event", GOOD, ids=lambda e: f"{e['id']}-{len(e)}")
def test_a_good_event_is_taken_by_every_reading(event: dict[str, Any]) -> None:
    assert _refusal(event) is None
    assert _taken_by_schemas(event) == {True}
    assert jsonschema.Draft202012Validator(json_schema()).is_valid(event)


BAD: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    (REPORT, {"observed_from": "2020-05-01T09:15:00"}),
    (REPORT, {"observed_from": "2020-05-01"}),
    (REPORT, {"observed_from": "2020-13-01T09:15:00Z"}),
    (REPORT, {"observed_from": "1820-05-01T09:15:00Z"}),
    (REPORT, {"observed_from": "2020-05-01T09:15:00Z\n"}),
    (REPORT, {"observed_from": 1_588_313_700}),
    (REPORT, {"observed_to": "2020-05-01T09:15:00"}),
    (REPORT, {"version": 2}),
    (REPORT, {"kind": "bang"}),
    (REPORT, {"detail": "incoming"}),
    (REPORT, {"kind": "shot"}),  # its detail is an explosion's
    (REPORT, {"means": []}),
    (REPORT, {"means": ["smelt"]}),
    (REPORT, {"means": None}),
    (REPORT, {"id": ""}),
    (REPORT, {"id": "a b"}),
    (REPORT, {"id": "a\n"}),
    (REPORT, {"id": "x" * 129}),
    (REPORT, {"mission": "s/m"}),
    (REPORT, {"mission": "-s"}),
    (REPORT, {"location": {"lon": 37.8, "lat": 48.0}}),
    (REPORT, {"location": {"type": "circle", "lon": 37.8, "lat": 48.0}}),
    (REPORT, {"location": {"type": "point", "lon": 180.1, "lat": 48.0}}),
    (REPORT, {"location": {"type": "point", "lon": 37.8, "lat": 90.1}}),
    (REPORT, {"location": {"type": "point", "lon": 37.8, "lat": 48.0, "accuracy_m": -1}}),
    (REPORT, {"location": {"type": "point", "lon": 37.8, "lat": 48.0, "spread": "normal"}}),
    (REPORT, {"location": {"type": "track", "points": [[37, 48]]}}),
    (REPORT, {"location": {"type": "track", "points": [[37, 48, 100], [37, 49, 100]]}}),
    (REPORT, {"location": {"type": "area", "coordinates": [[[37, 48], [38, 48], [37, 48]]]}}),
    (REPORT, {"location": REPORT["location"] | {"sectors": []}}),
    (REPORT, {"location": REPORT["location"] | {"compass_points": 12}}),
    (REPORT, {"location": REPORT["location"] | {"sectors": [{"bearing_deg": 361}]}}),
    (REPORT, {"location": REPORT["location"] | {"sectors": [{"half_width_deg": 0}]}}),
    (REPORT, {"count": {"min": -1}}),
    (REPORT, {"count": {"min": 1.5}}),
    (REPORT, {"count": {"max": 3}}),
    (REPORT, {"count": {"min": 3, "qualifier": "some"}}),
    (REPORT, {"weapons": ["mortar"] * 17}),
    (REPORT, {"calibres_mm": [0]}),
    (REPORT, {"grading": {"source": "G", "information": 2}}),
    (REPORT, {"grading": {"source": "A", "information": 7}}),
    (REPORT, {"evidence": ["AB" * 32]}),
    (REPORT, {"exercise": "no"}),
    (REPORT, {"remark": "x" * 4001}),
    (STATUS, {"status": "usable"}),
    (STATUS, {"issued_at": "2020-05-01T09:15:00"}),
    (STATUS, {"effective_from": None}),
    (STATUS, {"settles": ["r-1"]}),
    (STATUS, {"corridor": "north road"}),
    (DECLARATION, {"declares": {"type": "phase_begins", "phase": "two"}}),
    (DECLARATION, {"declares": {"type": "claim", "party": "ua", "text": ""}}),
    (NOTIFICATION, {"unknown_to_us": 1}),
    (NOTIFICATION, {"activity": "parade"}),
    (NOTIFICATION, {"begins_at": "2020-05-02T09:00:00"}),
    (NOTIFICATION, {"place": {"zones": ["zolote"], "zone": []}}),
    (NOTIFICATION, {"party": None}),
    (TRUCE, {"step": {"type": "in_force"}}),
    (TRUCE, {"step": {"type": "lapsed"}}),
    (TRUCE, {"step": {"type": "suspended", "reason": "fire"}}),
    (TRUCE, {"step": TRUCE["step"] | {"terms": TRUCE["step"]["terms"] | {"prohibits": []}}}),
    (MEASURE, {"status": "pending"}),
    (MEASURE, {"done": -1}),
    (MEASURE, {"done": 1.5}),
    (EXCHANGE, {"remark": "by letter"}),
    (EXCHANGE, {"id": "e-1"}),
    (EXCHANGE, {"id": "01890000-0000-7000-8000-00000000000A"}),
    (EXCHANGE, {"id": "01890000-0000-1000-8000-000000000001"}),
    (EXCHANGE, {"supersedes": "e-0"}),
    (EXCHANGE, {"exchange": "one"}),
    (EXCHANGE, {"exchange": 0}),
    (EXCHANGE, {"exchange": 10_000}),
    (EXCHANGE, {"handed_over_by": "ua"}),
    (EXCHANGE, {"category": "hostages"}),
    (EXCHANGE, {"step": "freed"}),
    (EXCHANGE, {"count": -1}),
    (EXCHANGE, {"count": 1_000_001}),
    (EXCHANGE, {"count": "38"}),
)


@pytest.mark.parametrize(("good", "change"), BAD, ids=lambda e: str(e)[:60])
def test_a_bad_event_is_refused_by_every_reading(
    good: dict[str, Any], change: dict[str, Any]
) -> None:
    event = good | change
    assert _refusal(event) is not None
    assert _taken_by_schemas(event) == {False}


@pytest.mark.parametrize(
    "event",
    [REPORT, STATUS, DECLARATION, NOTIFICATION, TRUCE, MEASURE, EXCHANGE],
    ids=["report", "status", *CONTEXT],
)
def test_an_event_without_one_of_its_required_fields_is_refused_by_every_reading(
    event: dict[str, Any],
) -> None:
    required = json_schema()["$defs"][_name(event)]["required"]
    for name in required:
        if name in ("corridor", "event"):
            continue  # the test tells the two events apart by it
        without = {key: value for key, value in event.items() if key != name}
        assert _refusal(without) is not None, name
        assert _taken_by_schemas(without) == {False}, name


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_knows_the_same_details_in_every_reading(kind: Kind) -> None:
    for detail in (None, *Detail):
        event = REPORT | {"kind": kind.value, "detail": detail and detail.value}
        assert _taken_by_schemas(event) == {_refusal(event) is None}, detail


BEYOND_SCHEMAS = {
    Reason.INTERVAL_REVERSED,
    Reason.COUNT_REVERSED,
    Reason.DISTANCE_REVERSED,
    Reason.REFERS_TO_ITSELF,
    Reason.BAD_GEOMETRY,
    Reason.NAMES_NO_PLACE,
    Reason.STEP_NOT_OF_CATEGORY,
}
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**10), 10**10),
    st.floats(-1e6, 1e6).filter(lambda value: not value.is_integer()),
    st.sampled_from(["", "x", "a b", "a\n", "open", "heard", "saw", "mortar", "point", "track"]),
    st.sampled_from(["2020-05-01T09:15:00Z", "2020-05-01T09:15:00", "A", "x" * 65, "x" * 129]),
    st.sampled_from([8, 16, 12, 0, 180, 360, 361, 90.5]),
    st.builds(list),
    st.builds(dict),
    st.sampled_from(LOCATIONS),
    st.lists(st.tuples(st.integers(-200, 200), st.integers(-100, 100)).map(list), max_size=5),
)


def _places(value: object) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    event: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(1, 3))):
        places = [(box, key) for box, key in _places(event) if key not in ("corridor", "event")]
        container, key = draw(st.sampled_from(places))
        if draw(st.integers(0, 3)):
            container[key] = copy.deepcopy(draw(VALUES))
        else:
            del container[key]
    return event


@given(mutated())
@example(REPORT | {"observed_to": None})
@settings(max_examples=400, deadline=None)
def test_the_decoder_and_the_schemas_take_the_same_events(event: dict[str, Any]) -> None:
    refusal = _refusal(event)
    if refusal is not None and refusal.reason in BEYOND_SCHEMAS:
        return
    assert _taken_by_schemas(event) == {refusal is None}, refusal


def test_what_the_structs_write_the_schemas_take() -> None:
    made: tuple[tuple[dict[str, Any], type[msgspec.Struct]], ...] = (
        (REPORT, Report),
        (STATUS, CorridorStatus),
        (DECLARATION, DeclarationEvent),
        (NOTIFICATION, NotificationEvent),
        (TRUCE, TruceEvent),
        (MEASURE, MeasureEvent),
        (EXCHANGE, ExchangeEvent),
    )
    for event, kind in made:
        written = json.loads(msgspec.json.encode(msgspec.convert(event, kind)))
        assert _taken_by_schemas(written) == {True}


def test_a_rejection_is_as_its_schema_says() -> None:
    valid = _draft_07("Rejection")
    key = "01890000-0000-7000-8000-000000000000"
    said = {"key": key, "reason": "empty", "message": "m", "topic": "t", "partition": 0}
    said |= {"offset": 1, "size_bytes": 0}
    rejection = msgspec.convert(said, Rejection)
    assert valid(json.loads(msgspec.json.encode(rejection)))
    assert not valid({"key": key})


def test_json_schema_is_itself_sound() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)


@pytest.mark.parametrize("document", [json_schema(), asyncapi()], ids=["json_schema", "asyncapi"])
def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = set(_references(document))
    assert references
    for reference in references:
        assert reference.startswith("#/")
        target: Any = document
        for step in reference[2:].split("/"):
            target = target[step]


def test_asyncapi_names_the_topics_that_exist_and_says_who_sends() -> None:
    document = asyncapi()
    assert document["asyncapi"] == "3.0.0"
    assert {channel["address"] for channel in document["channels"].values()} == {
        topic.name.value for topic in TOPICS
    }
    actions = {
        document["channels"][operation["channel"]["$ref"].split("/")[-1]]["address"]: operation[
            "action"
        ]
        for operation in document["operations"].values()
    }
    assert actions == {
        TopicName.REPORTS: "receive",
        TopicName.CORRIDOR_STATUS: "receive",
        TopicName.CONTEXT: "receive",
        TopicName.REJECTED: "send",
    }


def test_an_operations_messages_are_its_channels_own() -> None:
    document = asyncapi()
    for operation in document["operations"].values():
        channel = operation["channel"]["$ref"]
        assert all(m["$ref"].startswith(f"{channel}/messages/") for m in operation["messages"])
    for name, message in document["components"]["messages"].items():
        assert message["contentType"] == "application/json", name
        assert message["bindings"]["kafka"]["key"]["description"], name


def test_the_headers_that_we_make_are_the_headers_that_asyncapi_describes() -> None:
    key = ProducerKey("patrol-key", b"secret", "smm", frozenset())
    signature = sign_event(private_key("patrol"), b"{}")
    tagged = {name: value.decode() for name, value in make_tag(key, b"{}")}
    signed = {name: value.decode() for name, value in signed_headers("own", signature)}
    valid = _draft_07("TagHeaders")
    assert valid({})  # without a tag: stored and judged, never more than possible
    described = asyncapi()["components"]["schemas"]["TagHeaders"]["properties"]
    assert set(described) == {*tagged, *signed}
    for headers in (tagged, signed):
        assert valid(headers)
        for name in headers:
            assert not valid({other: value for other, value in headers.items() if other != name})
    assert not valid(headers | {"truceline-tag": "AB" * 32})
