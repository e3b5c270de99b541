"""Puts geometry that stands in GeoJSON files beside a document into its place in the document.

Place on the data's way: compose → **attach** → diagnose, check. A zone's `geometry`, a `facility`,
a baseline's `line` and a corridor's `route` or `area` may be written
``{file: zones.geojson, feature: zolote}``; afterwards the tree holds the geometry itself, with the
lines of the file it came from, as if it had stood inline.

A file `….geojsonl` has one feature a line and may be large: its geometries are kept as texts
(`pack`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from streams.documents.compose import (
    Composed,
    Fields,
    Items,
    Node,
    Place,
    Reported,
    Scalar,
    below,
    compose,
)
from streams.documents.diagnose import listed, nearest
from streams.documents.pack import LINES_SUFFIX, pack_features
from streams.errors import Mistake

_GEOMETRIES = (
    ("baselines", "line"),
    ("zones", "geometry"),
    ("corridors", "route"),
    ("corridors", "area"),
)
_FACILITY = "facility"
"""A geometry within one that is derived from it."""
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._ -]{0,127}")
_WGS84_NAMES = frozenset(
    {"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"}
)


@dataclass(frozen=True, slots=True)
class Attached:
    """The tree with every geometry inline, and what could not be found."""

    root: Node
    mistakes: tuple[Mistake, ...]


def attach(root: Node, files: Mapping[str, str]) -> Attached:
    """Replace every reference into `files` (plain file name → GeoJSON text) by its geometry."""
    attacher = _Attacher(files)
    for collection, name in _GEOMETRIES:
        root = attacher.within(root, collection, name)
    return Attached(root, tuple(attacher.mistakes))


class _Attacher:
    def __init__(self, files: Mapping[str, str]) -> None:
        self.mistakes: list[Mistake] = []
        self._files = files
        self._read: dict[str, Node | None] = {}

    def say(self, code: str, path: str, message: str, place: Place) -> None:
        self.mistakes.append(Mistake(code, path, message, place.line, place.file))

    def within(self, root: Node, collection: str, name: str, *, prefix: str = "") -> Node:
        listing = root.fields.get(collection) if isinstance(root, Fields) else None
        if not isinstance(root, Fields) or not isinstance(listing, Items):
            return root
        items = tuple(
            self._item(self._claims(item, path), below(path, name), name)
            for number, item in enumerate(listing.items)
            for path in [below(prefix + collection, number)]
        )
        fields = {**root.fields, collection: replace(listing, items=items)}
        return replace(root, fields=fields)

    def _claims(self, item: Node, path: str) -> Node:
        return self.within(item, "claims", "geometry", prefix=f"{path}.")

    def _item(self, item: Node, path: str, name: str) -> Node:
        reference = item.fields.get(name) if isinstance(item, Fields) else None
        if not isinstance(item, Fields) or not isinstance(reference, Fields):
            return item
        if _FACILITY in reference.fields:
            nested = self._item(reference, below(path, _FACILITY), _FACILITY)
            return replace(item, fields={**item.fields, name: nested})
        if not {"file", "feature"} & reference.keys.keys():
            return item
        found = self._resolved(reference, path) or Reported(reference.place)
        return replace(item, fields={**item.fields, name: found})

    def _resolved(self, reference: Fields, path: str) -> Node | None:
        extra = reference.keys.keys() - {"file", "feature"}
        for key in sorted(extra):
            said = f"there is no field '{key}' beside 'file' and 'feature'"
            self.say("unknown_field", below(path, key), said, reference.keys[key])
        named = [self._text(reference, key, path) for key in ("file", "feature")]
        file, feature = named
        if extra or file is None or feature is None:
            return None
        root = self._file(file, below(path, "file"))
        if root is None:
            return None
        return self._feature(root, feature, below(path, "feature"), file.text)

    def _text(self, reference: Fields, key: str, path: str) -> Scalar | None:
        """The file's name or the feature's id; a number is a feature id like any other."""
        node = reference.fields.get(key)
        if isinstance(node, Scalar) and node.text:
            return node
        if not isinstance(node, Reported):
            said = "a geometry from a file is written {file: NAME, feature: ID}"
            self.say("missing_field", below(path, key), said, (node or reference).place)
        return None

    def _file(self, name: Scalar, path: str) -> Node | None:
        if not _FILE_NAME.fullmatch(name.text):
            said = f"'{name.text}' must be the plain name of a file beside this one"
            self.say("file_name", path, said, name.place)
            return None
        if name.text not in self._files:
            hint = nearest(name.text, self._files)
            self.say("unknown_file", path, f"there is no file '{name.text}' here{hint}", name.place)
            return None
        if name.text not in self._read and name.text.endswith(LINES_SUFFIX):
            self._read[name.text] = self._lines(self._files[name.text], name.text)
        if name.text not in self._read:
            composed = compose(self._files[name.text], name.text)
            self.mistakes.extend(composed.mistakes)
            self._read[name.text] = self._collection(composed, name.text)
        return self._read[name.text]

    def _lines(self, text: str, name: str) -> Node:
        """The features of a file that has one a line, geometries packed (`pack_features`)."""
        packed = pack_features(text, name)
        self.mistakes.extend(packed.mistakes)
        return packed.features

    def _collection(self, composed: Composed, name: str) -> Node | None:
        """The list of features of a GeoJSON file, or None after saying what it is instead."""
        root = composed.root
        if root is None:
            return None
        kind = _scalar(root, "type")
        features = root.fields.get("features") if isinstance(root, Fields) else None
        if kind is None or kind.value != "FeatureCollection" or not isinstance(features, Items):
            said = f"'{name}' is not a GeoJSON FeatureCollection"
            self.say("not_a_collection", "document", said, root.place)
            return None
        system = _reference_system(root)
        if system is not None and system.text not in _WGS84_NAMES:
            said = f"coordinates must be WGS84 longitude, latitude (RFC 7946), not {system.text}"
            self.say("not_wgs84", "crs.properties.name", said, system.place)
            return None
        return features

    def _feature(self, features: Node, wanted: Scalar, path: str, name: str) -> Node | None:
        assert isinstance(features, Items)
        ids = [(_id(feature), feature) for feature in features.items]
        found = [feature for id_, feature in ids if id_ == wanted.text]
        if len(found) == 1 and isinstance(found[0], Fields) and "geometry" in found[0].fields:
            return found[0].fields["geometry"]
        known = [id_ for id_, _ in ids if id_ is not None]
        if not found:
            hint = nearest(wanted.text, known) or f"; it holds {listed(known[:10]) or 'none'}"
            said = f"'{name}' has no feature '{wanted.text}'{hint}"
            self.say("unknown_feature", path, said, wanted.place)
        elif len(found) > 1:
            lines = listed(feature.place.line for feature in found)
            said = f"'{name}' has the feature '{wanted.text}' more than once, in lines {lines}"
            self.say("feature_twice", path, said, wanted.place)
        else:
            said = f"the feature '{wanted.text}' of '{name}' has no geometry"
            self.say("missing_field", path, said, wanted.place)
        return None


def _scalar(node: Node | None, name: str) -> Scalar | None:
    found = node.fields.get(name) if isinstance(node, Fields) else None
    return found if isinstance(found, Scalar) else None


def _id(feature: Node) -> str | None:
    """A feature's `id`, or the `id` among its properties."""
    own = _scalar(feature, "id")
    if own is None and isinstance(feature, Fields):
        own = _scalar(feature.fields.get("properties"), "id")
    return None if own is None else own.text


def _reference_system(root: Node) -> Scalar | None:
    """The name in the `crs` member that older GeoJSON has."""
    crs = root.fields.get("crs") if isinstance(root, Fields) else None
    return _scalar(crs.fields.get("properties"), "name") if isinstance(crs, Fields) else None
