"""The gateway's table of contents: route, who may call it, what it does.

    POST /v1/reports            reporter             one report, or many
    POST /v1/corridor-status    corridor_operator    one status, or many
    POST /v1/context            party, mediator, coordinator, reporter    one event, or many;
                                movement_organiser   of its own movements
    GET  /v1/reports/{id}       who works with reports: receipts, state, readings
    GET  /v1/violations         every role, as far as each sees: what stands, page by page; to
                                parties and the publisher what was released
    GET  /v1/incidents          every role, as far as each sees: what happened near each other; to
                                parties and the publisher what was released
    GET  /v1/incidents/{id}     who sees the whole: one, with its reports, or where they are now
    GET  /v1/desk, /v1/desk/{item}, /v1/desk/times
                                who sees the whole: what waits for a person, the gravest first
    POST /v1/desk/{item}        investigator, by name: confirm, return, merge, split, release
    GET  /v1/cases, /v1/cases/{case}, /v1/cases/{case}/acts/{act}
                                the mission, parties, mediators, the publisher: cases, as far as
                                each sees
    POST /v1/cases              investigator, party: an act in a case; rulings by keys, not tokens
    GET  /v1/channel, /v1/channel/{message}          the same: requests, replies, dissents, notices
    POST /v1/channel            investigator, party, mediator, coordinator
    GET  /v1/whereabouts        all but parties and the publisher: when subjects were in zones
    GET  /v1/crossings          the same: when subjects went over lines
    GET  /v1/totals, /v1/totals/differences          who sees the whole mission: how much was found
    GET  /v1/coverage, /v1/restrictions              who sees the whole mission: what was watched
    GET  /v1/flags              the same: what asks for a second look
    GET  /v1/corridors          every role: each corridor's state now
    GET  /v1/corridors/{id}/availability             one's intervals, as known at an instant
    GET  /v1/corridors/board    every role: all of them for a phone, now or when something changes
    GET  /v1/corridors/calendar.ics  every role: their agreed windows as iCalendar; its token may be
                                a password
    GET  /v1/corridors/{id}/timeline                 one's days, as pieces or as SVG
    GET  /v1/corridors/{id}/stats                    promised and usable time, and each loss
    GET  /v1/corridors/ways     every role: which way is known open from A to B now
    GET  /v1/phases, /v1/measures, /v1/truces        every role but the publisher's: how they stand
    GET  /v1/exchanges          who arranges them, and their sides: counts, each side's apart
    GET  /v1/movements, /v1/movements/{id}, /v1/movement-outcomes
                                the mission, organisers, parties: the own, and what addresses them
    GET  /v1/due                every role but the publisher's: what comes up, what has fallen due
    GET  /v1/unheeded           every role but the publisher's: context events without effect
    GET  /v1/receipt-keys       everybody            the public keys that verify receipts
    GET  /schema/openapi.json   everybody            what all of these take and answer
    GET  /healthz, /readyz      everybody            alive; able to store
    GET  /metrics               admin                figures for Prometheus, no names

Place on the data's way: HTTP. A route that does not say who may call it does not start
(`require_declared`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import psycopg
import structlog
from litestar import HttpMethod, Litestar, MediaType, Request, Response, get, post
from litestar.config.app import AppConfig
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.middleware import DefineMiddleware
from litestar.params import FromPath

from services.behind import ask_lag
from services.gateway.admission import Admission
from services.gateway.answer_board import answer_board
from services.gateway.answer_calendar import answer_calendar
from services.gateway.answer_cases import (
    answer_act_bytes,
    answer_case,
    answer_cases,
    answer_channel,
    answer_filed_act,
    answer_message,
    answer_sent,
)
from services.gateway.answer_desk import answer_act, answer_item, answer_queue, answer_times
from services.gateway.answer_incidents import answer_incident, answer_incidents
from services.gateway.answer_questions import (
    answer_availability,
    answer_corridors,
    answer_coverage,
    answer_crossings,
    answer_due,
    answer_figures,
    answer_flags,
    answer_movement,
    answer_movements,
    answer_outcomes,
    answer_report,
    answer_restrictions,
    answer_standing,
    answer_timeline,
    answer_violations,
    answer_ways,
    answer_whereabouts,
)
from services.gateway.answer_totals import answer_differences, answer_totals
from services.gateway.ask_movements import READS_MOVEMENTS
from services.gateway.ask_standing import (
    EXCHANGES,
    MEASURES,
    PHASES,
    READS_CONTEXT,
    READS_EXCHANGES,
    TRUCES,
    UNHEEDED,
)
from services.gateway.boards import Boards
from services.gateway.callers import Callers
from services.gateway.cursors import Cursors
from services.gateway.day_stored import DayStored
from services.gateway.describe import describe
from services.gateway.disclosure import (
    READS_CASES,
    READS_DESK,
    READS_REPORTS,
    READS_UNREVIEWED,
    READS_WHOLE,
    REVIEWS,
    WORKS_CASES,
    WRITES_CHANNEL,
)
from services.gateway.door import ENTRANT, Behind, Door
from services.gateway.figures import StoreFigures, make_tally
from services.gateway.group import GroupWriter
from services.gateway.intake import Intake
from services.gateway.keeper import Keeper
from services.gateway.lags import Lags
from services.gateway.post_route import CONTEXT, REPORTS, STATUSES, PostRoute
from services.gateway.present import AS_PASSWORD, CHALLENGE, present
from services.gateway.problems import MEDIA_TYPE, RETRY_AFTER_S, Code, ProblemError
from services.gateway.readers import Readers
from services.gateway.receive_body import Bodies
from services.gateway.record import Record
from services.gateway.recorders import Recorders
from services.gateway.request_id import STATE, Named
from services.gateway.small_posts import SmallPosts
from services.gateway.writers import Writers
from services.gateway.writing import Start, WritingProcess
from services.limits import HIGHEST_BODY_BYTES
from services.metrics.catalogue import GROUP_SECONDS, PROBLEMS, Program
from services.metrics.expose import MEDIA_TYPE as METRICS_TYPE
from services.metrics.expose import Exporter
from services.receipts.key_folder import PUBLIC_FILE, Signers
from services.receipts.public_keys import read_public, write_public
from services.settings import Settings
from services.tokens.token import Role

log = structlog.get_logger(__name__)

MAY: Final = "may"
"""The option of a route that says who may call it: a set of roles, or `EVERYBODY`."""
EVERYBODY: Final = "everybody"
EVERY_ROLE: Final = frozenset(Role)
"""Whoever has a token; how much it is told says `disclosure`."""

WRITERS: Final = 3
"""Processes that store: one for small posts, two for bodies; while PostgreSQL works for one, the
other does."""

Asked = Request[Any, Any, Any]


class Undeclared(Exception):  # noqa: N818 (a mistake of ours, which ends the start)
    """A route does not say who may call it."""


Connected = ASGIConnection[Any, Any, Any, Any]


async def require_role(connection: Connected, route: BaseRouteHandler) -> None:
    """Let nobody in whose token does not count, or has no role that may.

    Raises:
        ProblemError: no token, one that does not count, or none of its roles may.
    """
    if MAY not in route.opt and connection.scope.get("method") == HttpMethod.OPTIONS:
        return  # the framework's own: it says which methods there are, and nothing else
    may = route.opt[MAY]
    if may == EVERYBODY:
        return
    state = connection.app.state
    connection.state.token = await state.door.identify(connection.state[ENTRANT], may)


@post(REPORTS.path, opt={MAY: REPORTS.may})
async def post_reports() -> Response[bytes]:
    """Submit one report (application/json), or up to 5,000 (application/x-ndjson)."""
    raise _answered_before()


@post(STATUSES.path, opt={MAY: STATUSES.may})
async def post_statuses() -> Response[bytes]:
    """Submit one corridor status, or up to 5,000."""
    raise _answered_before()


@post(CONTEXT.path, opt={MAY: CONTEXT.may})
async def post_context() -> Response[bytes]:
    """Submit one declaration, notification, word on a truce or a movement, or up to 5,000."""
    raise _answered_before()


def _answered_before() -> ProblemError:
    """What is posted is answered before the framework is asked (`PostRoute`)."""
    return ProblemError(Code.NOT_FOUND)


@get("/v1/reports/{id:path}", opt={MAY: READS_REPORTS})
async def get_report(request: Asked) -> Response[bytes]:
    """A report's receipts, how far it has come, and every reading of it."""
    return await answer_report(request)


@get("/v1/violations", opt={MAY: EVERY_ROLE})
async def get_violations(request: Asked) -> Response[bytes]:
    """The violations that stand, the newest first, page by page."""
    return await answer_violations(request)


@get("/v1/incidents", opt={MAY: EVERY_ROLE})
async def get_incidents(request: Asked) -> Response[bytes]:
    """What happened near each other in space and time, the newest first, page by page."""
    return await answer_incidents(request)


@get("/v1/incidents/{name:str}", opt={MAY: READS_DESK})
async def get_incident(request: Asked, name: FromPath[str]) -> Response[bytes]:
    """One incident, with its reports and how it came about, or where these are now."""
    return await answer_incident(request, name)


@get("/v1/desk", opt={MAY: READS_DESK})
async def get_desk(request: Asked) -> Response[bytes]:
    """What waits for a person, the gravest first, of those the oldest, page by page."""
    return await answer_queue(request)


@get("/v1/desk/times", opt={MAY: READS_DESK})
async def get_desk_times(request: Asked) -> Response[bytes]:
    """How long results took until they were released, and what waits, by severity."""
    return await answer_times(request)


@get("/v1/desk/{item:str}", opt={MAY: READS_DESK})
async def get_desk_item(request: Asked, item: FromPath[str]) -> Response[bytes]:
    """One result, with all that people did with it."""
    return await answer_item(request, item)


@post("/v1/desk/{item:str}", opt={MAY: REVIEWS})
async def post_desk_act(request: Asked, item: FromPath[str]) -> Response[bytes]:
    """Confirm a result, return it with a question, merge, split, or release it."""
    return await answer_act(request, item)


@get("/v1/cases", opt={MAY: READS_CASES})
async def get_cases(request: Asked) -> Response[bytes]:
    """Cases with how far they have come, the newest first, page by page."""
    return await answer_cases(request)


@post("/v1/cases", opt={MAY: WORKS_CASES})
async def post_case_act(request: Asked) -> Response[bytes]:
    """Open a case, or act in one: advance, sign a ruling, reply, dissent, appeal and so on."""
    return await answer_filed_act(request)


@get("/v1/cases/{case:str}", opt={MAY: READS_CASES})
async def get_case(request: Asked, case: FromPath[str]) -> Response[bytes]:
    """One case with its rulings, what parties say beside them, and its record."""
    return await answer_case(request, case)


@get("/v1/cases/{case:str}/acts/{act:str}", opt={MAY: READS_CASES})
async def get_case_act(request: Asked, case: FromPath[str], act: FromPath[str]) -> Response[bytes]:
    """The bytes of an act, exactly as they came."""
    return await answer_act_bytes(request, case, act)


@get("/v1/channel", opt={MAY: READS_CASES | WRITES_CHANNEL})
async def get_channel(request: Asked) -> Response[bytes]:
    """Messages of the joint channel with who owes an answer, the newest first, page by page."""
    return await answer_channel(request)


@post("/v1/channel", opt={MAY: WRITES_CHANNEL})
async def post_message(request: Asked) -> Response[bytes]:
    """Write in the joint channel: a request, a reply, a dissent, a notice."""
    return await answer_sent(request)


@get("/v1/channel/{message:str}", opt={MAY: READS_CASES | WRITES_CHANNEL})
async def get_message(request: Asked, message: FromPath[str]) -> Response[bytes]:
    """The bytes of a message, exactly as they came."""
    return await answer_message(request, message)


@get("/v1/whereabouts", opt={MAY: READS_UNREVIEWED})
async def get_whereabouts(request: Asked) -> Response[bytes]:
    """From when to when subjects were inside of zones, page by page."""
    return await answer_whereabouts(request)


@get("/v1/crossings", opt={MAY: READS_UNREVIEWED})
async def get_crossings(request: Asked) -> Response[bytes]:
    """Which subjects went over lines, from which side to which, page by page."""
    return await answer_crossings(request)


@get("/v1/coverage", opt={MAY: READS_WHOLE})
async def get_coverage(request: Asked) -> Response[bytes]:
    """How much of each zone was watched, by day or hour and means, page by page."""
    return await answer_coverage(request)


@get("/v1/totals", opt={MAY: READS_WHOLE})
async def get_totals(request: Asked) -> Response[bytes]:
    """How much was found by zone, kind, party or day, beside the period before, page by page."""
    return await answer_totals(request)


@get("/v1/totals/differences", opt={MAY: READS_WHOLE})
async def get_differences(request: Asked) -> Response[bytes]:
    """The reports that reconcile one counting rule with another, page by page."""
    return await answer_differences(request)


@get("/v1/restrictions", opt={MAY: READS_WHOLE})
async def get_restrictions(request: Asked) -> Response[bytes]:
    """What kept monitors from watching, page by page."""
    return await answer_restrictions(request)


@get("/v1/flags", opt={MAY: READS_WHOLE})
async def get_flags(request: Asked) -> Response[bytes]:
    """What in the reports asks for a second look, page by page."""
    return await answer_flags(request)


@get("/v1/corridors", opt={MAY: EVERY_ROLE})
async def get_corridors(request: Asked) -> Response[bytes]:
    """Every corridor with its state now."""
    return await answer_corridors(request)


@get("/v1/corridors/board", opt={MAY: EVERY_ROLE})
async def get_board(request: Asked) -> Response[bytes]:
    """All corridors at a glance, for a phone on a bad line."""
    return await answer_board(request)


@get("/v1/corridors/calendar.ics", opt={MAY: EVERY_ROLE, AS_PASSWORD: True})
async def get_calendar(request: Asked) -> Response[bytes]:
    """The agreed windows of corridors, for programs that keep calendars."""
    return await answer_calendar(request)


@get("/v1/corridors/{corridor_id:str}/availability", opt={MAY: EVERY_ROLE})
async def get_availability(request: Asked, corridor_id: FromPath[str]) -> Response[bytes]:
    """When a corridor was, is and will be known to be usable, and why it is not."""
    return await answer_availability(request, corridor_id)


@get("/v1/corridors/{corridor_id:str}/timeline", opt={MAY: EVERY_ROLE})
async def get_timeline(request: Asked, corridor_id: FromPath[str]) -> Response[bytes]:
    """A corridor day by day, as pieces or as a picture."""
    return await answer_timeline(request, corridor_id)


@get("/v1/corridors/{corridor_id:str}/stats", opt={MAY: EVERY_ROLE})
async def get_figures(request: Asked, corridor_id: FromPath[str]) -> Response[bytes]:
    """What was promised of a corridor, what could be used, and to what the rest was lost."""
    return await answer_figures(request, corridor_id)


@get("/v1/corridors/ways", opt={MAY: EVERY_ROLE})
async def get_ways(request: Asked) -> Response[bytes]:
    """Which way is known open from one crossing point to another, and why the others are not."""
    return await answer_ways(request)


@get("/v1/phases", opt={MAY: READS_CONTEXT})
async def get_phases(request: Asked) -> Response[bytes]:
    """Which phases have begun, and what the others wait for."""
    return await answer_standing(request, PHASES)


@get("/v1/measures", opt={MAY: READS_CONTEXT})
async def get_measures(request: Asked) -> Response[bytes]:
    """What the parties owe and claim, what is verified, what is overdue."""
    return await answer_standing(request, MEASURES)


@get("/v1/truces", opt={MAY: READS_CONTEXT})
async def get_truces(request: Asked) -> Response[bytes]:
    """Local truces, whether they hold, and who guarantees them."""
    return await answer_standing(request, TRUCES)


@get("/v1/exchanges", opt={MAY: READS_EXCHANGES})
async def get_exchanges(request: Asked) -> Response[bytes]:
    """Exchanges of prisoners, detainees and remains: counts by step, each side's apart."""
    return await answer_standing(request, EXCHANGES)


@get("/v1/movements", opt={MAY: READS_MOVEMENTS})
async def get_movements(request: Asked) -> Response[bytes]:
    """Convoys, evacuations, repair teams: who answered, what is overdue, how each ended."""
    return await answer_movements(request)


@get("/v1/movements/{movement:str}", opt={MAY: READS_MOVEMENTS})
async def get_movement(request: Asked, movement: FromPath[str]) -> Response[bytes]:
    """One movement, with every word that counts."""
    return await answer_movement(request, movement)


@get("/v1/movement-outcomes", opt={MAY: READS_MOVEMENTS})
async def get_outcomes(request: Asked) -> Response[bytes]:
    """How movements ended, by party, period and kind."""
    return await answer_outcomes(request)


@get("/v1/unheeded", opt={MAY: READS_CONTEXT})
async def get_unheeded(request: Asked) -> Response[bytes]:
    """Context events without effect, each with the reason."""
    return await answer_standing(request, UNHEEDED)


@get("/v1/due", opt={MAY: READS_CONTEXT})
async def get_due(request: Asked) -> Response[bytes]:
    """Deadlines, truces, phases and corridors that fall due, or have."""
    return await answer_due(request)


@get("/v1/receipt-keys", opt={MAY: EVERYBODY}, sync_to_thread=True)
def get_receipt_keys(request: Asked) -> Response[bytes]:
    """The public keys that verify receipts: keep a copy of your own."""
    folder = request.app.state.settings.receipt_keys
    keys = write_public(read_public(folder / PUBLIC_FILE), indent=2)
    return Response(keys, media_type=MediaType.JSON)


@get("/schema/openapi.json", opt={MAY: EVERYBODY}, sync_to_thread=False)
def get_schema(request: Asked) -> Response[bytes]:
    """This description: OpenAPI 3.1."""
    return Response(request.app.state.schema, media_type=MediaType.JSON)


@get("/healthz", opt={MAY: EVERYBODY}, sync_to_thread=False)
def get_healthz() -> Response[bytes]:
    """The process runs."""
    return Response(b"alive\n", media_type=MediaType.TEXT)


@get("/readyz", opt={MAY: EVERYBODY})
async def get_readyz(request: Asked) -> Response[bytes]:
    """Posts can be stored now."""
    try:
        await request.app.state.callers.ask(present(b""))
    except psycopg.Error:
        raise ProblemError(Code.STORE_AWAY, retry_after_s=RETRY_AFTER_S) from None
    return Response(b"ready\n", media_type=MediaType.TEXT)


@get("/metrics", opt={MAY: frozenset({Role.ADMIN})})
async def get_metrics(request: Asked) -> Response[bytes]:
    """Figures over all missions, for Prometheus: totals and ages, nobody's name."""
    text = await asyncio.to_thread(request.app.state.exporter.text)
    return Response(text, media_type=METRICS_TYPE)


ROUTES: Final = (
    post_reports,
    post_statuses,
    post_context,
    get_report,
    get_violations,
    get_incidents,
    get_incident,
    get_desk,
    get_desk_times,
    get_desk_item,
    post_desk_act,
    get_cases,
    post_case_act,
    get_case,
    get_case_act,
    get_channel,
    post_message,
    get_message,
    get_whereabouts,
    get_crossings,
    get_totals,
    get_differences,
    get_coverage,
    get_restrictions,
    get_flags,
    get_corridors,
    get_board,
    get_calendar,
    get_ways,
    get_availability,
    get_figures,
    get_timeline,
    get_phases,
    get_measures,
    get_truces,
    get_exchanges,
    get_movements,
    get_movement,
    get_outcomes,
    get_unheeded,
    get_due,
    get_receipt_keys,
    get_schema,
    get_healthz,
    get_readyz,
    get_metrics,
)


def require_declared(routes: Iterable[BaseRouteHandler]) -> None:
    """Refuse to start where a route does not say who may call it.

    Raises:
        Undeclared: one does not.
    """
    for route in routes:
        may = route.opt.get(MAY)
        if may != EVERYBODY and not (isinstance(may, frozenset) and may <= frozenset(Role)):
            raise Undeclared(f"{sorted(route.paths)} does not say who may call it")


def described() -> bytes:
    """The description of all routes, as JSON."""
    return describe([(route, route.opt[MAY]) for route in ROUTES])


def _problem(request: Asked, error: ProblemError) -> Response[bytes]:
    request.app.state.tally.count(PROBLEMS, 1, error.code.value)
    body = error.body(request.scope["state"][STATE])
    return Response(
        body, status_code=error.status, headers=_headers(request, error), media_type=MEDIA_TYPE
    )


def _headers(request: Asked, error: ProblemError) -> dict[str, str]:
    """The problem's; where a token may be a password, that is asked for as well."""
    route = request.scope.get("route_handler")
    may_be_one = route is not None and route.opt.get(AS_PASSWORD, False)
    challenge = {"WWW-Authenticate": CHALLENGE} if may_be_one else {}
    return {name: challenge.get(name, value) for name, value in error.headers.items()}


_CODES: Final = {
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    413: Code.BODY_TOO_LARGE,
}


def _http(request: Asked, error: HTTPException) -> Response[bytes]:
    """Litestar's own refusals, in our words."""
    return _problem(request, ProblemError(_CODES.get(error.status_code, Code.BODY_UNREADABLE)))


def _fault(request: Asked, error: Exception) -> Response[bytes]:
    log.error(
        "a request failed",
        path=request.url.path,
        request_id=request.scope["state"][STATE],
        exc_info=error,
    )
    return _problem(request, ProblemError(Code.FAULT))


@dataclass(frozen=True, slots=True)
class Gateway:
    """All that a server answers with (`serve`)."""

    app: Litestar
    """All routes but those that are posted to; the writer starts and stops with it."""
    posts: PostRoute
    body_seconds: int
    """That a body has to come."""
    boards: Boards


def make_gateway(settings: Settings, writing: Start = WritingProcess) -> Gateway:
    """A gateway that does not listen yet.

    Args:
        settings: its own.
        writing: starts what stores: a process, with the same settings from the environment.
    """
    require_declared(ROUTES)
    url = settings.api_database()
    tally, store_figures = make_tally(), StoreFigures(url)
    signers = Signers(settings.receipt_keys)
    took = partial(tally.observe, GROUP_SECONDS)
    small = SmallPosts()
    of_bodies = [GroupWriter(writing, took=took, rests=small.come) for _ in range(WRITERS - 1)]
    writers = Writers([GroupWriter(writing, took=took), *of_bodies], small)
    lags = Lags(partial(ask_lag, settings))
    readers, keeper = Readers(url, lags.ask), Keeper(url, lags.ask)
    recorders = Recorders(url, lags.ask)
    boards = Boards(readers)
    callers, admission = Callers(url), Admission(settings.limits)
    door = Door(admission, callers, tally, settings.proxy)
    state = {
        "readers": readers,
        "recorders": recorders,
        "callers": callers,
        "door": door,
        "settings": settings,
        "cursors": Cursors(signers),
        "boards": boards,
        "schema": described(),
        "tally": tally,
        "exporter": Exporter(
            Program.GATEWAY, lambda: {**tally.figures(), **store_figures.figures()}
        ),
    }

    @asynccontextmanager
    async def running(_: Litestar) -> Any:  # noqa: ANN401 (Litestar's lifespan)
        writers.start()
        keeper.start()
        yield
        keeper.stop()
        readers.stop()
        recorders.stop()
        lags.stop()
        await writers.stop()
        store_figures.close()

    def with_state(config: AppConfig) -> AppConfig:
        config.state.update(state)
        return config

    app = Litestar(
        route_handlers=ROUTES,
        middleware=[DefineMiddleware(Behind, door=door)],
        guards=[require_role],
        exception_handlers={
            ProblemError: _problem,
            HTTPException: _http,
            Exception: _fault,
        },
        lifespan=[running],
        on_app_init=[with_state],
        request_max_body_size=HIGHEST_BODY_BYTES,
        openapi_config=None,  # `describe` says more than could be guessed from the routes
        logging_config=None,
    )
    app.asgi_handler = Named(app.asgi_handler)
    posts = PostRoute(
        door,
        callers,
        DayStored(url, admission.day, datetime.now(UTC)),
        Bodies(settings.limits),
        Intake(writers, admission, Record(tally), small),
    )
    return Gateway(app, posts, settings.limits.body_seconds, boards)
