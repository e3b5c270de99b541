"""What two versions of an agreement differ in, by id and in sentences.

Place on the data's way: beside documents, for whoever must decide about an amendment. Versions are
compared as values: a time written with another offset is the same time, and the order of a list
does not count. Things are told apart by id; the entries of a zone that moves, by their order in
time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec
import shapely
from msgspec import Struct

from geo.ellipsoid import WGS84
from geo.extent import on_ellipsoid_m2
from streams.agreement import (
    Agreement,
    Around,
    Band,
    LineString,
    MultiPolygon,
    Packed,
    Polygon,
    Strip,
    Validity,
)
from streams.documents.compose import below
from streams.draw import Area, derivation, polygon, unpacked

Value = Any
"""A part of an agreement: a Struct, a tuple, a text, a number, a time, a word."""
Geometry = Polygon | MultiPolygon | Packed | LineString

_NOUNS = {
    "parties": "party",
    "guarantors": "guarantor",
    "baselines": "baseline",
    "zones": "zone",
    "terms": "term",
    "corridors": "corridor",
    "phases": "phase",
    "measures": "measure",
    "exchanges": "exchange",
    "movement_notice": "notice of movements",
    "sources": "source",
}
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_SHORT = 60


class ChangeKind(StrEnum):
    """What became of a part."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions."""

    kind: ChangeKind
    path: str
    """By id, e.g. ``zones[zolote].geometry``."""
    old: Value
    """None where it was added."""
    new: Value
    """None where it was removed."""
    sentence: str


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of both versions: its path, and how a sentence calls it."""

    path: str
    name: str

    def field(self, name: str) -> _Part:
        return _Part(below(self.path, name), f"{self.name}: {name}" if self.name else name)

    def item(self, key: str) -> _Part:
        noun = _NOUNS.get(self.path)
        return _Part(f"{self.path}[{key}]", f"{noun or self.name} {key}")

    def change(self, kind: ChangeKind, old: Value, new: Value, what: str) -> Change:
        return Change(kind, self.path, old, new, f"{self.name} {what}")


def difference(a: Agreement, b: Agreement) -> tuple[Change, ...]:
    """Every difference from `a` to `b`, in the order of the document; none where they mean one."""
    return tuple(_fields(a, b, _Part("", "")))


def _fields(a: Struct, b: Struct, part: _Part) -> Iterator[Change]:
    for field in msgspec.structs.fields(type(a)):
        old, new = getattr(a, field.name), getattr(b, field.name)
        yield from _values(old, new, part.field(field.encode_name))


def _values(old: Value, new: Value, part: _Part) -> Iterator[Change]:
    if old == new:
        return
    if isinstance(old, Geometry) and isinstance(new, Geometry):
        yield part.change(ChangeKind.CHANGED, old, new, _redrawn(old, new))
    elif type(old) is type(new) and isinstance(old, Struct):
        yield from _fields(old, new, part)
    elif isinstance(old, tuple) and isinstance(new, tuple):
        yield from _lists(old, new, part)
    elif old is None:
        yield part.change(ChangeKind.ADDED, old, new, f"is new: {_said(new)}")
    elif new is None:
        yield part.change(ChangeKind.REMOVED, old, new, f"is gone; it was {_said(old)}")
    else:
        what = f"changes from {_said(old)} to {_said(new)}"
        yield part.change(ChangeKind.CHANGED, old, new, what)


def _lists(old: Sequence[Value], new: Sequence[Value], part: _Part) -> Iterator[Change]:
    before, after = _by_key(old), _by_key(new)
    for key in {**before, **after}:
        item = part.item(key)
        if key not in before:
            yield item.change(ChangeKind.ADDED, None, after[key], "is new")
        elif key not in after:
            yield item.change(ChangeKind.REMOVED, before[key], None, "is gone")
        else:
            yield from _values(before[key], after[key], item)


def _by_key(items: Sequence[Value]) -> dict[str, Value]:
    """Items by what they are known by; of several by one id, the second in time is ``id#2``."""
    keyed: dict[str, Value] = {}
    seen: Counter[str] = Counter()
    for item in sorted(items, key=_start):
        key = _key(item)
        seen[key] += 1
        keyed[key if seen[key] == 1 else f"{key}#{seen[key]}"] = item
    return keyed


def _start(item: Value) -> datetime:
    """Items without a validity keep their order (sorting is stable)."""
    valid = getattr(item, "valid", None)
    return valid.from_ if isinstance(valid, Validity) else _EARLIEST


def _key(item: Value) -> str:
    """Its id; a window's start, in UTC so that its offset does not count; a word itself."""
    if isinstance(item, Validity):
        return item.from_.astimezone(UTC).isoformat()
    return str(getattr(item, "id", item))


def _said(value: Value) -> str:
    match value:
        case datetime():
            return value.isoformat()
        case Validity():
            end = "further notice" if value.to is None else value.to.isoformat()
            return f"{value.from_.isoformat()} until {end}"
        case Strip() | Band() | Around():
            return f"'{derivation(value)}'"
        case Polygon() | MultiPolygon() | Packed() | LineString():
            return f"an outline of {_size(value)}"
        case str():
            text = str(value)
            return f"'{text}'" if len(text) <= _SHORT else f"'{text[: _SHORT - 1]}…'"
        case _:
            return str(value)


def _redrawn(old: Geometry, new: Geometry) -> str:
    """How a geometry changed, in sizes that a reader can picture."""
    before, after = _shape(old), _shape(new)
    a, b = before.centroid, after.centroid
    moved_m = float(WGS84.inv(a.x, a.y, b.x, b.y)[2])
    sizes = f"{_size(old)} → {_size(new)}"
    return f"is redrawn: {sizes}, centre moved by {moved_m:,.0f} m"


def _shape(geometry: Geometry) -> Area | shapely.LineString:
    match geometry:
        case Packed():
            return unpacked(geometry)
        case LineString():
            return shapely.LineString(geometry.coordinates)
        case _:
            return polygon(geometry)


def _size(geometry: Geometry) -> str:
    drawn = _shape(geometry)
    if isinstance(drawn, shapely.LineString):
        return f"{WGS84.geometry_length(drawn) / 1000:,.2f} km long"
    return f"{on_ellipsoid_m2(drawn) / 1e6:,.3f} km²"
