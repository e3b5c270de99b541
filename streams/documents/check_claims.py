"""Rules about claims: zones that the parties draw otherwise.

Place on the data's way: one group of the rules that `check` lists.
"""

from __future__ import annotations

from collections.abc import Iterator

from streams.documents.compose import Node
from streams.documents.select import nodes, select
from streams.errors import Mistake


def zones_are_drawn(root: Node) -> Iterator[Mistake]:
    """A zone has an agreed outline; or two parties claim one, for one alone agrees with nobody."""
    for zone in nodes(root, "zones[*]"):
        claims = list(nodes(zone.value, "claims[*]"))
        if any(nodes(zone.value, "geometry")) or len(claims) > 1:
            continue
        said = "'geometry' is missing here" + (
            "; where nothing is agreed, at least two parties claim an outline" if claims else ""
        )
        path = f"{zone.path}.geometry"
        yield Mistake("missing_field", path, said, zone.place.line, zone.place.file)


def parties_claim_once(root: Node) -> Iterator[Mistake]:
    """A party that claims two outlines of one zone claims none."""
    for zone in nodes(root, "zones[*]"):
        seen: dict[str, int] = {}
        for party in select(zone.value, "claims[*].party", str):
            if party.value in seen:
                said = f"'{party.value}' claims an outline already, in line {seen[party.value]}"
                path = f"{zone.path}.{party.path}"
                yield Mistake("claims_twice", path, said, party.place.line, party.place.file)
            seen.setdefault(party.value, party.place.line)
