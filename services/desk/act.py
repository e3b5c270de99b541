"""Act: one person decides on one item, upon a state that was shown to them.

    item, revision → as it is now → the same? → may it be done? → one transaction

Place on the data's way: POST /v1/desk/{item} → **here** → `desk_actions`. Nothing is lost and
nothing done twice: an act names the revision that it follows; where somebody else's has that place,
whoever comes second is told what happened and decides anew. Sent again by who sent it, it is known.
A result that is judged again while somebody decides is no matter of locks: the act is on the
reading that it names, and the new one is unreviewed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import psycopg
from msgspec import Struct

from services.desk.errors import ActRefusedError, ChangedSinceError, NoSuchItemError
from services.desk.show import AtDesk, ItemShown, at_desk, people_of, shown, stands
from services.store.desk import add_acts
from services.store.engine import Connection
from services.store.queries.desk import Queued
from services.store.rows import DeskRow
from streams.desk.act import Act, Action
from streams.desk.decide import Refused, Wish, decide
from streams.desk.fold import Reason, take


class Who(Struct, frozen=True):
    """Who decides."""

    principal: str
    token_id: str


class Other(Struct, frozen=True):
    """Another item that an act touches, and the state of it that was looked at."""

    item: str
    revision: str


class Decision(Struct, frozen=True):
    """What is wanted, upon which states."""

    item: str
    revision: str
    action: Action
    note: str
    others: tuple[Other, ...] = ()


class Done(Struct, frozen=True):
    """The item after the act."""

    shown: ItemShown
    is_new: bool
    """False: the same act had come before."""


def act(conn: Connection, who: Who, decision: Decision, now: datetime) -> Done:
    """Do what is wanted, in the transaction that is under way.

    Raises:
        NoSuchItemError: an item is not there.
        ChangedSinceError: an item is not at the revision that was looked at.
        ActRefusedError: it may not be done.
    """
    found = _look(conn, decision)
    own = found[decision.item]
    if _is_known(own, who, decision):
        return Done(shown(conn, own), is_new=False)
    _require_unchanged(conn, found, decision)
    made = _decide(conn, found, who, decision, now)
    if isinstance(made, Refused):
        raise ActRefusedError(made, shown(conn, found[made.item]))
    try:
        add_acts(conn, [_row(found[one.item], one) for one in made])
    except psycopg.errors.UniqueViolation:
        # Going on is safe: nothing of this was written, and what the other wrote can be seen now.
        again = _look(conn, decision)
        if _is_known(again[decision.item], who, decision):
            return Done(shown(conn, again[decision.item]), is_new=False)
        _require_unchanged(conn, again, decision)
        raise  # a place is taken, and nobody's act has it: a fault of ours
    return Done(shown(conn, _look(conn, decision)[decision.item]), is_new=True)


def _look(conn: Connection, decision: Decision) -> Mapping[str, AtDesk]:
    names = [decision.item, *(other.item for other in decision.others)]
    found = at_desk(conn, names)
    for name in names:
        if name not in found:
            raise NoSuchItemError(name)
    return found


def _is_known(own: AtDesk, who: Who, decision: Decision) -> bool:
    """Whether this act is the one that followed the revision that it names.

    Its answer was lost on the way: who sends it again has not been second.
    """
    seq = int(decision.revision.partition(".")[0])
    return any(
        it.seq == seq + 1
        and (it.token_id, it.action, it.note) == (who.token_id, decision.action, decision.note)
        and f"{seq}.{it.reading}" == decision.revision
        for it in own.acts
    )


def _require_unchanged(conn: Connection, found: Mapping[str, AtDesk], decision: Decision) -> None:
    looked_at = [(decision.item, decision.revision)]
    looked_at += [(other.item, other.revision) for other in decision.others]
    for name, revision in looked_at:
        if found[name].state.revision != revision:
            raise ChangedSinceError(shown(conn, found[name]), revision)


def _decide(
    conn: Connection,
    found: Mapping[str, AtDesk],
    who: Who,
    decision: Decision,
    now: datetime,
) -> Sequence[Act] | Refused:
    own = found[decision.item]
    others = [found[name] for name in sorted({it.item for it in decision.others})]
    unfit = _why_not(own, others, decision.action)
    if unfit is not None:
        return unfit
    wish = Wish(
        action=decision.action,
        note=decision.note,
        principal=who.principal,
        token_id=who.token_id,
        at=now,
        people=people_of(conn, own.result),
    )
    return decide(wish, own.state, [other.state for other in others])


def _why_not(own: AtDesk, others: Sequence[AtDesk], action: Action) -> Refused | None:
    """What the results themselves speak against, whatever was done with them."""
    if action is Action.SPLIT:
        return None
    for one in (own, *others):
        if not stands(one.result):
            return Refused(one.state.item, Reason.NO_FINDING)
        if _term(one) != _term(own):
            return Refused(one.state.item, Reason.OTHER_TERM)
    return None


def _term(one: AtDesk) -> tuple[str, str | None, bytes]:
    """What all that are merged have in common; incidents are of no one term."""
    row = one.result
    return row.mission, row.term_id if isinstance(row, Queued) else None, row.agreement


def _row(one: AtDesk, made: Act) -> DeskRow:
    row = one.result
    key, term, known_at = (
        (row.key, row.term_id, row.received_at)
        if isinstance(row, Queued)
        else (None, None, row.known_at)
    )
    return DeskRow(
        key=key,
        at=made.at,
        received_at=known_at,
        seq=made.seq,
        reading=made.reading,
        people=made.people,
        mission=row.mission,
        item=made.item,
        term_id=term,
        action=made.action,
        review=take(one.state, made).review,
        principal=made.principal,
        token_id=made.token_id,
        note=made.note,
        into_item=made.into,
        parts=list(made.parts),
        agreement=row.agreement,
    )
