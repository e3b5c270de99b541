"""Witnesses: which of an incident's reports come from the same eyes.

Place on the data's way: cluster → **witnesses** → observed. Two reports of one source are one
witness, as are two with one `origin`, one that is `derived_from` another, and two that are derived
from the same. Who names none of it is taken at the word of being its own. An id that a report is
derived from has no source with it; whichever report of the incident has that id is meant: rather
one witness too few.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from streams.incidents.breach import Breach

_Name = tuple[str, str]


def witnesses(breaches: Sequence[Breach]) -> list[list[Breach]]:
    """The breaches by independent witness, in order of each one's first."""
    parent: dict[_Name, _Name] = {}
    for breach in breaches:
        names = _names(breach)
        first = _root(parent, next(names))
        for name in names:
            parent[_root(parent, name)] = first
    groups: defaultdict[_Name, list[Breach]] = defaultdict(list)
    for breach in breaches:
        groups[_root(parent, ("source", breach.source))].append(breach)
    return list(groups.values())


def independent(breaches: Iterable[Breach]) -> int:
    """How many independent witnesses there are."""
    return len(witnesses(list(breaches)))


def _names(breach: Breach) -> Iterator[_Name]:
    """Whatever the witness of a breach may be known by."""
    yield "source", breach.source
    yield "id", breach.id
    if breach.origin is not None:
        yield "origin", breach.origin
    yield from (("id", id_) for id_ in breach.derived_from)


def _root(parent: dict[_Name, _Name], name: _Name) -> _Name:
    parent.setdefault(name, name)
    while parent[name] != name:
        parent[name] = parent[parent[name]]
        name = parent[name]
    return name
