"""The crash test's load: everything that producers send, in its order, and what must come of it.

From a seed alone: the bench's reports, some of them sent again, in another version, taken back
(before or after), or without a tag at first; bytes that are no event; words about one road.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

import msgspec

from streams.agreement import (
    Agreement,
    Corridor,
    LineString,
    Source,
    Term,
    Validity,
    Where,
)
from streams.events import CorridorStatus, EventRef, Point, Report
from streams.tags import ProducerKey, make_tag
from streams.topics import TopicName
from streams.vocabulary import AgreedAxis, Availability, Right, Severity, ViolationKind
from tests.bench.load import FIRE, MISSION, START, make_agreement, make_reports

ROAD = "road"
OPERATOR = "operator"
BEGAN = START - timedelta(days=300)
"""When the first report was observed: long before any test receives it."""

SENT_AGAIN = 0.10
OTHER_VERSION = 0.02
TAKEN_BACK = 0.02
REPLACED = 0.01
UNVOUCHED = 0.01
VOUCHED_LATER = 0.01
POISON = 0.002
STATUSES = 0.001


class Sending(NamedTuple):
    """One record that a producer sends."""

    topic: TopicName
    key: bytes
    raw: bytes
    headers: tuple[tuple[str, bytes], ...]


@dataclass(slots=True)
class Load:
    """What is sent, in order, and how many distinct things it holds."""

    sendings: list[Sending] = field(default_factory=list)
    reports: int = 0
    """Report ids: as many current assessments must there be."""
    report_versions: int = 0
    statuses: int = 0
    poison: int = 0
    sent_again: int = 0


def make_road_agreement(zones: int) -> Agreement:
    """The bench's agreement with a road through its zones, on which no one may fire."""
    road = Corridor(
        id=ROAD,
        name="The road",
        route=LineString(coordinates=((36.2, 48.0), (38.0, 48.3), (39.8, 48.2))),
        width_m=1_000.0,
        axis=AgreedAxis.NOTIFIED,
        windows=(Validity(from_=BEGAN - timedelta(days=1)),),
    )
    term = Term(
        id="road",
        clause="Clause road",
        text="No fire on the road.",
        prohibits=FIRE,
        where=Where(corridors=(ROAD,)),
        severity=Severity.GRAVE,
        violation=ViolationKind.CORRIDOR_BREACH,
    )
    plain = make_agreement(zones)
    return msgspec.structs.replace(
        plain,
        terms=(*plain.terms, term),
        corridors=(road,),
        sources=(Source(id=OPERATOR, rights=(Right.OPEN, Right.CLOSE, Right.SETTLE)),),
    )


def make_load(count: int, seed: int, key: ProducerKey) -> Load:
    """A load of so many of the bench's reports, all that goes with them besides."""
    draw = random.Random(seed)
    load = Load()
    placed: list[tuple[float, Sending]] = []
    for number, drawn in enumerate(make_reports(count, seed)):
        report = msgspec.structs.replace(drawn, observed_from=BEGAN + (drawn.observed_from - START))
        for delay, sending in _around(report, load, draw, key):
            placed.append((number + delay, sending))
        if draw.random() < STATUSES:
            placed.append((number, _status(report, load, draw, key)))
    placed.sort(key=lambda item: item[0])  # stable: what is drawn first stays first
    load.sendings = [sending for _, sending in placed]
    return load


def _around(
    report: Report, load: Load, draw: random.Random, key: ProducerKey
) -> Iterator[tuple[float, Sending]]:
    """A report and what goes with it: (how many reports later or earlier, the record)."""
    raw, chance = msgspec.json.encode(report), draw.random
    load.reports += 1
    load.report_versions += 1
    if chance() < UNVOUCHED:
        yield 0, _sending(report, raw, None)
        return
    if chance() < VOUCHED_LATER:
        yield -1, _sending(report, raw, None)
        load.report_versions += 1
    yield 0, _sending(report, raw, key)
    if chance() < SENT_AGAIN:
        yield draw.uniform(0, 1_000), _sending(report, raw, key)
        load.sent_again += 1
    if chance() < OTHER_VERSION:
        yield draw.uniform(-200, 500), _other_version(report, load, draw, key)
    if chance() < TAKEN_BACK:
        yield draw.uniform(-200, 500), _taker(report, load, key, retracts=report.id)
    if chance() < REPLACED:
        yield draw.uniform(-200, 500), _taker(report, load, key, supersedes=report.id)
    if chance() < POISON:
        load.poison += 1
        yield 0, _sending(report, raw[: draw.randrange(1, len(raw) - 1)], key)


def _other_version(report: Report, load: Load, draw: random.Random, key: ProducerKey) -> Sending:
    load.report_versions += 1
    assert isinstance(report.location, Point)
    moved = msgspec.structs.replace(report.location, lat=report.location.lat + draw.choice((0, 1)))
    other = msgspec.structs.replace(report, location=moved, remark="corrected by hand")
    return _sending(other, msgspec.json.encode(other), key)


def _taker(report: Report, load: Load, key: ProducerKey, **links: str) -> Sending:
    load.reports += 1
    load.report_versions += 1
    (kind,) = links
    taker = msgspec.structs.replace(report, id=f"{kind}-{report.id}", **links)
    return _sending(taker, msgspec.json.encode(taker), key)


def _status(report: Report, load: Load, draw: random.Random, key: ProducerKey) -> Sending:
    load.statuses += 1
    at = report.observed_from
    status = CorridorStatus(
        id=f"word-{load.statuses}",
        mission=MISSION,
        source=OPERATOR,
        corridor=ROAD,
        status=draw.choice((Availability.OPEN, Availability.OPEN, *Availability)),
        issued_at=at,
        observed_at=at,
        effective_from=at,
        settles=(EventRef(source=report.source, id=report.id),),
    )
    raw = msgspec.json.encode(status)
    key_bytes = f"{MISSION}/{OPERATOR}".encode()
    return Sending(TopicName.CORRIDOR_STATUS, key_bytes, raw, tuple(make_tag(key, raw)))


def _sending(report: Report, raw: bytes, key: ProducerKey | None) -> Sending:
    headers = tuple(make_tag(key, raw)) if key else ()
    # One source, one partition, as `services.submit` has it.
    return Sending(TopicName.REPORTS, f"{MISSION}/{report.source}".encode(), raw, headers)
