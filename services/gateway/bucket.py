"""Buckets: how much each name may take now, and when it may come again. Pure: `now` is handed in.

Place on the data's way: `admission` asks before anything is read. A token bucket: it holds `burst`,
`per_s` flow in, what does not fit runs over. Whole numbers alone, so that refill is exact: the
level is kept in units of a thousand millionth, `per_s` of which come in each nanosecond.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, Generic, TypeVar

from services.limits import Rate

Name = TypeVar("Name")
NS: Final = 1_000_000_000
NAMES_LIMIT: Final = 10_000


class Buckets(Generic[Name]):
    """A bucket for each name; the ones that were longest out of use are forgotten.

    Who is forgotten has a full bucket again. With `NAMES_LIMIT` names in use that takes as many
    others in between; tokens are fewer, and addresses as many come from more than one sender.
    """

    def __init__(self, rate: Rate, names_limit: int = NAMES_LIMIT) -> None:
        self._burst, self._per_s = rate.burst, rate.per_s
        self._full = rate.burst * NS
        self._names_limit = names_limit
        self._levels: OrderedDict[Name, tuple[int, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._levels)

    def wait_ns(self, name: Name, count: int, now_ns: int) -> int | None:
        """How long until `count` may be taken; 0: now. None: never, it is more than the burst."""
        if count > self._burst:
            return None
        missing = count * NS - self._level(name, now_ns)
        return -(-missing // self._per_s) if missing > 0 else 0

    def take(self, name: Name, count: int, now_ns: int) -> int | None:
        """What `wait_ns` says; where that is 0, they are taken."""
        if count > self._burst:
            return None
        level = self._level(name, now_ns) - count * NS
        if level < 0:
            return -(level // self._per_s)
        levels = self._levels
        levels[name] = level, now_ns
        levels.move_to_end(name)
        if len(levels) > self._names_limit:
            levels.popitem(last=False)
        return 0

    def _level(self, name: Name, now_ns: int) -> int:
        kept = self._levels.get(name)
        if kept is None:
            return self._full
        level = kept[0] + (now_ns - kept[1]) * self._per_s
        return level if level < self._full else self._full  # noqa: FURB136 (`min` costs as much as all the rest)
