"""Rules about what sources may do.

Place on the data's way: one group of the rules that `check` lists.
"""

from __future__ import annotations

from collections.abc import Iterator

from streams.documents.compose import Node
from streams.documents.select import first, nodes, select
from streams.errors import Mistake
from streams.vocabulary import Right


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
