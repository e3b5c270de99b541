"""Answer for incidents: a page of them, one of them, or the way to where it is now.

Place on the data's way: GET /v1/incidents, from a request to its answer.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import msgspec
from litestar import Request, Response

from services.gateway.answer_questions import PRIVATE, Paging, respond
from services.gateway.ask_incidents import (
    NOTE,
    SHAPE,
    IncidentGone,
    IncidentsAsked,
    ask_incident,
    ask_incidents,
)
from services.gateway.parameters import Parameters, bad
from services.gateway.readers import Readers
from services.gateway.represent import EVERY_FORM, JSON_ALONE, Representation, choose
from services.store.queries.incidents import After
from services.store.queries.violations import STANDING
from streams.incidents.tell import Progress
from streams.vocabulary import Verdict, ViolationKind

Asked = Request[Any, Any, Any]
INCIDENT_FILTERS: Final = (
    *("agreement", "zone", "kind", "verdict", "state"),
    *("first_day", "last_day"),
)
PATH: Final = "/v1/incidents"
ELSEWHERE: Final = 307
"""Not for good: a retraction may bring an incident again that another one had taken in."""


async def answer_incidents(request: Asked) -> Response[bytes]:
    """A page of incidents, the newest first."""
    paging = Paging(request, INCIDENT_FILTERS, EVERY_FORM, SHAPE)
    parameters = paging.parameters
    verdict = parameters.word("verdict", Verdict)
    if verdict is not None and verdict not in STANDING:
        raise bad("verdict", f"must be one of {', '.join(STANDING)}")
    first, last = parameters.days()
    asked = IncidentsAsked(
        agreement=parameters.text("agreement"),
        zone=parameters.text("zone"),
        kind=parameters.word("kind", ViolationKind),
        verdict=verdict,
        state=parameters.word("state", Progress),
        first_day=first,
        last_day=last,
        limit=parameters.limit(),
        after=paging.after(After),
    )
    question = partial(ask_incidents, token=paging.token, asked=asked, now=datetime.now(UTC))
    return await paging.answer(question, {"note": NOTE})


async def answer_incident(request: Asked, name: str) -> Response[bytes]:
    """One incident, in JSON alone; one that is no more is answered with where its reports are."""
    Parameters(request.query_params.multi_items(), ())
    form = choose(request.headers.get("accept", ""), JSON_ALONE)
    readers: Readers = request.app.state.readers
    token = request.state.token
    question = partial(ask_incident, token=token, name=name, now=datetime.now(UTC))
    found = await readers.ask(token, question)
    body = msgspec.json.encode(found)
    if isinstance(found, IncidentGone):
        headers = {**PRIVATE, "Location": f"{PATH}/{found.leads_to[0]}"}
        return Response(body, status_code=ELSEWHERE, headers=headers, media_type=form.value)
    return respond(request, Representation(form, body))
