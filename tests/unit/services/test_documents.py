"""Document files: whatever a file holds is a value or mistakes, never an accident."""

from __future__ import annotations

from pathlib import Path

import pytest

from services import documents
from services.documents import (
    Beside,
    examine_file,
    read_agreement_file,
    read_document_file,
    read_methodology_file,
)
from streams.agreement import Agreement
from streams.errors import AgreementError
from streams.methodology import Methodology
from tests.unit.examples.example import FOLDER


def test_a_file_is_read_as_what_it_says_it_is() -> None:
    assert isinstance(read_document_file(FOLDER / "agreement.yaml"), Agreement)
    assert isinstance(read_document_file(FOLDER / "methodology.yaml"), Methodology)


@pytest.mark.parametrize("read", [read_agreement_file, read_methodology_file, read_document_file])
@pytest.mark.parametrize(
    ("content", "code"), [(b"a: b\n\xff", "not_utf8"), (b"x" * 2000, "too_large")]
)
def test_what_is_no_text_is_a_mistake_of_that_file(
    read: object, content: bytes, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "LIMIT_BYTES", 1000)
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    assert callable(read)
    with pytest.raises(AgreementError) as refused:
        read(path)
    (mistake,) = refused.value.mistakes
    assert (mistake.code, mistake.file) == (code, "a.yaml")


def test_the_line_of_a_byte_that_is_no_text_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\nb: 2\nc: \xff\n")
    (mistake,) = examine_file(path).mistakes
    assert mistake.line == 3


def test_geojson_is_read_when_it_is_named_and_never_before(tmp_path: Path) -> None:
    (tmp_path / "zones.geojson").write_text("{}", encoding="utf-8")
    (tmp_path / "broken.geojson").write_bytes(b"\xff")
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    (tmp_path / "folder.geojson").mkdir()
    beside = Beside(tmp_path / "a.yaml")
    assert list(beside) == ["broken.geojson", "zones.geojson"]
    assert len(beside) == 2
    assert ("zones.geojson" in beside, "other.json" in beside) == (True, False)
    assert beside["zones.geojson"] == "{}"
    with pytest.raises(documents.DocumentFileError, match="not UTF-8"):
        beside["broken.geojson"]
