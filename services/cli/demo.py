"""`truceline demo`: the whole way once, and what to look at."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

import click

from services.cli.corridor import print_intervals, within
from services.cli.output import json_option, print_json, print_table
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

NEXT = """Where to look next
  truceline up                          the same engines, to stay
  truceline agreement load FILES        your agreement; examples/ has this one
  truceline judge AGREEMENT METHODOLOGY REPORTS      try an agreement on history, no engine
  README.md                             what this proves and what it does not"""


@click.command(epilog="Example: truceline demo --json")
@json_option
def demo(*, as_json: bool) -> None:
    """Run the whole way on 174 real observations, in a temporary folder that is removed after."""
    started = time.monotonic()

    def say(line: str) -> None:
        click.echo(f"[{time.monotonic() - started:5.1f} s] {line}", err=as_json)

    example = example_folder()
    with fresh_instance(say) as (folder, endpoints), connect(endpoints.database_url) as conn:
        load_example(conn, example)
        say("loaded the illustrative agreement and methodology (zones drawn by us)")
        sent = send_example(endpoints.kafka_bootstrap, folder, example)
        say(
            f"sent {sent.reports} OSCE SMM observations, {sent.statuses} corridor statuses, "
            f"{sent.refused} event without a UTC offset, into Kafka"
        )
        wait_until_judged(conn, sent)
        say("judged by two Faust workers, committed to PostgreSQL")
        if as_json:
            show_json(conn, sent)
        else:
            show(conn)
    say("stopped; the temporary folder is removed")


def show(conn: Connection) -> None:
    """Everything a newcomer should see, in the order of the data's way."""
    click.echo()
    print_table(
        "Verdicts on the reports",
        ("Verdict", "Reports #"),
        [(row.verdict, row.reports) for row in verdicts(conn)],
        note=f"{STATUS}. 'cannot_determine' is an answer: most of these reports name a place "
        "that no gazetteer has resolved, or lie across a zone's edge.",
    )
    click.echo()
    print_totals(totals(conn), overall(conn), as_json=False)
    click.echo()
    day = [i for i in known_intervals(conn, *CORRIDOR).intervals if within(i, *DAY)]
    print_intervals(CORRIDOR, day, datetime.now(UTC))
    click.echo()
    click.echo(f"Why {EXPLAINED[1]} was judged as it was")
    for sentence in explain_report(conn, MISSION, *EXPLAINED).explanation.sentences:
        click.echo(f"  {sentence}")
    click.echo()
    print_rejected(rejected(conn))
    click.echo()
    click.echo(NEXT)
    click.echo()
    sys.stdout.flush()


def show_json(conn: Connection, sent: Sent) -> None:
    """The same for a program."""
    print_json(
        {
            "sent": {"reports": sent.reports, "statuses": sent.statuses, "refused": sent.refused},
            "verdicts": verdicts(conn),
            "totals": totals(conn),
            "overall": overall(conn),
            "corridor": known_intervals(conn, *CORRIDOR).intervals,
            "explained": explain_report(conn, MISSION, *EXPLAINED).explanation.sentences,
            "rejected": rejected(conn),
        }
    )
