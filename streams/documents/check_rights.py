"""Rules about what sources may do.

Place on the data's way: one group of the rules that `check` lists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import TypeVar

from streams.agreement import Validity
from streams.documents.compose import Node
from streams.documents.select import Placed, first, nodes, select
from streams.errors import Mistake
from streams.vocabulary import Right

T = TypeVar("T")


def parties_open_nothing(root: Node) -> Iterator[Mistake]:
    """A party can close a corridor and cannot open it (domain.md, "Corridor")."""
    for source in nodes(root, "sources[*]"):
        party = first(source.value, "party", str)
        if party is None:
            continue
        for right in select(source.value, "rights[*]", Right):
            if right.value is Right.OPEN:
                said = f"a source of the party '{party.value}' may close a corridor, never open it"
                place = right.place
                path = f"{source.path}.{right.path}"
                yield Mistake("party_opens", path, said, place.line, place.file)


def source_entries_are_told_apart(root: Node) -> Iterator[Mistake]:
    """Two entries of one source are two times of its rights, and it speaks for one party."""
    seen: defaultdict[str, list[Placed[Node]]] = defaultdict(list)
    for source in nodes(root, "sources[*]"):
        id_ = first(source.value, "id", str)
        if id_ is None:
            continue
        others = seen[id_.value]
        if others and not (_has_time(source) and all(map(_has_time, others))):
            said = (
                f"the source '{id_.value}' has an entry already, in line {others[0].place.line}; "
                "where its rights change, give each entry a 'valid' or a 'revoked_at'"
            )
            yield _at(source, id_, "duplicate_id", said)
        elif others and _party(source) != _party(others[0]):
            whose = _party(others[0]) or "no party"
            said = f"the source '{id_.value}' speaks for {whose} in line {others[0].place.line}"
            yield _at(source, id_, "changes_party", said)
        others.append(source)


def revocations_come_after(root: Node) -> Iterator[Mistake]:
    """What is revoked before it begins never holds: a source's rights, anybody's key."""
    patterns = ("sources[*]", *(f"{it}[*].keys[*]" for it in ("parties", "guarantors", "sources")))
    for source in (found for pattern in patterns for found in nodes(root, pattern)):
        valid = first(source.value, "valid", Validity)
        revoked = first(source.value, "revoked_at", datetime)
        if valid is None or revoked is None or revoked.value.tzinfo is None:
            continue
        if revoked.value <= valid.value.from_:
            said = f"it is revoked before it begins ({valid.value.from_.isoformat()})"
            yield _at(source, revoked, "revoked_before", said)


def _has_time(source: Placed[Node]) -> bool:
    return any(next(nodes(source.value, name), None) for name in ("valid", "revoked_at"))


def _party(source: Placed[Node]) -> str | None:
    party = first(source.value, "party", str)
    return None if party is None else party.value


def _at(source: Placed[Node], found: Placed[T], code: str, said: str) -> Mistake:
    place = found.place
    return Mistake(code, f"{source.path}.{found.path}", said, place.line, place.file)


def parties_that_settle(root: Node) -> Iterator[Mistake]:
    """Advice: who grants a party `settle` may expect more of it than it does."""
    for source in nodes(root, "sources[*]"):
        party = first(source.value, "party", str)
        if party is None:
            continue
        for right in select(source.value, "rights[*]", Right):
            if right.value is Right.SETTLE:
                said = (
                    f"a source of the party '{party.value}' settles what that party said, "
                    "and neither reports nor the words of others"
                )
                place = right.place
                path = f"{source.path}.{right.path}"
                yield Mistake("party_settles", path, said, place.line, place.file)
