"""Joint channel: a message is taken in where it fits, and requests are told with what they owe.

    bytes → message → whose → one at a time: fold with what there is → fits? → kept, with readers

Place on the data's way: `truceline channel`, /v1/channel → **here** →
`services.store.channel_messages`. Nothing here changes a case or a finding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from services.filing import Filer, Filing, MisfitError, NotTheirsError, authority_of, see_all
from services.store.channel_messages import (
    StoredMessage,
    add_message,
    lock_channel,
    messages_of,
)
from services.store.engine import Connection
from services.store.rows import ChannelRow
from streams.channel.due import OF_MISSION
from streams.channel.fold import (
    Asked,
    Channel,
    Letter,
    Owed,
    Sent,
    fold_channel,
    readers_of,
)
from streams.channel.messages import (
    ChannelMessage,
    Dissent,
    Notice,
    Reply,
    Request,
    message_hash,
    name_of,
    read_message,
)


def send_message(conn: Connection, filer: Filer, raw: bytes, now: datetime) -> Filing:
    """Take a message in, in the caller's transaction.

    Args:
        conn: sees everything of the filer's mission and agreement.
        filer: who brings it.
        raw: its bytes, kept as they are.
        now: when it reached us.

    Raises:
        NoMessageError: the bytes are no message.
        NotTheirsError: the filer may not speak for its source.
        MisfitError: it would have no effect.
    """
    message, sha256 = read_message(raw), message_hash(raw)
    if not filer.speaks_for(message.mission, message.agreement, message.source):
        raise NotTheirsError
    see_all(conn, filer)
    lock_channel(conn, message.mission, message.agreement)
    stored = messages_of(conn, message.mission, message.agreement)
    if any(it.sent.sha256 == sha256 for it in stored):
        return Filing(name_of(sha256), sha256, is_new=False)
    # The order of receipt is the order of the numbers, whatever the clock does.
    received_at = max([now, *(it.sent.received_at for it in stored)])
    sent = Sent(sha256, message, received_at, filer.standing)
    authority = authority_of(conn, message.mission, message.agreement)
    channel = fold_channel([*(it.sent for it in stored), sent], authority)
    if (reason := channel.out_of_place.get(sha256)) is not None:
        raise MisfitError(reason)
    letter = next(it for it in channel.letters if it.sent.sha256 == sha256)
    row = ChannelRow(
        received_at=received_at,
        number=len(stored) + 1,
        mission=message.mission,
        agreement_id=message.agreement,
        message=name_of(sha256),
        kind=kind_of(message),
        source=message.source,
        standing=filer.standing.value,
        token_id=filer.token_id,
        principal=filer.principal,
        readers=sorted(readers_of(letter, authority)),
        sha256=bytes.fromhex(sha256),
        raw=raw,
    )
    add_message(conn, row)
    # What a crash here means: nothing is kept. After the commit: it is there, and known again.
    return Filing(row.message, sha256, is_new=True)


def kind_of(message: ChannelMessage) -> str:
    """The word by which a message is called."""
    return str(type(message).__struct_config__.tag)


class OwedTold(Struct, frozen=True):
    """An addressee of a request."""

    party: str
    answered_at: datetime | None
    """When its first answer reached us."""
    answer: str | None
    """That message."""
    overdue_since: datetime | None


class MessageTold(Struct, frozen=True):
    """A message, word for word."""

    mission: str
    agreement: str
    message: str
    """The beginning of its hash."""
    sha256: str
    """Of its bytes: an answer names it."""
    kind: str
    author: str
    """A party, or `mission`."""
    source: str
    to: tuple[str, ...]
    at: datetime
    received_at: datetime
    answers: str | None
    """The message that it answers, or disagrees with."""
    about: str | None
    """A case."""
    deadline: datetime | None
    owed: tuple[OwedTold, ...]
    """Of a request: by whom an answer is wanted."""
    text: str

    @property
    def overdue(self) -> bool:
        """Whether somebody owes it an answer."""
        return any(it.overdue_since is not None for it in self.owed)


class ChannelAsked(NamedTuple):
    """Of which messages, at which instant."""

    now: datetime
    mission: str | None = None
    agreement: str | None = None
    about: str | None = None
    overdue: bool = False
    after: tuple[datetime, str] | None = None


class FoundMessage(NamedTuple):
    """A message of a list with its place in it."""

    told: MessageTold

    @property
    def after(self) -> tuple[datetime, str]:
        """Ask with this for the page that follows."""
        return self.told.received_at, self.told.sha256


def list_messages(conn: Connection, asked: ChannelAsked) -> Iterator[FoundMessage]:
    """The messages that are asked for and that the connection is shown, the newest first."""
    by_channel: defaultdict[tuple[str, str], list[StoredMessage]] = defaultdict(list)
    for it in messages_of(conn, asked.mission, asked.agreement):
        by_channel[it.mission, it.agreement_id].append(it)
    told = [
        FoundMessage(message)
        for (mission, agreement), stored in by_channel.items()
        for message in _told_of(conn, mission, agreement, stored, asked.now)
    ]
    for found in sorted(told, key=lambda it: it.after, reverse=True):
        if _is_asked(found, asked):
            yield found


def _is_asked(found: FoundMessage, asked: ChannelAsked) -> bool:
    return (
        (asked.after is None or found.after < asked.after)
        and asked.about in {None, found.told.about}
        and (found.told.overdue or not asked.overdue)
    )


def _told_of(
    conn: Connection, mission: str, agreement: str, stored: list[StoredMessage], now: datetime
) -> Iterator[MessageTold]:
    channel = fold_channel([it.sent for it in stored], authority_of(conn, mission, agreement))
    for letter in channel.letters:
        yield _told(mission, agreement, letter, _asked(channel, letter), now)


def _asked(channel: Channel, letter: Letter) -> Asked | None:
    return next((it for it in channel.requests if it.letter is letter), None)


def _told(
    mission: str, agreement: str, letter: Letter, asked: Asked | None, now: datetime
) -> MessageTold:
    message, sha256 = letter.sent.message, letter.sent.sha256
    owed = () if asked is None else tuple(_owed(it, asked.deadline, now) for it in asked.owed)
    return MessageTold(
        mission=mission,
        agreement=agreement,
        message=name_of(sha256),
        sha256=sha256,
        kind=kind_of(message),
        author=letter.author or OF_MISSION,
        source=message.source,
        to=tuple(it or OF_MISSION for it in letter.to),
        at=message.at,
        received_at=letter.sent.received_at,
        answers=_answers(message),
        about=message.about if isinstance(message, Request | Notice) else None,
        deadline=None if asked is None else asked.deadline,
        owed=owed,
        text=message.text,
    )


def _owed(owed: Owed, deadline: datetime | None, now: datetime) -> OwedTold:
    answer = owed.answer
    return OwedTold(
        owed.party or OF_MISSION,
        None if answer is None else answer.sent.received_at,
        None if answer is None else answer.sent.sha256,
        owed.overdue_since(deadline, now),
    )


def _answers(message: ChannelMessage) -> str | None:
    if isinstance(message, Reply):
        return message.request
    return message.with_ if isinstance(message, Dissent) else None
