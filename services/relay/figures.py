"""Figures: what a relay has done, and what waits in Kafka for the workers, for Prometheus.

Place on the data's way: beside it. Kafka is asked at each scrape: a relay is there wherever there
is a gateway, and may read the group.
"""

from __future__ import annotations

import math

import structlog
from kafka.errors import KafkaError

from services.lag import CONSUMED, Lag, measure_lag
from services.metrics import catalogue
from services.metrics.tally import Figures
from services.relay.counts import Counts
from services.settings import Settings

log = structlog.get_logger(__name__)


def relay_figures(settings: Settings, counts: Counts) -> Figures:
    """Everything, now."""
    return counted(counts) | lag_figures(_ask(settings))


def counted(counts: Counts) -> Figures:
    """What the relay has done."""
    return {
        catalogue.SENT: {(): float(counts.sent)},
        catalogue.UNSENT: {(): float(counts.unsent)},
        catalogue.TURNS: {(): float(counts.turns)},
        catalogue.RESENT: {(): float(counts.resent)},
    }


def _ask(settings: Settings) -> Lag | None:
    try:
        return measure_lag(settings.kafka(), settings.worker_group)
    except KafkaError as error:
        # Going on is safe: not known is said as such.
        log.warning("no figures of Kafka", error=repr(error))
        return None


def lag_figures(lag: Lag | None) -> Figures:
    """What Kafka says; NaN where it does not."""
    if lag is None:
        nan: Figures = {
            catalogue.LAG: {(topic.value,): math.nan for topic in CONSUMED},
            catalogue.LAG_AGE: {(): math.nan},
            catalogue.WORKERS: {(): math.nan},
        }
        return {catalogue.LAG_KNOWN: {(): 0.0}, **nan}
    age = 0.0 if not lag.waiting else lag.oldest_s
    return {
        catalogue.LAG_KNOWN: {(): 1.0},
        catalogue.LAG: {(topic,): float(waiting) for topic, waiting in lag.by_topic.items()},
        catalogue.LAG_AGE: {(): math.nan if age is None else age},
        catalogue.WORKERS: {(): float(lag.workers)},
    }
