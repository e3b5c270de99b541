"""Decide: what a person wants, upon the states that it was decided on → acts, or why not.

Place on the data's way: POST → **acts** → store. Pure: the same rules that the fold holds stored
acts to (`streams.desk.fold.why_not`), asked before anything is written. A merge and a split write
an act on each item that they touch, all or none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from streams.desk.act import Act, Action
from streams.desk.fold import ItemState, Reason, why_not
from streams.methodology import DeskRules
from streams.vocabulary import Severity

TWO: Final = 2


class Wish(Struct, frozen=True, kw_only=True):
    """What one person wants to do with one item."""

    action: Action
    note: str
    principal: str
    token_id: str
    at: datetime
    people: int
    """How many different people a release takes."""


class Refused(Struct, frozen=True):
    """Why nothing was done, and on which item that lies."""

    item: str
    reason: Reason


def people_needed(rules: DeskRules | None, severity: Severity) -> int:
    """How many different people a release takes; where the methodology says nothing: two."""
    return TWO if rules is None or severity in rules.two_people else 1


def decide(wish: Wish, state: ItemState, others: Sequence[ItemState] = ()) -> list[Act] | Refused:
    """The acts that follow from a wish, the item's own first.

    Args:
        wish: what is wanted.
        state: of the item.
        others: of those that are to be merged into it, or split from it; where it was merged away
            itself, of the one that it is to be split from.
    """
    if wish.action is Action.SPLIT and state.into is not None:
        if [other.item for other in others] != [state.into]:
            return Refused(state.item, Reason.NOTHING_NAMED)
        pairs = [(state, (), state.into), (others[0], (state.item,), None)]
    elif wish.action in {Action.MERGE, Action.SPLIT}:
        parts = tuple(sorted(other.item for other in others))
        pairs = [(state, parts, None), *((other, (), state.item) for other in others)]
    else:
        pairs = [(state, (), None)]
    acts = []
    for of, parts, into in pairs:
        act = _act(wish, of, parts, into)
        if _is_loose(act, of):
            continue
        reason = why_not(of, act)
        if reason is not None:
            return Refused(of.item, reason)
        acts.append(act)
    return acts


def _is_loose(act: Act, state: ItemState) -> bool:
    """Whether a part is to be let go that a new reading has let go already."""
    return act.action is Action.SPLIT and act.into is not None and state.into is None


def _act(wish: Wish, state: ItemState, parts: tuple[str, ...], into: str | None) -> Act:
    return Act(
        item=state.item,
        seq=state.seq + 1,
        reading=state.reading,
        action=wish.action,
        principal=wish.principal,
        token_id=wish.token_id,
        at=wish.at,
        note=wish.note,
        people=wish.people,
        parts=parts,
        into=into,
    )


TO_DO: Final[Mapping[Reason, str]] = {
    Reason.OLDER_READING: "It was judged again since: look at it anew.",
    Reason.ALREADY_RELEASED: "It is released. To take it back, return it with the question.",
    Reason.MERGED_AWAY: "It is told of with another one: act on that, or split it off first.",
    Reason.CONFIRMED_ALREADY: "You have confirmed it: somebody else has to.",
    Reason.QUESTION_OPEN: "A question is open: who can answer it confirms first, with the answer.",
    Reason.SECOND_PERSON_NEEDED: "It takes two people: one confirms, another releases.",
    Reason.HAS_PARTS: "Others are merged into it: split them off first.",
    Reason.NOT_MERGED: "They are not merged: look at both anew.",
    Reason.NOTHING_NAMED: "Name the others: of what was merged away, the one that it is part of.",
    Reason.OTHER_TERM: "Only what breaches one term of one agreement is merged.",
    Reason.NO_FINDING: "By its reading now it is no violation: there is nothing to say of it.",
}
