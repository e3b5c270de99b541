"""Decode: raw bytes → Report, CorridorStatus or ContextEvent, or a Refusal with a reason code.

Place on the data's way: the first stage. Nothing raises here: an event that cannot be read is a
value that says why and what to do, and its raw bytes are kept by the store.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, TypeVar

import msgspec

from geo.validate import Code, geometry_problems
from streams.events import (
    ID_PATTERN,
    SLUG_PATTERN,
    Area,
    Bearings,
    ContextEvent,
    CorridorStatus,
    DeclarationEvent,
    Downtime,
    Event,
    ExchangeEvent,
    Location,
    MeasureEvent,
    MovementEvent,
    MovementNotified,
    NamedPlaces,
    NotificationEvent,
    OnRoute,
    PhaseBegins,
    Report,
    TruceExtended,
    TruceStep,
    TruceTerms,
)
from streams.vocabulary import DETAILS_OF, LIVING_ALONE, ExchangeCategory
from streams.withhold import may_be_nameless, without_its_words

EVENT_LIMIT_BYTES = 1 << 20
"""An event is text about one observation; a larger one is a mistake or an attack."""
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""Years outside overflow when an offset is applied, and are mistakes in any case."""


class Reason(StrEnum):
    """Why an event was refused. The words are stable: they are stored, counted and alerted on."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    MALFORMED_JSON = "malformed_json"
    NESTED_TOO_DEEPLY = "nested_too_deeply"
    DUPLICATE_KEY = "duplicate_key"
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_WORD = "unknown_word"
    UNKNOWN_FIELD = "unknown_field"
    UNSUPPORTED_VERSION = "unsupported_version"
    MISSING_UTC_OFFSET = "missing_utc_offset"
    OUT_OF_RANGE = "out_of_range"
    BAD_FORMAT = "bad_format"
    INTERVAL_REVERSED = "interval_reversed"
    COUNT_REVERSED = "count_reversed"
    DISTANCE_REVERSED = "distance_reversed"
    DETAIL_NOT_OF_KIND = "detail_not_of_kind"
    REFERS_TO_ITSELF = "refers_to_itself"
    NAMES_NO_PLACE = "names_no_place"
    BAD_GEOMETRY = "bad_geometry"
    UNKNOWN_MISSION = "unknown_mission"
    NOTHING_IN_FORCE = "nothing_in_force"
    UNKNOWN_CORRIDOR = "unknown_corridor"
    UNKNOWN_SOURCE = "unknown_source"
    UNKNOWN_NAME = "unknown_name"
    STEP_NOT_OF_CATEGORY = "step_not_of_category"
    TOO_MANY_VERSIONS = "too_many_versions"
    NO_LONGER_KEPT = "no_longer_kept"


class Refusal(NamedTuple):
    """An event that is not judged: its reason code, what is wrong, and what to do."""

    reason: Reason
    message: str
    withheld: bool = False
    """It may be about an exchange or a movement: its bytes, ids and words are not kept or told."""


E = TypeVar("E", Report, CorridorStatus, ContextEvent)

_BY_TEXT: tuple[tuple[re.Pattern[str], Reason], ...] = tuple(
    (re.compile(pattern), reason)
    for pattern, reason in (
        (r"Object missing required field", Reason.MISSING_FIELD),
        (r"Object contains unknown field", Reason.UNKNOWN_FIELD),
        (r"Expected `datetime` with a timezone component", Reason.MISSING_UTC_OFFSET),
        (r".* at `\$\.version`$", Reason.UNSUPPORTED_VERSION),
        (r"Invalid enum value .* at `\$\.kind`$", Reason.UNKNOWN_KIND),
        (r"Invalid enum value|Invalid value", Reason.UNKNOWN_WORD),
        (r"Invalid RFC3339", Reason.BAD_FORMAT),
        (r"Expected `\w+` matching regex", Reason.BAD_FORMAT),
        (r"Expected `\w+` (of length|[<>])|[\w ]+ out of range", Reason.OUT_OF_RANGE),
    )
)
"""msgspec tells its errors apart by text alone; `test_decode` holds each of these to it. Matched
from the start: what an event says is quoted farther on, and must not choose its own reason."""


def decode_report(raw: bytes) -> Report | Refusal:
    """Read one report from its bytes."""
    read = _decode(raw, _REPORT, _report_refusal)
    return _withheld_of(raw, read) if isinstance(read, Refusal) else read


def decode_reports(raws: Sequence[bytes]) -> list[Report | Refusal]:
    """Read many reports, each as `decode_report` reads it, in half the time where all are good."""
    try:
        reports = _all_good(raws)
    except (ValueError, RecursionError):
        # One of them cannot be read. Going on is safe: each is read by itself, and says why.
        reports = None
    if reports is None:
        return [decode_report(raw) for raw in raws]
    if _well_named(reports) and _well_told(reports):
        return [*reports]
    return [_name_refusal(it) or _report_refusal(it) or it for it in reports]


def _all_good(raws: Sequence[bytes]) -> list[Report] | None:
    """The reports, if none of them can say a key twice; None: each has to be looked at."""
    if any(len(raw) > EVENT_LIMIT_BYTES for raw in raws):
        return None
    block = b"\n".join((*raws, b""))
    if not block.isascii():
        block.decode()
    reports = [*map(_REPORT.decode, raws)]
    anew = _ENCODE_LINES(reports)
    # As in `_repeated_key`: none has fewer quotes than it has anew, so one sum speaks for all.
    if block == anew or (b"\\" not in block and block.count(b'"') == anew.count(b'"')):
        return reports
    return None


def decode_status(raw: bytes) -> CorridorStatus | Refusal:
    """Read one corridor status from its bytes."""
    read = _decode(raw, _STATUS, _status_refusal)
    return _withheld_of(raw, read) if isinstance(read, Refusal) else read


def decode_context(raw: bytes) -> ContextEvent | Refusal:
    """Read one context event from its bytes: what is declared, agreed, done, counted."""
    read = _decode(raw, _CONTEXT, _context_refusal)
    return _withheld_of(raw, read, of_context=True) if isinstance(read, Refusal) else read


def withheld(refusal: Refusal) -> Refusal:
    """The refusal of an event about an exchange or a movement, without a word of the event's."""
    quotes = refusal.reason not in _QUOTES_NOTHING
    if refusal.reason is Reason.WRONG_TYPE:
        quotes = not refusal.message.startswith("Expected `")
    return Refusal(refusal.reason, without_its_words(refusal.message, quotes=quotes), withheld=True)


def _withheld_of(raw: bytes, refusal: Refusal, *, of_context: bool = False) -> Refusal:
    if refusal.withheld or not may_be_nameless(raw, of_context=of_context):
        return refusal
    return withheld(refusal)


_QUOTES_NOTHING: frozenset[Reason] = frozenset(
    {
        Reason.EMPTY,
        Reason.TOO_LARGE,
        Reason.NOT_UTF8,
        Reason.MALFORMED_JSON,
        Reason.NESTED_TOO_DEEPLY,
        Reason.MISSING_FIELD,
        Reason.MISSING_UTC_OFFSET,
        Reason.OUT_OF_RANGE,
        Reason.BAD_FORMAT,
        Reason.REFERS_TO_ITSELF,
        Reason.INTERVAL_REVERSED,
        Reason.NAMES_NO_PLACE,
        Reason.STEP_NOT_OF_CATEGORY,
    }
)
"""Reasons whose messages hold our own words alone; `test_withhold` holds each of them to it."""


_REPORT = msgspec.json.Decoder(Report)
_STATUS = msgspec.json.Decoder(CorridorStatus)
_CONTEXT: msgspec.json.Decoder[ContextEvent] = msgspec.json.Decoder(ContextEvent)


def _decode(
    raw: bytes,
    decoder: msgspec.json.Decoder[E],
    refusal_of: Callable[[E], Refusal | None],
) -> E | Refusal:
    if not raw:
        return Refusal(Reason.EMPTY, "the event is empty; send one JSON object")
    if len(raw) > EVENT_LIMIT_BYTES:
        return Refusal(
            Reason.TOO_LARGE,
            f"{len(raw)} bytes; an event holds at most {EVENT_LIMIT_BYTES}: "
            "send hashes of evidence, not the evidence",
        )
    # Each of these is a property of the bytes: the same bytes fail the same way again, so the
    # event is refused and kept, and going on with the next one is safe.
    try:
        if not raw.isascii():
            raw.decode()  # the decoder passes over the text of fields that it does not know
        event = decoder.decode(raw)
        anew = _ENCODE(event)
        # The same bytes are most of what comes; written anew, the event has every key once.
        repeated = None if raw == anew else _repeated_key(raw, anew)
    except msgspec.ValidationError as error:
        return Refusal(_reason_of(str(error)), _shortened(str(error)))
    except (msgspec.DecodeError, json.JSONDecodeError) as error:
        return Refusal(Reason.MALFORMED_JSON, str(error))
    except UnicodeDecodeError as error:
        return Refusal(Reason.NOT_UTF8, f"invalid UTF-8: {error.reason}; send UTF-8")
    except RecursionError:
        return Refusal(Reason.NESTED_TOO_DEEPLY, "nested too deeply; send the schema's own fields")
    return repeated or _name_refusal(event) or refusal_of(event) or event


def _name_refusal(event: Event) -> Refusal | None:
    """Refuse names of the event itself that are none (`events.OwnId`, `events.OwnSlug`).

    Here and not in the decoder, whose patterns take as long as all the rest of decoding: missions
    and sources repeat, and printable ASCII is asked of an id without a pattern.
    """
    if not _is_slug(event.mission):
        return _no_name("mission", SLUG_PATTERN)
    if not _is_slug(event.source):
        return _no_name("source", SLUG_PATTERN)
    if not (event.id.isascii() and event.id.isprintable() and " " not in event.id):
        return _no_name("id", ID_PATTERN)
    return None


def _well_named(events: Sequence[Event]) -> bool:
    """Whether all names of all of them are: their missions and sources repeat."""
    slugs = {it.mission for it in events} | {it.source for it in events}
    ids = "".join([it.id for it in events])
    return ids.isascii() and ids.isprintable() and " " not in ids and all(map(_is_slug, slugs))


@lru_cache(maxsize=4096)
def _is_slug(name: str) -> bool:
    return _SLUG.search(name) is not None


_SLUG = re.compile(SLUG_PATTERN)


def _no_name(field: str, pattern: str) -> Refusal:
    return Refusal(Reason.BAD_FORMAT, f"Expected `str` matching regex {pattern!r} - at `$.{field}`")


def _repeated_key(raw: bytes, anew: bytes) -> Refusal | None:
    """Refuse an object that says one key twice: which of the two was meant, nobody can tell.

    The decoder takes the last one. An exact look costs several times the decoding, so a sieve goes
    first: written anew, the event has every key that was read, once. Without a backslash each text
    has two quotes, and as many quotes in both leave no room for a key that was read over.
    """
    if b"\\" not in raw and raw.count(b'"') == anew.count(b'"'):
        return None
    repeated: list[str] = []

    def look(pairs: list[tuple[str, object]]) -> None:
        if len(dict(pairs)) < len(pairs):
            keys = [key for key, _ in pairs]
            repeated.append(next(key for key in keys if keys.count(key) > 1))

    # Numbers stay text: thousands of digits are no number to Python, and nobody asks for them here.
    json.loads(raw.decode(), object_pairs_hook=look, parse_int=str, parse_float=str, strict=False)
    if not repeated:
        return None
    return Refusal(
        Reason.DUPLICATE_KEY,
        _shortened(f"the key {repeated[0]!a} stands twice in one object; send each key once"),
    )


_ENCODE = msgspec.json.Encoder().encode
_ENCODE_LINES = msgspec.json.Encoder().encode_lines


def _reason_of(text: str) -> Reason:
    for pattern, reason in _BY_TEXT:
        if pattern.match(text):
            return reason
    return Reason.WRONG_TYPE


def _shortened(text: str) -> str:
    """A message quotes what was wrong, which may be a megabyte long; where it was comes last."""
    if len(text) <= _MESSAGE_LIMIT:
        return text
    half = _MESSAGE_LIMIT // 2
    return f"{text[:half]} ... {text[-half:]}"


_MESSAGE_LIMIT = 400


_YEAR_REFUSED = "observed_from/observed_to: year outside 1900-2199"


def _report_refusal(report: Report) -> Refusal | None:
    """What the types alone cannot say about a report."""
    start, end = report.observed_from, report.observed_to
    if not (1900 <= start.year < 2200) or (end is not None and not (1900 <= end.year < 2200)):
        return Refusal(Reason.OUT_OF_RANGE, _YEAR_REFUSED)
    if end is not None and end < start:
        return Refusal(Reason.INTERVAL_REVERSED, "observed_to lies before observed_from")
    count = report.count
    if count is not None and count.max is not None and count.max < count.min:
        return Refusal(Reason.COUNT_REVERSED, "count.max is below count.min")
    detail = report.detail
    if detail is not None and detail not in DETAILS_OF.get(report.kind, ()):
        return Refusal(
            Reason.DETAIL_NOT_OF_KIND, f"{detail.value!r} is not a detail of {report.kind.value!r}"
        )
    if report.id in (report.supersedes, report.retracts):
        return Refusal(Reason.REFERS_TO_ITSELF, "a report cannot supersede or retract itself")
    refused = _downtime_refusal(report.downtime) if report.downtime else None
    location = report.location
    if refused is not None or type(location) not in _MAY_BE_REFUSED:
        return refused
    return _location_refusal(location)


def _well_told(reports: Sequence[Report]) -> bool:
    """Whether `_report_refusal` surely refuses none of them; False: each has to be asked.

    In one loop, for a call each takes as long as what is asked; kinds and details repeat.
    """
    for report in reports:
        start, end, count = report.observed_from, report.observed_to, report.count
        if not (1900 <= start.year < 2200):
            return False
        if end is not None and not (1900 <= end.year < 2200 and start <= end):
            return False
        if count is not None and count.max is not None and count.max < count.min:
            return False
        if report.id in (report.supersedes, report.retracts):
            return False
        if report.downtime and _downtime_refusal(report.downtime) is not None:
            return False
        location = report.location
        if type(location) in _MAY_BE_REFUSED and _location_refusal(location) is not None:
            return False
    details = {(it.kind, it.detail) for it in reports}
    return all(detail is None or detail in DETAILS_OF.get(kind, ()) for kind, detail in details)


_MAY_BE_REFUSED = frozenset({Bearings, Area, OnRoute})
"""Kinds of location of which the types do not say everything."""


def _location_refusal(location: Location | None) -> Refusal | None:
    if isinstance(location, Bearings):
        return _bearings_refusal(location)
    if isinstance(location, Area):
        return _area_refusal(location)
    if isinstance(location, OnRoute) and _runs_backwards(location):
        return Refusal(Reason.DISTANCE_REVERSED, "the location's to_km is below its from_km")
    return None


def _runs_backwards(location: OnRoute) -> bool:
    return location.to_km is not None and location.to_km < location.from_km


def _downtime_refusal(downtime: Sequence[Downtime]) -> Refusal | None:
    for interval in downtime:
        if _year_out_of_range(interval.start) or _year_out_of_range(interval.end):
            return Refusal(Reason.OUT_OF_RANGE, "downtime: year outside 1900-2199")
        if interval.end < interval.start:
            return Refusal(Reason.INTERVAL_REVERSED, "a downtime's end lies before its start")
    return None


def _bearings_refusal(location: Bearings) -> Refusal | None:
    for sector in location.sectors:
        farthest_m = sector.max_m
        if farthest_m is not None and farthest_m < sector.min_m:
            return Refusal(Reason.DISTANCE_REVERSED, "a sector's max_m is below its min_m")
    return None


def _area_refusal(location: Area) -> Refusal | None:
    found = geometry_problems({"type": "Polygon", "coordinates": location.coordinates})
    # In an agreement a sliver is a slip of drawing; what a monitor saw may be as thin as it says.
    problems = [problem for problem in found if problem.code is not Code.SLIVER]
    if not problems:
        return None
    told = "; ".join(f"location.{problem.path}: {problem.message}" for problem in problems[:5])
    return Refusal(Reason.BAD_GEOMETRY, told)


def _status_refusal(status: CorridorStatus) -> Refusal | None:
    """What the types alone cannot say about a corridor status."""
    times: Sequence[datetime | None] = (
        status.issued_at,
        status.observed_at,
        status.effective_from,
        status.effective_to,
    )
    if any(time is not None and _year_out_of_range(time) for time in times):
        return Refusal(Reason.OUT_OF_RANGE, "a time's year lies outside 1900-2199")
    if status.effective_to is not None and status.effective_to <= status.effective_from:
        return Refusal(Reason.INTERVAL_REVERSED, "effective_to does not lie after effective_from")
    return None


def _context_refusal(event: ContextEvent) -> Refusal | None:
    """What the types alone cannot say about a context event."""
    if event.id in (event.supersedes, event.retracts):
        return Refusal(Reason.REFERS_TO_ITSELF, "an event cannot supersede or retract itself")
    if isinstance(event, ExchangeEvent) and _is_of_the_living_alone(event):
        return Refusal(
            Reason.STEP_NOT_OF_CATEGORY, "remains are neither asked for their consent nor refuse"
        )
    stated = _stated(event)
    if any(_year_out_of_range(time) for time in (event.issued_at, *stated.instants)):
        return Refusal(Reason.OUT_OF_RANGE, "a time's year lies outside 1900-2199")
    if stated.window is not None and stated.window[1] <= stated.window[0]:
        return Refusal(Reason.INTERVAL_REVERSED, "ends_at does not lie after begins_at")
    if stated.place is not None and not (stated.place.zones or stated.place.corridors):
        return Refusal(Reason.NAMES_NO_PLACE, "name at least one zone or corridor of the agreement")
    return None


def _is_of_the_living_alone(event: ExchangeEvent) -> bool:
    return event.category is ExchangeCategory.REMAINS and event.step in LIVING_ALONE


class _Stated(NamedTuple):
    """The times and the place that a context event states."""

    instants: tuple[datetime, ...] = ()
    window: tuple[datetime, datetime] | None = None
    place: NamedPlaces | None = None


def _stated(event: ContextEvent) -> _Stated:
    if isinstance(event, DeclarationEvent):
        declares = event.declares
        return _Stated((declares.begins_at,) if isinstance(declares, PhaseBegins) else ())
    if isinstance(event, NotificationEvent):
        window = (event.begins_at, event.ends_at)
        return _Stated((*window, event.notified_at), window, event.place)
    if isinstance(event, MeasureEvent | ExchangeEvent):
        return _Stated((event.at,))
    if isinstance(event, MovementEvent):
        return _stated_of_movement(event)
    return _stated_by_step(event.step, event.at)


def _stated_of_movement(event: MovementEvent) -> _Stated:
    step = event.step
    if not isinstance(step, MovementNotified):
        return _Stated((event.at,))
    window = (step.begins_at, step.ends_at)
    return _Stated((event.at, *window), window, step.place)


def _stated_by_step(step: TruceStep, at: datetime) -> _Stated:
    if isinstance(step, TruceExtended):
        return _Stated((at, step.ends_at))
    terms: TruceTerms | None = getattr(step, "terms", None)
    if terms is None:
        return _Stated((at,))
    window = (terms.begins_at, terms.ends_at)
    return _Stated((at, *window), window, terms.place)


def _year_out_of_range(time: datetime) -> bool:
    # Compared by year first: a bare comparison of two offsets at year 1 or 9999 would overflow.
    return not (1900 <= time.year < 2200)
