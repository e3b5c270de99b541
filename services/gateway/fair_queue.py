"""Fair queue: who waits, in turn by token: a token that floods waits behind itself. Pure.

Place on the data's way: posts wait here for their transaction (`group`). Each token in its turn
gives up to `TURN` events to a group (deficit round robin; Shreedhar and Varghese, 1995), in its own
order. Whoever comes next waits for the group under way: while several tokens come none gives more,
also where no other waits just now. A token that comes alone fills the group.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence
from typing import Final, Generic, TypeVar

from msgspec import Struct

from services.gateway.room import Room

Item = TypeVar("Item")

TURN: Final = 50
"""Events of a token in a group while others come too, and the most in one item: some 6 ms."""
GROUP_LIMIT: Final = 1_000
"""Events in a group; more make none of them cheaper."""
ALONE_AFTER: Final = 20
"""Groups of the same token alone, until it is taken to be alone: of small posts, where another may
come between any two. Bodies that come are there at once."""
EVENTS_LIMIT: Final = 40_000
BYTES_LIMIT: Final = 256 * 1024 * 1024


class Entry(Struct, Generic[Item], frozen=True, gc=False):
    """What waits, and how much it is."""

    item: Item
    events: int
    bytes: int


class FairQueue(Generic[Item]):
    """Entries by name; one name's come out as they went in."""

    def __init__(
        self,
        events_limit: int = EVENTS_LIMIT,
        bytes_limit: int = BYTES_LIMIT,
        *,
        alone_after: int = ALONE_AFTER,
    ) -> None:
        self._alone_after = alone_after
        self._events = Room(events_limit)
        self._bytes = Room(bytes_limit)
        self._queues: OrderedDict[str, deque[Entry[Item]]] = OrderedDict()
        self.events = 0
        """How many wait."""
        self._last: str | None = None
        self._alone = 0

    def __bool__(self) -> bool:
        return bool(self._queues)

    def reserve(self, name: str, events: int, size: int) -> bool:
        """Keep room for so many events, of so many bytes, that are still to be put; if there is."""
        if not (self._events.has(name, events) and self._bytes.has(name, size)):
            return False
        self._events.take(name, events)
        self._bytes.take(name, size)
        return True

    def release(self, name: str, events: int, size: int) -> None:
        """Give back room that was reserved, and that nothing was put into."""
        self._events.give(name, events)
        self._bytes.give(name, size)

    def put(self, name: str, entries: Sequence[Entry[Item]]) -> bool:
        """Let them wait, all or none; whether there was room."""
        events = size = 0
        for entry in entries:  # one, mostly: two sums over it take as long as all else here
            events += entry.events
            size += entry.bytes
        if not self.reserve(name, events, size):
            return False
        self.put_reserved(name, entries, events)
        return True

    def put_reserved(self, name: str, entries: Sequence[Entry[Item]], events: int) -> None:
        """Let them wait where room is reserved; `events` of all of them."""
        self.events += events
        queue = self._queues.get(name)
        if queue is None:
            queue = self._queues[name] = deque()
        queue.extend(entries)

    def take(self, *, small: bool = False) -> list[Item]:
        """The next group; none: nothing waits.

        Args:
            small: whether no token gives more than its turn, also one that comes alone.
        """
        self._notice()
        each = GROUP_LIMIT if self._alone > self._alone_after and not small else TURN
        most = GROUP_LIMIT
        taken: list[Item] = []
        for name in tuple(self._queues):
            queue = self._queues[name]
            given = self._turn(name, queue, min(each, most), first=not taken)
            if not given:
                break  # it stays in front, for the next group
            taken += [entry.item for entry in given]
            most -= sum([entry.events for entry in given])
            if queue:
                self._queues.move_to_end(name)
            else:
                del self._queues[name]
        return taken

    def _turn(
        self, name: str, queue: deque[Entry[Item]], most: int, *, first: bool
    ) -> list[Entry[Item]]:
        given: list[Entry[Item]] = []
        while queue and (queue[0].events <= most or (first and not given)):
            entry = queue.popleft()
            most -= entry.events
            self.events -= entry.events
            given.append(entry)
            self._events.give(name, entry.events)
            self._bytes.give(name, entry.bytes)
        return given

    def _notice(self) -> None:
        names = list(self._queues)
        if len(names) == 1 and self._last in {names[0], None}:
            self._last = names[0]
            self._alone += 1
        elif names:
            self._last, self._alone = (names[0] if len(names) == 1 else None), 0
