"""What `truceline demo` shows, in the order of the data's way."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import rich_click as click

from services.cli.corridor import print_intervals, within
from services.cli.output import print_json, print_lines, print_table
from services.cli.rejected import print_rejected
from services.cli.violations import print_totals
from services.demo import (
    MISSION,
    Sent,
    example_folder,
    fresh_instance,
    load_example,
    send_example,
    wait_until_judged,
)
from services.explain import explain_report
from services.store.engine import Connection, connect
from services.store.generations import known_intervals
from services.store.queries.corridors import CorridorName
from services.store.queries.rejected import rejected
from services.store.queries.totals import overall, totals, verdicts
from streams.assessment import STATUS

CORRIDOR = CorridorName(MISSION, "zolote-road")
DAY = datetime(2018, 9, 5, tzinfo=UTC), datetime(2018, 9, 6, tzinfo=UTC)
EXPLAINED = ("camera-zolote", "smm-CC-4")

NEXT = """7. Where to look next
  truceline up
      the same engines, to stay
  truceline agreement load FILES
      your agreement; examples/ has this one
  truceline judge AGREEMENT METHODOLOGY REPORTS
      try an agreement on history, no engine
  README.md
      what this proves and what it does not"""


def run(*, as_json: bool) -> None:
    """Run the demo and show what came of it."""
    started = time.monotonic()

    def say(line: str) -> None:
        click.echo(f"[{time.monotonic() - started:5.1f} s] {line}", err=as_json)

    example = example_folder()
    with fresh_instance(say) as (folder, endpoints), connect(endpoints.database_url) as conn:
        notice = load_example(conn, example)
        say("loaded the agreement and the methodology")
        sent = send_example(endpoints.kafka_bootstrap, folder, example)
        say(
            f"sent {sent.reports} OSCE SMM observations, {sent.statuses} corridor statuses and "
            f"{sent.refused} event without a UTC offset into Kafka"
        )
        wait_until_judged(conn, sent, folder / "logs")
        say("judged by two Faust workers, committed to PostgreSQL")
        if as_json:
            show_json(conn, sent, notice)
        else:
            show(conn, sent, notice)
    say("stopped; the temporary folder is removed")


def show(conn: Connection, sent: Sent, notice: str) -> None:
    """Everything a newcomer should see, in the order of the data's way."""
    click.echo()
    print_lines([f"ILLUSTRATION. {notice.removeprefix('Illustrative.').strip()}"])
    click.echo()
    click.echo(
        f"1. What came in: {sent.reports} observations that the OSCE SMM published (2015-2020),\n"
        f"   {sent.statuses} invented statuses of an invented corridor, {sent.refused} broken event"
    )
    click.echo()
    _show_verdicts(conn)
    click.echo()
    click.echo("3. What was found: both totals, of reports and of observed events")
    print_totals(totals(conn), overall(conn))
    click.echo()
    click.echo("4. A corridor's day: open only when known to be")
    day = [i for i in known_intervals(conn, *CORRIDOR).intervals if within(i, *DAY)]
    print_intervals(CORRIDOR, day, datetime.now(UTC))
    click.echo()
    click.echo(f"5. One decision explained: truceline explain {EXPLAINED[1]}")
    print_lines(_sentences(conn, notice), indent="  ")
    click.echo()
    click.echo("6. What was refused, and kept: truceline rejected")
    print_rejected(rejected(conn))
    click.echo()
    click.echo(NEXT)
    click.echo()


def _show_verdicts(conn: Connection) -> None:
    click.echo("2. How the reports were judged: one verdict each, the gravest")
    print_table(
        "Verdicts on the reports",
        ("Verdict", "Reports #"),
        [(row.verdict, row.reports) for row in verdicts(conn)],
        note=f"{STATUS}. cannot_determine is an answer: most of these reports name a place that no "
        "gazetteer has resolved, or lie across a zone's edge. Nothing is guessed.",
    )


def _sentences(conn: Connection, notice: str) -> list[str]:
    """The explanation, without the notice that stands above already."""
    sentences = explain_report(conn, MISSION, *EXPLAINED).explanation.sentences
    return [sentence for sentence in sentences if sentence != notice.strip()]


def show_json(conn: Connection, sent: Sent, notice: str) -> None:
    """The same for a program."""
    print_json(
        {
            "notice": notice,
            "sent": sent,
            "verdicts": verdicts(conn),
            "totals": totals(conn),
            "overall": overall(conn),
            "corridor": known_intervals(conn, *CORRIDOR).intervals,
            "explained": explain_report(conn, MISSION, *EXPLAINED).explanation.sentences,
            "rejected": rejected(conn),
        }
    )
