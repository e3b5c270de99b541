"""What spells must be, worked out by going through worlds: instants drawn for every sighting.

Independent of `streams.whereabouts.spells`: no sorted sides, no precedence, no bisection. A world
gives each sighting one instant of its interval (those of a track in their order). In it the zone's
answer at any time is plain: what the nearest sightings on both sides agree in, if they are near
enough.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from streams.whereabouts.place import Side
from streams.whereabouts.spells import Evidence, Run


class Seen(NamedTuple):
    """A sighting in one world."""

    at: float
    side: Side
    order: int


def draw(evidence: Sequence[Evidence], rng: random.Random) -> list[Seen]:
    """A world."""
    world: list[Seen] = []
    for order in {item.order for item in evidence}:
        parts = sorted((i for i in evidence if i.order == order), key=lambda i: i.seq)
        instants = sorted(rng.uniform(parts[0].start, parts[0].end) for _ in parts)
        world += [Seen(at, part.side, order) for at, part in zip(instants, parts, strict=True)]
    return sorted(world, key=lambda seen: seen.at)


def answer_at(world: Sequence[Seen], at: float, max_gap: float) -> Side | None:
    """The side that holds at an instant; None: nothing is known."""
    before = [seen for seen in world if seen.at <= at]
    behind = [seen for seen in world if seen.at >= at]
    if not before or not behind:
        return None
    left, right = before[-1], behind[0]
    agree = left.side is right.side and right.at - left.at <= max_gap
    return left.side if agree else None


def require_holds(run: Run, members: set[int], world: Sequence[Seen], max_gap: float) -> None:
    """A spell's claims in one world.

    Args:
        run: the spell.
        members: orders of the sightings that it may be made of: its side's.
        world: what was seen when.
        max_gap: of the methodology.
    """
    other = Side.OUTSIDE if run.side is Side.INSIDE else Side.INSIDE
    steps = 7
    if run.begun_by <= run.ended_after:
        for step in range(steps + 1):
            at = run.begun_by + (run.ended_after - run.begun_by) * step / steps
            assert answer_at(world, at, max_gap) is run.side, (run, at, world)
    # An end of the run was seen: whichever instants its sightings were of, they lie in the bounds.
    ends = [seen.at for seen in world if seen.side is run.side and seen.order in members]
    own = [at for at in ends if _within(run, at)]
    assert own, (run, world)
    turned = [seen.at for seen in world if seen.side is other]
    if run.begun_after is not None:
        assert any(run.begun_after <= at <= max(own) for at in turned), (run, world)
    if run.ended_before is not None:
        assert any(min(own) <= at <= run.ended_before for at in turned), (run, world)


def _within(run: Run, at: float) -> bool:
    low = run.begun_after if run.begun_after is not None else float("-inf")
    high = run.ended_before if run.ended_before is not None else float("inf")
    return low <= at <= high


class Plain(NamedTuple):
    """A spell of exact instants."""

    side: Side
    begun_after: int | None
    begun_by: int
    ended_after: int
    ended_before: int | None
    sightings: int


def plain_spells(instants: Sequence[tuple[int, Side]], max_gap: int) -> list[Plain]:
    """The spells of INSIDE and OUTSIDE sightings at distinct exact instants, by walking along."""
    ordered = sorted(instants)
    found: list[list[tuple[int, Side]]] = []
    for at, side in ordered:
        last = found[-1] if found else None
        if last is not None and last[-1][1] is side and at - last[-1][0] <= max_gap:
            last.append((at, side))
        else:
            found.append([(at, side)])
    return [_plain(run, ordered) for run in found if run[0][1] in {Side.INSIDE, Side.OUTSIDE}]


def _plain(run: list[tuple[int, Side]], ordered: Sequence[tuple[int, Side]]) -> Plain:
    side, first, last = run[0][1], run[0][0], run[-1][0]
    other = Side.OUTSIDE if side is Side.INSIDE else Side.INSIDE
    before = [at for at, said in ordered if said is other and at < first]
    behind = [at for at, said in ordered if said is other and at > last]
    return Plain(
        side,
        max(before, default=None),
        first,
        last,
        min(behind, default=None),
        len(run),
    )
