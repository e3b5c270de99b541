"""Picks the readable parts out of a document's tree, whatever else in it is broken.

Place on the data's way: between `compose` and the rules of `check`: a rule asks for
``terms[*].where.zones[*]`` and gets the values that are there and well formed, each with its path
and line. What is not well formed has been said by `diagnose`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from streams.documents.compose import Fields, Items, Node, Place, below, plain
from streams.errors import Mistake

T = TypeVar("T")

_STEP = re.compile(r"[a-z_0-9]+|\[\*\]")


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """A value with its path and place in the document."""

    value: T
    path: str
    place: Place

    def mistake(self, code: str, message: str) -> Mistake:
        """A mistake that is made here."""
        return Mistake(code, self.path, message, self.place.line, self.place.file)


def nodes(root: Node, pattern: str) -> Iterator[Placed[Node]]:
    """Every node at a path; ``[*]`` stands for each item of a list, an empty pattern for `root`."""
    found = [Placed(root, "", root.place)]
    for step in _STEP.findall(pattern):
        found = [child for parent in found for child in _children(parent, step)]
    yield from found


def select(root: Node, pattern: str, wanted: type[T]) -> list[Placed[T]]:
    """The nodes at a path that can be read as `wanted`, read."""
    return [read for node in nodes(root, pattern) for read in _read(node, wanted)]


def first(root: Node, pattern: str, wanted: type[T]) -> Placed[T] | None:
    """The one value at a path without ``[*]``, if it is there and well formed."""
    return next(iter(select(root, pattern, wanted)), None)


def _children(parent: Placed[Node], step: str) -> Iterator[Placed[Node]]:
    node = parent.value
    if step == "[*]":
        for number, item in enumerate(node.items if isinstance(node, Items) else ()):
            yield Placed(item, below(parent.path, number), item.place)
    elif isinstance(node, Fields) and step in node.fields:
        child = node.fields[step]
        yield Placed(child, below(parent.path, step), child.place)


def _read(found: Placed[Node], wanted: type[T]) -> Iterator[Placed[T]]:
    try:
        value = msgspec.convert(plain(found.value), wanted)
    except msgspec.ValidationError:
        # Going on is safe: diagnose has said what is wrong here, and such a document is not used.
        return
    yield Placed(value, found.path, found.place)
