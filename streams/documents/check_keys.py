"""Rules about the keys by which parties sign.

Place on the data's way: one group of the rules that `check` lists.
"""

from __future__ import annotations

from collections.abc import Iterator

from streams.documents.compose import Node
from streams.documents.select import nodes, select
from streams.errors import Mistake
from streams.signing import key_bytes

_KEYS = ("parties[*].keys[*].public_key", "guarantors[*].keys[*].public_key")


def keys_can_verify(root: Node) -> Iterator[Mistake]:
    """A key is 32 bytes and one party's alone: else nobody can tell who signed."""
    seen: dict[str, int] = {}
    for pattern in _KEYS:
        for found in select(root, pattern, str):
            if key_bytes(found.value) is None:
                said = "it is no Ed25519 public key: copy what `agreement keygen` prints"
                yield found.mistake("not_a_key", said)
            elif found.value in seen:
                said = f"this key stands in line {seen[found.value]} already; each key signs once"
                yield found.mistake("key_twice", said)
            seen.setdefault(found.value, found.place.line)


def parties_that_cannot_sign(root: Node) -> Iterator[Mistake]:
    """Advice: where some parties have keys, a version without the others' stays a draft."""
    parties = list(nodes(root, "parties[*]"))
    without = [party for party in parties if not list(nodes(party.value, "keys[*]"))]
    if len(without) == len(parties):
        return
    for party in without:
        said = "this party has no keys: it cannot sign, and the version stays a draft"
        yield party.mistake("cannot_sign", said)
