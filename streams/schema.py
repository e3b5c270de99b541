"""The wire's schemas as documents: JSON Schema 2020-12 and AsyncAPI 3.0.

Place on the data's way: before it, for whoever writes a producer. Both are made from the Structs
that decode reads with (`events`, `rejection`): there is no second description to keep in step.

The schema says what to send; decode takes a little more (a time with a space for the T, or an
offset without its colon) and refuses what no schema can say (an interval that ends before it
begins, a ring that crosses itself). A whole number is written without a point: ``1``, not ``1.0``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, get_args

import msgspec

from streams.events import ContextEvent, CorridorStatus, Report
from streams.rejection import Rejection
from streams.tags import KEY_ID_HEADER, SIGNATURE_HEADER, TAG_HEADER
from streams.topics import TopicName
from streams.vocabulary import DETAILS_OF, Kind

CONTEXT_EVENTS: Final[tuple[type[msgspec.Struct], ...]] = get_args(ContextEvent)
EVENTS: Final[tuple[type[msgspec.Struct], ...]] = (Report, CorridorStatus, *CONTEXT_EVENTS)
"""All that is submitted."""

Json = dict[str, Any]
"""A JSON object that is handed out and not travelled with."""

INSTANT_PATTERN: Final = (
    r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?"
    r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$(?!\n)"
)
"""A time with its UTC offset. Said as a pattern, because validators may ignore `format`."""

_ID: Final = "urn:truceline:events:v1"
_TITLE: Final = "Truceline events"


def json_schema() -> Json:
    """JSON Schema 2020-12 of everything that is submitted; each event's own is in `$defs`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _ID,
        "title": _TITLE,
        "description": "A monitor's report, a corridor operator's status, or a context event.",
        "anyOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in EVENTS],
        "$defs": wire_schemas(EVENTS, "#/$defs/{name}"),
    }


def asyncapi() -> Json:
    """AsyncAPI 3.0 of the Kafka topics that a producer meets."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": _TITLE,
            "version": "1.0.0",
            "description": "What Truceline receives over Kafka, and what it says of the refused.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {
            "reports": _channel(TopicName.REPORTS, "report", "What monitors observed."),
            "corridorStatus": _channel(
                TopicName.CORRIDOR_STATUS, "corridorStatus", "What operators say of corridors."
            ),
            "context": _context_channel(),
            "rejected": _channel(
                TopicName.REJECTED, "rejection", "Every refused event, with its reason."
            ),
        },
        "operations": {
            "receiveReport": _operation("receive", "reports", "report"),
            "receiveCorridorStatus": _operation("receive", "corridorStatus", "corridorStatus"),
            "receiveContext": {
                "action": "receive",
                "channel": {"$ref": "#/channels/context"},
                "messages": [
                    {"$ref": f"#/channels/context/messages/{name}"} for name in _CONTEXT_MESSAGES
                ],
            },
            "sendRejection": _operation("send", "rejected", "rejection"),
        },
        "components": {
            "messages": {
                "report": _event_message("Report", "One observation."),
                "corridorStatus": _event_message("CorridorStatus", "One word about a corridor."),
                **{
                    name: _event_message(kind, summary)
                    for name, (kind, summary) in _CONTEXT_MESSAGES.items()
                },
                "rejection": _rejection_message(),
            },
            "schemas": {**_draft_07_schemas(), "TagHeaders": _tag_headers()},
        },
    }


def wire_schemas(types: Sequence[type[msgspec.Struct]], ref_template: str) -> Json:
    """The schemas of these types and of all that they are made of, by name."""
    _, components = msgspec.json.schema_components(types, ref_template=ref_template)
    schemas: Json = _tightened(components)
    if "Report" in schemas:
        schemas["Report"]["allOf"] = [_detail_rule(kind) for kind in Kind]
    return schemas


def _tightened(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """Times with their offset; without `discriminator`, which is no word of JSON Schema."""
    if isinstance(schema, list):
        return [_tightened(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    tightened = {key: _tightened(part) for key, part in schema.items() if key != "discriminator"}
    if schema.get("format") == "date-time":
        tightened["pattern"] = INSTANT_PATTERN
    return tightened


def _detail_rule(kind: Kind) -> Json:
    """Which details a kind knows; absent or null is always allowed."""
    known = sorted(detail.value for detail in DETAILS_OF.get(kind, ()))
    return {
        "if": {"properties": {"kind": {"const": kind.value}}},
        "then": {"properties": {"detail": {"enum": [*known, None]}}},
    }


def _draft_07_schemas() -> Json:
    """AsyncAPI's own schema format is JSON Schema draft 07, which writes tuples otherwise."""
    schemas = wire_schemas([*EVENTS, Rejection], "#/components/schemas/{name}")
    draft_07: Json = _older_tuples(schemas)
    return draft_07


def _older_tuples(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    if isinstance(schema, list):
        return [_older_tuples(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    older = {key: _older_tuples(part) for key, part in schema.items()}
    if "prefixItems" in older:
        older["additionalItems"] = older.pop("items", True)
        older["items"] = older.pop("prefixItems")
    return older


def _channel(topic: TopicName, message: str, description: str) -> Json:
    return {
        "address": topic.value,
        "description": description,
        "messages": {message: {"$ref": f"#/components/messages/{message}"}},
        "bindings": {"kafka": {"topic": topic.value, "bindingVersion": "0.5.0"}},
    }


_CONTEXT_MESSAGES: Final = {
    "declaration": ("DeclarationEvent", "A phase begins, or a party claims something."),
    "notification": ("NotificationEvent", "What will happen, where and when."),
    "truce": ("TruceEvent", "A step in the life of a local truce."),
    "measure": ("MeasureEvent", "A word on what a party has to do."),
    "exchange": ("ExchangeEvent", "How many have come to a step of an exchange."),
    "movement": ("MovementEvent", "A step of a convoy, an evacuation or a repair team."),
}
"""The messages of the context's topic: the events' own names, and the schemas they have."""


def _context_channel() -> Json:
    described = "What is declared, notified, agreed and done beside the reports."
    channel = _channel(TopicName.CONTEXT, "declaration", described)
    channel["messages"] = {
        name: {"$ref": f"#/components/messages/{name}"} for name in _CONTEXT_MESSAGES
    }
    return channel


def _operation(action: str, channel: str, message: str) -> Json:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message}"}],
    }


def _event_message(name: str, summary: str) -> Json:
    key = "Any text or none. It spreads the load: the order in which events arrive decides nothing."
    return {
        "name": name,
        "title": name,
        "summary": summary,
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/TagHeaders"},
        "payload": {"$ref": f"#/components/schemas/{name}"},
        "bindings": _kafka_key({"type": "string", "description": key}),
    }


def _rejection_message() -> Json:
    key = "The 16 bytes of the payload's `key`."
    return {
        "name": "Rejection",
        "title": "Rejection",
        "summary": "One refused event: why, and where it came in.",
        "contentType": "application/json",
        "payload": {"$ref": "#/components/schemas/Rejection"},
        "bindings": _kafka_key({"type": "string", "format": "binary", "description": key}),
    }


def _kafka_key(schema: Json) -> Json:
    return {"kafka": {"key": schema, "bindingVersion": "0.5.0"}}


def _tag_headers() -> Json:
    return {
        "title": "TagHeaders",
        "description": (
            "Who vouches for the event. Without a good tag it is stored and judged, but never more "
            "than a possible violation, and it opens, settles and declares nothing."
        ),
        "type": "object",
        "properties": {
            KEY_ID_HEADER: {
                "type": "string",
                "minLength": 1,
                "maxLength": 64,
                "description": "Which of the producer's, or the source's, keys made it.",
            },
            TAG_HEADER: {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": (
                    "HMAC-SHA-256 (RFC 2104) over the event's raw bytes with the producer's key, "
                    "in lower-case hex."
                ),
            },
            SIGNATURE_HEADER: {
                "type": "string",
                "pattern": "^[A-Za-z0-9_-]{86}$",
                "description": (
                    "In the tag's place where the agreement gives the source keys: Ed25519 over "
                    "'Truceline event signature, form 1\\nsha256: ', the SHA-256 of the event's "
                    "raw bytes in lower-case hex and '\\n'; base64url without padding."
                ),
            },
        },
        "dependencies": {
            KEY_ID_HEADER: {
                "anyOf": [{"required": [TAG_HEADER]}, {"required": [SIGNATURE_HEADER]}]
            },
            TAG_HEADER: [KEY_ID_HEADER],
            SIGNATURE_HEADER: [KEY_ID_HEADER],
        },
    }
