"""Document files: agreements and methodologies from disk, with the GeoJSON beside them.

Place on the data's way: files → text → `streams.documents.read`, which never opens a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, TypeVar

from services.errors import ServiceError
from streams.agreement import Agreement
from streams.documents.pack import LINES_SUFFIX
from streams.documents.read import (
    Examined,
    examine_agreement,
    examine_document,
    examine_methodology,
)
from streams.errors import AgreementError, Mistake
from streams.methodology import Methodology

D = TypeVar("D", Agreement, Methodology)

LIMIT_BYTES: Final = 64 * 1024 * 1024
LINES_LIMIT_BYTES: Final = 256 * 1024 * 1024
"""Of a file of one feature a line, which takes its own size in memory and not twenty times it."""


class DocumentFileError(ServiceError):
    """A document's file cannot be read as text; `mistake` says so like any other mistake."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(str(mistake))
        self.mistake = mistake


def examine_file(path: Path) -> Examined[Agreement] | Examined[Methodology]:
    """Read whichever of the two the file says it is, with every mistake in it.

    Raises:
        OSError: it, or a GeoJSON file that it names, cannot be opened.
    """
    try:
        return examine_document(_text(path), Beside(path), file=path.name)
    except DocumentFileError as error:
        # What is no text is a mistake like others: the files after this one are examined too.
        unreadable: Examined[Agreement] = Examined(None, (error.mistake,), ())
        return unreadable


def read_document_file(path: Path) -> Agreement | Methodology:
    """Read whichever of the two the file says it is; raises AgreementError with every mistake."""
    examined = examine_file(path)
    if examined.document is None:
        raise AgreementError(examined.mistakes)
    return examined.document


def read_agreement_file(path: Path) -> Agreement:
    """Read an agreement; raises AgreementError with every mistake."""
    try:
        return _required(examine_agreement(_text(path), Beside(path), file=path.name))
    except DocumentFileError as error:
        raise AgreementError((error.mistake,)) from error


def read_methodology_file(path: Path) -> Methodology:
    """Read a methodology; raises AgreementError with every mistake."""
    try:
        return _required(examine_methodology(_text(path), file=path.name))
    except DocumentFileError as error:
        raise AgreementError((error.mistake,)) from error


def _required(examined: Examined[D]) -> D:
    if examined.document is None:
        raise AgreementError(examined.mistakes)
    return examined.document


class Beside(Mapping[str, str]):
    """The GeoJSON files in a document's folder by plain name, each read when it is named.

    Others may lie there, broken or huge: they are nothing to the document.
    """

    def __init__(self, document: Path) -> None:
        found = sorted(document.parent.glob("*.geojson*"))
        self._paths = {path.name: path for path in found if path.is_file()}

    def __getitem__(self, name: str) -> str:
        """The file's text."""
        return _text(self._paths[name])

    def __contains__(self, name: object) -> bool:
        """Whether it is there, without reading it."""
        return name in self._paths

    def __iter__(self) -> Iterator[str]:
        """Names."""
        return iter(self._paths)

    def __len__(self) -> int:
        """How many."""
        return len(self._paths)


def _text(path: Path) -> str:
    limit = LINES_LIMIT_BYTES if path.suffix == LINES_SUFFIX else LIMIT_BYTES
    if path.stat().st_size > limit:
        message = f"is larger than {limit} bytes: simplify its geometry"
        raise DocumentFileError(Mistake("too_large", "document", message, file=path.name))
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 (byte {error.start}): save it as UTF-8"
        line = error.object.count(b"\n", 0, error.start) + 1
        raise DocumentFileError(
            Mistake("not_utf8", "document", message, line, path.name)
        ) from error
