"""Pack: a file of one GeoJSON feature a line → features whose geometries are texts.

Place on the data's way: text → **features** → attach. A line that is drawn anew every day has
millions of positions; a tree in which each knows its line would take gigabytes. Here a feature
takes its text, and its line is where its mistakes are told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct

from streams.documents.compose import MAX_CHARACTERS, Fields, Items, Place, Scalar
from streams.errors import Mistake

LINES_SUFFIX = ".geojsonl"


class _Feature(Struct):
    geometry: dict[str, Any]
    id: str | int | None = None
    properties: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class PackedFeatures:
    """The features that can be read, and what is wrong with the other lines."""

    features: Items
    mistakes: tuple[Mistake, ...]


_decode = msgspec.json.Decoder(_Feature).decode


def pack_features(text: str, file: str) -> PackedFeatures:
    """Read every line that is not empty; never raises for what the text holds."""
    features, mistakes = [], []
    for number, line in _lines(text):
        place = Place(number, file)
        if len(line) > MAX_CHARACTERS:
            said = f"a line has {len(line):,} characters; at most {MAX_CHARACTERS:,} are read"
            mistakes.append(Mistake("too_large", "document", said, number, file))
            continue
        try:
            features.append(_packed(_decode(line), place))
        except (msgspec.DecodeError, RecursionError) as error:
            # Going on is safe: the mistake is kept, and a document that has one is never used.
            said = f"the line is no GeoJSON feature: {error}; write one feature a line"
            mistakes.append(Mistake("not_a_feature", "document", said, number, file))
    return PackedFeatures(Items(tuple(features), Place(1, file)), tuple(mistakes))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, one at a time: the text is large, and is not copied."""
    start, number = 0, 1
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end].strip()
        if line:
            yield number, line
        start, number = end + 1, number + 1


def _packed(feature: _Feature, place: Place) -> Fields:
    """As `compose` would read it, the geometry as its text."""
    id_ = feature.id if feature.id is not None else (feature.properties or {}).get("id")
    geometry = {key: feature.geometry.get(key) for key in ("type", "coordinates")}
    text = msgspec.json.encode(geometry).decode()
    packed = _fields({"type": "packed", "geojson": text}, place)
    known = {} if id_ is None else {"id": Scalar(str(id_), str(id_), place)}
    return Fields({**known, "geometry": packed}, dict.fromkeys((*known, "geometry"), place), place)


def _fields(texts: dict[str, str], place: Place) -> Fields:
    fields = {key: Scalar(text, text, place) for key, text in texts.items()}
    return Fields({**fields}, dict.fromkeys(texts, place), place)
