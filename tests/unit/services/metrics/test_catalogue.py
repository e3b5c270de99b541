"""The catalogue against what programs give and what the operators' guide says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from services.gateway import figures as gateway
from services.metrics.catalogue import CATALOGUE, LAG_AGE, Program
from services.metrics.expose import Exporter
from services.metrics.tally import Figures
from services.relay import figures as relay
from services.relay.counts import Counts
from services.settings import load_settings
from services.store.queries.intake import IntakeFigures
from services.timer import figures as timer
from services.timer.counts import Counts as TimerCounts
from services.worker import record as worker
from tests.unit.test_docs import table

GUIDE = Path(__file__).parents[4] / "docs/guides/operators.md"


def of_a_gateway() -> Figures:
    return {**gateway.make_tally().figures(), **gateway._said(None)}


def of_a_relay() -> Figures:
    return relay.counted(Counts()) | relay.lag_figures(None)


def of_a_worker() -> Figures:
    return worker.make_tally().figures()


def of_a_timer() -> Figures:
    return timer.timer_figures(TimerCounts())


PROGRAMS: dict[Program, Callable[[], Figures]] = {
    Program.GATEWAY: of_a_gateway,
    Program.RELAY: of_a_relay,
    Program.WORKER: of_a_worker,
    Program.TIMER: of_a_timer,
}


@pytest.mark.parametrize("program", Program)
def test_a_program_exports_what_the_catalogue_says_of_it_and_nothing_else(program: Program) -> None:
    text = Exporter(program, PROGRAMS[program]).text().decode()
    families = {
        f"{family.name}_total" if family.type == "counter" else family.name: family
        for family in text_string_to_metric_families(text)
    }
    wanted = {metric.name: metric for metric in CATALOGUE if program in metric.programs}
    assert set(families) == set(wanted)
    for name, metric in wanted.items():
        assert families[name].type == metric.kind.value
        assert families[name].documentation == metric.help
        labels = {label for sample in families[name].samples for label in sample.labels} - {"le"}
        assert labels == set(metric.labels)


def test_a_figure_that_is_missing_or_not_in_the_catalogue_is_a_fault() -> None:
    with pytest.raises(AssertionError):
        Exporter(Program.WORKER, dict).text()
    with pytest.raises(AssertionError):
        Exporter(Program.WORKER, lambda: {**of_a_worker(), LAG_AGE: {(): 1.0}}).text()


def test_names_are_unique_and_end_as_prometheus_wants_them() -> None:
    names = [metric.name for metric in CATALOGUE]
    assert len(names) == len(set(names))
    for metric in CATALOGUE:
        assert re.fullmatch(r"truceline_[a-z_]+", metric.name)
        assert metric.name.endswith("_total") == (metric.kind == "counter")
        if metric.unit == "seconds":
            assert metric.name.endswith("_seconds")


def test_no_label_is_a_name_of_anybody() -> None:
    labels = {label for metric in CATALOGUE for label in metric.labels}
    assert labels <= {"version", "outcome", "code", "topic", "kind", "reason"}


def test_the_guide_lists_every_metric_with_its_labels_and_who_gives_it() -> None:
    rows = table(GUIDE, "### Metrics")
    for metric in CATALOGUE:
        cells = rows[metric.name]
        assert set(cells[1].split(", ")) == set(metric.programs), metric.name
        assert all(f"`{label}`" in cells[2] for label in metric.labels), metric.name
    assert {name for name in rows if name.startswith("truceline_")} == {m.name for m in CATALOGUE}


def test_what_is_not_known_is_said_to_be_not_known() -> None:
    class Away(gateway.StoreFigures):
        def _ask(self) -> IntakeFigures:
            raise psycopg.OperationalError("away")

    text = Exporter(
        Program.GATEWAY, lambda: {**gateway.make_tally().figures(), **Away("").figures()}
    ).text()
    assert b"\ntruceline_store_figures_known 0.0\n" in text
    assert b"\ntruceline_outbox_rows NaN\n" in text


def test_settings_say_where_figures_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().metrics_listen() is None
    monkeypatch.setenv("TRUCELINE_METRICS_LISTEN", "127.0.0.1:9470")
    assert load_settings().metrics_listen() == ("127.0.0.1", 9470)
