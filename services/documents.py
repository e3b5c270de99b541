"""Document files: agreements and methodologies from disk, with the GeoJSON beside them.

Place on the data's way: files → text → `streams.documents`, which never opens a file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypeVar

from services.errors import ServiceError
from streams.agreement import Agreement
from streams.documents import (
    Examined,
    examine_agreement,
    examine_document,
    examine_methodology,
)
from streams.errors import AgreementError
from streams.methodology import Methodology

D = TypeVar("D", Agreement, Methodology)

LIMIT_BYTES: Final = 64 * 1024 * 1024


class DocumentFileError(ServiceError):
    """A document's file cannot be read as text."""


def examine_file(path: Path) -> Examined[Agreement] | Examined[Methodology]:
    """Read whichever of the two the file says it is, with every mistake in it."""
    return examine_document(_text(path), _beside(path), file=path.name)


def read_agreement_file(path: Path) -> Agreement:
    """Read an agreement; raises AgreementError with every mistake."""
    return _required(examine_agreement(_text(path), _beside(path), file=path.name))


def read_methodology_file(path: Path) -> Methodology:
    """Read a methodology; raises AgreementError with every mistake."""
    return _required(examine_methodology(_text(path), file=path.name))


def _required(examined: Examined[D]) -> D:
    if examined.document is None:
        raise AgreementError(examined.mistakes)
    return examined.document


def _beside(path: Path) -> dict[str, str]:
    """The GeoJSON files in the document's folder, by plain name."""
    return {file.name: _text(file) for file in sorted(path.parent.glob("*.geojson"))}


def _text(path: Path) -> str:
    if path.stat().st_size > LIMIT_BYTES:
        raise DocumentFileError(f"{path} is larger than {LIMIT_BYTES} bytes: simplify its geometry")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DocumentFileError(f"{path} is not UTF-8: save it as UTF-8") from error
