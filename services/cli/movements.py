"""`truceline corridor movements`: who moves where, who answered, what is overdue, how it ended."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import rich_click as click

from services.cli.output import INSTANT, require_order
from services.cli.standing import Asking, Shown, asked_options
from services.errors import NotFoundError
from services.movements import MovementDetail, MovementTold, OutcomeRow, Wanted
from services.movements import movement as one_movement
from services.movements import movements as all_movements
from services.movements import outcomes as all_outcomes
from services.standing import Asked
from services.store.engine import Connection
from streams.movements.history import MovementWord
from streams.movements.outcomes import Period
from streams.movements.standing import MovementPhase
from streams.vocabulary import MovementKind


def _overdue(row: MovementTold) -> tuple[object, ...]:
    since = row.check_in_overdue_since
    return () if since is None else ("overdue since", since)


def _delay(row: MovementTold) -> tuple[str, ...]:
    delay = () if row.delay_min is None else (f"{row.delay_min} min late",)
    return delay if row.reason is None else (*delay, str(row.reason))


def _ways(row: OutcomeRow) -> tuple[str, ...] | None:
    ways = tuple(f"{way} {number}" for way, number in row.outcomes.items())
    return (*ways, f"differing {row.differing}") if row.differing else ways or None


def _said(word: MovementWord) -> str:
    more = (word.answer, word.waypoint, word.outcome, word.reason)
    return " ".join([word.step, *(str(one) for one in more if one is not None)])


SHOWN: Final = Shown[MovementTold](
    "Movements at",
    ("Movement", "Window!", "Where", "Answers", "State!", "Outcome"),
    lambda row: (
        (row.movement, f"{row.kind} of {row.organiser}", row.mission),
        (row.begins_at, row.ends_at, *(("late notice",) if row.late_notice else ())),
        (*row.corridors, *row.zones),
        tuple(f"{one.party} {one.answer or '-'}" for one in row.answers),
        (row.phase, *_overdue(row)),
        (*row.outcomes, *_delay(row)) or None,
    ),
    "Acknowledged is not permitted, and permission is not safety.",
)
RATES: Final = Shown[OutcomeRow](
    "How movements ended, as known at",
    ("Period!", "Party", "Kind", "Notified#", "Ended#", "Outcomes", "Facilitated#", "Delay min#"),
    lambda row: (
        row.period,
        (row.party, row.mission),
        row.kind,
        row.notified,
        row.ended,
        _ways(row),
        None if row.facilitated_share is None else f"{row.facilitated_share:.0%}",
        row.delay_min,
    ),
    "Of movements by the period in which they begin, once for each party addressed. The share is of"
    " those that ended and of which nobody differs; what has not ended is in no share.",
)


DETAIL: Final = Shown[MovementDetail](
    "What was said of a movement, as known at",
    ("Movement", "At!", "By", "Said"),
    lambda row: (
        (row.movement.movement, f"{row.movement.kind} of {row.movement.organiser}"),
        tuple(word.at for word in row.words) or None,
        tuple(word.source for word in row.words) or None,
        tuple(_said(word) for word in row.words) or None,
    ),
)


class UnknownMovementError(NotFoundError):
    """No movement has this id."""


@click.command(epilog="Example: truceline corridor movements --since 2018-09-05T00:00+03:00")
@click.argument("movement", required=False)
@click.option("--since", type=INSTANT, help="Whose window lies then or later.")
@click.option("--until", type=INSTANT, help="And begins before that.")
@click.option("--phase", type=click.Choice([str(it) for it in MovementPhase]), help="In this one.")
@click.option("--kind", type=click.Choice([str(it) for it in MovementKind]), help="Of this kind.")
@click.option("--overdue", is_flag=True, help="Only those of which a check-in is overdue.")
@click.option(
    "--outcomes",
    "period",
    type=click.Choice([str(it) for it in Period]),
    help="How they ended, by party and kind, for each of these.",
)
@asked_options
def movements(  # noqa: PLR0913 (each is one thing that may be asked)
    asking: Asking,
    *,
    movement: str | None,
    since: datetime | None,
    until: datetime | None,
    phase: str | None,
    kind: str | None,
    overdue: bool,
    period: str | None,
) -> None:
    """Show movements: convoys, evacuations, repair teams; or MOVEMENT with all that was said of it.

    With --json, a movement a line: "mission", "organiser", "movement", "kind", "phase",
    "begins_at", "ends_at", "zones", "corridors", "answers", "notified_at", "notice_hours",
    "notice_due_hours", "late_notice", "people", "vehicles", "tonnes", "departed_at",
    "last_heard_at", "waypoint", "waypoints", "check_in_overdue_since", "ended_at", "outcome",
    "outcomes", "delay_min", "reason", "draft", "at"; of MOVEMENT its "movement" and "words". With
    --outcomes a line for each period, party and kind: "notified", "ended", "outcomes", "differing",
    "not_ended", "facilitated_share", "delayed", "delay_min", "late_notice", "notice_known",
    "acknowledged", "objected".
    """
    require_order(since, until)
    if (movement or period) and (phase or kind or overdue):
        raise click.UsageError("--phase, --kind and --overdue narrow the list alone")
    if movement is not None:
        asking.show(lambda conn, asked: _found(conn, asked, movement), DETAIL)
    elif period is not None:
        by = Period(period)
        asking.show(lambda conn, asked: all_outcomes(conn, asked, by, since, until), RATES)
    else:
        wanted = Wanted(MovementKind(kind) if kind else None, since, until)
        asking.show(
            lambda conn, asked: list(all_movements(conn, asked, wanted)),
            SHOWN,
            lambda row: (
                phase in {None, row.phase}
                and (row.check_in_overdue_since is not None or not overdue)
            ),
        )


def _found(conn: Connection, asked: Asked, movement: str) -> list[MovementDetail]:
    found = one_movement(conn, asked, movement)
    if not found:
        raise UnknownMovementError(
            f"no movement {movement!r}: `truceline corridor movements` lists those that there are"
        )
    return found
