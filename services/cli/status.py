"""`truceline status`: how everything is, for a person or a probe."""

from __future__ import annotations

import sys
from importlib.metadata import version

import rich_click as click

from services.cli.output import EXIT_NO, instant, json_option, print_json, print_lines
from services.due import TimerLag
from services.settings import load_settings
from services.status import Status, look
from services.store.queries.intake import IntakeFigures


@click.command(epilog="Example: truceline status --json")
@json_option
def status(*, as_json: bool) -> None:
    """Show engines, workers, lag and figures.

    The exit code is 1 where something needs an operator's eye. With --json one line: "version",
    "postgres", "kafka", "lag", "workers", "oldest_waiting_s", "missing_topics", "figures",
    "lag_by_topic", "intake" (outbox and what is not judged), "timer" (what fell due and is not
    written), "schema", "gateway", "gateway_url", "spool_waiting", "worries".
    """
    found = look(load_settings())
    if as_json:
        print_json({"version": version("truceline"), **found.plain(), "worries": found.worries()})
    else:
        print_lines(_lines(found))
    if found.worries():
        sys.exit(EXIT_NO)


def _lines(found: Status) -> list[str]:
    figures = found.figures
    received = figures.last_received_at
    kept = (
        f"{figures.reports:,} reports, {figures.corridor_statuses:,} corridor statuses, "
        f"{figures.rejected:,} refused; "
    )
    judged = (
        f"{figures.assessments:,} readings, {figures.superseded:,} of them superseded; "
        f"{figures.violations:,} violation rows"
    )
    folded = f"{figures.incidents:,}; {figures.unfolded:,} reports are not folded yet"
    loaded = f"{figures.agreements} of agreements, {figures.methodologies} of methodologies"
    return [
        f"Truceline   {version('truceline')}, tables of revision {found.schema}",
        f"PostgreSQL  {found.postgres}, {figures.bytes / 1e6:.1f} MB",
        f"Kafka       {found.kafka}",
        f"Gateway     {found.gateway_url} {found.gateway}",
        f"Outbox      {_outbox(found.intake)}",
        f"Workers     {_waiting(found)}",
        f"Unassessed  {_unassessed(found.intake)}",
        f"Timer       {_timer(found.timer)}",
        *([] if found.spool_waiting is None else [f"Spool       {found.spool_waiting:,} to send"]),
        f"Kept        {kept}{f'last received {instant(received)}' if received else 'nothing yet'}",
        f"Judged      {judged}",
        f"Incidents   {folded}",
        f"Versions    {loaded}",
        *(f"! {worry}" for worry in found.worries()),
    ]


def _waiting(found: Status) -> str:
    if not found.lag:
        return f"{found.workers}, nothing waits"
    age = found.oldest_waiting_s
    since = "" if age is None else f", the oldest for {age:.0f} s"
    each = ", ".join(f"{waiting:,} in {topic}" for topic, waiting in found.lag_by_topic.items())
    return f"{found.workers}; {found.lag:,} events wait{since} ({each})"


def _outbox(intake: IntakeFigures) -> str:
    if not intake.outbox_rows:
        return "empty: Kafka has all that is stored"
    return f"{intake.outbox_rows:,} events, the oldest for {intake.outbox_age_s:.0f} s"


def _unassessed(intake: IntakeFigures) -> str:
    if intake.unassessed_oldest is None:
        return "nothing: all that the gateway stored is judged or refused"
    return f"the oldest stored event waits since {instant(intake.unassessed_oldest)}"


def _timer(timer: TimerLag) -> str:
    if not timer.unwritten:
        return "all that has fallen due is written"
    return f"{timer.unwritten:,} instants are not written, the first for {timer.oldest_s:.0f} s"
