"""Revise: what a fold makes of the incidents that were known before it.

    known incidents, each with its members + those of the fold → **revisions** of those that differ

Place on the data's way: fold, account → **revision** → store. What is current is a function of the
set of breaches; the revisions say on which way it was reached. An incident that is no more leads to
those that its members are in now, and the way back is open: a retraction may bring it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from streams.incidents.tell import Account
from streams.keys import Key

Members = frozenset[Key]


class Reason(StrEnum):
    """Why there is another revision; stored and shown, so the words are stable."""

    BEGUN = "begun"
    """Nothing of it was known."""
    GROWN = "grown"
    """Reports have joined it."""
    MERGED = "merged"
    """It took in others, or parts of them: `others`."""
    SPLIT = "split"
    """Some of its reports are in others now: `others`."""
    SHRUNK = "shrunk"
    """Reports were taken back."""
    CORRECTED = "corrected"
    """The same reports say something else, or what is beside it has another name."""
    RESUMED = "resumed"
    """It was no more, and is again."""
    BECAME = "became"
    """It is no more: its reports are in those that `became` names."""
    WITHDRAWN = "withdrawn"
    """It is no more, and none of its reports stands."""


class Live(NamedTuple):
    """An incident as the fold makes it."""

    account: Account
    members: Members


class Held(NamedTuple):
    """An incident as it is known."""

    account: Account
    members: Members
    """Of one that is no more its last."""
    became: tuple[str, ...] | None = None
    """None: it is there."""


class Revision(Struct, frozen=True, gc=False):
    """What is new about one incident."""

    id: str
    reason: Reason
    account: Account
    """Of one that is no more its last."""
    joined: tuple[Key, ...] = ()
    parted: tuple[Key, ...] = ()
    others: tuple[str, ...] = ()
    became: tuple[str, ...] | None = None


class Change(NamedTuple):
    """What one revision does to an incident's members; laid over each other they give them."""

    joined: Iterable[Key]
    parted: Iterable[Key]
    is_gone: bool


def members_by(changes: Iterable[Change]) -> Members:
    """The members after these changes, the oldest first; of what is no more its last."""
    members: set[Key] = set()
    was_gone = False
    for change in changes:
        if not change.is_gone:
            if was_gone:
                members.clear()
            members.difference_update(change.parted)
            members.update(change.joined)
        was_gone = change.is_gone
    return frozenset(members)


def revisions(held: Mapping[str, Held], now: Mapping[str, Live]) -> list[Revision]:
    """What is to be added, by id, so that what is held is what the fold says.

    Args:
        held: every incident known, there or no more, of the zones and days that were folded.
        now: those that the fold finds there.
    """
    owner = {key: name for name, live in now.items() for key in live.members}
    was_in = {key: name for name, it in held.items() if it.became is None for key in it.members}
    found = [
        *_of_those_there(held, now, owner, was_in),
        *_of_those_gone(held, now, owner),
    ]
    return sorted(found, key=lambda revision: revision.id)


def _of_those_there(
    held: Mapping[str, Held],
    now: Mapping[str, Live],
    owner: Mapping[Key, str],
    was_in: Mapping[Key, str],
) -> Iterator[Revision]:
    for name, live in now.items():
        before = held.get(name)
        is_there = before is not None and before.became is None
        members: Members = before.members if before is not None and is_there else frozenset()
        joined, parted = live.members - members, members - live.members
        if before is not None and is_there and not joined and not parted:
            if before.account != live.account:
                yield Revision(name, Reason.CORRECTED, live.account)
            continue
        taken = {was_in[key] for key in joined if key in was_in} - {name}
        given = {owner[key] for key in parted if key in owner} - {name}
        yield Revision(
            name,
            _reason(before, taken, given, grows=bool(joined)),
            live.account,
            tuple(sorted(joined)),
            tuple(sorted(parted)),
            tuple(sorted(taken | given)),
        )


def _reason(before: Held | None, taken: set[str], given: set[str], *, grows: bool) -> Reason:
    if before is None or before.became is not None:
        return Reason.BEGUN if before is None else Reason.RESUMED
    if taken:
        return Reason.MERGED
    if given:
        return Reason.SPLIT
    return Reason.GROWN if grows else Reason.SHRUNK


def _of_those_gone(
    held: Mapping[str, Held], now: Mapping[str, Live], owner: Mapping[Key, str]
) -> Iterator[Revision]:
    for name, it in held.items():
        if name in now:
            continue
        became = tuple(sorted({owner[key] for key in it.members if key in owner}))
        if became != it.became:
            reason = Reason.BECAME if became else Reason.WITHDRAWN
            yield Revision(name, reason, it.account, became=became)
