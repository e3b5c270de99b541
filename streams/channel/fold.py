"""Fold: the messages of a channel, in whatever order, to requests with the answers that they have.

Place on the data's way: stored messages → **requests, answers, who owes one** → lists, and what
falls due. A function of the *set*: an answer whose request comes later counts then. When a message
came is by our clock, so that nobody answers in time by dating it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from streams.cases.authority import Authority
from streams.cases.case import Standing
from streams.cases.misfit import Misfit
from streams.channel.messages import ChannelMessage, Dissent, Notice, Reply, Request
from streams.signing import CLOCKS_DIFFER

MISSION: Final = ""
"""Stands for the mission where else a party's id does; no id is empty."""


class Sent(NamedTuple):
    """A message as it came to us."""

    sha256: str
    message: ChannelMessage
    received_at: datetime
    standing: Standing


class Letter(NamedTuple):
    """A message that counts, with whose it is and whom it is for."""

    sent: Sent
    author: str
    """A party, or `MISSION`."""
    to: tuple[str, ...]
    """Likewise; an answer is for who is answered."""
    shown_to: frozenset[str]
    """Its author, its addressees; of an answer also whoever is shown what it answers, so that
    nobody who sees a request takes it for unanswered."""


class Owed(NamedTuple):
    """An addressee of a request."""

    party: str
    """Or `MISSION`."""
    answer: Letter | None
    """Its first; None: there is none."""

    def overdue_since(self, deadline: datetime | None, now: datetime) -> datetime | None:
        """Since when it is overdue; None: it is not, or not yet."""
        if deadline is None or deadline > now:
            return None
        in_time = self.answer is not None and self.answer.sent.received_at <= deadline
        return None if in_time else deadline


class Asked(NamedTuple):
    """A request and what came of it."""

    letter: Letter
    deadline: datetime | None
    owed: tuple[Owed, ...]


class Channel(NamedTuple):
    """All messages of an agreement's channel."""

    letters: tuple[Letter, ...]
    """Those that count, in the order in which they came."""
    requests: tuple[Asked, ...]
    out_of_place: Mapping[str, Misfit]
    """The others, by their hash."""


def fold_channel(messages: Iterable[Sent], authority: Authority) -> Channel:
    """What a set of messages comes to.

    Args:
        messages: of one agreement, in any order; the same one, twice, is one.
        authority: who speaks for which party.
    """
    sent = _once_each(messages)
    out = {it.sha256: why for it in sent if (why := _may_not(it, authority)) is not None}
    first = {
        it.sha256: _first_letter(it, authority)
        for it in sent
        if it.sha256 not in out and isinstance(it.message, Request | Notice)
    }
    counted = _answers(sent, first, authority, out)
    letters = tuple(counted[it.sha256] for it in sent if it.sha256 in counted)
    return Channel(letters, tuple(_requests(letters)), out)


def readers_of(letter: Letter, authority: Authority) -> frozenset[str]:
    """The sources that are shown a message, besides the mission."""
    parties = letter.shown_to - {MISSION}
    return frozenset(it for party in parties for it in authority.sources_of(party))


def _first_letter(sent: Sent, authority: Authority) -> Letter:
    author, to = _author(sent, authority), _addressees(sent.message)
    return Letter(sent, author, to, frozenset({author, *to}))


def _once_each(messages: Iterable[Sent]) -> list[Sent]:
    first: dict[str, Sent] = {}
    for it in sorted(messages, key=lambda it: (it.received_at, it.sha256, it.standing)):
        first.setdefault(it.sha256, it)
    return list(first.values())


def _may_not(sent: Sent, authority: Authority) -> Misfit | None:
    message = sent.message
    if sent.standing is Standing.ADMINISTRATOR:
        return Misfit.ADMINISTRATOR
    if message.at > sent.received_at + CLOCKS_DIFFER:
        return Misfit.FROM_FUTURE
    if sent.standing is Standing.PARTY and authority.party_of(message.source) is None:
        return Misfit.NOT_A_PARTYS
    if not authority.parties.issuperset(set(_addressees(message)) - {MISSION}):
        return Misfit.UNKNOWN_PARTY
    return Misfit.DEADLINE_PASSED if _is_over(message) else None


def _is_over(message: ChannelMessage) -> bool:
    """Whether a request's time was over when it was written."""
    deadline = message.deadline if isinstance(message, Request) else None
    return deadline is not None and deadline <= message.at


def _author(sent: Sent, authority: Authority) -> str:
    of_party = sent.standing is Standing.PARTY
    return (authority.party_of(sent.message.source) or MISSION) if of_party else MISSION


def _addressees(message: ChannelMessage) -> tuple[str, ...]:
    if isinstance(message, Request | Notice):
        return tuple(sorted(set(message.to))) or (MISSION,)
    return ()


def _answers(
    sent: Sequence[Sent],
    first: Mapping[str, Letter],
    authority: Authority,
    out: dict[str, Misfit],
) -> dict[str, Letter]:
    """All that counts: with replies, and with dissents from whatever counts, replies too."""
    counted = dict(first)
    waiting = [it for it in sent if it.sha256 not in out and it.sha256 not in first]
    for kind in (Reply, Dissent):
        for it in waiting:
            if isinstance(it.message, kind):
                _answer(it, counted, authority, out)
    return counted


def _answer(
    sent: Sent, counted: dict[str, Letter], authority: Authority, out: dict[str, Misfit]
) -> None:
    author, message = _author(sent, authority), sent.message
    named = message.request if isinstance(message, Reply) else _dissented(message)
    to = counted.get(named)
    if to is None or (isinstance(message, Reply) and not isinstance(to.sent.message, Request)):
        out[sent.sha256] = Misfit.NO_SUCH_MESSAGE
    elif author not in to.to and not (isinstance(message, Dissent) and author == MISSION):
        out[sent.sha256] = Misfit.NOT_ADDRESSED
    else:
        counted[sent.sha256] = Letter(sent, author, (to.author,), to.shown_to | {author})


def _dissented(message: ChannelMessage) -> str:
    assert isinstance(message, Dissent), "requests and notices answer nothing"
    return message.with_


def _requests(letters: Sequence[Letter]) -> Iterable[Asked]:
    for letter in letters:
        message = letter.sent.message
        if isinstance(message, Request):
            owed = tuple(Owed(party, _first(party, letter, letters)) for party in letter.to)
            yield Asked(letter, message.deadline, owed)


def _first(party: str, request: Letter, letters: Sequence[Letter]) -> Letter | None:
    named = request.sent.sha256
    answers = (it for it in letters if it.author == party and named == _answered(it.sent.message))
    return next(answers, None)


def _answered(message: ChannelMessage) -> str | None:
    if isinstance(message, Reply):
        return message.request
    return message.with_ if isinstance(message, Dissent) else None
