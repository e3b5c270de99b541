"""The bench's history of a corridor is a worker's, and its figures are those of all generations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from random import Random

from msgspec.structs import replace

from services.corridor_figures import (
    MINUTE_US,
    FigureName,
    Period,
    StatsAsked,
    corridor_figures,
    period_of,
)
from services.load import load_documents
from services.store.engine import Connection
from services.store.generations import NOTHING_KNOWN, known_intervals
from services.store.instants import WITHOUT_END
from services.store.queries.corridors import CorridorName
from services.store.rows import AvailabilityRow
from services.worker.documents import load_register
from streams.agreement import Validity
from streams.corridors.figures import Figures, Spell, figures
from streams.corridors.notice import Closing, Saying, closings, known_since
from streams.instants import micros, micros_or_forever, moment_of
from streams.vocabulary import Availability
from tests.bench.corridor_history import MISSION, generations, words
from tests.bench.corridors import BEGIN, TEMPLATE, documents
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import log_of, said

STEP = timedelta(hours=8)
DAY = timedelta(days=1)
ROAD = CorridorName(MISSION, TEMPLATE)
COLUMNS = ", ".join(AvailabilityRow.__struct_fields__)


def test_each_word_leaves_the_rows_that_a_worker_writes(conn: Connection) -> None:
    loaded = documents(1, STEP)
    told = words(TEMPLATE, 60, BEGIN + STEP, STEP)
    load_documents(conn, loaded, BEGIN)
    register = load_register(conn)
    for at, status in told:
        take_in_log(conn, register, log_of([said(status)], at))
    expected = list(chain.from_iterable(generations(loaded, TEMPLATE, told)))
    assert len(expected) > 2 * len(told)
    found = conn.execute(
        f"SELECT {COLUMNS} FROM corridor_availability WHERE corridor_id = %s"  # noqa: S608
        " ORDER BY generation, seq",
        [TEMPLATE],
    ).fetchall()
    assert [undigested(AvailabilityRow(*row)) for row in found] == list(map(undigested, expected))


WINDOWS = tuple(
    Validity(from_=BEGIN + timedelta(days=day), to=BEGIN + timedelta(days=day + 3))
    for day in range(1, 20, 5)
)


def test_figures_of_any_period_are_those_of_everything_that_was_known(conn: Connection) -> None:
    agreement, methodology = documents(1, STEP)
    road = replace(agreement.corridors[0], windows=WINDOWS)
    promised = replace(agreement, corridors=(road,))
    load_documents(conn, [promised, methodology], BEGIN)
    register = load_register(conn)
    for at, status in words(TEMPLATE, 60, BEGIN + STEP, STEP):
        take_in_log(conn, register, log_of([said(status)], at))
    draw = Random(1)
    for _ in range(60):
        since, until, known_at = (BEGIN + draw.uniform(-1, 23) * DAY for _ in range(3))
        asked = StatsAsked(ROAD, since, until, known_at)
        period = period_of(asked, BEGIN + 23 * DAY)
        if period is None:
            continue
        told = corridor_figures(conn, asked, period)
        by = {row.cause or str(row.figure): row for row in told if row.share is not None}
        found, closed = of_everything(conn, period)
        assert by["promised"].minutes == found.promised_us / MINUTE_US
        assert by["open"].minutes == found.open_us / MINUTE_US
        assert {row.cause: row.minutes for row in told if row.figure is FigureName.LOST} == {
            loss.cause: loss.lost_us / MINUTE_US for loss in found.losses
        }
        lost_us = sum(loss.lost_us for loss in found.losses)
        assert found.promised_us == found.open_us + found.impeded_us + lost_us
        assert [
            (row.starts_at, row.minutes) for row in told if row.figure is FigureName.NOTICE
        ] == closed


def of_everything(conn: Connection, period: Period) -> tuple[Figures, list[tuple[datetime, float]]]:
    """The figures by all generations laid over each other, the closings by each of them."""
    since, until, known_at = period
    held = [(max(since, it.from_), min(until, it.to or until)) for it in WINDOWS]
    windows = [(micros(start), micros(end)) for start, end in held if start < end]
    intervals = known_intervals(conn, *ROAD, known_at).intervals
    begin = intervals[0].starts_at if intervals else WITHOUT_END
    spells = [
        Spell(micros(it.starts_at), micros_or_forever(it.ends_at), Availability(it.state), it.cause)
        for it in [NOTHING_KNOWN._replace(ends_at=begin), *intervals]
    ]
    found = closings(spells, windows, micros(since))
    return figures(windows, spells), [
        (moment_of(it.at), (it.at - (known_since(said_of(conn, it, known_at)) or 0)) / MINUTE_US)
        for it in found
    ]


def said_of(conn: Connection, closing: Closing, known_at: datetime) -> Iterator[Saying]:
    rows = conn.execute(
        "SELECT known_at, state FROM corridor_availability WHERE corridor_id = %(id)s"
        " AND known_at <= %(known_at)s AND starts_at <= %(at)s"
        " AND coalesce(ends_at, 'infinity') > %(at)s ORDER BY generation DESC",
        {"id": TEMPLATE, "known_at": known_at, "at": moment_of(closing.at)},
    ).fetchall()
    return (Saying(micros(known), Availability(state)) for known, state in rows)


def undigested(row: AvailabilityRow) -> AvailabilityRow:
    """Without the digest of all events, in the place of which the bench writes other bytes."""
    return replace(row, cause_events=list(row.cause_events), events_digest=b"")
