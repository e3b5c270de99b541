"""Every structural mistake of a document at once, each with its line, path and what to do.

Place on the data's way: the tree of `compose` → **mistakes** → documents, which makes the value
only where there are none. It walks the same Struct types that msgspec reads with, so that there is
one description of a document; msgspec itself would stop at the first mistake and knows no lines.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import msgspec
from msgspec import inspect

from streams.decode import EARLIEST, LATEST
from streams.documents.compose import Fields, Items, Node, Place, Reported, Scalar, below
from streams.errors import Mistake

_YEARS = range(EARLIEST.year, LATEST.year)
_GEOMETRY_FIELDS = frozenset({"geometry", "route", "line"})


def diagnose(node: Node, wanted: type[msgspec.Struct]) -> tuple[Mistake, ...]:
    """Compare a whole document with the Struct it is meant to be."""
    return tuple(_walk(_Here(node, ""), inspect.type_info(wanted)))


def nearest(word: str, words: Iterable[str]) -> str:
    """``; did you mean 'x'?``, or nothing where no word is near."""
    known = {candidate.lower(): candidate for candidate in words}
    found = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return f"; did you mean '{known[found[0]]}'?" if found else ""


def listed(words: Iterable[object]) -> str:
    """Words as a sentence lists them."""
    return ", ".join(str(word) for word in words)


@dataclass(frozen=True, slots=True)
class _Here:
    """A node and its path."""

    node: Node
    path: str

    def under(self, step: str | int, node: Node) -> _Here:
        return _Here(node, below(self.path, step))

    def mistake(self, code: str, message: str, place: Place | None = None) -> Mistake:
        place = place or self.node.place
        return Mistake(code, self.path or "document", message, place.line, place.file)

    def wrong_type(self, wanted: str) -> Mistake:
        return self.mistake("wrong_type", f"expected {wanted}, found {_found(self.node)}")


def _walk(here: _Here, wanted: inspect.Type) -> Iterator[Mistake]:
    if isinstance(here.node, Reported):
        return
    described = ""
    while isinstance(wanted, inspect.Metadata):
        described = (wanted.extra_json_schema or {}).get("description", described)
        wanted = wanted.type
    match wanted:
        case inspect.StructType():
            yield from _struct(here, wanted)
        case inspect.VarTupleType():
            yield from _items(here, wanted)
        case inspect.TupleType():
            yield from _tuple(here, wanted)
        case inspect.UnionType():
            yield from _union(here, wanted)
        case _:
            yield from _leaf(here, wanted, described)


def _struct(here: _Here, wanted: inspect.StructType) -> Iterator[Mistake]:
    node = here.node
    if not isinstance(node, Fields):
        yield here.wrong_type("a mapping with the fields " + listed(_names(wanted)))
        return
    if wanted.tag_field is not None:
        yield from _tag(here, node, wanted.tag_field, (str(wanted.tag),))
    for field in wanted.fields:
        if field.encode_name in node.fields:
            below_it = here.under(field.encode_name, node.fields[field.encode_name])
            found = list(_walk(below_it, field.type))
            yield from _gathered(found) if field.name in _GEOMETRY_FIELDS else found
        elif field.required and field.encode_name not in node.keys:
            missing = here.under(field.encode_name, node)
            yield missing.mistake("missing_field", f"'{field.encode_name}' is missing here")
    yield from _unknown_fields(here, node, _names(wanted))


def _names(wanted: inspect.StructType) -> list[str]:
    tag = [] if wanted.tag_field is None else [wanted.tag_field]
    return tag + [field.encode_name for field in wanted.fields]


def _unknown_fields(here: _Here, node: Fields, names: list[str]) -> Iterator[Mistake]:
    for key, place in node.keys.items():
        if key not in names:
            hint = nearest(key, names) or f"; the fields here are {listed(names)}"
            unknown = here.under(key, node)
            yield unknown.mistake("unknown_field", f"there is no field '{key}'{hint}", place)


def _gathered(mistakes: list[Mistake]) -> Iterator[Mistake]:
    """A wrong geometry is wrong in a thousand positions: the first of a code stands for all."""
    by_code: dict[str, list[Mistake]] = {}
    for mistake in mistakes:
        by_code.setdefault(mistake.code, []).append(mistake)
    for first, *others in by_code.values():
        more = f" (and {len(others)} more like it)" if others else ""
        yield Mistake(first.code, first.path, first.message + more, first.line, first.file)


def _tag(here: _Here, node: Fields, name: str, tags: tuple[str, ...]) -> Iterator[Mistake]:
    if name not in node.fields:
        if name not in node.keys:
            said = f"'{name}' is missing here; it is one of {listed(tags)}"
            yield here.under(name, node).mistake("missing_field", said)
        return
    yield from _word(here.under(name, node.fields[name]), tags)


def _items(here: _Here, wanted: inspect.VarTupleType) -> Iterator[Mistake]:
    node = here.node
    if not isinstance(node, Items):
        yield here.wrong_type("a list")
        return
    yield from _length(here, len(node.items), wanted.min_length, wanted.max_length, "items")
    for number, item in enumerate(node.items):
        yield from _walk(here.under(number, item), wanted.item_type)


def _tuple(here: _Here, wanted: inspect.TupleType) -> Iterator[Mistake]:
    """A position is the only fixed tuple in these documents."""
    node = here.node
    if not isinstance(node, Items):
        yield here.wrong_type("a position [longitude, latitude]")
        return
    if len(node.items) != len(wanted.item_types):
        said = f"a position is [longitude, latitude]; found {len(node.items)} items"
        yield here.mistake("wrong_length", said)
        return
    for number, (item, kind) in enumerate(zip(node.items, wanted.item_types, strict=True)):
        yield from _walk(here.under(number, item), kind)


def _union(here: _Here, wanted: inspect.UnionType) -> Iterator[Mistake]:
    """``X | None``, or several tagged Structs: the documents have no other unions."""
    node = here.node
    kinds = [kind for kind in wanted.types if not isinstance(kind, inspect.NoneType)]
    if len(kinds) < len(wanted.types) and isinstance(node, Scalar) and node.value is None:
        return
    if len(kinds) == 1:
        yield from _walk(here, kinds[0])
        return
    tagged = {str(kind.tag): kind for kind in kinds if isinstance(kind, inspect.StructType)}
    first = next(iter(tagged.values()))
    name = first.tag_field or "type"
    tag = node.fields.get(name) if isinstance(node, Fields) else None
    if not isinstance(node, Fields):
        yield here.wrong_type(f"a mapping with '{name}', one of {listed(tagged)}")
    elif isinstance(tag, Scalar) and tag.value in tagged:
        yield from _struct(here, tagged[str(tag.value)])
    else:
        yield from _tag(here, node, name, tuple(tagged))


def _leaf(here: _Here, wanted: inspect.Type, described: str) -> Iterator[Mistake]:
    match wanted:
        case inspect.EnumType():
            yield from _word(here, tuple(str(member.value) for member in _members(wanted)))
        case inspect.LiteralType():
            yield from _word(here, tuple(str(value) for value in wanted.values))
        case inspect.StrType():
            yield from _text(here, wanted, described)
        case inspect.DateTimeType():
            yield from _instant(here)
        case inspect.IntType() | inspect.FloatType():
            yield from _number(here, wanted, described)
        case inspect.BoolType():
            if not (isinstance(here.node, Scalar) and isinstance(here.node.value, bool)):
                yield here.wrong_type("true or false")
        case _:
            raise TypeError(f"{here.path}: a document type that diagnose does not know: {wanted}")


def _members(wanted: inspect.EnumType) -> Iterator[Enum]:
    yield from wanted.cls


def _word(here: _Here, words: tuple[str, ...]) -> Iterator[Mistake]:
    node = here.node
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        if not isinstance(node, Reported):
            yield here.wrong_type(f"one of {listed(words)}")
    elif node.value not in words:
        hint = nearest(node.value, words)
        said = f"'{node.value}' is not known here{hint} (known: {listed(words)})"
        yield here.mistake("unknown_word", said)


def _text(here: _Here, wanted: inspect.StrType, described: str) -> Iterator[Mistake]:
    node = here.node
    if not isinstance(node, Scalar):
        yield here.wrong_type("a text")
    elif not isinstance(node.value, str):
        quoted = "" if node.value is None else f'; to mean the text, write "{node.text}"'
        yield here.mistake("wrong_type", f"expected a text, found {_found(node)}{quoted}")
    else:
        size = len(node.value)
        wrong = list(_length(here, size, wanted.min_length, wanted.max_length, "characters"))
        yield from wrong
        if not wrong and wanted.pattern and not re.search(wanted.pattern, node.value):
            said = f"'{node.value}' does not fit: {described or wanted.pattern}"
            yield here.mistake("wrong_format", said)


def _length(
    here: _Here, size: int, least: int | None, most: int | None, unit: str
) -> Iterator[Mistake]:
    if least is not None and size < least:
        yield here.mistake("wrong_length", f"needs at least {least} {unit}, found {size}")
    if most is not None and size > most:
        yield here.mistake("wrong_length", f"holds at most {most} {unit}, found {size}")


def _instant(here: _Here) -> Iterator[Mistake]:
    node = here.node
    example = "2015-02-15T00:00:00+02:00"
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        yield here.wrong_type(f"a time with its UTC offset, as in {example}")
        return
    try:
        time = msgspec.convert(node.value, datetime)
    except msgspec.ValidationError:
        # Going on is safe: the mistake is kept, and a document that has one is never used.
        said = f"'{node.value}' is not a date and time, as in {example}"
        yield here.mistake("not_a_time", said)
        return
    if time.tzinfo is None:
        said = f"'{node.value}' has no UTC offset; end it with Z or an offset such as +02:00"
        yield here.mistake("missing_utc_offset", said)
    elif time.year not in _YEARS:
        said = f"the year {time.year} lies outside {_YEARS[0]}-{_YEARS[-1]}"
        yield here.mistake("out_of_range", said)


_BOUNDS: tuple[tuple[str, str, Callable[[float, float], bool]], ...] = (
    ("ge", "at least", lambda value, bound: value >= bound),
    ("gt", "more than", lambda value, bound: value > bound),
    ("le", "at most", lambda value, bound: value <= bound),
    ("lt", "less than", lambda value, bound: value < bound),
)


def _number(
    here: _Here, wanted: inspect.IntType | inspect.FloatType, described: str
) -> Iterator[Mistake]:
    node = here.node
    whole = isinstance(wanted, inspect.IntType)
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        yield here.wrong_type("a whole number" if whole else "a number")
        return
    for name, words, holds in _BOUNDS:
        bound = getattr(wanted, name)
        if bound is not None and not holds(value, bound):
            what = f" ({described.rstrip('.')})" if described else ""
            yield here.mistake("out_of_range", f"{value} is not {words} {bound:g}{what}")


def _found(node: Node) -> str:
    """What stands there, in words."""
    match node:
        case Scalar(value=None):
            return "nothing"
        case Scalar(value=bool()):
            return f"the truth value {node.text}"
        case Scalar(value=str()):
            return f"the text '{_shortened(node.text)}'"
        case Scalar():
            return f"the number {_shortened(node.text)}"
        case Items():
            return f"a list of {len(node.items)}"
        case _:
            return "a mapping"


def _shortened(text: str) -> str:
    limit = 40
    return text if len(text) <= limit else text[: limit - 1] + "…"
