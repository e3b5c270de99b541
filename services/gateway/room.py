"""Room: how much of one whole each name may hold. Pure.

Place on the data's way: bodies that are being read, events that wait. A name may hold no more than
what is then left free (dynamic thresholds; Choudhury and Hahne, IEEE/ACM ToN 6(2), 1998): one that
floods gets half, and whoever comes next finds as much room as the last one took.
"""

from __future__ import annotations


class Room:
    """A whole, and what each name has of it. Names that hold nothing are not kept."""

    def __init__(self, whole: int) -> None:
        self._whole = whole
        self._held: dict[str, int] = {}
        self.held = 0

    def has(self, name: str, more: int) -> bool:
        """Whether the name may have so much more."""
        return self._held.get(name, 0) + more <= self._whole - self.held - more

    def take(self, name: str, more: int) -> None:
        """Take it, `has` or not: the caller has asked."""
        self._held[name] = self._held.get(name, 0) + more
        self.held += more

    def give(self, name: str, less: int) -> None:
        """Give back what was taken."""
        left = self._held[name] - less
        assert left >= 0, "nobody gives back more than was taken"
        self.held -= less
        if left:
            self._held[name] = left
        else:
            del self._held[name]
