"""Item: what the desk has before it, by name.

Place on the data's way: between the store's rows and the acts on them. A violation is one term's
finding by one report, whatever reading it is at; its name stays when it is judged again.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from streams.keys import Key

SEPARATOR: Final = "~"
"""No key and no slug has one, and a URL takes it as it is."""
_VIOLATION: Final = "violation"


class ViolationItem(NamedTuple):
    """One term's finding by one report."""

    key: Key
    """Of the report."""
    term: str

    def __str__(self) -> str:
        """Its name: ``violation~KEY~TERM``."""
        return SEPARATOR.join((_VIOLATION, str(self.key), self.term))


def read_item(name: str) -> ViolationItem | None:
    """The item of a name; None: it is no item's name."""
    kind, _, rest = name.partition(SEPARATOR)
    key, _, term = rest.partition(SEPARATOR)
    if kind != _VIOLATION or not term or SEPARATOR in term:
        return None
    try:
        item = ViolationItem(Key.parse(key), term)
    except ValueError:
        return None  # the caller says so to who asked
    return item if str(item) == name else None
