"""What `truceline demo` shows, in the order of the data's way."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import NamedTuple

import msgspec
import rich_click as click

from services.cli.corridor import print_intervals
from services.cli.corridor_names import note
from services.cli.coverage import print_coverage
from services.cli.demo_incidents import Merged, merged_by, of_the_road, show_merged
from services.cli.incidents import print_incidents
from services.cli.output import print_json, print_lines, print_table
from services.cli.violations import print_totals
from services.coverage import CoverageAsked, coverage
from services.demo import (
    MISSION,
    ROAD_MISSION,
    DemoError,
    Sent,
    example_folder,
    fresh_instance,
    load_example,
    send_example,
    send_late,
    send_road,
    wait_until_judged,
)
from services.demo_desk import Released, release_by_two
from services.demo_intake import Intake
from services.drafts import Drafts, versions
from services.explain import explain_report
from services.incidents import newest_incidents
from services.store.engine import Connection, connect
from services.store.generations import StoredInterval, known_intervals
from services.store.queries.corridors import CorridorName
from services.store.queries.incidents import IncidentFilters
from services.store.queries.totals import overall, totals, verdicts
from services.timeline import within
from streams.assessment import status_of
from streams.incidents.tell import Told

CORRIDOR = CorridorName(MISSION, "zolote-road")
DAY = datetime(2018, 9, 5, tzinfo=UTC), datetime(2018, 9, 6, tzinfo=UTC)
ROAD = CorridorName(ROAD_MISSION, "village-town")
ROAD_DAY = datetime(2019, 5, 14, 4, tzinfo=UTC), datetime(2019, 5, 14, 14, tzinfo=UTC)
ROAD_COVERAGE = CoverageAsked(ROAD_MISSION, since=date(2019, 5, 14), until=date(2019, 5, 15))
ROAD_TOLD = (
    "An invented road in three segments. Fire suspends one of them; what had been seen before it"
    " opens nothing any more, also once the report is settled by its name, until somebody who may"
    " has driven the road again. Four hours later that is old."
)
SHOWN_INCIDENTS = 3
EXPLAINED = ("camera-zolote", "smm-CC-4")

NEXT = """11. Where to look next
  truceline up
      the same engines, to stay
  truceline agreement load FILES
      your agreement; examples/ has this one
  truceline judge AGREEMENT METHODOLOGY REPORTS
      try an agreement on history, no engine
  README.md
      what this proves and what it does not"""


class Came(NamedTuple):
    """What came of everything that was done."""

    sent: Sent
    intake: Intake
    released: Released
    merged: Merged


def run(*, as_json: bool) -> None:
    """Run the demo and show what came of it."""
    started = time.monotonic()

    def say(line: str) -> None:
        click.echo(f"[{time.monotonic() - started:5.1f} s] {line}", err=as_json)

    example = example_folder()
    with fresh_instance(say) as (folder, endpoints), connect(endpoints.database_url) as conn:
        notice = load_example(conn, example)
        say("loaded the agreement and the methodology")
        if endpoints.gateway_url is None:
            raise DemoError("no gateway runs: `truceline up` starts one")
        sent, intake = send_example(conn, endpoints.gateway_url, folder, example, EXPLAINED[1])
        say(
            f"sent {sent.reports} OSCE SMM observations, {sent.statuses} corridor statuses and "
            f"{sent.refused} event without a UTC offset to the gateway: {intake.receipts} receipts"
        )
        road = send_road(conn, endpoints.gateway_url, folder)
        say(f"sent the day of an invented road: {road.reports} reports, {road.statuses} statuses")
        wait_until_judged(conn, sent.with_(road), folder / "logs")
        say("relayed by Kafka, judged by Faust workers, committed to PostgreSQL")
        apart = of_the_road(conn)
        late = send_late(endpoints.gateway_url, folder)
        wait_until_judged(conn, sent.with_(road).with_(late), folder / "logs")
        say("sent a late report, which makes one incident of two")
        merged = merged_by(conn, apart)
        released = release_by_two(conn, endpoints.gateway_url, folder, MISSION, EXPLAINED)
        say("one of the results was released by two people")
        came = Came(sent, intake, released, merged)
        if as_json:
            show_json(conn, came, notice)
        else:
            show(conn, came, notice)
    say("stopped; the temporary folder is removed")


def show(conn: Connection, came: Came, notice: str) -> None:
    """Everything a newcomer should see, in the order of the data's way."""
    sent, intake, released, merged = came
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
    print_totals(totals(conn, mission=MISSION), overall(conn, mission=MISSION))
    click.echo()
    click.echo("4. Violations near each other in space and time are one incident")
    _show_incidents(conn)
    click.echo()
    show_merged(merged)
    click.echo()
    click.echo("5. A corridor's day: open only when known to be")
    day = [i for i in known_intervals(conn, *CORRIDOR).intervals if within(i, *DAY)]
    draft = Drafts.of(conn, MISSION).cover(*DAY)
    print_intervals(CORRIDOR, day, datetime.now(UTC), note(draft=draft))
    click.echo()
    print_lines([ROAD_TOLD], indent="   ")
    day = _road_day(conn)
    draft = Drafts.of(conn, ROAD_MISSION).cover(*ROAD_DAY)
    print_intervals(ROAD, day, datetime.now(UTC), note(draft=draft))
    click.echo()
    click.echo("6. Who watched that road: a rate stands beside the time that it is of")
    print_coverage(coverage(conn, ROAD_COVERAGE).rows)
    click.echo()
    click.echo(f"7. One decision explained: truceline explain {EXPLAINED[1]}")
    print_lines(_sentences(conn, notice), indent="  ")
    click.echo()
    _show_released(released)
    click.echo()
    _show_refused(intake)
    click.echo()
    _show_receipt(intake)
    click.echo()
    click.echo(NEXT)
    click.echo()


def _incidents(conn: Connection) -> list[Told]:
    """The newest first."""
    return newest_incidents(conn, IncidentFilters(MISSION), datetime.now(UTC), 1_000).told


def _show_incidents(conn: Connection) -> None:
    told = _incidents(conn)
    together = [one for one in told if len(one.reports) > 1]
    print_incidents(together[:SHOWN_INCIDENTS], len(told))


def _road_day(conn: Connection) -> list[StoredInterval]:
    return [i for i in known_intervals(conn, *ROAD).intervals if within(i, *ROAD_DAY)]


def _show_released(released: Released) -> None:
    click.echo("8. The same released by two people: until then no party is told of it")
    told = released.told
    confirmed, out = (f"{it.principal}: {it.action}, {it.note}." for it in released.shown.acts)
    alone = f"The same person tries to release it as well: {released.alone}"
    party = (
        f"A party was told of {released.told_before} violations before, and now of this one: "
        f"{told.kind} in {told.zone}, {told.status}; neither by whom it was seen nor exactly where."
    )
    print_lines([confirmed, alone, out, party], indent="  ")


def _show_refused(intake: Intake) -> None:
    click.echo("9. What the gateway refused with 400: not stored, no receipt")
    print_lines(
        [f"{one.origin}: {one.detail} [{one.reason}]" for one in intake.refused], indent="  "
    )


def _show_receipt(intake: Intake) -> None:
    shown = intake.receipt
    click.echo(f"10. One of {intake.receipts} receipts, checked with the public key file alone")
    receipt = shown.signed.receipt
    what = f"{receipt.mission} {receipt.source} {receipt.id}, received {receipt.received_at}"
    print_lines(
        [
            f"{what}, SHA-256 {receipt.sha256[:16]}..., signed with {receipt.key_id}",
            f"For the bytes that were sent: {'valid' if shown.verified else 'NOT valid'}.",
            f"For the same with one byte more: {shown.one_byte_off}.",
            f"Posted once more: {'the same' if shown.same_again else 'ANOTHER'} receipt.",
        ],
        indent="  ",
    )


def _show_verdicts(conn: Connection) -> None:
    click.echo("2. How the reports were judged: one verdict each, the gravest")
    print_table(
        "Verdicts on the reports",
        ("Verdict", "Reports #"),
        [(row.verdict, row.reports) for row in verdicts(conn, mission=MISSION)],
        note=f"{status_of(draft=_has_draft(conn))}. cannot_determine is an answer: most of these "
        "reports name a place that no gazetteer has resolved, or lie across a zone's edge. "
        "Nothing is guessed.",
    )


def _has_draft(conn: Connection) -> bool:
    return any(version.missing for version in versions(conn, MISSION).values())


def _sentences(conn: Connection, notice: str) -> list[str]:
    """The explanation, without the notice that stands above already."""
    sentences = explain_report(conn, MISSION, *EXPLAINED).explanation.sentences
    return [sentence for sentence in sentences if sentence != notice.strip()]


def show_json(conn: Connection, came: Came, notice: str) -> None:
    """The same for a program."""
    sent, intake, released, merged = came
    print_json(
        {
            "notice": notice,
            "draft": _has_draft(conn),
            "sent": sent,
            "receipts": intake.receipts,
            "receipt": {
                **msgspec.to_builtins(intake.receipt.signed),
                "verified": intake.receipt.verified,
                "one_byte_off": intake.receipt.one_byte_off,
                "same_again": intake.receipt.same_again,
            },
            "verdicts": verdicts(conn, mission=MISSION),
            "totals": totals(conn, mission=MISSION),
            "overall": overall(conn, mission=MISSION),
            "incidents": _incidents(conn),
            "merged": merged,
            "corridor": known_intervals(conn, *CORRIDOR).intervals,
            "road": _road_day(conn),
            "coverage": coverage(conn, ROAD_COVERAGE).rows,
            "explained": explain_report(conn, MISSION, *EXPLAINED).explanation.sentences,
            "released": {
                "item": msgspec.to_builtins(released.shown),
                "alone": released.alone,
                "told_before": released.told_before,
                "told": msgspec.to_builtins(released.told),
            },
            "refused": intake.refused,
        }
    )
