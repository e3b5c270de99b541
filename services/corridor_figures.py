"""Corridor figures: what was promised of a corridor and what of it could be used, as rows.

    agreed windows, generations as known then → figures → a row for each, with its definition

Place on the data's way: store → **rows** → `truceline corridor stats`,
GET /v1/corridors/{id}/stats. Of the past alone: what is to come nobody has used yet, and what was
known at an instant ends with it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final, NamedTuple

from msgspec import Struct

from services.disputes import Disputes
from services.drafts import Drafts
from services.store.documents import loaded_agreements
from services.store.engine import Connection
from services.store.generations import NOTHING_KNOWN, StoredInterval
from services.store.instants import SINCE_EVER
from services.store.queries.corridor_period import (
    Said,
    ToldState,
    sayings,
    states_between,
    told_between,
)
from services.store.queries.corridors import CorridorName
from services.timeline import narrowed
from streams.corridors.figures import Figures, Spell, figures
from streams.corridors.notice import Closing, Saying, closings, known_since
from streams.corridors.parts import ALL, Part
from streams.corridors.promised import promised
from streams.instants import FOREVER, micros, micros_or_forever, moment_of
from streams.vocabulary import Availability, Word

USUAL: Final = timedelta(days=30)
"""What is looked at where nobody says from when on."""
MINUTE_US: Final = 60_000_000


class FigureName(Word):
    """What a row is of; shown, so the words are stable."""

    PROMISED = "promised"
    USABLE = "usable"
    OPEN = "open"
    IMPEDED = "impeded"
    LOST = "lost"
    LONGEST_OPEN = "longest_open"
    NOTICE = "notice"
    NOTICE_MEDIAN = "notice_median"


DEFINITIONS: Final[dict[FigureName, str]] = {
    FigureName.PROMISED: "time in the windows of the agreement version in force, also where nobody"
    " opened the corridor",
    FigureName.USABLE: "promised time in which the corridor was known to be open or impeded",
    FigureName.OPEN: "promised time in which the corridor was known to be open",
    FigureName.IMPEDED: "promised time in which the corridor was usable with something in the way",
    FigureName.LOST: "promised time that was not usable, by its first cause; with usable it adds up"
    " to promised",
    FigureName.LONGEST_OPEN: "the longest promised time without a break in which the corridor was"
    " known to be open",
    FigureName.NOTICE: "from when it was known here that the corridor would be closed, to when a"
    " status closed or suspended it in promised time; below zero: known only afterwards",
    FigureName.NOTICE_MEDIAN: "the middle one of the notices of all closings by a status that began"
    " in the period",
}
COVERAGE: Final = (
    "coverage: the share of promised time of which somebody's word tells how the corridor was;"
    " the rest is unknown, and lost"
)


class StatsAsked(NamedTuple):
    """Of which corridor, from when to when, by what was known when; None: now."""

    name: CorridorName
    since: datetime | None = None
    until: datetime | None = None
    known_at: datetime | None = None
    part: Part = ALL


class FigureTold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One figure of one corridor."""

    mission: str
    corridor: str
    figure: FigureName
    minutes: float | None
    """None: there is none, for want of a closing."""
    definition: str
    coverage: float | None
    """Share of promised time of which anything is known; None: nothing is promised."""
    since: datetime
    until: datetime
    """Of the period, its end not included: never later than `known_at`."""
    known_at: datetime
    draft: bool
    """A version that not all parties have signed was in force at some time of the period."""
    window_disputed: bool
    """Announcements of a window of the period differ; promised is what they have in common."""
    share: float | None = None
    """Of promised time; absent where it is no part of it."""
    cause: str | None = None
    """Of a loss or a closing."""
    state: str | None = None
    """Of a loss."""
    starts_at: datetime | None = None
    """Of an opening or a closing."""
    ends_at: datetime | None = None
    """Of an opening."""


class Period(NamedTuple):
    """What is looked at, and by what was known when."""

    since: datetime
    until: datetime
    known_at: datetime


def period_of(asked: StatsAsked, now: datetime) -> Period | None:
    """The period that is asked for as far as it was known; None: there is no such time."""
    known_at = min(asked.known_at or now, now)
    until = min(asked.until or known_at, known_at)
    since = asked.since or until - USUAL
    return Period(since, until, known_at) if since < until else None


def corridor_figures(conn: Connection, asked: StatsAsked, period: Period) -> list[FigureTold]:
    """The rows of all figures."""
    since, until, known_at = period
    name = asked.name
    within = (micros(since), micros(until))
    known = loaded_agreements(conn, name.mission, known_at)
    loaded = [it.document for it in known]
    windows = promised(name.corridor_id, loaded, within)
    told = _told(conn, asked, period)
    spells = _spells([it.spell for it in told])
    found = figures(windows, spells)
    closed = _closed(conn, asked, known_at, closings(spells, windows, within[0]), told)
    alike: dict[str, Any] = {
        "mission": name.mission,
        "corridor": name.corridor_id,
        "coverage": _share(found.promised_us - found.unknown_us, found),
        "since": since,
        "until": until,
        "known_at": known_at,
        "draft": Drafts.among(conn, known, name.mission, known_at).cover(since, until),
        "window_disputed": Disputes(loaded).cover(name.corridor_id, since, until),
    }
    return [
        FigureTold(figure=figure, definition=DEFINITIONS[figure], **more, **alike)
        for figure, more in (*_times(found), *_notices(closed))
    ]


class _Told(NamedTuple):
    generation: int
    spell: Spell


def _told(conn: Connection, asked: StatsAsked, period: Period) -> list[_Told]:
    """What is known of the part in the period, and of the moment before it."""
    since, until, known_at = period
    before = max(since, SINCE_EVER + _MOMENT) - _MOMENT
    if asked.part == ALL:
        states = states_between(conn, asked.name, before, until, known_at)
        return [_Told(it.generation, _spell(it)) for it in states]
    found = told_between(conn, asked.name, before, until, known_at)
    return [_Told(it.generation, _spell(narrowed(it.interval, asked.part))) for it in found]


_MOMENT: Final = timedelta(microseconds=1)


class _Closed(NamedTuple):
    closing: Closing
    notice_us: int


def _closed(
    conn: Connection,
    asked: StatsAsked,
    known_at: datetime,
    found: Sequence[Closing],
    told: Sequence[_Told],
) -> list[_Closed]:
    """The closings, each with its notice, by what was said of their first moments."""
    starts = [it.spell.start for it in told]
    newest = [told[bisect_right(starts, it.at) - 1].generation for it in found]
    of = [(moment_of(it.at), number) for it, number in zip(found, newest, strict=True)]
    said = sayings(conn, asked.name, of, known_at) if of else []
    since = [known_since(_saying(it, asked.part) for it in those) for those in said]
    return [
        _Closed(closing, closing.at - at)
        for closing, at in zip(found, since, strict=True)
        if at is not None
    ]


def _saying(it: Said, part: Part) -> Saying:
    state = Availability(narrowed(it.interval, part).state)
    return Saying(micros(it.known_at), state)


_Row = tuple[FigureName, dict[str, Any]]


def _times(found: Figures) -> Iterator[_Row]:
    def part(us: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401 (fields of `FigureTold`)
        return {"minutes": us / MINUTE_US, "share": _share(us, found), **more}

    yield FigureName.PROMISED, part(found.promised_us)
    yield FigureName.USABLE, part(found.open_us + found.impeded_us)
    yield FigureName.OPEN, part(found.open_us)
    yield FigureName.IMPEDED, part(found.impeded_us)
    for cause, state, lost_us in found.losses:
        yield FigureName.LOST, part(lost_us, cause=cause, state=state.value)
    start, end = found.longest_open or (0, 0)
    times = {"starts_at": moment_of(start), "ends_at": moment_of(end)} if found.longest_open else {}
    yield FigureName.LONGEST_OPEN, {"minutes": (end - start) / MINUTE_US, **times}


def _notices(closed: Sequence[_Closed]) -> Iterator[_Row]:
    minutes = [it.notice_us / MINUTE_US for it in closed]
    yield FigureName.NOTICE_MEDIAN, {"minutes": median(minutes) if minutes else None}
    for it, notice in zip(closed, minutes, strict=True):
        at = moment_of(it.closing.at)
        yield FigureName.NOTICE, {"minutes": notice, "cause": it.closing.cause, "starts_at": at}


def _share(us: int, found: Figures) -> float | None:
    return round(us / found.promised_us, 4) if found.promised_us else None


def _spells(spells: Sequence[Spell]) -> list[Spell]:
    """Over all time: before the first word nothing is known."""
    first = spells[0].start if spells else FOREVER
    return [_spell(NOTHING_KNOWN)._replace(end=first), *spells]


def _spell(it: StoredInterval | ToldState) -> Spell:
    return Spell(
        micros(it.starts_at), micros_or_forever(it.ends_at), Availability(it.state), it.cause
    )
