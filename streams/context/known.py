"""Known: a mission's context by every version of its agreement, ready to judge by.

Place on the data's way: heard events and the documents loaded → **what is known** → assess. The
worker keeps the same in PostgreSQL; `truceline judge` makes it of a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from streams.assess import Known
from streams.context.fold import fold
from streams.context.heard import Heard
from streams.context.touching import Touching
from streams.inforce import Register


def known_by(register: Register, mission: str, heard: Iterable[Heard]) -> Known:
    """What is known by these events, as each agreement version of the mission reads them."""
    said: Sequence[Heard] = list(heard)
    return {
        register.addresses.of(agreement): Touching(fold(agreement, methodology, said).context)
        for agreement, methodology in register.agreements(mission)
    }
