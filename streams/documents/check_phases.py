"""Rules about phases and measures: each phase can begin, each deadline can be told and met.

Place on the data's way: one group of the rules that `check` lists.
"""

from __future__ import annotations

from collections.abc import Iterator

from streams.agreement import Repeats
from streams.documents.compose import Node
from streams.documents.select import Placed, first, nodes, select
from streams.errors import Mistake

_ID_LENGTH = 64
"""Of a slug, see `streams.events`."""


def phases_can_begin(root: Node) -> Iterator[Mistake]:
    """A phase begins in one way that the document says; both a date and a declaration are two."""
    for phase in nodes(root, "phases[*]"):
        on = next(nodes(phase.value, "on"), None)
        declared = first(phase.value, "declared", bool)
        by_word = declared is not None and declared.value
        if on is not None and by_word:
            said = "it begins on a date or by a declaration: say one of them"
            yield _mistake(phase, "begins_twice", said)
        elif on is None and not by_word and not select(phase.value, "gated_by[*]", str):
            said = "it never begins: name a date (`on`), `declared: true`, or what gates it"
            yield _mistake(phase, "never_begins", said)


def deadlines_can_be_met(root: Node) -> Iterator[Mistake]:
    """A deadline is a date or counted from a phase; not from one that waits for the measure."""
    gates = {
        id_.value: {gate.value for gate in select(phase.value, "gated_by[*]", str)}
        for phase in nodes(root, "phases[*]")
        if (id_ := first(phase.value, "id", str)) is not None
    }
    for measure in nodes(root, "measures[*]"):
        for due in nodes(measure.value, "due"):
            phase = first(due.value, "phase", str)
            ways = [way for name in ("on", "phase") for way in nodes(due.value, name)]
            if len(ways) != 1:
                said = "name either a date (`on`) or a `phase` and the `days` after it"
                yield _mistake(due, "unclear_deadline", said, under=measure.path)
            id_ = first(measure.value, "id", str)
            if phase and id_ and id_.value in gates.get(phase.value, ()):
                said = f"the phase '{phase.value}' waits for this very measure"
                yield _mistake(due, "waits_for_itself", said, under=measure.path)


def repeats_can_be_told_apart(root: Node) -> Iterator[Mistake]:
    """Each time has a deadline, and a name that fits and is no other measure's."""
    ids = {id_.value for id_ in select(root, "measures[*].id", str)}
    for measure in nodes(root, "measures[*]"):
        repeats = first(measure.value, "repeats", Repeats)
        id_ = first(measure.value, "id", str)
        if repeats is None or id_ is None:
            continue
        if next(nodes(measure.value, "due"), None) is None:
            said = "it is owed again and again, and nothing says when: name the first in `due`"
            yield _mistake(measure, "repeats_without_deadline", said)
        last = f"{id_.value}.{repeats.value.times}"
        if len(last) > _ID_LENGTH:
            said = f"'{last}' is longer than {_ID_LENGTH} characters; shorten the id"
            yield _mistake(measure, "repeats_too_long", said)
        names = {f"{id_.value}.{time + 1}" for time in range(repeats.value.times)}
        for taken in sorted(names & ids):
            yield _mistake(measure, "repeats_taken", f"'{taken}' is another measure's id")


def _mistake(found: Placed[Node], code: str, said: str, under: str = "") -> Mistake:
    path = f"{under}.{found.path}" if under else found.path
    return Mistake(code, path, said, found.place.line, found.place.file)
