"""Represent: an answer's bytes in the form that its asker accepts, and the tag that names them.

Place on the data's way: what was found → **bytes**, in JSON, NDJSON, CSV or GeoJSON. Pure.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

import msgspec

from services.gateway.problems import Code, ProblemError


class Form(StrEnum):
    """The media types that questions are answered in."""

    JSON = "application/json"
    NDJSON = "application/x-ndjson"
    CSV = "text/csv"
    GEOJSON = "application/geo+json"
    TEXT = "text/plain"
    """For people; written by hand, not from a shape."""
    CALENDAR = "text/calendar"
    SVG = "image/svg+xml"


TABLES: Final = (Form.JSON, Form.NDJSON, Form.CSV)
EVERY_FORM: Final = (*TABLES, Form.GEOJSON)
"""Of items."""
JSON_ALONE: Final = (Form.JSON,)


@dataclass(frozen=True, slots=True)
class Representation:
    """What goes back where nothing is a problem."""

    form: Form
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        """A strong tag (RFC 9110, 8.8.3): of the bytes, their form, and the next page."""
        named = "\n".join([self.form, self.headers.get("Link", ""), ""]).encode()
        return f'"{sha256(named + self.body).hexdigest()[:32]}"'


@dataclass(frozen=True, slots=True)
class Shape:
    """How one kind of item is written in forms other than JSON."""

    columns: Sequence[str]
    """Of CSV, always all of them, whoever asks: what is not disclosed is empty."""
    feature: Callable[[Any], Mapping[str, Any] | None]
    """The GeoJSON geometry of an item; None: it has none."""


def choose(accept: str, forms: Sequence[Form]) -> Form:
    """The first of our forms that the asker likes best (RFC 9110, 12.5.1).

    Raises:
        ProblemError: it accepts none of them.
    """
    liked = [(form, _quality(accept, form)) for form in forms]
    best = max(quality for _, quality in liked)
    if best <= 0:
        raise ProblemError(Code.FORM_UNKNOWN, more={"forms": [form.value for form in forms]})
    return next(form for form, quality in liked if quality == best)


def _quality(accept: str, form: Form) -> float:
    """How much a form is liked: by the most precise range that covers it."""
    if not accept.strip():
        return 1.0
    ranges = {form.value: 3, f"{form.value.partition('/')[0]}/*": 2, "*/*": 1}
    best = (0, 0.0)
    for part in accept.split(","):
        name, *options = (word.strip().lower() for word in part.split(";"))
        if name in ranges:
            best = max(best, (ranges[name], weigh(options)))
    return best[1]


def weigh(options: Sequence[str]) -> float:
    """The weight among the options of something that is accepted (RFC 9110, 12.4.2)."""
    for option in options:
        if option.startswith("q="):
            try:
                return min(1.0, max(0.0, float(option[2:])))
            except ValueError:
                return 0.0  # what cannot be read is not asked for
    return 1.0


def write_items(form: Form, items: Sequence[Any], more: Mapping[str, Any], shape: Shape) -> bytes:
    """A page of items; `more` stands beside them where the form has room for it."""
    if form is Form.NDJSON:
        return b"".join(msgspec.json.encode(item) + b"\n" for item in items)
    if form is Form.CSV:
        return _csv(items, shape.columns)
    if form is Form.GEOJSON:
        features = [
            {"type": "Feature", "geometry": shape.feature(item), "properties": _properties(item)}
            for item in items
        ]
        return msgspec.json.encode({"type": "FeatureCollection", "features": features, **more})
    return msgspec.json.encode({"items": items, **more})


def _properties(item: Any) -> dict[str, Any]:  # noqa: ANN401 (any struct)
    plain: dict[str, Any] = msgspec.to_builtins(item)
    return {name: value for name, value in plain.items() if name not in _GEOMETRIES}


_GEOMETRIES: Final = frozenset({"cell", "route"})
"""Written as a feature's geometry, and in CSV as GeoJSON."""


def _csv(items: Sequence[Any], columns: Sequence[str]) -> bytes:
    """RFC 4180, with a header."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for item in items:
        plain = msgspec.to_builtins(item)
        writer.writerow([_cell(plain.get(column)) for column in columns])
    return out.getvalue().encode()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple):
        return msgspec.json.encode(value).decode() if value else ""
    if isinstance(value, str) and value[:1] in _FORMULA:
        return f"'{value}"  # a table program would run it; ids are chosen by who reports
    return value


_FORMULA: Final = frozenset("=+-@\t\r")
