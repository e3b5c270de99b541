"""schemathesis against a running gateway: requests made from its own OpenAPI document.

Where the document does not describe the body of a post yet, the published schema of the event is
put in its place. What must hold of every answer: no 5xx; every refusal is a problem with a code of
the table. Where the document describes its problems, answers must conform to it as well.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.request import urlopen

import msgspec
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from services.gateway.problems import MEDIA_TYPE, Code
from streams.decode import Reason
from streams.events import CorridorStatus, Report
from tests.fuzz.case import REPORTS, STATUSES

DOCUMENT: Final = "/schema/openapi.json"
EVENT_OF: Final = {REPORTS: Report, STATUSES: CorridorStatus}
CONFORMS: Final = (content_type_conformance, response_schema_conformance, status_code_conformance)
_REF: Final = "#/components/schemas/{name}"
_PREFIX: Final = "urn:truceline:problem:"
Operation = schemathesis.APIOperation[Any, Any, Any, Any]
Case = schemathesis.Case[Any]


@dataclass(slots=True)
class Asked:
    """What came of all requests."""

    counts: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    faults: list[str] = field(default_factory=list)


def read_document(url: str) -> dict[str, Any]:
    """The gateway's document, with the bodies of its posts described."""
    with urlopen(url + DOCUMENT) as answer:  # noqa: S310 (our own)
        document: dict[str, Any] = json.load(answer)
    schemas, components = msgspec.json.schema_components(
        tuple(EVENT_OF.values()), ref_template=_REF
    )
    for path, schema in zip(EVENT_OF, schemas, strict=True):
        operation = document["paths"][path]["post"]
        if "requestBody" not in operation:
            content = {"application/json": {"schema": schema}}
            operation["requestBody"] = {"required": True, "content": content}
            document.setdefault("components", {}).setdefault("schemas", {}).update(components)
    return document


def ask_all(url: str, tokens: dict[str, str], examples: int, number: int) -> Asked:
    """Ask every operation so many times in either way, with the token that fits its path."""
    load_all_checks()
    schema = schemathesis.openapi.from_dict(read_document(url))
    schema.config.update(base_url=url)
    asked = Asked()
    for operation in _operations(schema):
        headers = {"Authorization": f"Bearer {tokens.get(operation.path, tokens[REPORTS])}"}
        for mode in schemathesis.GenerationMode:
            _ask(operation, mode, headers, asked, settings_of(examples), number)
    return asked


def settings_of(examples: int) -> settings:
    """So many examples; nothing is kept and nothing shrunk, since each is an answer to look at."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def _operations(schema: schemathesis.BaseSchema) -> Iterator[Operation]:
    for result in schema.get_all_operations():
        if isinstance(result, Ok):  # else the document is none, and reading it has failed
            yield result.ok()


def _ask(  # noqa: PLR0917
    operation: Operation,
    mode: schemathesis.GenerationMode,
    headers: dict[str, str],
    asked: Asked,
    how: settings,
    number: int,
) -> None:
    name = f"{operation.method.upper()} {operation.path} ({mode.value})"
    conforms = CONFORMS if describes_problems(operation) else ()

    @seed(number)
    @how
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        response = case.call(headers=headers)
        asked.counts[name][response.status_code] += 1
        asked.faults += [f"{name}: {what}" for what in wrong(case, response, conforms)]

    # Where nothing is asked with, nothing can be asked wrongly.
    with suppress(Unsatisfiable):
        ask()


def describes_problems(operation: Operation) -> bool:
    """Whether the document says what a refusal of the operation looks like."""
    return MEDIA_TYPE in json.dumps(operation.definition.raw.get("responses", {}))


def wrong(
    case: Case,
    response: schemathesis.Response,
    conforms: tuple[Callable[..., Any], ...] = (),
) -> list[str]:
    """What must not be of an answer."""
    try:
        case.validate_response(response, checks=[not_a_server_error, *conforms])
    except (AssertionError, schemathesis.errors.SchemathesisError, ExceptionGroup) as error:
        return [f"{str(error)[:300]} {response.content[:200]!r}"]
    if response.status_code < 400 or has_code(response.content):
        return []
    return [f"{response.status_code} without a code: {response.content[:200]!r}"]


def has_code(body: bytes) -> bool:
    """Whether a refusal says why, in a word of the tables."""
    try:
        problem = json.loads(body)
        code = Code(str(problem["type"]).removeprefix(_PREFIX))
        return code is not Code.EVENT_REFUSED or Reason(problem["reason"]) in Reason
    except (ValueError, KeyError, TypeError):
        return False  # that it does not is what was asked
