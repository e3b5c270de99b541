"""Item: what the desk has before it, by name.

Place on the data's way: between the store's rows and the acts on them. A violation is one term's
finding by one report, whatever reading it is at; its name stays when it is judged again. An
incident has its name from its first report, whatever revision it is at.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple, TypeAlias

from streams.keys import Key

SEPARATOR: Final = "~"
"""No key and no slug has one, and a URL takes it as it is."""
_VIOLATION: Final = "violation"
_INCIDENT: Final = "incident"
_ID: Final = re.compile("[0-9a-f]{16}")


class ViolationItem(NamedTuple):
    """One term's finding by one report."""

    key: Key
    """Of the report."""
    term: str

    def __str__(self) -> str:
        """Its name: ``violation~KEY~TERM``."""
        return SEPARATOR.join((_VIOLATION, str(self.key), self.term))


class IncidentItem(NamedTuple):
    """One incident."""

    id: str

    def __str__(self) -> str:
        """Its name: ``incident~ID``."""
        return SEPARATOR.join((_INCIDENT, self.id))


Item: TypeAlias = ViolationItem | IncidentItem


def read_item(name: str) -> Item | None:
    """The item of a name; None: it is no item's name."""
    kind, _, rest = name.partition(SEPARATOR)
    if kind == _INCIDENT:
        return IncidentItem(rest) if _ID.fullmatch(rest) else None
    key, _, term = rest.partition(SEPARATOR)
    if kind != _VIOLATION or not term or SEPARATOR in term:
        return None
    try:
        item = ViolationItem(Key.parse(key), term)
    except ValueError:
        return None  # the caller says so to who asked
    return item if str(item) == name else None
