"""Watch: what a rule looked at, noted while it is asked.

Place on the data's way: beside `explain`, on demand only. A rule is a predicate of a `Case`; handed
one that is watched, it answers the same and leaves behind the values on which its answer rests. So
what an explanation says that a rule saw can't differ from what it saw.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from enum import Enum, IntEnum
from typing import Any, NamedTuple, cast

from streams.exceptions import Excepted
from streams.inforce import TermInForce
from streams.rules import Case, Rule
from streams.traits import Traits

Saw = dict[str, Any]
"""What was looked at, by where it stands: `report.weapons`, `term.weapons`; as JSON has it."""

_PARTS = {Traits: "report.", TermInForce: "term.", Excepted: "excepted."}


class Answer(NamedTuple):
    """Whether a rule holds, and what it looked at."""

    held: bool
    saw: Saw


def ask(rule: Rule, case: Case) -> Answer:
    """Ask a rule about a case, watching what it looks at, in the order in which it does."""
    saw: Saw = {}
    return Answer(rule.holds(cast("Case", _Watched(case, "", saw))), saw)


class _Watched:
    """A value that notes what is read of it."""

    def __init__(self, value: object, name: str, saw: Saw) -> None:
        self._value = value
        self._name = name
        self._saw = saw

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (whatever stands there)
        value = getattr(self._value, name)
        part = _PARTS.get(type(value))
        if part is not None:
            return _Watched(value, part, self._saw)
        self._saw[self._name + name] = _plain(value)
        return value


def _plain(value: object) -> object:
    """A value of a case as JSON has it; sets are sorted, a rank is its name."""
    if isinstance(value, IntEnum):
        return value.name.lower()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, AbstractSet):
        return sorted(str(_plain(item)) for item in value)
    return value
