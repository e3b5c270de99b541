"""`truceline corridor timeline`: a corridor's days as lines of letters, or as a picture."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import rich_click as click
from rich.text import Text

from services.cli.corridor_names import AskedCorridor, corridor_options, note
from services.cli.output import INSTANT, console, exact, print_json
from services.disputes import Disputes
from services.drafts import Drafts
from services.store.generations import NOTHING_KNOWN
from services.timeline import TimelineAsked, timeline
from services.timeline_picture import (
    LOOKS,
    NO_PERIOD,
    USUAL_DAYS,
    Piece,
    cells_of,
    days_of,
    shown_of,
    svg,
)


@click.command(
    name="timeline",
    epilog="Example: truceline corridor timeline zolote-road --from 2018-09-05T00:00Z"
    " --to 2018-09-07T00:00Z --svg road.svg",
)
@click.option(
    "--from", "since", type=INSTANT, help=f"From then on. Default: {USUAL_DAYS} days before --to."
)
@click.option(
    "--to", "until", type=INSTANT, help="And before that. Default: now, or a year after --from."
)
@click.option("--svg", "svg_path", type=click.Path(path_type=Path), help="Write a picture there.")
@corridor_options
def timeline_(
    of: AskedCorridor, *, since: datetime | None, until: datetime | None, svg_path: Path | None
) -> None:
    """Show CORRIDOR_ID day by day, UTC: O open, I impeded, S suspended, C closed, ? unknown.

    A letter stands for half an hour, and for the most cautious state in it. The picture has the
    exact times, each state by letter, pattern and colour.

    With --json, a piece of a day a line: "mission", "corridor_id", "start", "end", "state",
    "cause", "window_disputed", "draft" (each at some time shown), "known_at".
    """
    with of.opened() as (conn, name, part, now):
        shown = shown_of(since, until, now)
        if shown is None:
            raise click.UsageError(f"--to must come after --from, {NO_PERIOD}")
        asked = TimelineAsked(name, of.known_at, part, *shown)
        known = timeline(conn, asked, now)
        disputed = Disputes.of(conn, name.mission, of.known_at).cover(name.corridor_id, *shown)
        draft = Drafts.of(conn, name.mission, of.known_at).cover(*shown)
    before = NOTHING_KNOWN._replace(ends_at=known[0].starts_at if known else None)
    days = list(days_of([before, *known], *shown))
    known_at = min(of.known_at or now, now)
    title = f"Corridor {name.corridor_id} of {name.mission}, as known at {exact(known_at)}"
    below = note(draft=draft, disputed=disputed)
    if svg_path is not None:
        svg_path.write_text(svg(f"{title}. {below}", days), encoding="utf-8")
    if of.as_json:
        for _, pieces in days:
            for piece in pieces:
                told = {**name._asdict(), **piece._asdict(), "window_disputed": disputed}
                print_json({**told, "draft": draft, "known_at": known_at})
        return
    _print(title, days, below)


def _print(title: str, days: list[tuple[datetime, list[Piece]]], below: str) -> None:
    out = console()
    out.print(title)
    out.print(" " * 11 + "".join(f"{hour:<6}" for hour in range(0, 24, 3)))
    for day, pieces in days:
        line = Text(f"{day:%Y-%m-%d} ")
        for state in cells_of(day, pieces):
            look = LOOKS[state] if state else None
            line.append(look.letter if look else " ", style=look.colour if look else "")
        out.print(line)
    told = ", ".join(f"{look.letter} {state}" for state, look in LOOKS.items())
    out.print(f"{told}: the most cautious of 30 minutes.")
    out.print(below)
