"""Tally: what a program has counted since it started.

Place on the data's way: beside it. Counting is a few dictionary look-ups under a lock, done once a
group or batch and not once an event.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.metrics.catalogue import Kind, Metric

Labels = tuple[str, ...]


@dataclass(slots=True)
class Spread:
    """A histogram's state: how many fell between its ends, and their sum."""

    counts: list[int]
    total: float = 0.0


Value = float | Spread
Samples = Mapping[Labels, Value]
Figures = dict[Metric, Samples]


class Tally:
    """Counts; safe from several threads."""

    def __init__(self, known: Mapping[Metric, Iterable[Labels]]) -> None:
        """Count from 0 what is known beforehand: a rate needs the 0 before the first 1."""
        self._lock = threading.Lock()
        self._values: dict[Metric, dict[Labels, Value]] = {
            metric: {labels: _zero(metric) for labels in every} for metric, every in known.items()
        }

    def count(self, metric: Metric, number: float = 1, *labels: str) -> None:
        """Add to a counter."""
        with self._lock:
            of_metric = self._values[metric]
            value = of_metric[labels]
            assert not isinstance(value, Spread)
            of_metric[labels] = value + number

    def observe(self, metric: Metric, value: float, *labels: str) -> None:
        """Add one value to a histogram."""
        with self._lock:
            spread = self._values[metric][labels]
            assert isinstance(spread, Spread)
            spread.counts[bisect_left(metric.buckets, value)] += 1
            spread.total += value

    def figures(self) -> Figures:
        """A copy."""
        with self._lock:
            return {
                metric: {labels: _copy(value) for labels, value in of_metric.items()}
                for metric, of_metric in self._values.items()
            }


def _zero(metric: Metric) -> Value:
    return Spread([0] * (len(metric.buckets) + 1)) if metric.kind is Kind.HISTOGRAM else 0.0


def _copy(value: Value) -> Value:
    return Spread(list(value.counts), value.total) if isinstance(value, Spread) else value
