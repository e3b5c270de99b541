"""`truceline status`: how everything is, for a person or a probe."""

from __future__ import annotations

import sys
from importlib.metadata import version

import click

from services.cli.output import EXIT_NO, console, instant, json_option, print_json
from services.settings import load_settings
from services.status import Status, look


@click.command(epilog="Example: truceline status --json")
@json_option
def status(*, as_json: bool) -> None:
    """Show engines, lag and figures; exit code 1 where something needs an operator's eye."""
    found = look(load_settings())
    if as_json:
        print_json({"version": version("truceline"), **found.plain(), "worries": found.worries()})
    else:
        _print(found)
    if found.worries():
        sys.exit(EXIT_NO)


def _print(found: Status) -> None:
    out = console()
    figures = found.figures
    out.print(f"Truceline   {version('truceline')}")
    out.print(f"PostgreSQL  {found.postgres}, {figures.bytes / 1e6:.1f} MB")
    out.print(f"Kafka       {found.kafka}, {found.lag} events wait to be judged")
    out.print(
        f"Kept        {figures.reports} reports, {figures.corridor_statuses} corridor statuses, "
        f"{figures.rejected} refused; last received {instant(figures.last_received_at)}"
        if figures.last_received_at
        else "Kept        nothing yet"
    )
    out.print(
        f"Judged      {figures.assessments} readings, {figures.superseded} of them superseded; "
        f"{figures.violations} violation rows"
    )
    out.print(
        f"Documents   {figures.agreements} agreement, {figures.methodologies} methodology versions"
    )
    for worry in found.worries():
        out.print(f"! {worry}")
