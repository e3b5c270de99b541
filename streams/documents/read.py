"""Documents: text of an agreement or a methodology → the value, or every mistake in it at once.

Place on the data's way: the mission's files → **Agreement, Methodology** → inforce, judge. Pure:
the caller reads the files and hands in their text.

The steps, in order: compose (text → tree with lines), attach (geometry from GeoJSON files beside
it), diagnose (structure), check (meaning), and only where no mistake was found: the value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from streams.agreement import Agreement, Document
from streams.documents.attach import attach
from streams.documents.check import RULES_OF, advise, check
from streams.documents.compose import Composed, Node, compose, plain
from streams.documents.diagnose import diagnose
from streams.documents.select import first
from streams.errors import AgreementError, Mistake
from streams.methodology import Methodology

D = TypeVar("D", bound=Document)

_FORMATS: dict[type[Document], str] = {
    Agreement: "truceline.agreement.v1",
    Methodology: "truceline.methodology.v1",
}


@dataclass(frozen=True, slots=True)
class Examined(Generic[D]):
    """A document as it was found: its value where there is no mistake, and what to say about it."""

    document: D | None
    mistakes: tuple[Mistake, ...]
    """Sorted by file and line; none exactly where `document` is there."""
    advice: tuple[Mistake, ...]
    """What is allowed and worth a second look."""


def read_agreement(text: str, files: Mapping[str, str], *, file: str | None = None) -> Agreement:
    """Read an agreement from YAML or JSON.

    `files` are the texts of the GeoJSON files beside it by their plain names; `file` is the
    document's own name, as mistakes should say it. Raises AgreementError with every mistake.
    """
    return _required(examine_agreement(text, files, file=file))


def read_methodology(text: str, *, file: str | None = None) -> Methodology:
    """Read a methodology from YAML or JSON. Raises AgreementError with every mistake."""
    return _required(examine_methodology(text, file=file))


def examine_agreement(
    text: str, files: Mapping[str, str], *, file: str | None = None
) -> Examined[Agreement]:
    """Find every mistake in an agreement at once; never raises for what the text holds."""
    return _examine(compose(text, file), files, Agreement)


def examine_methodology(text: str, *, file: str | None = None) -> Examined[Methodology]:
    """Find every mistake in a methodology at once; never raises for what the text holds."""
    return _examine(compose(text, file), {}, Methodology)


def examine_document(
    text: str, files: Mapping[str, str], *, file: str | None = None
) -> Examined[Agreement] | Examined[Methodology]:
    """Find every mistake in whichever of the two the document says it is; else an agreement."""
    composed = compose(text, file)
    said = None if composed.root is None else first(composed.root, "format", str)
    if said is not None and said.value == _FORMATS[Methodology]:
        return _examine(composed, {}, Methodology)
    return _examine(composed, files, Agreement)


def _examine(composed: Composed, files: Mapping[str, str], wanted: type[D]) -> Examined[D]:
    if composed.root is None:
        return Examined(None, composed.mistakes, ())
    other = _other_document(composed.root, wanted)
    if other is not None:
        return Examined(None, (*composed.mistakes, other), ())
    attached = attach(composed.root, files)
    root = attached.root
    mistakes = (
        *composed.mistakes,
        *attached.mistakes,
        *diagnose(root, wanted),
        *check(root, RULES_OF[wanted]),
    )
    advice = advise(root)
    if mistakes:
        return Examined(None, _in_order(mistakes), advice)
    return _converted(root, wanted, advice)


def _converted(root: Node, wanted: type[D], advice: tuple[Mistake, ...]) -> Examined[D]:
    try:
        return Examined(msgspec.convert(plain(root), wanted), (), advice)
    except msgspec.ValidationError as error:
        # Going on is safe: what diagnose overlooked is still a mistake, only without its line.
        overlooked = Mistake("unreadable", "document", str(error), root.place.line, root.place.file)
        return Examined(None, (overlooked,), advice)


def _other_document(root: Node, wanted: type[Document]) -> Mistake | None:
    """An agreement where a methodology is wanted, or the reverse: one mistake, not a hundred."""
    said = first(root, "format", str)
    if said is None or said.value not in {*_FORMATS.values()} - {_FORMATS[wanted]}:
        return None
    message = f"this is a {said.value} document; {_FORMATS[wanted]} is wanted here"
    return said.mistake("wrong_document", message)


def _in_order(mistakes: tuple[Mistake, ...]) -> tuple[Mistake, ...]:
    return tuple(sorted(mistakes, key=lambda m: (m.file or "", m.line or 0, m.path, m.code)))


def _required(examined: Examined[D]) -> D:
    if examined.document is None:
        raise AgreementError(examined.mistakes)
    return examined.document
