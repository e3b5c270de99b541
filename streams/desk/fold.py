"""Fold: the set of acts on one item, and its reading now → how it stands.

    acts by seq → those in their place → review, releases

Place on the data's way: store → **ItemState** → queue, disclosure, the next act. A function of the
*set*: any order and repetition gives the same. What follows an act that is not known yet waits for
it. Acts are on a reading: once the result is judged again it is unreviewed, whoever looked before;
what was released stays said, as superseded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streams.desk.act import Act, Action
from streams.vocabulary import Word


class Review(Word):
    """How far people have come with an item, at its reading now."""

    UNREVIEWED = "unreviewed"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    RELEASED = "released"
    MERGED = "merged"
    """It is told of with another one."""


class Held(Word):
    """What became of a release."""

    STANDS = "stands"
    SUPERSEDED = "superseded"
    """The result was judged again since."""
    WITHDRAWN = "withdrawn"
    """A person took it back."""


class Reason(Word):
    """Why an act has no place where it stands."""

    OLDER_READING = "older_reading"
    ALREADY_RELEASED = "already_released"
    MERGED_AWAY = "merged_away"
    CONFIRMED_ALREADY = "confirmed_already"
    QUESTION_OPEN = "question_open"
    SECOND_PERSON_NEEDED = "second_person_needed"
    HAS_PARTS = "has_parts"
    NOT_MERGED = "not_merged"
    NOTHING_NAMED = "nothing_named"
    OTHER_TERM = "other_term"
    NO_FINDING = "no_finding"


class Release(Struct, frozen=True, kw_only=True):
    """That parties and the public were told."""

    seq: int
    reading: int
    at: datetime
    people: tuple[str, ...]
    """Those who stand behind it, sorted: who confirmed, and who released."""
    held: Held = Held.STANDS
    until: datetime | None = None
    """When a person took it back."""


class OutOfPlace(Struct, frozen=True):
    """An act that is kept and has no effect."""

    seq: int
    reason: Reason


class ItemState(Struct, frozen=True, kw_only=True):
    """How an item stands."""

    item: str
    reading: int
    seq: int = 0
    """Of the last act; 0: there is none."""
    review: Review = Review.UNREVIEWED
    confirmed_by: tuple[str, ...] = ()
    """Sorted; since the last question, and at this reading."""
    question: str | None = None
    into: str | None = None
    parts: tuple[str, ...] = ()
    """Those that are told of with this one, sorted."""
    releases: tuple[Release, ...] = ()
    """The oldest first."""
    out_of_place: tuple[OutOfPlace, ...] = ()

    @property
    def revision(self) -> str:
        """Names the state that an act is decided upon: its acts, and the reading."""
        return f"{self.seq}.{self.reading}"


def fold(item: str, acts: Iterable[Act], reading: int) -> ItemState:
    """How an item stands.

    Args:
        item: its name.
        acts: on it, in any order, any of them more than once.
        reading: of the result now.
    """
    state = ItemState(item=item, reading=0)
    for act in _in_order(acts):
        state = take(state, act)
    return at_reading(state, reading)


def take(state: ItemState, act: Act) -> ItemState:
    """The state after the act that follows it; one that is out of place is only noted."""
    before = at_reading(state, max(state.reading, act.reading))
    reason = why_not(before, act)
    if reason is not None:
        noted = (*before.out_of_place, OutOfPlace(act.seq, reason))
        return replace(before, seq=act.seq, out_of_place=noted)
    return replace(_EFFECTS[act.action](before, act), seq=act.seq)


def why_not(state: ItemState, act: Act) -> Reason | None:
    """Why an act has no place in a state; None: it has."""
    if act.reading < state.reading:
        return Reason.OLDER_READING
    if state.review is Review.MERGED and act.action is not Action.SPLIT:
        return Reason.MERGED_AWAY
    if state.review is Review.RELEASED and act.action is not Action.RETURN:
        return Reason.ALREADY_RELEASED
    match act.action:
        case Action.CONFIRM if act.principal in state.confirmed_by:
            return Reason.CONFIRMED_ALREADY
        case Action.RELEASE if state.review is Review.RETURNED:
            return Reason.QUESTION_OPEN
        case Action.RELEASE if len(_behind(state, act)) < act.people:
            return Reason.SECOND_PERSON_NEEDED
        case Action.MERGE | Action.SPLIT:
            return _why_not_joined(state, act)
    return None


def at_reading(state: ItemState, reading: int) -> ItemState:
    """The state once the result has this reading: a new one nobody has looked at.

    What was joined to it stays so: that is of the items, whatever they are read as.
    """
    if reading == state.reading:
        return state
    superseded = tuple(
        replace(it, held=Held.SUPERSEDED) if it.held is Held.STANDS else it for it in state.releases
    )
    return ItemState(
        item=state.item,
        reading=reading,
        seq=state.seq,
        parts=state.parts,
        releases=superseded,
        out_of_place=state.out_of_place,
    )


def _in_order(acts: Iterable[Act]) -> Iterator[Act]:
    """Each act once, up to the first that is not known.

    Two that claim one place end it as well: the store lets no two in, and nobody can say which.
    """
    by_seq: defaultdict[int, list[Act]] = defaultdict(list)
    for act in acts:
        if act not in by_seq[act.seq]:
            by_seq[act.seq].append(act)
    for seq in count(1):
        if len(by_seq[seq]) != 1:
            return
        yield by_seq[seq][0]


def _why_not_joined(state: ItemState, act: Act) -> Reason | None:
    is_merge = act.action is Action.MERGE
    if act.into is not None:
        if is_merge:
            return Reason.HAS_PARTS if state.parts else None
        return None if state.into == act.into else Reason.NOT_MERGED
    if not act.parts or act.item in act.parts:
        return Reason.NOTHING_NAMED
    if is_merge or set(act.parts) <= set(state.parts):
        return None
    return Reason.NOT_MERGED


def _behind(state: ItemState, act: Act) -> set[str]:
    return {*state.confirmed_by, act.principal}


def _confirm(state: ItemState, act: Act) -> ItemState:
    people = tuple(sorted(_behind(state, act)))
    return replace(state, review=Review.CONFIRMED, confirmed_by=people, question=None)


def _return(state: ItemState, act: Act) -> ItemState:
    releases = state.releases
    if state.review is Review.RELEASED:
        taken_back = replace(releases[-1], held=Held.WITHDRAWN, until=act.at)
        releases = (*releases[:-1], taken_back)
    return replace(
        state,
        review=Review.RETURNED,
        confirmed_by=(),
        question=act.note,
        releases=releases,
    )


def _release(state: ItemState, act: Act) -> ItemState:
    people = tuple(sorted(_behind(state, act)))
    release = Release(seq=act.seq, reading=act.reading, at=act.at, people=people)
    return replace(state, review=Review.RELEASED, releases=(*state.releases, release))


def _merge(state: ItemState, act: Act) -> ItemState:
    if act.into is not None:
        return replace(state, review=Review.MERGED, into=act.into, confirmed_by=(), question=None)
    return _joined_anew(state, {*state.parts, *act.parts})


def _split(state: ItemState, act: Act) -> ItemState:
    if act.into is not None:
        return replace(state, review=Review.UNREVIEWED, into=None)
    return _joined_anew(state, {*state.parts}.difference(act.parts))


def _joined_anew(state: ItemState, parts: set[str]) -> ItemState:
    """What was confirmed was another whole; a question stays open."""
    review = Review.RETURNED if state.review is Review.RETURNED else Review.UNREVIEWED
    return replace(state, review=review, confirmed_by=(), parts=tuple(sorted(parts)))


_EFFECTS: Final = {
    Action.CONFIRM: _confirm,
    Action.RETURN: _return,
    Action.MERGE: _merge,
    Action.SPLIT: _split,
    Action.RELEASE: _release,
}
