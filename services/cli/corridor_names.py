"""What the commands on corridors share: their options, and which corridor is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, partial, wraps
from typing import Any, NamedTuple

import rich_click as click

from services.behind import as_of, ask_lag
from services.cli.output import INSTANT, json_option
from services.disputes import DISPUTED
from services.errors import NotFoundError
from services.settings import Settings, load_settings
from services.store.documents import agreements
from services.store.engine import Connection, connect
from services.store.queries.corridors import CorridorName, corridors
from streams.assessment import DRAFT
from streams.corridors.parts import Part, why_no_part
from streams.vocabulary import Direction, Traveller

TRAVELLER = click.option(
    "--traveller", type=click.Choice([str(it) for it in Traveller]), help="For these alone."
)
MISSION = click.option("--mission", help="Where several missions use the id.")
NOTE = "unknown is not open. Permission is not safety."


class UnknownCorridorError(NotFoundError):
    """No corridor has this id."""


class UnknownPartError(NotFoundError):
    """The corridor has no such part."""


class AmbiguousCorridorError(NotFoundError):
    """Several missions have a corridor of this id."""


class Opened(NamedTuple):
    """A corridor or a part of it, and where it is asked, as of when."""

    conn: Connection
    name: CorridorName
    part: Part
    now: datetime


class AskedCorridor(NamedTuple):
    """What each command on one corridor is asked: of which, or which part, by what was known."""

    corridor_id: str
    segment: str | None
    direction: str | None
    traveller: str | None
    known_at: datetime | None
    mission: str | None
    as_json: bool

    @contextmanager
    def opened(self) -> Iterator[Opened]:
        """The corridor, while the database is open; raises what `_one_corridor`, `_one_part` do."""
        settings = load_settings()
        with connect(settings.database()) as conn:
            name = _one_corridor(conn, self.corridor_id, self.mission)
            part = _one_part(conn, name, self.segment, self.direction, self.traveller)
            yield Opened(conn, name, part, now_of(conn, settings, [name.mission]))


def now_of(conn: Connection, settings: Settings, missions: Iterable[str]) -> datetime:
    """The instant as of which these missions' corridors are asked (`behind.as_of`)."""
    of, lag = sorted(missions), cache(partial(ask_lag, settings))
    for mission in of:
        as_of(conn, lag, mission)  # what is noted of one is noted before anybody's instant is taken
    return min((as_of(conn, lag, it) for it in of), default=datetime.now(UTC))


def corridor_options(command: Callable[..., None]) -> Callable[..., None]:
    """CORRIDOR_ID and the options of all, handed to the command as what is `AskedCorridor`."""

    @wraps(command)
    def run(  # noqa: PLR0913 (each is one thing a coordinator may ask for)
        *,
        corridor_id: str,
        segment: str | None,
        direction: str | None,
        traveller: str | None,
        known_at: datetime | None,
        mission: str | None,
        as_json: bool,
        **more: Any,  # noqa: ANN401 (the command's own)
    ) -> None:
        of = AskedCorridor(corridor_id, segment, direction, traveller, known_at, mission, as_json)
        command(of, **more)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


_OPTIONS = (
    click.argument("corridor_id"),
    click.option("--segment", help="This segment or crossing point alone."),
    click.option(
        "--direction", type=click.Choice([str(it) for it in Direction]), help="This way alone."
    ),
    TRAVELLER,
    click.option("--known-at", type=INSTANT, help="By what could be seen then. Default: now."),
    MISSION,
    json_option,
)


def _one_part(
    conn: Connection,
    name: CorridorName,
    segment: str | None,
    direction: str | None,
    traveller: str | None,
) -> Part:
    """The part that is asked for.

    Raises:
        UnknownPartError: as the corridor was drawn last, it has no such part.
    """
    part = Part(
        segment,
        Direction(direction) if direction else None,
        Traveller(traveller) if traveller else None,
    )
    drawn = [
        corridor
        for agreement in agreements(conn, name.mission)
        for corridor in agreement.corridors
        if corridor.id == name.corridor_id
    ]
    if drawn and (why_not := why_no_part(drawn[-1], part)):
        raise UnknownPartError(why_not)
    return part


def note(*, draft: bool, disputed: bool = False) -> str:
    """What stands below every table of corridors."""
    more = ((f"Agreed {DRAFT}.", draft), (f"{DISPUTED}.", disputed))
    return " ".join([NOTE, *(said for said, holds in more if holds)])


def _one_corridor(conn: Connection, corridor_id: str, mission: str | None) -> CorridorName:
    """The corridor of that id.

    Raises:
        UnknownCorridorError: there is none.
        AmbiguousCorridorError: several missions have one, and none is named.
    """
    known = corridors(conn, mission)
    found = [name for name in known if name.corridor_id == corridor_id]
    if len(found) == 1:
        return found[0]
    if not found:
        ids = ", ".join(name.corridor_id for name in known) or "none"
        raise UnknownCorridorError(f"no corridor {corridor_id!r}; known are: {ids}")
    missions = ", ".join(name.mission for name in found)
    raise AmbiguousCorridorError(
        f"corridor {corridor_id!r} is used by {missions}: name one with --mission"
    )
