"""The description of the routes is whole, and its examples are what it says they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import msgspec
import pytest
from litestar import get

from services.gateway.app import EVERYBODY, MAY, ROUTES, described
from services.gateway.describe import UndescribedError, describe
from services.gateway.problems import MEDIA_TYPE, Code

Json = dict[str, Any]
DOCUMENT: Json = msgspec.json.decode(described())
OPERATIONS = {
    f"{method} {path}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
each_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=list(OPERATIONS))


def contents(operation: Json) -> Iterator[tuple[str, str, Json]]:
    """Every body of an operation: what it is of, its media type, itself."""
    bodies = {"request": operation.get("requestBody", {}), **operation["responses"]}
    for name, body in bodies.items():
        for media_type, content in body.get("content", {}).items():
            yield name, media_type, content


def check(value: object, schema: Json) -> None:
    whole = {**schema, "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)


def test_every_route_is_described() -> None:
    routes = sum(len(route.paths) * len(route.http_methods) for route in ROUTES)
    assert len(OPERATIONS) == routes
    assert DOCUMENT["openapi"].startswith("3.1")


def test_a_route_that_is_not_described_does_not_start() -> None:
    @get("/secret", opt={MAY: EVERYBODY}, sync_to_thread=False)
    def route() -> None: ...

    with pytest.raises(UndescribedError, match="GET /secret"):
        describe([(route, EVERYBODY)])


@each_operation
def test_everything_that_goes_in_or_out_has_an_example(operation: Json) -> None:
    assert operation["summary"]
    for name, media_type, content in contents(operation):
        assert content.get("examples"), (name, media_type)
    for parameter in operation["parameters"]:
        assert parameter["example"] is not None
        assert parameter["description"]


@each_operation
def test_an_example_is_what_its_schema_says(operation: Json) -> None:
    for parameter in operation["parameters"]:
        check(parameter["example"], parameter["schema"])
    for _, _, content in contents(operation):
        for example in content["examples"].values():
            check(example["value"], content["schema"])


def test_an_example_that_is_not_would_be_found() -> None:
    schema = {"$ref": "#/components/schemas/Report"}
    with pytest.raises(jsonschema.ValidationError):
        check({"id": "x"}, schema)


@each_operation
def test_an_answer_that_succeeds_and_one_that_fails_are_shown(operation: Json) -> None:
    statuses = {int(status) for status in operation["responses"]}
    assert any(status < 300 for status in statuses)
    assert 500 in statuses
    if operation["security"]:
        assert {401, 429, 503} <= statuses
    for name, media_type, _ in contents(operation):
        if name.isdigit() and int(name) >= 400:
            assert media_type == MEDIA_TYPE


def test_every_problem_that_a_route_may_tell_is_shown_somewhere() -> None:
    shown = {
        name
        for operation in OPERATIONS.values()
        for status, media_type, content in contents(operation)
        for name in content["examples"]
        if media_type == MEDIA_TYPE
    }
    # Told where no route is found, or none with this method.
    assert shown == set(Code) - {Code.NOT_FOUND, Code.METHOD_NOT_ALLOWED}


def test_every_reference_leads_somewhere() -> None:
    def references(part: object) -> Iterator[str]:
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                yield part["$ref"]
            for inner in part.values():
                yield from references(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from references(inner)

    for reference in set(references(DOCUMENT)):
        found: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        assert found
