"""Answer at the desk: a GET to what waits, a POST to what a person has decided.

    body → who → a recorder: as it was looked at? → one transaction → the item as it is now

Place on the data's way: /v1/desk, from a request to its answer.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import msgspec
from litestar import Request, Response

from services.desk.show import Subject
from services.gateway.answer_questions import PRIVATE, Paging, respond
from services.gateway.ask_desk import (
    QUEUE,
    TIMES,
    QueueAsked,
    ask_item,
    ask_queue,
    ask_times,
    do_act,
    read_act,
    who_acts,
)
from services.gateway.parameters import Parameters
from services.gateway.problems import Code, ProblemError
from services.gateway.readers import Readers
from services.gateway.recorders import Recorders
from services.gateway.represent import (
    JSON_ALONE,
    TABLES,
    Form,
    Representation,
    choose,
    write_items,
)
from services.store.queries.desk import After
from services.store.queries.desk_incidents import AfterIncident
from services.tokens.token import Token
from streams.desk.fold import Review
from streams.vocabulary import Severity

Asked = Request[Any, Any, Any]

DESK_FILTERS: Final = ("of", "review", "severity", "zone", "from", "to")
NOTE: Final = "automatic, unreviewed until a person has released it"
BODY_LIMIT: Final = 64 * 1024
CREATED: Final = 201
OK: Final = 200


async def answer_queue(request: Asked) -> Response[bytes]:
    """A page of what waits, or of what is in one state."""
    paging = Paging(request, DESK_FILTERS, TABLES, QUEUE)
    parameters = paging.parameters
    since, until = parameters.span()
    of = parameters.word("of", Subject) or Subject.VIOLATIONS
    after: After | AfterIncident | None
    after = paging.after(AfterIncident) if of is Subject.INCIDENTS else paging.after(After)
    asked = QueueAsked(
        of=of,
        review=parameters.word("review", Review),
        severity=parameters.word("severity", Severity),
        zone=parameters.text("zone"),
        since=since,
        until=until,
        limit=parameters.limit(),
        after=after,
    )
    question = partial(ask_queue, token=paging.token, asked=asked)
    return await paging.answer(question, {"note": NOTE})


async def answer_item(request: Asked, item: str) -> Response[bytes]:
    """One item, in JSON alone."""
    Parameters(request.query_params.multi_items(), ())
    form = choose(request.headers.get("accept", ""), JSON_ALONE)
    readers: Readers = request.app.state.readers
    found = await readers.ask(request.state.token, partial(ask_item, name=item))
    return respond(request, Representation(form, msgspec.json.encode(found)))


async def answer_times(request: Asked) -> Response[bytes]:
    """How long it took, by severity."""
    parameters = Parameters(request.query_params.multi_items(), ("from", "to"))
    form = choose(request.headers.get("accept", ""), TABLES)
    since, until = parameters.span()
    readers: Readers = request.app.state.readers
    token: Token = request.state.token
    found = await readers.ask(token, partial(ask_times, token=token, since=since, until=until))
    return respond(request, Representation(form, write_items(form, found, {}, TIMES)))


async def answer_act(request: Asked, item: str) -> Response[bytes]:
    """What became of an act: 201, or 200 where the same had come before."""
    Parameters(request.query_params.multi_items(), ())
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != Form.JSON or request.headers.get("content-encoding"):
        raise ProblemError(Code.MEDIA_TYPE_UNKNOWN)
    who = who_acts(request.state.token)
    body = await request.body()
    if len(body) > BODY_LIMIT:
        raise ProblemError(Code.BODY_TOO_LARGE)
    asked = read_act(body)
    recorders: Recorders = request.app.state.recorders
    now = datetime.now(UTC)
    done = await recorders.ask(
        request.state.token, partial(do_act, who=who, item=item, asked=asked, now=now)
    )
    return Response(
        msgspec.json.encode(done.shown),
        status_code=CREATED if done.is_new else OK,
        headers=PRIVATE,
        media_type=Form.JSON.value,
    )
