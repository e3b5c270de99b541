"""Describe: the routes as an OpenAPI 3.1 document, made from one table (`described`). Pure.

Place on the data's way: beside it, for whoever writes a client: GET /schema/openapi.json. Types
come from the Structs that are read and written; a problem's words from `problems`; who may from
the route itself. A route that is not in the table does not start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from inspect import cleandoc
from typing import Final

import msgspec
from litestar.handlers import HTTPRouteHandler

from services.gateway.described import OPERATIONS, TYPES
from services.gateway.operation import Answer, Content, Operation, Parameter
from services.gateway.present import AS_PASSWORD
from services.gateway.problems import MEDIA_TYPE, PROBLEMS, RETRY_AFTER_S, Code, ProblemError
from services.tokens.token import Role
from streams.schema import Json, wire_schemas

REF: Final = "#/components/schemas/{name}"
PROBLEM: Final[Json] = {
    "title": "Problem",
    "description": "RFC 9457. `type` names what is wrong, `detail` ends with what to do.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "enum": [f"urn:truceline:problem:{code}" for code in Code]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "The request's name, as logs have it."},
    },
}
TO_ALL: Final = (Code.TOO_MANY_STRANGERS, Code.FAULT)
TO_HOLDERS: Final = (Code.NO_TOKEN, Code.TOKEN_NOT_VALID, Code.TOO_MANY, Code.STORE_AWAY)
"""What any route may say to who needs a token."""

May = frozenset[Role] | str


class UndescribedError(Exception):
    """A route is not in the table `OPERATIONS`."""


def describe(routes: Iterable[tuple[HTTPRouteHandler, May]]) -> bytes:
    """The document, as JSON.

    Raises:
        UndescribedError: one is not described.
    """
    paths: dict[str, Json] = {}
    for route, may in routes:
        for path in sorted(route.paths):
            for method in sorted(route.http_methods):
                told = _operation(route, method, _plain(path), may)
                paths.setdefault(_plain(path), {})[method.lower()] = told
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Truceline",
                "version": "1.0.0",
                "summary": "Verifies ceasefires: reports in, violations and corridors out.",
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": "/"}],
            "paths": paths,
            "components": {
                "schemas": {**wire_schemas(TYPES, REF), "Problem": PROBLEM},
                "securitySchemes": {
                    "token": {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "An operator makes one: `truceline token create`.",
                    },
                    "password": {
                        "type": "http",
                        "scheme": "basic",
                        "description": "The token as the password, with any user name: for "
                        "programs that keep calendars and send no header of their own.",
                    },
                },
            },
        }
    )


def _plain(path: str) -> str:
    """Without the types of its parameters, which are the framework's."""
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", path)


def _operation(route: HTTPRouteHandler, method: str, path: str, may: May) -> Json:
    operation = OPERATIONS.get((method, path))
    if operation is None:
        raise UndescribedError(f"{method} {path} is not described")
    roles = sorted(may) if isinstance(may, frozenset) else []
    described: Json = {
        "operationId": route.handler_name,
        "summary": cleandoc(route.fn.__doc__ or "").partition("\n")[0],
        "description": _description(operation, roles),
        "security": _security(route) if roles else [],
        "parameters": [_parameter(path, one) for one in operation.parameters],
        "responses": {
            **{str(answer.status): _answer(answer) for answer in operation.answers},
            **_problems(_codes(operation, roles)),
        },
    }
    if operation.body:
        described["requestBody"] = {"required": True, "content": _contents(operation.body)}
    return described


def _security(route: HTTPRouteHandler) -> list[Json]:
    """Any one of them is enough."""
    schemes = ["token", "password"] if route.opt.get(AS_PASSWORD) else ["token"]
    return [{scheme: []} for scheme in schemes]


def _description(operation: Operation, roles: Sequence[str]) -> str:
    who = f"Roles: {', '.join(roles)}." if roles else "No token is needed."
    return f"{operation.description} {who}".strip()


def _parameter(path: str, parameter: Parameter) -> Json:
    in_path = f"{{{parameter.name}}}" in path
    return {
        "name": parameter.name,
        "in": "path" if in_path else "query",
        "required": in_path,
        "description": parameter.description,
        "schema": parameter.schema,
        "example": parameter.example,
    }


def _answer(answer: Answer) -> Json:
    told: Json = {"description": answer.description}
    if answer.contents:
        told["content"] = _contents(answer.contents)
    if answer.headers:
        told["headers"] = {
            name: {"description": what, "schema": {"type": "string"}}
            for name, what in answer.headers.items()
        }
    return told


def _contents(contents: Sequence[Content]) -> Json:
    return {
        content.media_type: {
            "schema": content.schema,
            "examples": {name: {"value": value} for name, value in content.examples.items()},
        }
        for content in contents
    }


def _codes(operation: Operation, roles: Sequence[str]) -> list[Code]:
    everywhere = (*TO_ALL, *TO_HOLDERS) if roles else TO_ALL
    not_all = len(roles) < len(Role) and bool(roles)
    return [*operation.problems, *everywhere, *((Code.ROLE_MAY_NOT,) if not_all else ())]


def _problems(codes: Iterable[Code]) -> Mapping[str, Json]:
    """One answer a status, with an example of each problem that has it."""
    by_status: dict[str, list[Code]] = {}
    for code in codes:
        by_status.setdefault(str(PROBLEMS[code].status), []).append(code)
    return {status: _problem(listed) for status, listed in sorted(by_status.items())}


def _problem(codes: Sequence[Code]) -> Json:
    shown = [ProblemError(code, retry_after_s=_RETRY.get(PROBLEMS[code].status)) for code in codes]
    headers = sorted({name for problem in shown for name in problem.headers})
    return {
        "description": "; ".join(PROBLEMS[code].title for code in codes) + ".",
        "headers": {name: {"schema": {"type": "string"}} for name in headers},
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": REF.format(name="Problem")},
                "examples": {
                    problem.code.value: {"value": msgspec.json.decode(problem.body())}
                    for problem in shown
                },
            }
        },
    }


_RETRY: Final[Mapping[int, int]] = {429: RETRY_AFTER_S, 503: RETRY_AFTER_S}
"""The statuses that say when to come again."""
