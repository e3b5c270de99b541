"""`truceline corridor timeline`: a corridor's days as lines of letters, or as a picture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import rich_click as click
from rich.text import Text

from services.behind import ask_lag
from services.cli.corridor_names import (
    DIRECTION,
    KNOWN_AT,
    MISSION,
    SEGMENT,
    TRAVELLER,
    note,
    one_corridor,
    one_part,
)
from services.cli.output import INSTANT, console, instant, json_option, print_json
from services.disputes import Disputes
from services.settings import load_settings
from services.store.engine import connect
from services.store.generations import NOTHING_KNOWN
from services.timeline import TimelineAsked, timeline
from services.timeline_picture import LOOKS, MOST_DAYS, Piece, cells_of, days_of, svg


@click.command(
    name="timeline",
    epilog="Example: truceline corridor timeline zolote-road --from 2018-09-05T00:00Z"
    " --to 2018-09-07T00:00Z --svg road.svg",
)
@click.argument("corridor_id")
@click.option("--from", "since", type=INSTANT, help="From then on. Default: 7 days before --to.")
@click.option("--to", "until", type=INSTANT, help="And before that. Default: now.")
@click.option("--svg", "svg_path", type=click.Path(path_type=Path), help="Write a picture there.")
@SEGMENT
@DIRECTION
@TRAVELLER
@KNOWN_AT
@MISSION
@json_option
def timeline_(  # noqa: PLR0913 (each is one thing a coordinator may ask for)
    corridor_id: str,
    *,
    since: datetime | None,
    until: datetime | None,
    svg_path: Path | None,
    segment: str | None,
    direction: str | None,
    traveller: str | None,
    known_at: datetime | None,
    mission: str | None,
    as_json: bool,
) -> None:
    """Show CORRIDOR_ID day by day, UTC: O open, I impeded, S suspended, C closed, ? unknown.

    A letter stands for half an hour, and for the most cautious state in it. The picture has the
    exact times, each state by letter, pattern and colour.

    With --json, a piece of a day a line: "mission", "corridor_id", "start", "end", "state",
    "cause", "window_disputed" (at some time shown), "known_at".
    """
    now, settings = datetime.now(UTC), load_settings()
    until = until or now
    since = since or until - timedelta(days=7)
    if not since < until <= since + timedelta(days=MOST_DAYS):
        raise click.UsageError(f"--to must come after --from, by {MOST_DAYS} days at most")
    with connect(settings.database()) as conn:
        name = one_corridor(conn, corridor_id, mission)
        part = one_part(conn, name, segment, direction, traveller)
        asked = TimelineAsked(name, known_at, part, since, until)
        known = timeline(conn, partial(ask_lag, settings), asked, now)
        disputed = Disputes.of(conn, name.mission, known_at).cover(corridor_id, since, until)
    before = NOTHING_KNOWN._replace(ends_at=known[0].starts_at if known else None)
    days = list(days_of([before, *known], since, until))
    known_at = min(known_at or now, now)
    title = f"Corridor {name.corridor_id} of {name.mission}, as known at {instant(known_at)}"
    below = note(draft=False, disputed=disputed)
    if svg_path is not None:
        svg_path.write_text(svg(f"{title}. {below}", days), encoding="utf-8")
    if as_json:
        for _, pieces in days:
            for piece in pieces:
                told = {**name._asdict(), **piece._asdict(), "window_disputed": disputed}
                print_json({**told, "known_at": known_at})
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
