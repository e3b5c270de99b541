"""What the commands on corridors share: their options, and which corridor is meant."""

from __future__ import annotations

import rich_click as click

from services.cli.output import INSTANT
from services.disputes import DISPUTED
from services.errors import NotFoundError
from services.store.documents import agreements
from services.store.engine import Connection
from services.store.queries.corridors import CorridorName, corridors
from streams.assessment import DRAFT
from streams.corridors.parts import Part, why_no_part
from streams.vocabulary import Direction, Traveller

KNOWN_AT = click.option("--known-at", type=INSTANT, help="By what was known then. Default: now.")
SEGMENT = click.option("--segment", help="This segment or crossing point alone.")
DIRECTION = click.option(
    "--direction", type=click.Choice([str(it) for it in Direction]), help="This way alone."
)
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


def one_part(
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


def one_corridor(conn: Connection, corridor_id: str, mission: str | None) -> CorridorName:
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
