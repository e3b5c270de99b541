"""`truceline corridor calendar`: the agreed windows of corridors, for a calendar program."""

from __future__ import annotations

import sys
from pathlib import Path

import rich_click as click

from services.agenda import agenda_of
from services.calendar_feed import write_calendar
from services.cli.corridor_names import MISSION
from services.cli.output import json_option, print_json
from services.errors import NotFoundError
from services.settings import load_settings
from services.store.documents import DocumentKind, list_documents
from services.store.engine import Connection, connect
from streams.corridors.agenda import Entry


class WhichMissionError(NotFoundError):
    """There is no agreement, or there are several missions and none is named."""


@click.command(name="calendar", epilog="Example: truceline corridor calendar --out corridors.ics")
@click.option("--corridor", "corridor_id", help="Of this one alone.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it there. Default: show it.",
)
@MISSION
@json_option
def calendar_(
    corridor_id: str | None, out: Path | None, mission: str | None, *, as_json: bool
) -> None:
    """Write the agreed windows as iCalendar: what is agreed, and no word on the road.

    A window keeps its UID; every change of what is known of it raises its SEQUENCE; one that is
    not agreed any more stays as CANCELLED. Times are in UTC.

    With --json, a window a line: "key", "agreement", "corridor", "name", "starts_at", "ends_at",
    "firmness", "doubts", "sequence", "revised_at".
    """
    with connect(load_settings().database()) as conn:
        of = _one_mission(conn, mission)
        found = agenda_of(conn, of)
    entries = [it for it in found if corridor_id in {None, it.window.corridor}]
    if as_json:
        for entry in entries:
            print_json(_row(entry))
        return
    written = write_calendar(of, entries)
    if out is None:
        sys.stdout.buffer.write(written)
    else:
        out.write_bytes(written)
        click.echo(f"{len(entries)} windows written to {out}", err=True)


def _one_mission(conn: Connection, mission: str | None) -> str:
    known = sorted({it.mission for it in list_documents(conn, DocumentKind.AGREEMENT)})
    if mission is None and len(known) == 1:
        return known[0]
    if mission in known:
        assert mission is not None
        return mission
    raise WhichMissionError(f"name one with --mission: {', '.join(known) or 'none is loaded'}")


def _row(entry: Entry) -> dict[str, object]:
    window = entry.window
    return {
        "key": entry.key,
        "agreement": window.agreement,
        "corridor": window.corridor,
        "name": window.name,
        "starts_at": window.valid.from_,
        "ends_at": window.valid.to,
        "firmness": window.firmness,
        "doubts": window.doubts,
        "sequence": entry.sequence,
        "revised_at": entry.revised_at,
    }
