"""Rules about the keys by which parties sign.

Place on the data's way: one group of the rules that `check` lists.
"""

from __future__ import annotations

from collections.abc import Iterator

from streams.agreement import Validity
from streams.documents.compose import Node
from streams.documents.select import Placed, first, nodes, select
from streams.errors import Mistake
from streams.signing import key_bytes

_KEYS = (
    "parties[*].keys[*].public_key",
    "guarantors[*].keys[*].public_key",
    "sources[*].keys[*].public_key",
)


def keys_can_verify(root: Node) -> Iterator[Mistake]:
    """A key is 32 bytes and stands once: else nobody can tell who signed."""
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


def source_keys_have_names(root: Node) -> Iterator[Mistake]:
    """An event names its key by id alone: of all entries of a source, each id is one key's."""
    seen: dict[tuple[str, str], int] = {}
    for source in nodes(root, "sources[*]"):
        whose = first(source.value, "id", str)
        if whose is None:
            continue
        for found in select(source.value, "keys[*].id", str):
            name, place = (whose.value, found.value), found.place
            if name in seen:
                said = f"'{found.value}' names a key of this source in line {seen[name]} already"
                yield Mistake(
                    "duplicate_id", f"{source.path}.{found.path}", said, place.line, place.file
                )
            seen.setdefault(name, place.line)


def source_keys_hold_sometime(root: Node) -> Iterator[Mistake]:
    """A key signs while it is valid and its source has rights: these have a moment in common."""
    whole = first(root, "valid", Validity)
    for source in nodes(root, "sources[*]"):
        rights = _validities(root, source)
        for found in select(source.value, "keys[*].valid", Validity):
            if whole is not None and not _meet(found.value, whole.value):
                said = "this key is valid only when the agreement is not: it signs nothing"
            elif not any(it is None or _meet(found.value, it) for it in rights):
                said = "this key is valid only when its source has no rights: it signs nothing"
            else:
                continue
            place = found.place
            path = f"{source.path}.{found.path}"
            yield Mistake("key_never_holds", path, said, place.line, place.file)


def _validities(root: Node, source: Placed[Node]) -> list[Validity | None]:
    """Of all entries of a source; None: one is always valid, or its time cannot be read."""
    whose = first(source.value, "id", str)
    entries = []
    for entry in nodes(root, "sources[*]"):
        id_ = first(entry.value, "id", str)
        if whose is None or (id_ is not None and id_.value == whose.value):
            valid = first(entry.value, "valid", Validity)
            entries.append(None if valid is None else valid.value)
    return entries


def _meet(one: Validity, other: Validity) -> bool:
    """Whether two intervals [from, to) have a moment in common."""
    begun = other.to is None or one.from_ < other.to
    return begun and (one.to is None or other.from_ < one.to)


def parties_that_cannot_sign(root: Node) -> Iterator[Mistake]:
    """Advice: where some parties have keys, a version without the others' stays a draft."""
    parties = list(nodes(root, "parties[*]"))
    without = [party for party in parties if not list(nodes(party.value, "keys[*]"))]
    if len(without) == len(parties):
        return
    for party in without:
        said = "this party has no keys: it cannot sign, and the version stays a draft"
        yield party.mistake("cannot_sign", said)
