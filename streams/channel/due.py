"""Due: the instants at which a request's addressee becomes overdue.

Place on the data's way: `fold` → **due instants** → the timer's rows, `truceline due`. Of the past
and of the future alike. An answer that comes after the deadline takes nothing back: it was late.
"""

from __future__ import annotations

from streams.channel.fold import Channel
from streams.channel.messages import name_of
from streams.due import Due, Rule

OF_MISSION = "mission"
"""How the mission is called where a party's id stands."""


def due_on_channel(channel: Channel) -> list[Due]:
    """What falls due of a channel; sorted. The subject is ``request/party``."""
    return sorted(
        Due(asked.deadline, Rule.REPLY_OVERDUE, subject_of(asked.letter.sent.sha256, owed.party))
        for asked in channel.requests
        if asked.deadline is not None
        for owed in asked.owed
        if owed.overdue_since(asked.deadline, asked.deadline) is not None
    )


def subject_of(sha256: str, party: str) -> str:
    """Of a request and one of its addressees."""
    return f"{name_of(sha256)}/{party or OF_MISSION}"
