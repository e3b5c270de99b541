"""`truceline corridor`: which corridors there are, and whether they are known to be open."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from services.cli.output import EXIT_NO, INSTANT, instant, json_option, print_json, print_table
from services.errors import ServiceError
from services.settings import load_settings
from services.store.engine import Connection, connect
from services.store.generations import StoredInterval, known_intervals
from services.store.queries.corridors import CorridorName, availability, corridors

AS_OF = click.option("--known-at", type=INSTANT, help="By what was known then. Default: now.")
MISSION = click.option("--mission", help="Where several missions use the id.")


@click.group()
def corridor() -> None:
    """Show the availability of corridors."""


@corridor.command(name="list", epilog="Example: truceline corridor list")
@MISSION
@json_option
def list_(mission: str | None, *, as_json: bool) -> None:
    """List every corridor with its state now."""
    now = datetime.now(UTC)
    with connect(load_settings().database()) as conn:
        rows = [
            (name, availability(conn, name.mission, name.corridor_id, now, now))
            for name in corridors(conn, mission)
        ]
    if as_json:
        for name, state in rows:
            print_json({**name._asdict(), "at": now, "interval": state})
        return
    print_table(
        "Corridors now",
        ("Mission", "Corridor", "State", "Since", "Cause", "Not valid after"),
        [(name.mission, name.corridor_id, *_state(state)) for name, state in rows],
        note="unknown is not open. Permission is not safety.",
    )


def _state(state: StoredInterval | None) -> tuple[object, ...]:
    if state is None:
        return ("unknown", "-", "nothing known", "-")
    return (state.state, state.starts_at, state.cause, state.not_valid_after)


@corridor.command(
    name="availability",
    epilog="Example: truceline corridor availability zolote --at 2018-09-05T08:00Z",
)
@click.argument("corridor_id")
@click.option("--at", "instant_at", type=INSTANT, help="Only the state at that time.")
@click.option("--since", type=INSTANT, help="Of the timeline: from then on.")
@click.option("--until", type=INSTANT, help="Of the timeline: up to then.")
@AS_OF
@MISSION
@json_option
def show_availability(  # noqa: PLR0913, PLR0917 (each is one thing a coordinator may ask for)
    corridor_id: str,
    instant_at: datetime | None,
    since: datetime | None,
    until: datetime | None,
    known_at: datetime | None,
    mission: str | None,
    *,
    as_json: bool,
) -> None:
    """Show when CORRIDOR_ID was, is and will be known to be usable, and why it is not."""
    known_at = known_at or datetime.now(UTC)
    with connect(load_settings().database()) as conn:
        name = _one(conn, corridor_id, mission)
        intervals = known_intervals(conn, name.mission, name.corridor_id, known_at).intervals
    if instant_at is not None:
        since = until = instant_at
    shown = [interval for interval in intervals if within(interval, since, until)]
    if not shown:
        click.echo("unknown: nothing is known of that time", err=True)
        sys.exit(EXIT_NO)
    if as_json:
        for interval in shown:
            print_json({**name._asdict(), **interval._asdict(), "known_at": known_at})
        return
    print_intervals(name, shown, known_at)


def print_intervals(
    name: CorridorName, intervals: list[StoredInterval], known_at: datetime
) -> None:
    """A corridor's timeline as a table."""
    print_table(
        f"Corridor {name.corridor_id} of {name.mission}, as known at {instant(known_at)}",
        ("From", "Until", "State", "Cause", "Because of", "Not valid after"),
        [_row(interval) for interval in intervals],
        note="unknown is not open. Permission is not safety.",
    )


def _row(interval: StoredInterval) -> tuple[object, ...]:
    return (
        interval.starts_at,
        instant(interval.ends_at),
        interval.state,
        interval.cause,
        ", ".join(interval.cause_events) or None,
        interval.not_valid_after,
    )


def within(interval: StoredInterval, since: datetime | None, until: datetime | None) -> bool:
    """Whether the interval has a moment in [since, until]."""
    begins_in_time = until is None or interval.starts_at <= until
    return begins_in_time and (
        since is None or interval.ends_at is None or interval.ends_at > since
    )


class WhichCorridorError(ServiceError):
    """No corridor, or several, under that id."""


def _one(conn: Connection, corridor_id: str, mission: str | None) -> CorridorName:
    found = [name for name in corridors(conn, mission) if name.corridor_id == corridor_id]
    if len(found) == 1:
        return found[0]
    if not found:
        known = ", ".join(name.corridor_id for name in corridors(conn, mission)) or "none"
        raise WhichCorridorError(f"no corridor {corridor_id!r}; known are: {known}")
    missions = ", ".join(name.mission for name in found)
    raise WhichCorridorError(f"corridor {corridor_id!r} is used by {missions}: name one, --mission")
