"""Figures: what a timer has done, for Prometheus.

Place on the data's way: beside it.
"""

from __future__ import annotations

from services.metrics import catalogue
from services.metrics.tally import Figures
from services.timer.counts import Counts


def timer_figures(counts: Counts) -> Figures:
    """Everything, now."""
    return {
        catalogue.DUE_WRITTEN: {(): float(counts.written)},
        catalogue.DUE_SUPERSEDED: {(): float(counts.superseded)},
        catalogue.DUE_HELD: {(): float(counts.held)},
        catalogue.DUE_TURNS: {(): float(counts.turns)},
    }
