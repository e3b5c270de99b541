"""Answer questions: a GET to its answer.

    parameters → form → a reader asks the store → bytes → tag

Place on the data's way: the routes that people and programs read from. Nothing here is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from urllib.parse import quote, unquote_to_bytes, urlencode

import msgspec
from litestar import Request, Response

from services.corridor_figures import StatsAsked
from services.coverage import CoverageAsked
from services.due import DueAsked
from services.flags import FlagsAsked
from services.gateway.ask_corridor_figures import FIGURES, ask_figures
from services.gateway.ask_corridor_figures import NOTE as FIGURES_NOTE
from services.gateway.ask_corridors import (
    INTERVALS,
    NOTE,
    STATES,
    WAYS,
    AvailabilityAsked,
    ask_availability,
    ask_corridors,
    ask_ways,
)
from services.gateway.ask_coverage import (
    COVERAGE,
    RESTRICTIONS,
    RESTRICTIONS_NOTE,
    AfterRestriction,
    AfterRow,
    ask_coverage,
    ask_restrictions,
)
from services.gateway.ask_coverage import NOTE as COVERAGE_NOTE
from services.gateway.ask_crossings import CROSSINGS, ask_crossings
from services.gateway.ask_due import AFTER as DUE_AFTER
from services.gateway.ask_due import BEFORE as DUE_BEFORE
from services.gateway.ask_due import DUE, ask_due
from services.gateway.ask_due import NOTE as DUE_NOTE
from services.gateway.ask_flags import FLAGS, ask_flags
from services.gateway.ask_flags import NOTE as FLAGS_NOTE
from services.gateway.ask_movements import (
    MOVEMENT,
    MOVEMENTS,
    OUTCOMES,
    MovementFilters,
    MovementsAsked,
    ask_movement,
    ask_movements,
    ask_outcomes,
)
from services.gateway.ask_movements import NOTE as MOVEMENTS_NOTE
from services.gateway.ask_report import ask_report
from services.gateway.ask_standing import NOTE as STANDING_NOTE
from services.gateway.ask_standing import Standing
from services.gateway.ask_timeline import DaysAsked, ask_days
from services.gateway.ask_violations import SHAPE, ViolationAsked, ask_violations
from services.gateway.ask_whereabouts import SPELLS, WhereaboutsAsked, ask_whereabouts
from services.gateway.cursors import Cursors, P
from services.gateway.page import AfterRows, Page
from services.gateway.parameters import Parameters, bad
from services.gateway.readers import Readers
from services.gateway.represent import (
    EVERY_FORM,
    JSON_ALONE,
    TABLES,
    Form,
    Representation,
    Shape,
    choose,
    write_items,
)
from services.movements import AfterMovement
from services.store.engine import Connection
from services.store.queries.corridors import CorridorName
from services.store.queries.violations import STANDING, After
from services.store.queries.whereabouts import After as AfterSpell
from services.timeline import TimelineAsked
from services.tokens.token import Token
from services.ways import WaysAsked
from streams.corridors.parts import Part
from streams.coverage.periods import By
from streams.credibility.flag import FlagKind
from streams.due import Rule
from streams.movements.outcomes import Period
from streams.movements.standing import MovementPhase
from streams.standing_violations import State
from streams.vocabulary import Direction, MovementKind, Traveller, Verdict, ViolationKind
from streams.whereabouts.fold import Answer, Passing

Asked = Request[Any, Any, Any]
_REPORTS: Final = b"/v1/reports/"
PRIVATE: Final = {"Cache-Control": "private, no-cache", "Vary": "Accept, Authorization"}
"""What is disclosed is disclosed to one token: no cache between may hand it to another."""

VIOLATION_FILTERS: Final = (
    "agreement",
    "zone",
    "term",
    "kind",
    "verdict",
    "state",
    "claim",
    "from",
    "to",
)
WHEREABOUTS_FILTERS: Final = ("subject", "zone", "answer", "from", "to", "known_at")
CROSSING_FILTERS: Final = ("subject", "line", "answer", "from", "to", "known_at")
COVERAGE_FILTERS: Final = ("zone", "first_day", "last_day", "by")
RESTRICTION_FILTERS: Final = ("zone", "first_day", "last_day")
COVERAGE_DAYS: Final = 36
"""By the hour a twelfth as many. What takes longer to fold is asked for by the command."""
FLAGGED_REPORTS: Final = 20_000
FLAG_FILTERS: Final = ("kind", "source", "from", "to")
PAGING: Final = ("limit", "after")
STANDING_PARAMETERS: Final = ("at", "known_at")
DUE_PARAMETERS: Final = ("rule", "from", "to", "known_at", "limit")
MOVEMENT_WINDOWS: Final = (*STANDING_PARAMETERS, "from", "to")
MOVEMENT_FILTERS: Final = (*MOVEMENT_WINDOWS, "phase", "kind")
OUTCOME_PARAMETERS: Final = (*MOVEMENT_WINDOWS, "period")
WAYS_PARAMETERS: Final = ("from", "to", "traveller")
AVAILABILITY_PARAMETERS: Final = (
    *("at", "from", "to", "known_at", "limit"),
    *("segment", "direction", "traveller"),
)
TIMELINE_FORMS: Final = (Form.JSON, Form.SVG)
FIGURES_PARAMETERS: Final = ("from", "to", "known_at", "segment", "direction", "traveller")


async def answer_report(request: Asked) -> Response[bytes]:
    """One report, in JSON alone."""
    parameters = _parameters(request, ("source",))
    form = choose(request.headers.get("accept", ""), JSON_ALONE)
    event_id, token = _id(request), _token(request)
    question = partial(ask_report, token=token, event_id=event_id, source=parameters.text("source"))
    found = await _readers(request).ask(token, question)
    return respond(request, Representation(form, msgspec.json.encode(found)))


async def answer_violations(request: Asked) -> Response[bytes]:
    """A page of violations, the newest first."""
    paging = Paging(request, VIOLATION_FILTERS, EVERY_FORM, SHAPE)
    parameters = paging.parameters
    since, until = parameters.span()
    verdict = parameters.word("verdict", Verdict)
    if verdict is not None and verdict not in STANDING:
        raise bad("verdict", f"must be one of {', '.join(STANDING)}")
    asked = ViolationAsked(
        agreement=parameters.text("agreement"),
        zone=parameters.text("zone"),
        term=parameters.text("term"),
        kind=parameters.word("kind", ViolationKind),
        verdict=verdict,
        state=parameters.word("state", State),
        claim=parameters.text("claim"),
        since=since,
        until=until,
        limit=parameters.limit(),
        after=paging.after(After),
    )
    return await paging.answer(partial(ask_violations, token=paging.token, asked=asked))


async def answer_whereabouts(request: Asked) -> Response[bytes]:
    """A page of spells of subjects in zones."""
    paging = Paging(request, WHEREABOUTS_FILTERS, TABLES, SPELLS)
    asked = _whereabouts_asked(paging, "zone", Answer)
    return await paging.answer(partial(ask_whereabouts, token=paging.token, asked=asked))


async def answer_crossings(request: Asked) -> Response[bytes]:
    """A page of passages of subjects over lines."""
    paging = Paging(request, CROSSING_FILTERS, TABLES, CROSSINGS)
    asked = _whereabouts_asked(paging, "line", Passing)
    return await paging.answer(partial(ask_crossings, token=paging.token, asked=asked))


def _whereabouts_asked(
    paging: Paging, where: str, answers: type[Answer | Passing]
) -> WhereaboutsAsked:
    parameters = paging.parameters
    since, until = parameters.span()
    return WhereaboutsAsked(
        subject=parameters.text("subject"),
        zone=parameters.text(where),
        answer=parameters.word("answer", answers),
        since=since,
        until=until,
        known_at=parameters.instant("known_at"),
        limit=parameters.limit(),
        after=paging.after(AfterSpell),
    )


async def answer_corridors(request: Asked) -> Response[bytes]:
    """Every corridor with its state now."""
    _parameters(request, ())
    form = choose(request.headers.get("accept", ""), EVERY_FORM)
    token = _token(request)
    found = await _readers(request).ask_as_of(
        token, lambda conn, now: ask_corridors(conn, token, now)
    )
    return respond(request, Representation(form, write_items(form, found, {"note": NOTE}, STATES)))


async def answer_availability(request: Asked, corridor_id: str) -> Response[bytes]:
    """A corridor's intervals, in order."""
    parameters = _parameters(request, AVAILABILITY_PARAMETERS)
    form = choose(request.headers.get("accept", ""), TABLES)
    since, until = parameters.span()
    at = parameters.instant("at")
    if at is not None and (since or until):
        raise bad("at", "asks for one moment, `from` and `to` for several; choose")
    part = _part(parameters)
    asked = AvailabilityAsked(
        corridor_id, at, since, until, parameters.instant("known_at"), parameters.limit(), part
    )
    token = _token(request)
    found = await _readers(request).ask_as_of(
        token, lambda conn, now: ask_availability(conn, token, now, asked)
    )
    more = None if found.next is None else {"from": found.next.isoformat()}
    following = _next(request, parameters, more)
    return _paged(request, form, found.told, INTERVALS, following, {"note": NOTE})


async def answer_timeline(request: Asked, corridor_id: str) -> Response[bytes]:
    """A corridor's days, as pieces or as a picture."""
    parameters = _parameters(request, FIGURES_PARAMETERS)
    form = choose(request.headers.get("accept", ""), TIMELINE_FORMS)
    token = _token(request)
    name = CorridorName(token.mission, corridor_id)
    of = TimelineAsked(name, parameters.instant("known_at"), _part(parameters))
    asked = DaysAsked(of, *parameters.span())
    found = await _readers(request).ask_as_of(
        token, lambda conn, now: ask_days(conn, token, now, asked)
    )
    picture = form is Form.SVG
    body = found.picture.encode() if picture else msgspec.json.encode(found.told)
    return respond(request, Representation(form, body))


async def answer_figures(request: Asked, corridor_id: str) -> Response[bytes]:
    """What was promised of a corridor, what could be used, and to what the rest was lost."""
    parameters = _parameters(request, FIGURES_PARAMETERS)
    form = choose(request.headers.get("accept", ""), TABLES)
    token = _token(request)
    name = CorridorName(token.mission, corridor_id)
    known_at = parameters.instant("known_at")
    asked = StatsAsked(name, *parameters.span(), known_at, _part(parameters))
    found = await _readers(request).ask_as_of(
        token, lambda conn, now: ask_figures(conn, now, asked)
    )
    body = write_items(form, found, {"note": FIGURES_NOTE}, FIGURES)
    return respond(request, Representation(form, body))


def _part(parameters: Parameters) -> Part:
    return Part(
        parameters.text("segment"),
        parameters.word("direction", Direction),
        parameters.word("traveller", Traveller),
    )


async def answer_ways(request: Asked) -> Response[bytes]:
    """Which way is known open from one crossing point to another."""
    parameters = _parameters(request, WAYS_PARAMETERS)
    form = choose(request.headers.get("accept", ""), TABLES)
    start, end = parameters.text("from"), parameters.text("to")
    if start is None or end is None or start == end:
        raise bad("from", "and `to` name two crossing points")
    asked = WaysAsked(start, end, parameters.word("traveller", Traveller))
    token = _token(request)
    found = await _readers(request).ask_as_of(
        token, lambda conn, now: ask_ways(conn, token, now, asked)
    )
    return respond(request, Representation(form, write_items(form, found, {"note": NOTE}, WAYS)))


async def answer_standing(request: Asked, standing: Standing) -> Response[bytes]:
    """How phases, measures or truces stand at an instant, by what was known at another."""
    parameters = _parameters(request, STANDING_PARAMETERS)
    form = choose(request.headers.get("accept", ""), TABLES)
    token, now = _token(request), datetime.now(UTC)
    at, known_at = parameters.instant("at") or now, parameters.instant("known_at") or now
    found = await _readers(request).ask(
        token, lambda conn: standing.ask(conn, token, at, min(known_at, now))
    )
    body = write_items(form, found, {"note": STANDING_NOTE}, standing.shape)
    return respond(request, Representation(form, body))


async def answer_due(request: Asked) -> Response[bytes]:
    """What is coming up and what has fallen due, in the order of time."""
    parameters = _parameters(request, DUE_PARAMETERS)
    form = choose(request.headers.get("accept", ""), TABLES)
    token, now = _token(request), datetime.now(UTC)
    known_at = min(parameters.instant("known_at") or now, now)
    since, until = parameters.span()
    asked = DueAsked(
        mission=token.mission,
        rule=parameters.word("rule", Rule),
        since=since or known_at - DUE_BEFORE,
        until=until or known_at + DUE_AFTER,
        known_at=known_at,
    )
    found = await _readers(request).ask(
        token, partial(ask_due, token=token, asked=asked, limit=parameters.limit())
    )
    more = None if found.next is None else {"from": found.next.isoformat()}
    following = _next(request, parameters, more)
    return _paged(request, form, found.told, DUE, following, {"note": DUE_NOTE})


async def answer_coverage(request: Asked) -> Response[bytes]:
    """A page of how much of zones was watched."""
    paging = Paging(request, COVERAGE_FILTERS, TABLES, COVERAGE)
    question = partial(
        ask_coverage,
        asked=_coverage_asked(paging),
        limit=paging.parameters.limit(),
        after=paging.after(AfterRow),
    )
    return await paging.answer(question, {"note": COVERAGE_NOTE})


async def answer_restrictions(request: Asked) -> Response[bytes]:
    """A page of what kept monitors from watching."""
    paging = Paging(request, RESTRICTION_FILTERS, TABLES, RESTRICTIONS)
    question = partial(
        ask_restrictions,
        asked=_coverage_asked(paging),
        limit=paging.parameters.limit(),
        after=paging.after(AfterRestriction),
    )
    return await paging.answer(question, {"note": RESTRICTIONS_NOTE})


def _coverage_asked(paging: Paging) -> CoverageAsked:
    parameters = paging.parameters
    first, last = parameters.days()
    by = parameters.word("by", By) or By.DAY
    zone = parameters.text("zone")
    return CoverageAsked(paging.token.mission, zone, first, last, by, COVERAGE_DAYS)


async def answer_flags(request: Asked) -> Response[bytes]:
    """A page of what asks for a second look."""
    paging = Paging(request, FLAG_FILTERS, TABLES, FLAGS)
    parameters = paging.parameters
    asked = FlagsAsked(
        paging.token.mission,
        *parameters.span(),
        parameters.word("kind", FlagKind),
        parameters.text("source"),
        FLAGGED_REPORTS,
    )
    question = partial(
        ask_flags, asked=asked, limit=parameters.limit(), after=paging.after(AfterRows)
    )
    return await paging.answer(question, {"note": FLAGS_NOTE})


async def answer_movements(request: Asked) -> Response[bytes]:
    """A page of the movements that the token sees, the first to begin first."""
    paging = Paging(request, MOVEMENT_FILTERS, TABLES, MOVEMENTS)
    parameters = paging.parameters
    filters = MovementFilters(
        parameters.word("phase", MovementPhase),
        parameters.word("kind", MovementKind),
        parameters.limit(),
        paging.after(AfterMovement),
    )
    asked = _movements_asked(parameters)
    question = partial(ask_movements, token=paging.token, asked=asked, filters=filters)
    return await paging.answer(question, {"note": MOVEMENTS_NOTE})


async def answer_movement(request: Asked, movement: str) -> Response[bytes]:
    """One movement with its words."""
    question = partial(ask_movement, movement_id=movement)
    return await _of_movements(request, STANDING_PARAMETERS, MOVEMENT, question)


async def answer_outcomes(request: Asked) -> Response[bytes]:
    """How the movements ended that the token sees; by months, unless it is said."""
    period = Parameters(request.query_params.multi_items(), OUTCOME_PARAMETERS).word(
        "period", Period
    )
    question = partial(ask_outcomes, period=period or Period.MONTH)
    return await _of_movements(request, OUTCOME_PARAMETERS, OUTCOMES, question)


async def _of_movements(
    request: Asked,
    known: tuple[str, ...],
    shape: Shape,
    ask: Callable[[Connection, Token, MovementsAsked], Sequence[Any]],
) -> Response[bytes]:
    parameters = _parameters(request, known)
    form = choose(request.headers.get("accept", ""), TABLES)
    token, asked = _token(request), _movements_asked(parameters)
    found = await _readers(request).ask(token, lambda conn: ask(conn, token, asked))
    body = write_items(form, found, {"note": MOVEMENTS_NOTE}, shape)
    return respond(request, Representation(form, body))


def _movements_asked(parameters: Parameters) -> MovementsAsked:
    now = datetime.now(UTC)
    known_at = parameters.instant("known_at") or now
    return MovementsAsked(parameters.instant("at") or now, min(known_at, now), *parameters.span())


class Paging:
    """A question that is answered page by page: what each asks and answers alike."""

    def __init__(
        self, request: Asked, filters: tuple[str, ...], forms: Sequence[Form], shape: Shape
    ) -> None:
        self.parameters: Final = _parameters(request, (*filters, *PAGING))
        self.token: Final = _token(request)
        self._request = request
        self._form = choose(request.headers.get("accept", ""), forms)
        self._shape = shape
        self._cursors = _cursors(request)
        self._bound = _bound(self.token, request, self.parameters, filters)

    def after(self, kind: type[P]) -> P | None:
        """The place that is asked for; None: the first page."""
        text = self.parameters.text("after")
        return None if text is None else self._cursors.open(text, self._bound, kind)

    async def answer(
        self, question: Callable[[Connection], Page[Any]], beside: Mapping[str, str] | None = None
    ) -> Response[bytes]:
        """A page with what stands beside it, and the link to the next one."""
        page = await _readers(self._request).ask(self.token, question)
        more = None if page.next is None else {"after": self._cursors.seal(page.next, self._bound)}
        following = _next(self._request, self.parameters, more)
        return _paged(self._request, self._form, page.told, self._shape, following, beside or {})


def _paged(  # noqa: PLR0913, PLR0917 (the items, how they are shown, and what stands beside them)
    request: Asked,
    form: Form,
    told: Sequence[Any],
    shape: Shape,
    following: str | None,
    beside: Mapping[str, str],
) -> Response[bytes]:
    """Items of which there may be more, with the link to those that follow."""
    more = {**beside, "next": following} if following else beside
    return respond(
        request, Representation(form, write_items(form, told, more, shape), _link(following))
    )


def _parameters(request: Asked, known: tuple[str, ...]) -> Parameters:
    return Parameters(request.query_params.multi_items(), known)


def _token(request: Asked) -> Token:
    token: Token = request.state.token
    return token


def _readers(request: Asked) -> Readers:
    readers: Readers = request.app.state.readers
    return readers


def _cursors(request: Asked) -> Cursors:
    cursors: Cursors = request.app.state.cursors
    return cursors


def _bound(token: Token, request: Asked, parameters: Parameters, names: tuple[str, ...]) -> bytes:
    """What a cursor is good for: this route and these filters, for this mission and agreement."""
    filters = {name: parameters.given.get(name) for name in names}
    return msgspec.json.encode([request.url.path, token.mission, token.agreement, filters])


def _next(request: Asked, parameters: Parameters, changed: Mapping[str, str] | None) -> str | None:
    """The same question for the page that follows, as a reference relative to the host."""
    if changed is None:
        return None
    query = urlencode({**parameters.given, **changed}, quote_via=quote)
    return f"{request.url.path}?{query}"


def _link(following: str | None) -> dict[str, str]:
    """RFC 8288."""
    return {"Link": f'<{following}>; rel="next"'} if following else {}


def _id(request: Asked) -> str:
    """The id as it was sent: it may hold slashes, which routing would fold into one."""
    path: bytes = request.scope.get("raw_path") or b""
    raw = unquote_to_bytes(path.partition(b"?")[0].removeprefix(_REPORTS))
    try:
        return raw.decode("ascii")
    except UnicodeDecodeError:
        raise bad("id", "holds characters that no id has") from None


def respond(request: Asked, answer: Representation) -> Response[bytes]:
    """The answer, or only that it is what the asker has (RFC 9110, 13.1.2)."""
    headers = {**PRIVATE, **answer.headers, "ETag": answer.etag}
    if holds(request.headers.get("if-none-match", ""), answer.etag):
        return Response(b"", status_code=304, headers=headers)
    return Response(answer.body, headers=headers, media_type=answer.form.value)


def holds(held: str, etag: str) -> bool:
    """Whether `If-None-Match` names the tag, weakly compared (RFC 9110, 13.1.2)."""
    tags = {tag.strip().removeprefix("W/") for tag in held.split(",")}
    return etag in tags or "*" in tags
