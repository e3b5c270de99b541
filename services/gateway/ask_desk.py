"""Ask and act at the desk: what waits, one item, how long it takes; and one person's decision.

Place on the data's way: /v1/desk. Whoever asks sees the whole of the mission (`disclosure`); who
acts is an investigator whose token names a person.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple

import msgspec
from msgspec import Meta, Struct

from services.desk.act import Decision, Done, Other, Who, act
from services.desk.errors import ActRefusedError, ChangedSinceError, NoSuchItemError
from services.desk.show import ItemShown, ItemTold, Subject, show, told, told_incidents
from services.gateway.page import Page, page_of
from services.gateway.problems import Code, ProblemError
from services.gateway.represent import Shape
from services.store.engine import Connection
from services.store.queries.desk import After, queue, times
from services.store.queries.desk_incidents import AfterIncident, queue_incidents
from services.tokens.token import Token
from streams.desk.act import Action
from streams.desk.decide import TO_DO
from streams.desk.fold import Review
from streams.events import END
from streams.vocabulary import Severity

QUEUE: Final = Shape(ItemTold.__struct_fields__, lambda _: None)
OTHERS_LIMIT: Final = 50
Revision = Annotated[
    str, Meta(pattern=rf"^[0-9]{{1,9}}\.[0-9]{{1,9}}{END}", description="As the item shows it.")
]
ItemName = Annotated[str, Meta(min_length=1, max_length=200)]


class OtherItem(Struct, frozen=True, forbid_unknown_fields=True):
    """Another item that the act touches, and the state of it that was looked at."""

    item: ItemName
    revision: Revision


class DeskAct(Struct, frozen=True, forbid_unknown_fields=True):
    """What a person decides of an item, and upon which state of it."""

    action: Action
    revision: Revision
    note: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=2000,
            pattern=rf"^[^\x00]*[^\x00\s][^\x00]*{END}",
            description="Why; of a return the question, of a confirmation after it the answer.",
        ),
    ]
    others: Annotated[tuple[OtherItem, ...], Meta(max_length=OTHERS_LIMIT)] = ()
    """Of a merge, those that tell of the same; of a split, those that do not, or, for what was
    merged away, the one that it is part of."""


class TimesTold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How long results of one severity took until they were released, and what waits."""

    severity: str
    released: int
    waiting: int
    median_s: float | None = None
    slowest_tenth_s: float | None = None
    """A tenth of them took longer."""
    longest_s: float | None = None
    oldest_at: datetime | None = None
    """Since when the oldest of those waits."""


TIMES: Final = Shape(TimesTold.__struct_fields__, lambda _: None)


class QueueAsked(NamedTuple):
    """What is asked for; without a review: what waits."""

    of: Subject
    review: Review | None
    severity: Severity | None
    zone: str | None
    since: datetime | None
    until: datetime | None
    limit: int
    after: After | AfterIncident | None


def ask_queue(conn: Connection, token: Token, asked: QueueAsked) -> Page[ItemTold]:
    """A page of the desk's items, the gravest first, of those the oldest."""
    more = asked._replace(limit=asked.limit + 1)._asdict()  # whether there is another page
    if more.pop("of") is Subject.INCIDENTS:
        incidents = page_of(queue_incidents(conn, mission=token.mission, **more), asked.limit)
        return Page(told_incidents(incidents.told, conn), incidents.next)
    page = page_of(queue(conn, mission=token.mission, **more), asked.limit)
    return Page(told(page.told, conn), page.next)


def ask_item(conn: Connection, name: str) -> ItemShown:
    """One item with all that was done with it.

    Raises:
        ProblemError: there is none that may be seen.
    """
    found = show(conn, name)
    if found is None:
        raise ProblemError(Code.ITEM_UNKNOWN)
    return found


def ask_times(
    conn: Connection, token: Token, since: datetime | None, until: datetime | None
) -> list[TimesTold]:
    """By severity, how long what was released in [since, until) had waited."""
    return [
        msgspec.convert(row._asdict(), TimesTold)
        for row in times(conn, mission=token.mission, since=since, until=until)
    ]


def read_act(body: bytes) -> DeskAct:
    """What is posted.

    Raises:
        ProblemError: it is no act.
    """
    try:
        read = _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ProblemError(Code.BODY_UNREADABLE, f"{error}.") from None
    if read.others and read.action not in {Action.MERGE, Action.SPLIT}:
        raise ProblemError(Code.BODY_UNREADABLE, "`others` is for a merge and a split.")
    return read


def who_acts(token: Token) -> Who:
    """The person behind a token.

    Raises:
        ProblemError: it names none.
    """
    if token.principal is None:
        raise ProblemError(Code.PRINCIPAL_NEEDED)
    return Who(token.principal, token.id)


def do_act(conn: Connection, who: Who, item: str, asked: DeskAct, now: datetime) -> Done:
    """Do what is wanted.

    Raises:
        ProblemError: there is no such item; it has changed; it may not be done.
    """
    others = tuple(Other(it.item, it.revision) for it in asked.others)
    decision = Decision(item, asked.revision, asked.action, asked.note, others)
    try:
        return act(conn, who, decision, now)
    except NoSuchItemError as error:
        raise ProblemError(Code.ITEM_UNKNOWN, f"{error.item[:200]}.") from None
    except ChangedSinceError as error:
        raise ProblemError(Code.CHANGED_SINCE, f"{error}.", _beside(error.shown)) from None
    except ActRefusedError as error:
        why = {"reason": error.refused.reason.value, **_beside(error.shown)}
        raise ProblemError(Code.ACT_REFUSED, TO_DO[error.refused.reason], why) from None


def _beside(shown: ItemShown) -> dict[str, Any]:
    return {"item": msgspec.to_builtins(shown)}


_decode = msgspec.json.Decoder(DeskAct).decode
