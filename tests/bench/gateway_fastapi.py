"""The gateway's posts through FastAPI and uvicorn: what the framework and the server cost.

`python -m tests.bench.gateway_fastapi`: the same limits, tokens, checks, group writer and answers,
written as its own documentation would have it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import uvicorn
from fastapi import FastAPI, Header, Request, Response
from fastapi.responses import PlainTextResponse

from services.gateway.admission import Admission
from services.gateway.app import WRITERS
from services.gateway.callers import Callers
from services.gateway.door import Door
from services.gateway.figures import make_tally
from services.gateway.group import GroupWriter
from services.gateway.identify import identify
from services.gateway.intake import Intake
from services.gateway.post_route import REPORTS
from services.gateway.problems import MEDIA_TYPE, ProblemError
from services.gateway.record import Record
from services.gateway.request_id import request_id_of
from services.gateway.small_posts import SmallPosts
from services.gateway.writers import Writers
from services.settings import load_gateway_settings, load_settings


def make_app() -> FastAPI:
    """The one route, and whether it is there."""
    settings = load_gateway_settings()
    url = settings.api_database()
    callers, admission = Callers(url), Admission(settings.limits)
    small = SmallPosts()
    writers = Writers([GroupWriter() for _ in range(WRITERS)], small)
    tally = make_tally()
    door, intake = Door(admission, callers, tally), Intake(writers, admission, Record(tally), small)

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        writers.start()
        yield
        await writers.stop()

    app = FastAPI(lifespan=running)

    @app.exception_handler(ProblemError)
    async def problem(_: Request, error: ProblemError) -> Response:
        return Response(error.body(), error.status, error.headers, MEDIA_TYPE)

    @app.get("/readyz")
    async def ready() -> PlainTextResponse:
        return PlainTextResponse("ready\n")

    @app.post(REPORTS.path)
    async def post_reports(
        request: Request,
        authorization: Annotated[str, Header()],
        content_type: Annotated[str, Header()],
        content_encoding: Annotated[str, Header()] = "",
    ) -> Response:
        address = request.client.host if request.client else ""
        entrant = door.admit(address, {b"authorization": authorization.encode("latin-1")})
        token = await identify(callers, entrant, REPORTS.may)
        body = await request.body()
        kind, media_type = REPORTS.kind, content_type
        taken = await intake.read(kind, token, media_type, content_encoding, body)
        answer = await intake.store(token, media_type, taken, request_id_of(b""))
        return Response(answer.body, answer.status, media_type=answer.media_type)

    return app


if __name__ == "__main__":
    host, port = load_settings().gateway_listen()
    uvicorn.run(make_app(), host=host, port=port, access_log=False, log_level="warning")
