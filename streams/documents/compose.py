"""Text → a tree in which every value knows its line.

Place on the data's way: YAML or JSON text of an agreement, a methodology or a GeoJSON file beside
them → **tree** → diagnose, check. YAML is read as JSON with comments: only JSON's types exist, so
that `no`, `012` and `2015-02-15` stay the text they are, and nothing depends on a loader's taste.

Hostile input is bounded: size, nesting and the number of nodes, aliases counted as what they stand
for. libyaml's events are read in a loop: no recursion follows the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from streams.errors import Mistake

MAX_CHARACTERS = 8_000_000
MAX_DEPTH = 40
MAX_NODES = 1_000_000

Plain = str | int | float | bool | None

_WORDS: dict[str, Plain] = {"": None, "null": None, "~": None, "true": True, "false": False}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,99})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,99})(\.[0-9]{1,99})?([eE][+-]?[0-9]{1,9})?")
_SURROGATES = re.compile(
    r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: 1-based line, and the file's name where it has one."""

    line: int
    file: str | None


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, number, truth value or null."""

    value: Plain
    text: str
    """As it is written, without quotes."""
    place: Place


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping; `keys` says where each key stands."""

    fields: dict[str, Node]
    keys: dict[str, Place]
    place: Place


@dataclass(frozen=True, slots=True)
class Reported:
    """Something unreadable that a mistake speaks of already: later passes leave it alone."""

    place: Place


Node = Scalar | Items | Fields | Reported


@dataclass(frozen=True, slots=True)
class Composed:
    """What a text holds, and what was wrong with it as YAML; no root: nothing can be read."""

    root: Node | None
    mistakes: tuple[Mistake, ...]


def plain(node: Node) -> Any:  # noqa: ANN401 - JSON's types, as msgspec.convert takes them
    """The tree as JSON's builtin types; what was reported already is None."""
    match node:
        case Scalar():
            return node.value
        case Items():
            return [plain(item) for item in node.items]
        case Fields():
            return {key: plain(value) for key, value in node.fields.items()}
        case Reported():
            return None


def compose(text: str, file: str | None) -> Composed:
    """Reads a document of YAML or JSON; never raises for what the text holds."""
    if len(text) > MAX_CHARACTERS:
        message = f"the document has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read"
        return Composed(None, (Mistake("too_large", "document", message, 1, file),))
    builder = _Builder(file)
    try:
        for event in yaml.parse(_paired(text), Loader=yaml.CSafeLoader):
            if not builder.take(event):
                break
    except yaml.YAMLError as error:
        # Going on is safe: the mistake is kept, and a document that has one is never used.
        last = text.count("\n") + 1
        # YAML sees some mistakes only behind the last line, where nobody can look.
        builder.say("yaml_syntax", min(_syntax_line(error), last), _syntax_message(error))
        return Composed(None, tuple(builder.mistakes))
    if builder.root is None and not builder.mistakes:
        builder.say("empty_document", 1, "the document is empty")
    return Composed(builder.root, tuple(builder.mistakes))


def _paired(text: str) -> str:
    r"""JSON writes 😀 as ``\ud83d\ude00``, which YAML does not know: such pairs become one."""
    return _SURROGATES.sub(_one_character, text) if text.lstrip().startswith(("{", "[")) else text


def _one_character(pair: re.Match[str]) -> str:
    high, low = int(pair[2], 16), int(pair[3], 16)
    return pair[1] + f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


def _syntax_line(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return 1 if mark is None else mark.line + 1


def _syntax_message(error: yaml.YAMLError) -> str:
    said = [getattr(error, name, None) for name in ("problem", "context")]
    return "; ".join(str(part) for part in said if part) or " ".join(str(error).split())


def _resolved(text: str) -> Plain:
    """What an unquoted scalar is, by JSON's grammar; whatever is not JSON's is text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is being read."""

    place: Place
    anchor: str | None
    mapping: bool
    items: list[Node] = field(default_factory=list)
    fields: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)
    key: str | None = None
    awaits_key: bool = True
    """In a mapping: whether the next node is a key."""
    skips: bool = False
    """In a mapping: the next value belongs to a key that was refused."""
    size: int = 1
    depth: int = 1

    def closed(self) -> Node:
        if self.mapping:
            return Fields(self.fields, self.keys, self.place)
        return Items(tuple(self.items), self.place)


class _Builder:
    """Builds the tree from libyaml's events, one at a time."""

    def __init__(self, file: str | None) -> None:
        self.file = file
        self.root: Node | None = None
        self.mistakes: list[Mistake] = []
        self._open: list[_Frame] = []
        self._anchors: dict[str, tuple[Node, int, int]] = {}
        """Anchor → node, its size in nodes, its depth."""
        self._nodes = 0

    def say(self, code: str, line: int, message: str) -> None:
        self.mistakes.append(Mistake(code, self._path(), message, line, self.file))

    def take(self, event: yaml.Event) -> bool:
        """Takes one event; False when it is no use to read on."""
        mark = event.start_mark
        place = Place(1 if mark is None else mark.line + 1, self.file)
        match event:
            case yaml.DocumentStartEvent() if self.root is not None:
                self.say("several_documents", place.line, "one document a file; another begins")
                return False
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._tagged(event.tag, place)
                mapping = isinstance(event, yaml.MappingStartEvent)
                self._open.append(_Frame(place, event.anchor, mapping))
                return self._within_limits(place, 1, 0)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                frame = self._open.pop()
                self._put(frame.closed(), frame.anchor, frame.size, frame.depth)
            case yaml.ScalarEvent():
                self._tagged(event.tag, place)
                value = _resolved(event.value) if event.implicit[0] else event.value
                self._put(Scalar(value, event.value, place), event.anchor, 1, 0)
                return self._within_limits(place, 1, 0)
            case yaml.AliasEvent():
                return self._alias(str(event.anchor), place)
        return True

    def _alias(self, name: str, place: Place) -> bool:
        if name not in self._anchors:
            self.say("unknown_alias", place.line, f"*{name} names nothing that stands before it")
            self._put(Reported(place), None, 1, 0)
            return True
        node, size, depth = self._anchors[name]
        self._put(node, None, size, depth)
        return self._within_limits(place, size, depth)

    def _within_limits(self, place: Place, size: int, depth: int) -> bool:
        self._nodes += size
        if self._nodes > MAX_NODES:
            self.say("too_large", place.line, f"more than {MAX_NODES:,} values")
        elif len(self._open) + depth > MAX_DEPTH:
            self.say("too_deep", place.line, f"nested deeper than {MAX_DEPTH}")
        else:
            return True
        self.root = None
        return False

    def _put(self, node: Node, anchor: str | None, size: int, depth: int) -> None:
        if anchor is not None:
            self._anchors[anchor] = (node, size, depth)
        if not self._open:
            self.root = node
            return
        frame = self._open[-1]
        frame.size += size
        frame.depth = max(frame.depth, depth + 1)
        if not frame.mapping:
            frame.items.append(node)
        elif frame.awaits_key:
            self._key(frame, node)
        else:
            if frame.key is not None:
                frame.fields[frame.key] = node
            frame.key, frame.awaits_key = None, True

    def _key(self, frame: _Frame, node: Node) -> None:
        frame.awaits_key = False
        if not isinstance(node, Scalar):
            self.say("key_not_text", node.place.line, "a field's name must be a plain text")
        elif node.text in frame.keys:
            first = frame.keys[node.text].line
            said = f"'{node.text}' stands here twice; the first time in line {first}"
            frame.key = node.text
            self.say("duplicate_key", node.place.line, said)
            frame.key = None
        else:
            frame.key = node.text
            frame.keys[node.text] = node.place

    def _tagged(self, tag: str | None, place: Place) -> None:
        if tag is not None:
            self.say("yaml_tag", place.line, f"tags ({tag}) are not read; put texts in quotes")

    def _path(self) -> str:
        """Path of the node that is being read."""
        return join(_steps(self._open)) or "document"


def _steps(frames: list[_Frame]) -> Iterator[str | int]:
    for frame in frames:
        if not frame.mapping:
            yield len(frame.items)
        elif frame.key is not None:
            yield frame.key


def join(steps: Iterator[str | int]) -> str:
    """Steps as a path: ``zones``, 3, ``geometry`` → ``zones[3].geometry``."""
    path = ""
    for step in steps:
        path = below(path, step)
    return path


def below(path: str, step: str | int) -> str:
    """The path one step further down."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    return f"{path}.{step}" if path else step
