"""Rows of OSCE SMM observation tables → Reports.

Place on the data's way: CSV → **smm** → Report bytes → submitted like any other. Pure: `tables`
has the words, `posts` where observers stood, this file how a row is read. Nothing is guessed: a
word that is in no table is a mistake that names row, column and what to do, and the other rows are
still read. What the vocabulary can't hold stays in the remark, in the row's own words.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from streams.decode import Refusal, decode_report
from streams.errors import Mistake, StreamError
from streams.events import Count, Flight, MonitorSide, Report
from streams.smm.fields import Row, RowError
from streams.smm.interval import interval
from streams.smm.location import locate_row
from streams.smm.posts import POSTS
from streams.smm.tables import (
    COMPASS,
    DETAILS,
    KINDS,
    MEANS,
    NUMBERED,
    SIDES,
    WEAPONS,
    WORDED,
)
from streams.vocabulary import Detail, Kind, Qualifier

ID_PREFIX = "smm-"
COLUMNS = frozenset(
    "obs_id source_url report_as_of date_from date_to time_from time_to part_of_day platform "  # noqa: SIM905 (a header reads as words)
    "position position_ref control_as_reported mode count count_max count_qualifier kind assessed "
    "weapon calibre_mm dist_min_km dist_max_km bearing flight_from flight_to note anchor_name "
    "anchor_lat anchor_lon".split()
)
"""The table's header. `anchor_*` is the gazetteer's point of the settlement named in `position`."""


class SmmError(StreamError):
    """Rows that could not be read; `mistakes` holds all of them, found in one pass."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class SmmReading:
    """What a table held: the reports, in its order, and what is wrong with the other rows."""

    reports: tuple[Report, ...]
    mistakes: tuple[Mistake, ...]


def reports_from_smm(rows: Iterable[Mapping[str, str]], *, mission: str) -> list[Report]:
    """Read every row; raises SmmError with all mistakes where one can't be read."""
    reading = read_smm(rows, mission=mission)
    if reading.mistakes:
        raise SmmError(reading.mistakes)
    return list(reading.reports)


def read_smm_csv(text: str, *, mission: str, file: str | None = None) -> SmmReading:
    """Read a table from CSV text: with a header, columns in any order, further ones ignored."""
    reader = csv.DictReader(io.StringIO(text), restval="")
    missing = COLUMNS - set(reader.fieldnames or ())
    if missing:
        message = f"columns are missing: {', '.join(sorted(missing))}; add them, empty if need be"
        return SmmReading((), (Mistake("missing_column", "header", message, 1, file),))
    return read_smm(reader, mission=mission, file=file)


def read_smm(
    rows: Iterable[Mapping[str, str]], *, mission: str, file: str | None = None
) -> SmmReading:
    """Read rows by column name; line numbers count a header as line 1."""
    reports: list[Report] = []
    mistakes: list[Mistake] = []
    seen: set[str] = set()
    for line, cells in enumerate(rows, start=2):
        row = Row(cells)
        try:
            report = _report(row, mission, seen)
        except RowError as error:
            # The row is reported with its reason; no other row depends on it.
            path = f"row {row.text('obs_id') or line}, column {error.column}"
            mistakes.append(Mistake(error.code, path, error.message, line, file))
            continue
        seen.add(report.id)
        reports.append(report)
    return SmmReading(tuple(reports), tuple(mistakes))


def _report(row: Row, mission: str, seen: set[str]) -> Report:
    kind, detail = _kind(row)
    observed_from, observed_to = interval(row)
    report = Report(
        id=ID_PREFIX + row.required("obs_id"),
        mission=mission,
        source=_source(row),
        kind=kind,
        detail=detail,
        means=row.looked_up("mode", MEANS, (row.text("mode"), row.text("platform"))),
        observed_from=observed_from,
        observed_to=observed_to,
        location=locate_row(row),
        count=_count(row),
        weapons=tuple(row.looked_up("weapon", WEAPONS, word) for word in row.words("weapon")),
        calibres_mm=row.numbers("calibre_mm"),
        flights=_flights(row),
        monitor_sides=_sides(row),
        remark="; ".join(_remarks(row, kind, detail)),
    )
    if report.id in seen:
        raise RowError("duplicate_id", "obs_id", "stands twice; give each row its own")
    return _checked(report)


def _checked(report: Report) -> Report:
    """The report as the wire would read it: an id or a number outside its bounds is a mistake."""
    read = decode_report(msgspec.json.encode(report))
    if isinstance(read, Refusal):
        raise RowError("out_of_bounds", "(the whole row)", f"{read.message}; correct the row")
    return read


def _source(row: Row) -> str:
    """Pseudonym of the observer: the platform and the post."""
    post = row.looked_up("position", POSTS, row.text("position"))
    return f"{row.required('platform').replace('+', '-')}-{post.slug}"


def _kind(row: Row) -> tuple[Kind, Detail | None]:
    kind, detail = row.looked_up("kind", KINDS, row.text("kind"))
    assessed = row.text("assessed")
    if not assessed:
        return kind, detail
    if detail is not None:
        raise RowError(
            "unknown_word", "assessed", f"{row.text('kind')!r} says it already; leave it empty"
        )
    return kind, row.looked_up("assessed", DETAILS, (kind, assessed))


def _count(row: Row) -> Count:
    word = row.required("count_qualifier")
    if word in WORDED:
        if row.text("count"):
            raise RowError("bad_number", "count", f"{word!r} stands instead of a number: empty it")
        qualifier, least = WORDED[word]
        return Count(min=least, qualifier=qualifier)
    qualifier = row.looked_up("count_qualifier", NUMBERED, word)
    number = row.whole_number("count")
    match qualifier:
        case Qualifier.RANGE:
            return Count(min=number, max=row.whole_number("count_max"), qualifier=qualifier)
        case Qualifier.AT_LEAST | Qualifier.OVER:
            # Printed as a lower bound, with no upper one.
            return Count(min=number, qualifier=qualifier)
        case Qualifier.ALMOST:
            # Printed as an upper bound; of a lower one, only that there was something.
            return Count(min=1, max=number, qualifier=qualifier)
        case _:
            # Of `about` the printed number is neither bound: the qualifier says so in every total.
            return Count(min=number, max=number, qualifier=qualifier)


def _flights(row: Row) -> tuple[Flight, ...]:
    """Directions of flight; the first "from" belongs to the first "to"."""
    starts = [row.looked_up("flight_from", COMPASS, w) for w in row.words("flight_from")]
    ends = [row.looked_up("flight_to", COMPASS, w) for w in row.words("flight_to")]
    if starts and ends and len(starts) != len(ends):
        raise RowError("unpaired", "flight_to", "give as many as in flight_from, or none")
    if not ends:
        return tuple(Flight(from_deg=start) for start in starts)
    if not starts:
        return tuple(Flight(to_deg=end) for end in ends)
    return tuple(Flight(from_deg=a, to_deg=b) for a, b in zip(starts, ends, strict=True))


def _sides(row: Row) -> tuple[MonitorSide, ...]:
    note = row.text("note")
    if note in SIDES:
        zone, side = SIDES[note]
        return (MonitorSide(zone=zone, side=side),)
    if "INSIDE" in note or "OUTSIDE" in note:
        raise RowError(
            "unknown_word", "note", "places it by a zone that is not in the table: add it to SIDES"
        )
    return ()


def _remarks(row: Row, kind: Kind, detail: Detail | None) -> Iterator[str]:
    """The row's own words, and where they were published."""
    yield f"position: {row.position}"
    if row.text("control_as_reported"):
        yield f"control as reported: {row.text('control_as_reported')}"
    if row.text("kind") != kind.value or (detail or "") != row.text("assessed"):
        yield f"kind: {', '.join(filter(None, (row.text('kind'), row.text('assessed'))))}"
    if row.text("weapon"):
        yield f"weapon: {row.text('weapon')}"
    if row.text("mode") == "recorded" and row.text("platform") != "camera":
        yield "mode: recorded"
    if row.text("part_of_day"):
        yield f"part of day: {row.text('part_of_day')}"
    if row.text("note"):
        yield f"note: {row.text('note')}"
    yield f"Source: OSCE SMM, as of {row.text('report_as_of')}, {row.text('source_url')}"
