"""The catalogue: every figure that a program of ours gives, by name. No other name leaves us.

Place on the data's way: beside it. A label has few values, all of them written in the source: never
a mission, a source, a token, an id or an address. Units are Prometheus's base units.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """How a figure moves."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Program(StrEnum):
    """Who gives it."""

    GATEWAY = "gateway"
    RELAY = "relay"
    WORKER = "worker"
    TIMER = "timer"


@dataclass(frozen=True, slots=True, eq=False)  # each is one; asked for at every post
class Metric:
    """A row of the catalogue."""

    name: str
    """As it is scraped; a counter's ends in `_total`."""
    kind: Kind
    unit: str
    help: str
    programs: frozenset[Program]
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    """Upper ends, of a histogram."""


_GATEWAY, _RELAY, _WORKER, _TIMER = ({program} for program in Program)
SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def _metric(name: str, kind: Kind, unit: str, by: set[Program], text: str, *labels: str) -> Metric:
    buckets = SECONDS if kind is Kind.HISTOGRAM else ()
    return Metric(f"truceline_{name}", kind, unit, text, frozenset(by), labels, buckets)


BUILD: Final = _metric(
    "build_info", Kind.GAUGE, "", set(Program), "1, with the program's version", "version"
)
EVENTS: Final = _metric(
    "gateway_events_total",
    Kind.COUNTER,
    "events",
    _GATEWAY,
    "Events that were posted, by what came of each",
    "outcome",
)
PROBLEMS: Final = _metric(
    "gateway_problems_total",
    Kind.COUNTER,
    "answers",
    _GATEWAY,
    "Requests that were answered with a problem, by its code",
    "code",
)
GROUP_SECONDS: Final = _metric(
    "gateway_group_seconds",
    Kind.HISTOGRAM,
    "seconds",
    _GATEWAY,
    "How long a group of posts took from the first statement to the commit",
)
FIGURES_KNOWN: Final = _metric(
    "store_figures_known",
    Kind.GAUGE,
    "",
    _GATEWAY,
    "1 where PostgreSQL gave the figures below at this scrape, 0 where they are not known (NaN)",
)
OUTBOX_ROWS: Final = _metric(
    "outbox_rows", Kind.GAUGE, "rows", _GATEWAY, "Stored events that Kafka may not have yet"
)
OUTBOX_AGE: Final = _metric(
    "outbox_oldest_seconds", Kind.GAUGE, "seconds", _GATEWAY, "For how long the oldest has waited"
)
UNASSESSED_AGE: Final = _metric(
    "unassessed_oldest_seconds",
    Kind.GAUGE,
    "seconds",
    _GATEWAY,
    "For how long the oldest stored event has been neither judged nor refused; 0: all are",
)
SENT: Final = _metric(
    "relay_sent_total", Kind.COUNTER, "events", _RELAY, "Events that Kafka has acknowledged"
)
UNSENT: Final = _metric(
    "relay_unsent_total", Kind.COUNTER, "events", _RELAY, "Times that an event could not be sent"
)
TURNS: Final = _metric(
    "relay_turns_total", Kind.COUNTER, "turns", _RELAY, "Times that events were sent together"
)
RESENT: Final = _metric(
    "relay_resent_total",
    Kind.COUNTER,
    "events",
    _RELAY,
    "Events that were queued again because nobody had judged them",
)
LAG_KNOWN: Final = _metric(
    "lag_known",
    Kind.GAUGE,
    "",
    _RELAY,
    "1 where Kafka gave the figures below at this scrape, 0 where they are not known (NaN)",
)
LAG: Final = _metric(
    "lag_events",
    Kind.GAUGE,
    "events",
    _RELAY,
    "Events in Kafka that no worker has committed yet",
    "topic",
)
LAG_AGE: Final = _metric(
    "lag_oldest_seconds", Kind.GAUGE, "seconds", _RELAY, "For how long the oldest has waited"
)
WORKERS: Final = _metric(
    "workers", Kind.GAUGE, "processes", _RELAY, "Members of the workers' group"
)
READ: Final = _metric(
    "worker_events_total",
    Kind.COUNTER,
    "events",
    _WORKER,
    "Events whose batch is committed, those that were known too",
    "kind",
)
REFUSED: Final = _metric(
    "worker_refused_total",
    Kind.COUNTER,
    "events",
    _WORKER,
    "Events that were refused, by reason",
    "reason",
)
VIOLATIONS: Final = _metric(
    "worker_violations_total", Kind.COUNTER, "rows", _WORKER, "Rows of violations that were written"
)
BATCH_SECONDS: Final = _metric(
    "worker_batch_seconds",
    Kind.HISTOGRAM,
    "seconds",
    _WORKER,
    "How long a batch took from its bytes to the commit",
    "kind",
)
DUE_WRITTEN: Final = _metric(
    "timer_due_total", Kind.COUNTER, "rows", _TIMER, "Instants that fell due and were written"
)
DUE_SUPERSEDED: Final = _metric(
    "timer_superseded_total",
    Kind.COUNTER,
    "rows",
    _TIMER,
    "Written instants that did not fall due after all, by a late event",
)
DUE_HELD: Final = _metric(
    "timer_held",
    Kind.GAUGE,
    "instants",
    _TIMER,
    "Instants that have fallen due and wait for events that were received before them",
)
DUE_TURNS: Final = _metric(
    "timer_turns_total",
    Kind.COUNTER,
    "turns",
    _TIMER,
    "Times that a context or a corridor was compared with what is written",
)

CATALOGUE: Final = tuple(value for value in tuple(globals().values()) if isinstance(value, Metric))
