"""`truceline corridor`: which corridors there are, and whether they are known to be open."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import rich_click as click

from services.cli.corridor_calendar import calendar_
from services.cli.corridor_names import (
    MISSION,
    TRAVELLER,
    AmbiguousCorridorError,
    AskedCorridor,
    corridor_options,
    note,
    now_of,
)
from services.cli.corridor_stats import stats
from services.cli.corridor_timeline import timeline_
from services.cli.movements import movements
from services.cli.output import (
    INSTANT,
    exact,
    instant,
    json_option,
    print_json,
    print_table,
    require_order,
    span,
)
from services.disputes import Disputes
from services.drafts import Drafts
from services.settings import load_settings
from services.store.documents import agreements
from services.store.engine import connect
from services.store.generations import NOTHING_KNOWN, StoredInterval
from services.store.queries.corridors import CorridorName, corridors
from services.timeline import TimelineAsked, states_now, timeline
from services.ways import NO_WAY, Network, WaysAsked, ways_now
from streams.corridors.divided import PartState
from streams.corridors.ways import Way
from streams.vocabulary import Traveller


@click.group(epilog="Example: truceline corridor list")
def corridor() -> None:
    """Show the availability of corridors."""


corridor.add_command(calendar_)
corridor.add_command(movements)
corridor.add_command(stats)
corridor.add_command(timeline_)


@corridor.command(name="list", epilog="Example: truceline corridor list --json")
@MISSION
@json_option
def list_(mission: str | None, *, as_json: bool) -> None:
    """List every corridor with its state now.

    With --json, a line each: "mission", "corridor_id", "at", "draft", "window_disputed", "state",
    "cause", "cause_events", "starts_at", "ends_at", "not_valid_after", "parts".
    """
    settings = load_settings()
    with connect(settings.database()) as conn:
        names = corridors(conn, mission)
        now = now_of(conn, settings, {name.mission for name in names})
        rows = list(zip(names, states_now(conn, names, now), strict=True))
        of = {it: Drafts.of(conn, it) for it in {name.mission for name in names}}
        drafts = {name: of[name.mission].cover(now, now) for name in names}
        disputes = {it: Disputes.of(conn, it) for it in of}
    disputed = {name: disputes[name.mission].soon(name.corridor_id, now) for name in names}
    if as_json:
        for name, interval in rows:
            said = {"draft": drafts[name], "window_disputed": disputed[name]}
            print_json({**name._asdict(), "at": now, **said, **interval._asdict()})
        return
    print_table(
        f"Corridors at {instant(now)}",
        ("Corridor", "State", "Since!", "Not valid after", "Cause"),
        [
            (tuple(reversed(name)), found.state, found.starts_at, found.not_valid_after, why(found))
            for name, found in rows
        ],
        note=note(draft=any(drafts.values()), disputed=any(disputed.values())),
    )


@corridor.command(
    name="availability",
    epilog="Example: truceline corridor availability zolote-road --at 2018-09-05T08:00Z",
)
@click.option("--at", "instant_at", type=INSTANT, help="Only the state at that time.")
@click.option("--since", type=INSTANT, help="Of the timeline: from then on.")
@click.option("--until", type=INSTANT, help="Of the timeline: up to then.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@corridor_options
def show_availability(
    of: AskedCorridor,
    *,
    instant_at: datetime | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> None:
    """Show when CORRIDOR_ID was, is and will be known to be usable, and why it is not.

    The state of the whole is the most cautious of its parts: segments and crossing points, ways,
    travellers. Where they are not all alike, each is shown.

    With --json, an interval a line, in order: "mission", "corridor_id", "starts_at" (null: since
    ever), "ends_at" (null: until further notice), "state", "cause", "cause_events",
    "not_valid_after", "parts", "draft", "window_disputed", "known_at".
    """
    if instant_at is not None and (since or until):
        raise click.UsageError("--at asks for one moment, --since and --until for several: choose")
    require_order(since, until)
    if instant_at is not None:
        since = until = instant_at
    with of.opened() as (conn, name, part, now):
        known_at = min(of.known_at or now, now)
        question = TimelineAsked(name, of.known_at, part, since, until)
        asked = timeline(conn, question, now)
        drafts = Drafts.of(conn, name.mission, known_at)
        disputes = Disputes.of(conn, name.mission, known_at)
    shown = asked[:limit] or [NOTHING_KNOWN]
    by_draft = [drafts.cover(it.starts_at, it.ends_at) for it in shown]
    in_dispute = [
        disputes.soon(name.corridor_id, instant_at)
        if instant_at
        else disputes.cover(name.corridor_id, it.starts_at, it.ends_at)
        for it in shown
    ]
    if of.as_json:
        for interval, draft, disputed in zip(shown, by_draft, in_dispute, strict=True):
            told = {**name._asdict(), **interval._asdict(), "draft": draft}
            print_json({**told, "window_disputed": disputed, "known_at": known_at})
    else:
        below = note(draft=any(by_draft), disputed=any(in_dispute))
        print_intervals(name, shown, known_at, below)
    if len(asked) > limit:
        rest = shown[-1].ends_at
        click.echo(f"{len(asked) - limit} more: --since {rest and rest.isoformat()}", err=True)


@corridor.command(
    name="way", epilog="Example: truceline corridor way bridge checkpoint --traveller heavy_truck"
)
@click.argument("start")
@click.argument("end")
@TRAVELLER
@MISSION
@json_option
def show_ways(
    start: str, end: str, traveller: str | None, mission: str | None, *, as_json: bool
) -> None:
    """Show which way is known open now from the crossing point START to END.

    Only what is known to be open, the whole way, is shown as a way; then what is not, and why.
    With --json, a way a line: "known_open", "length_km", "legs", "at", "not_valid_after", "draft".
    """
    settings = load_settings()
    with connect(settings.database()) as conn:
        missions = {name.mission for name in corridors(conn, mission)}
        if len(missions) != 1:
            raise AmbiguousCorridorError(f"name one with --mission: {', '.join(sorted(missions))}")
        (of,) = missions
        now = now_of(conn, settings, missions)
        loaded = agreements(conn, of)
        drawn = {it.id: it for agreement in loaded for it in agreement.corridors}
        asked = WaysAsked(start, end, Traveller(traveller) if traveller else None)
        found = ways_now(conn, Network(of, list(drawn.values())), asked, now)
        draft = Drafts.of(conn, of).cover(now, now)
    disputes = Disputes(loaded)
    disputed = {it for it in drawn if disputes.soon(it, now)}
    if as_json:
        for way in (*found.open, *found.not_open):
            print_json({**_way_json(way, disputed, now), "draft": draft})
        return
    legs = (leg for way in (*found.open, *found.not_open) for leg, _ in way.legs)
    below = note(draft=draft, disputed=any(leg.corridor in disputed for leg in legs))
    print_table(
        f"From {start} to {end} at {instant(now)}",
        ("Known open!", "km", "Not valid after", "Legs"),
        [
            (
                "yes" if way.is_open else "no",
                f"{way.length_km:.1f}",
                way.not_valid_after,
                tuple(
                    f"{leg.start} - {leg.end}: {leg.corridor}, {state.state} ({state.cause})"
                    for leg, state in way.legs
                ),
            )
            for way in (*found.open, *found.not_open)
        ],
        note=below if found.open else f"{NO_WAY}. {below}",
    )


def _way_json(way: Way, disputed: Collection[str], now: datetime) -> dict[str, object]:
    legs = [
        {
            "corridor": leg.corridor,
            "start": leg.start,
            "end": leg.end,
            "direction": leg.direction,
            "segments": [segment for segment in leg.segments if segment is not None],
            "length_km": leg.length_km,
            "window_disputed": leg.corridor in disputed,
            **state._asdict(),
        }
        for leg, state in way.legs
    ]
    return {
        "known_open": way.is_open,
        "length_km": way.length_km,
        "legs": legs,
        "at": now,
        "not_valid_after": way.not_valid_after,
    }


def print_intervals(
    name: CorridorName, intervals: list[StoredInterval], known_at: datetime, below: str
) -> None:
    """A corridor's timeline as a table."""
    print_table(
        f"Corridor {name.corridor_id} of {name.mission}, as known at {exact(known_at)}",
        ("When, UTC!", "State!", "Not valid\nafter", "Cause and events"),
        [
            (
                _when(interval),
                interval.state,
                _valid_to(interval),
                why(interval),
            )
            for interval in intervals
        ],
        note=below,
    )


def why(interval: StoredInterval) -> tuple[str, ...]:
    """The cause, the events that it goes back to, and each part, one below the other."""
    events = (f" {event}" for event in interval.cause_events)
    return (interval.cause, *events, *map(_part_line, interval.parts))


def _part_line(part: PartState) -> str:
    named = " ".join(filter(None, (part.segment, part.direction, part.traveller))) or "all"
    reach = part.not_valid_after
    valid = f", not valid after {instant(reach)}" if reach else ""
    return f" {named}: {part.state} ({part.cause}{valid})"


def _when(interval: StoredInterval) -> tuple[str, ...]:
    """From when to when, on two lines where it is more than one day."""
    start, between, end = span(interval.starts_at, interval.ends_at).partition(" - ")
    one_day = len(end) <= len("00:00:00Z")
    return (f"{start}{between}{end}",) if one_day else (f"{start} -", end)


def _valid_to(interval: StoredInterval) -> str | None:
    """Until when it may be relied on; the day is said where it is not the interval's."""
    if interval.not_valid_after is None:
        return None
    return instant(interval.not_valid_after).removeprefix(f"{interval.starts_at:%Y-%m-%d} ")
