"""Operation: what a route takes and answers, as values that `describe` writes as OpenAPI. Pure.

Place on the data's way: beside it, for whoever writes a client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec import Struct

from services.gateway.problems import Code
from streams.schema import Json

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
TEXT: Final = "text/plain"
CALENDAR: Final = "text/calendar"
SVG: Final = "image/svg+xml"
LINES: Final[Json] = {"type": "string", "description": "A JSON object a line."}


@dataclass(frozen=True, slots=True)
class Content:
    """A body in one media type."""

    media_type: str
    schema: Json
    examples: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """Part of the path, if its name stands there; else of the query, and optional."""

    name: str
    description: str
    example: Any
    schema: Json = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back where nothing is a problem."""

    status: int
    description: str
    contents: tuple[Content, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """What a method does at a path."""

    description: str
    answers: tuple[Answer, ...]
    parameters: tuple[Parameter, ...] = ()
    body: tuple[Content, ...] = ()
    problems: tuple[Code, ...] = ()
    """Its own."""


def schema_of(kind: type[Struct]) -> Json:
    """A reference to the schema of a type, which is one of `described.TYPES`."""
    return {"$ref": f"#/components/schemas/{kind.__name__}"}
