"""`truceline status`: how everything is, for a person or a probe."""

from __future__ import annotations

import sys
from importlib.metadata import version

import rich_click as click

from services.cli.output import EXIT_NO, instant, json_option, print_json, print_lines
from services.settings import load_settings
from services.status import Status, look


@click.command(epilog="Example: truceline status --json")
@json_option
def status(*, as_json: bool) -> None:
    """Show engines, workers, lag and figures.

    The exit code is 1 where something needs an operator's eye. With --json one line: "version",
    "postgres", "kafka", "lag", "workers", "oldest_waiting_s", "figures", "worries".
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
    loaded = f"{figures.agreements} of agreements, {figures.methodologies} of methodologies"
    return [
        f"Truceline   {version('truceline')}",
        f"PostgreSQL  {found.postgres}, {figures.bytes / 1e6:.1f} MB",
        f"Kafka       {found.kafka}",
        f"Workers     {_waiting(found)}",
        f"Kept        {kept}{f'last received {instant(received)}' if received else 'nothing yet'}",
        f"Judged      {judged}",
        f"Versions    {loaded}",
        *(f"! {worry}" for worry in found.worries()),
    ]


def _waiting(found: Status) -> str:
    if not found.lag:
        return f"{found.workers}, nothing waits"
    age = found.oldest_waiting_s
    since = "" if age is None else f", the oldest for {age:.0f} s"
    return f"{found.workers}; {found.lag:,} events wait{since}"
