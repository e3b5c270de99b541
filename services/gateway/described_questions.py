"""What the routes that are read from take and answer; part of the table `described`.

Place on the data's way: beside it, for whoever writes a client.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.json import encode

from services.calendar_feed import write_calendar
from services.gateway import examples
from services.gateway.ask_corridor_figures import FIGURES
from services.gateway.ask_corridor_figures import NOTE as COVERED
from services.gateway.ask_corridors import INTERVALS, STATES, WAYS
from services.gateway.ask_coverage import COVERAGE, RESTRICTIONS, RESTRICTIONS_NOTE
from services.gateway.ask_coverage import NOTE as WATCHED
from services.gateway.ask_crossings import CROSSINGS
from services.gateway.ask_due import DUE
from services.gateway.ask_due import NOTE as DUE_NOTE
from services.gateway.ask_flags import FLAGS
from services.gateway.ask_flags import NOTE as DOUBTED
from services.gateway.ask_movements import MOVEMENT, MOVEMENTS, OUTCOMES
from services.gateway.ask_movements import NOTE as MOVED
from services.gateway.ask_report import ReportAnswer
from services.gateway.ask_standing import (
    EXCHANGES,
    MEASURES,
    NOTE,
    PHASES,
    TRUCES,
    UNHEEDED,
    Standing,
)
from services.gateway.ask_timeline import TimelineTold
from services.gateway.ask_violations import SHAPE
from services.gateway.ask_whereabouts import SPELLS
from services.gateway.board import BoardTold, write_text
from services.gateway.boards import LONGEST_S
from services.gateway.operation import (
    CALENDAR,
    JSON,
    LINES,
    SVG,
    TEXT,
    Answer,
    Content,
    Operation,
    Parameter,
    schema_of,
)
from services.gateway.parameters import DEFAULT_LIMIT, LIMIT
from services.gateway.problems import Code
from services.gateway.represent import EVERY_FORM, TABLES, Form, Shape, write_items
from services.store.queries.violations import STANDING
from streams.coverage.periods import By
from streams.credibility.flag import FlagKind
from streams.due import Rule
from streams.movements.outcomes import Period
from streams.movements.standing import MovementPhase
from streams.schema import Json
from streams.standing_violations import State
from streams.vocabulary import Direction, MovementKind, Traveller, ViolationKind
from streams.whereabouts import fold

TAGGED: Final = {"ETag": "Names the bytes; send it as `If-None-Match`."}
PAGED: Final = {**TAGGED, "Link": 'RFC 8288: `rel="next"`, where there is another page.'}
KEPT: Final = Answer(304, "What `If-None-Match` names is what there is.", headers=TAGGED)
PROBLEMS: Final = (
    Code.BAD_PARAMETER,
    Code.FORM_UNKNOWN,
    Code.TOO_MUCH_ASKED,
    Code.TOOK_TOO_LONG,
)
_NOTE: Final[Json] = {"type": "string", "description": "Read it."}
_ICALENDAR: Final[Json] = {"type": "string", "description": "RFC 5545."}
_NEXT: Final[Json] = {"type": "string", "description": "The next page, as in `Link`."}
_COLLECTION: Final[Json] = {
    "type": "object",
    "description": "RFC 7946.",
    "required": ["type", "features"],
    "properties": {"type": {"const": "FeatureCollection"}, "features": {"type": "array"}},
}


def page_answer(
    items: Sequence[Struct],
    shape: Shape,
    forms: Sequence[Form],
    beside: Mapping[str, Any],
    headers: Mapping[str, str],
) -> Answer:
    """A page in each form, its examples written as an answer is."""
    listed: Json = {"type": "array", "items": schema_of(type(items[0]))}
    properties = {"items": listed, "next": _NEXT, "note": _NOTE}
    schemas: dict[Form, Json] = {
        Form.JSON: {"type": "object", "required": ["items"], "properties": properties},
        Form.NDJSON: LINES,
        Form.CSV: {"type": "string", "description": "RFC 4180, with a header."},
        Form.GEOJSON: _COLLECTION,
    }
    written = {form: write_items(form, items, beside, shape) for form in forms}
    contents = [
        Content(form.value, schemas[form], {"page": examples.value_of(form, body)})
        for form, body in written.items()
    ]
    return Answer(200, "What there is; empty is an answer.", tuple(contents), headers)


def _instant(name: str, description: str) -> Parameter:
    schema = {"type": "string", "format": "date-time"}
    return Parameter(name, f"{description} With its UTC offset.", "2018-09-05T10:00:00Z", schema)


_BOUNDS: Final = {"minimum": 1, "maximum": LIMIT, "default": DEFAULT_LIMIT}
LIMITED: Final = Parameter("limit", "How many at most.", 100, {"type": "integer", **_BOUNDS})
SPAN: Final = (
    _instant("from", "What was observed, or holds, then or later."),
    _instant("to", "And before that."),
)
_PART: Final = (
    Parameter("segment", "This segment or crossing point alone.", "bridge"),
    Parameter("direction", "This way alone.", "forward", {"enum": [str(it) for it in Direction]}),
    Parameter(
        "traveller", "For these alone.", "heavy_truck", {"enum": [str(it) for it in Traveller]}
    ),
)


DAY: Final[Json] = {"type": "string", "format": "date"}
_DAYS: Final = (
    Parameter("first_day", "Of this mission day or later.", "2018-09-01", DAY),
    Parameter(
        "last_day",
        "Of this mission day or earlier. At most 36 days, by the hour 3: the last ones.",
        "2018-09-05",
        DAY,
    ),
)
_AS_IT_STANDS: Final = (
    _instant("at", "As it stands then; now, if absent."),
    _instant("known_at", "By what was known then; now, if absent."),
)


def _standing(standing: Standing, example: Struct, described: str) -> Operation:
    """How phases, measures or truces stand."""
    page = page_answer([example], standing.shape, TABLES, {"note": NOTE}, TAGGED)
    return Operation(
        described,
        (page, KEPT),
        _AS_IT_STANDS,
        problems=PROBLEMS,
    )


QUESTIONS: Final[Mapping[tuple[str, str], Operation]] = {
    ("GET", "/v1/reports/{id}"): Operation(
        "Every version with its receipt and state, every reading with its reasons; the last one "
        "is current. To who may not see it all, it is not there.",
        (
            Answer(
                200,
                "All that is kept of the report.",
                (Content(JSON, schema_of(ReportAnswer), {"assessed": examples.REPORT_ANSWER}),),
                TAGGED,
            ),
            KEPT,
        ),
        (
            Parameter("id", "The report's id, percent-encoded.", examples.REPORT["id"]),
            Parameter("source", "Whose, where several sources use the id.", "patrol-1"),
        ),
        problems=(*PROBLEMS, Code.SEVERAL_FOUND, Code.REPORT_UNKNOWN),
    ),
    ("GET", "/v1/violations"): Operation(
        "The violations that stand, the newest first, each as far as the token sees: of the own "
        "reports all, of others a zone and a coarse cell. Automatic, unreviewed until a person has "
        "released them. Parties and the publisher are told each reading that was released, as it "
        "was then, also where it was superseded or taken back since: its `status` says so.",
        (page_answer([examples.VIOLATION], SHAPE, EVERY_FORM, {}, PAGED), KEPT),
        (
            Parameter("agreement", "Judged under this one.", "donetsk-luhansk"),
            Parameter("zone", "In this zone.", "zolote"),
            Parameter("term", "Of this term.", "no-fire"),
            Parameter(
                "kind", "Called this.", "fire_into_zone", {"enum": [str(k) for k in ViolationKind]}
            ),
            Parameter(
                "verdict", "This sure.", "violation", {"enum": [str(word) for word in STANDING]}
            ),
            Parameter(
                "state", "Of what stands: this.", "open", {"enum": [str(word) for word in State]}
            ),
            Parameter(
                "claim",
                "What would be a violation as this party draws the zones, whatever it is as they "
                "are agreed; `verdict` and `zone` then ask for those under the claim. Only to who "
                "sees the whole of the mission.",
                "north",
            ),
            *SPAN,
            LIMITED,
            Parameter("after", "From a `Link`; for the same question alone.", "AAAA"),
        ),
        problems=PROBLEMS,
    ),
    ("GET", "/v1/whereabouts"): Operation(
        "From when to when subjects were, or may have been, inside of zones, by their sightings. "
        "Which subject, and by whose reports, is told to who sees the whole of the mission; all "
        "others are not told where one was outside. Automatic, unreviewed; so not for parties and "
        "the publisher.",
        (page_answer([examples.SPELL], SPELLS, TABLES, {}, PAGED), KEPT),
        (
            Parameter("subject", "What the reports call it.", "column-1"),
            Parameter("zone", "In this zone; a corridor's strip: `corridor:ID`.", "zolote"),
            Parameter("answer", "This sure.", "inside", {"enum": [str(it) for it in fold.Answer]}),
            *SPAN,
            _instant("known_at", "By what was known then; now, if absent."),
            LIMITED,
            Parameter("after", "From a `Link`; for the same question alone.", "AAAA"),
        ),
        problems=PROBLEMS,
    ),
    ("GET", "/v1/crossings"): Operation(
        "From which side of a baseline or of a corridor's route to which subjects went, by their "
        "sightings: `crossed`, or `may_have_crossed` where they can have gone round an end of it. "
        "Which subject, and by whose reports, is told to who sees the whole of the mission. "
        "Automatic, unreviewed; so not for parties and the publisher.",
        (page_answer([examples.CROSSING], CROSSINGS, TABLES, {}, PAGED), KEPT),
        (
            Parameter("subject", "What the reports call it.", "column-1"),
            Parameter("line", "This one: `baseline:ID` or `corridor:ID`.", "baseline:contact-line"),
            Parameter(
                "answer", "This sure.", "crossed", {"enum": [str(it) for it in fold.Passing]}
            ),
            _instant("from", "What may have happened then or later."),
            _instant("to", "And before that."),
            _instant("known_at", "By what was known then; now, if absent."),
            LIMITED,
            Parameter("after", "From a `Link`; for the same question alone.", "AAAA"),
        ),
        problems=PROBLEMS,
    ),
    ("GET", "/v1/coverage"): Operation(
        "How long each zone was watched, by mission day or hour, for all means together and by "
        "each, beside what was found. `no_coverage` is not calm: of that time nothing is known, "
        "and there is no rate. For who sees the whole of the mission.",
        (page_answer([examples.COVERAGE], COVERAGE, TABLES, {"note": WATCHED}, PAGED), KEPT),
        (
            Parameter("zone", "Of this zone alone.", "zolote"),
            *_DAYS,
            Parameter("by", "How finely.", "hour", {"enum": [str(it) for it in By]}),
            LIMITED,
            Parameter("after", "From a `Link`; for the same question alone.", "AAAA"),
        ),
        problems=PROBLEMS,
    ),
    ("GET", "/v1/restrictions"): Operation(
        "What kept monitors from watching or going on: where, for how many minutes, why, and whom "
        "the monitor named. For who sees the whole of the mission.",
        (
            page_answer(
                [examples.RESTRICTION], RESTRICTIONS, TABLES, {"note": RESTRICTIONS_NOTE}, PAGED
            ),
            KEPT,
        ),
        (
            Parameter("zone", "Whose place touches this zone, or may.", "zolote"),
            *_DAYS,
            LIMITED,
            Parameter("after", "From a `Link`; for the same question alone.", "AAAA"),
        ),
        problems=PROBLEMS,
    ),
    ("GET", "/v1/flags"): Operation(
        "What in the reports asks for a second look: floods, copied texts and times, one-sided and "
        "circular sourcing, impossible speed, repeated positions, clocks. Each with its reason and "
        "its reports. It changes no verdict. For who sees the whole of the mission.",
        (page_answer([examples.FLAG], FLAGS, TABLES, {"note": DOUBTED}, PAGED), KEPT),
        (
            Parameter("kind", "Of this kind.", "flood", {"enum": [str(it) for it in FlagKind]}),
            Parameter("source", "That this source has a part in.", "patrol-1"),
            *SPAN,
            LIMITED,
            Parameter("after", "From a `Link`; for the same question alone.", "AAAA"),
        ),
        problems=PROBLEMS,
    ),
    ("GET", "/v1/corridors"): Operation(
        "Each corridor with its state now. Unknown is not open; permission is not safety.",
        (
            page_answer([examples.STATE], STATES, EVERY_FORM, {"note": examples.NOTE}, TAGGED),
            KEPT,
        ),
        problems=PROBLEMS,
    ),
    ("GET", "/v1/corridors/board"): Operation(
        "Every corridor: its state, since when, not valid after when, why, and when the last word "
        "came. JSON gives instants and no ages, so that it stays the same until something changes; "
        "text reckons ages. gzip or zstd by `Accept-Encoding`. With `wait_s` and what you have in "
        "`If-None-Match` the answer comes within a second of a change. Unknown is not open.",
        (
            Answer(
                200,
                "The board; empty is an answer.",
                (
                    Content(
                        JSON,
                        schema_of(BoardTold),
                        {"one": examples.value_of(Form.JSON, encode(examples.BOARD))},
                    ),
                    Content(
                        TEXT,
                        {"type": "string", "description": "For people."},
                        {"one": write_text(examples.BOARD, examples.BOARD_AT)},
                    ),
                ),
                {
                    "ETag": "Names what is shown, whatever its age; send it as `If-None-Match`.",
                    "Date": "When it was true.",
                },
            ),
            KEPT,
        ),
        (
            Parameter(
                "wait_s",
                "Wait so long for a change, where `If-None-Match` names what there is. Where too "
                "many wait already: 503, come again after `Retry-After`.",
                30,
                {"type": "integer", "minimum": 1, "maximum": LONGEST_S},
            ),
        ),
        problems=PROBLEMS,
    ),
    ("GET", "/v1/corridors/calendar.ics"): Operation(
        "Every agreed window as an event (RFC 5545), in UTC: stable `UID`, `SEQUENCE` rising with "
        "each revision, `STATUS` TENTATIVE where it is a draft, not in detail or in dispute, "
        "CANCELLED where it was taken away. What is agreed is no word on the road. "
        "The token may be the password of HTTP Basic, with any user name.",
        (
            Answer(
                200,
                "The calendar; without an event is an answer.",
                (
                    Content(
                        CALENDAR,
                        _ICALENDAR,
                        {"one": write_calendar("osce-smm", examples.AGENDA).decode()},
                    ),
                ),
                TAGGED,
            ),
            KEPT,
        ),
        (Parameter("corridor", "Of this one alone.", "zolote-road"),),
        problems=PROBLEMS,
    ),
    ("GET", "/v1/corridors/{corridor_id}/availability"): Operation(
        "The intervals with their causes: what held `at` an instant, or from one to another, by "
        "what was known at `known_at`. Of all parts together the most cautious; with `segment`, "
        "`direction` or `traveller` of those alone. Unknown is not open.",
        (
            page_answer([examples.INTERVAL], INTERVALS, TABLES, {"note": examples.NOTE}, PAGED),
            KEPT,
        ),
        (
            Parameter("corridor_id", "As the agreement calls it.", "zolote-road"),
            _instant("at", "What holds at this instant."),
            *SPAN,
            _instant("known_at", "By what was known then; now, if absent."),
            LIMITED,
            *_PART,
        ),
        problems=(*PROBLEMS, Code.CORRIDOR_UNKNOWN),
    ),
    ("GET", "/v1/corridors/{corridor_id}/timeline"): Operation(
        "Day by day, UTC, what state the corridor was, is or will be known in, and why: as pieces, "
        "or as a picture that reads without colour. It is of the instant of asking, or of "
        "`known_at`. Unknown is not open.",
        (
            Answer(
                200,
                "The days.",
                (
                    Content(
                        JSON,
                        schema_of(TimelineTold),
                        {"one": examples.value_of(Form.JSON, encode(examples.DAYS))},
                    ),
                    Content(SVG, {"type": "string", "description": "SVG."}, {"one": "<svg/>"}),
                ),
                TAGGED,
            ),
            KEPT,
        ),
        (
            Parameter("corridor_id", "As the agreement calls it.", "zolote-road"),
            _instant("from", "From then on; 7 days before `to`, if absent."),
            _instant("to", "And before that, 366 days later at most; if absent, as far as now."),
            _instant("known_at", "By what was known then; now, if absent."),
            *_PART,
        ),
        problems=(*PROBLEMS, Code.CORRIDOR_UNKNOWN),
    ),
    ("GET", "/v1/corridors/{corridor_id}/stats"): Operation(
        "A row for each figure of a period, with its definition: promised time, what of it was "
        "usable, what was lost to which cause, the longest opening, the notice before each "
        "closing. Usable and all losses add up to promised. The period ends with what is known.",
        (page_answer([examples.FIGURE], FIGURES, TABLES, {"note": COVERED}, TAGGED), KEPT),
        (
            Parameter("corridor_id", "As the agreement calls it.", "zolote-road"),
            _instant("from", "From then on; 30 days before `to`, if absent."),
            _instant("to", "And before that; until now, if absent."),
            _instant("known_at", "By what was known then; now, if absent."),
            *_PART,
        ),
        problems=(*PROBLEMS, Code.CORRIDOR_UNKNOWN),
    ),
    ("GET", "/v1/corridors/ways"): Operation(
        "Which way is known open from one crossing point to another now: first those that are, the "
        "shortest first, then those that are not, each leg with its cause. Nothing else is a way.",
        (page_answer([examples.WAY], WAYS, TABLES, {"note": examples.NOTE}, TAGGED), KEPT),
        (
            Parameter("from", "The crossing point to set out from.", "bridge"),
            Parameter("to", "The crossing point to come to.", "checkpoint"),
            Parameter(
                "traveller",
                "For these alone; for everybody, if absent.",
                "heavy_truck",
                {"enum": [str(it) for it in Traveller]},
            ),
        ),
        problems=PROBLEMS,
    ),
    ("GET", "/v1/phases"): _standing(
        PHASES, examples.PHASE, "Each phase of the agreement, begun or not."
    ),
    ("GET", "/v1/measures"): _standing(
        MEASURES, examples.MEASURE, "Each measure, the first due first. Claimed is not verified."
    ),
    ("GET", "/v1/truces"): _standing(
        TRUCES, examples.TRUCE, "Each local truce. Agreed is not in force."
    ),
    ("GET", "/v1/exchanges"): _standing(
        EXCHANGES,
        examples.EXCHANGE,
        "Each step of each side's list in each exchange, by all who count, to who arranges "
        "exchanges, and to a party those in which it is a side. Numbers alone, never names; what "
        "differs is named and not reconciled.",
    ),
    ("GET", "/v1/movements"): Operation(
        "To the mission all, to an organiser its own, to a party those that address it, as the "
        "sources say that the token names. Acknowledged is not permitted, permitted is not safe.",
        (page_answer([examples.MOVEMENT_TOLD], MOVEMENTS, TABLES, {"note": MOVED}, PAGED), KEPT),
        (
            *_AS_IT_STANDS,
            _instant("from", "Whose window lies then or later."),
            _instant("to", "And begins before that."),
            Parameter(
                "phase", "This far.", "under_way", {"enum": [str(it) for it in MovementPhase]}
            ),
            Parameter(
                "kind", "Of this kind.", "movement", {"enum": [str(it) for it in MovementKind]}
            ),
            LIMITED,
            Parameter("after", "From a `Link`; for the same question alone.", "AAAA"),
        ),
        problems=PROBLEMS,
    ),
    ("GET", "/v1/movements/{movement}"): Operation(
        "With every word that counts; several, where several organisers chose the same id. One "
        "that the token may not see is not there.",
        (page_answer([examples.MOVEMENT_DETAIL], MOVEMENT, TABLES, {"note": MOVED}, TAGGED), KEPT),
        (
            Parameter("movement", "Its organiser's pseudonym for it.", examples.MOVEMENT_ID),
            *_AS_IT_STANDS,
        ),
        problems=(*PROBLEMS, Code.MOVEMENT_UNKNOWN),
    ),
    ("GET", "/v1/movement-outcomes"): Operation(
        "Of the movements that the token sees, each once for every party that it addresses, in the "
        "period in which it begins. `facilitated_share` is of those that ended and of which nobody "
        "differs; what has not ended is in no share.",
        (page_answer([examples.OUTCOME], OUTCOMES, TABLES, {"note": MOVED}, TAGGED), KEPT),
        (
            *_AS_IT_STANDS,
            _instant("from", "That begin then or later."),
            _instant("to", "And before that."),
            Parameter(
                "period",
                "By these; months, if absent.",
                "month",
                {"enum": [str(p) for p in Period]},
            ),
        ),
        problems=PROBLEMS,
    ),
    ("GET", "/v1/due"): Operation(
        "Deadlines that pass unverified, truces that begin and lapse, phases that begin, corridors "
        "that grow stale: what is coming up, what has fallen due, and what did not after all.",
        (page_answer([examples.DUE], DUE, TABLES, {"note": DUE_NOTE}, PAGED), KEPT),
        (
            Parameter("rule", "This alone.", "measure_overdue", {"enum": [str(it) for it in Rule]}),
            _instant("from", "Due then or later; a day ago, if absent."),
            _instant("to", "And before that; in a week, if absent."),
            _instant("known_at", "By what was known then; now, if absent."),
            LIMITED,
        ),
        problems=PROBLEMS,
    ),
    ("GET", "/v1/unheeded"): _standing(
        UNHEEDED,
        examples.UNHEEDED,
        "Context events that have no effect, of the sources that the token sees everything of.",
    ),
}
