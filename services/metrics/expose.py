"""Expose: figures as Prometheus's text, names and words from the catalogue.

Place on the data's way: tally and store → **text** → whoever scrapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from services.metrics.catalogue import BUILD, CATALOGUE, Kind, Metric, Program
from services.metrics.tally import Figures, Samples, Spread

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Exporter(Collector):
    """Gives one program's figures whenever it is asked."""

    def __init__(self, program: Program, ask: Callable[[], Figures]) -> None:
        self._wanted = [metric for metric in CATALOGUE if program in metric.programs]
        self._ask = ask

    def collect(self) -> Iterator[Family]:
        """All that the catalogue has of this program; one that is missing is a fault."""
        build: Figures = {BUILD: {(version("truceline"),): 1.0}}
        figures = build | self._ask()
        assert set(figures) == set(self._wanted), "not what the catalogue says of this program"
        for metric in self._wanted:
            yield _family(metric, figures[metric])

    def describe(self) -> list[Family]:
        """Nothing is asked when the registry is made."""
        return []

    def registry(self) -> CollectorRegistry:
        """As the client library wants it, with nothing of its own beside it."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return registry

    def text(self) -> bytes:
        """The whole exposition."""
        return generate_latest(self.registry())


def _family(metric: Metric, samples: Samples) -> Family:
    if metric.kind is Kind.HISTOGRAM:
        return _histogram(metric, samples)
    made = CounterMetricFamily if metric.kind is Kind.COUNTER else GaugeMetricFamily
    family = made(metric.name, metric.help, labels=metric.labels)
    for labels, value in samples.items():
        assert not isinstance(value, Spread)
        family.add_metric(labels, value)
    return family


def _histogram(metric: Metric, samples: Samples) -> Family:
    family = HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
    for labels, value in samples.items():
        assert isinstance(value, Spread)
        below, buckets = 0, []
        ends = [*(str(end) for end in metric.buckets), "+Inf"]
        for end, count in zip(ends, value.counts, strict=True):
            below += count
            buckets.append((end, below))
        family.add_metric(labels, buckets=buckets, sum_value=value.total)
    return family
