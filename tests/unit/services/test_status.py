"""What needs an operator's eye, each with what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.due import TimerLag
from services.status import AGE_WORRY_S, LAG_WORRY, Status
from services.store.partitions import PartitionReport
from services.store.queries.intake import IntakeFigures
from services.store.queries.status import Figures
from streams.topics import TopicName

FIGURES = Figures(
    reports=174,
    corridor_statuses=7,
    versions=181,
    awaited=0,
    assessments=174,
    superseded=0,
    violations=84,
    incidents=60,
    unfolded=0,
    rejected=1,
    agreements=1,
    methodologies=1,
    last_received_at=None,
    bytes=10,
    partitions=PartitionReport(strays=(), missing=()),
)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
IDLE = IntakeFigures(NOW, 0, None, None)
WELL = Status(
    postgres="18.6",
    kafka="127.0.0.1:9092",
    lag=0,
    workers=2,
    oldest_waiting_s=None,
    missing_topics=(),
    figures=FIGURES,
    lag_by_topic={},
    intake=IDLE,
    schema="0017",
    gateway="ready",
    gateway_url="http://127.0.0.1:8470",
    timer=TimerLag(0, 0.0, 0),
    spool_waiting=None,
)
STRAY = PartitionReport(strays=(("submissions", 3),), missing=())


def test_where_all_is_well_there_is_no_worry() -> None:
    assert WELL.worries() == []
    assert replace(WELL, lag=LAG_WORRY, oldest_waiting_s=AGE_WORRY_S).worries() == []


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (replace(WELL, workers=0), "start one with `truceline worker`"),
        (replace(WELL, lag=LAG_WORRY + 1), "start more workers"),
        (replace(WELL, lag=1, oldest_waiting_s=AGE_WORRY_S + 1), "see the workers' logs"),
        (replace(WELL, missing_topics=(TopicName.REPORTS,)), "truceline.reports.v1"),
        (replace(WELL, figures=replace(FIGURES, agreements=0)), "truceline agreement load"),
        (replace(WELL, figures=replace(FIGURES, methodologies=0)), "truceline agreement load"),
        (replace(WELL, timer=TimerLag(3, 61.0, 0)), "`truceline timer`"),
        (replace(WELL, timer=TimerLag(0, 0.0, 1)), "synchronised"),
        (replace(WELL, intake=IDLE._replace(outbox_oldest=NOW - timedelta(seconds=31))), "relay"),
        (
            replace(WELL, intake=IDLE._replace(unassessed_oldest=NOW - timedelta(seconds=61))),
            "not judged after 61 s",
        ),
        (replace(WELL, gateway="does not answer"), "8470 does not answer"),
        (replace(WELL, figures=replace(FIGURES, partitions=STRAY)), "3 rows of submissions"),
    ],
)
def test_each_worry_says_what_to_do(status: Status, says: str) -> None:
    (worry,) = status.worries()
    assert says in worry


def test_as_plain_values_it_has_every_figure_by_name() -> None:
    plain = WELL.plain()
    assert isinstance(plain["figures"], dict)
    assert plain["figures"]["partitions"] == {"strays": (), "missing": ()}
