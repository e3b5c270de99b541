"""`truceline agreement`: every mistake at once, with what to do and an exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.examples.example import FOLDER
from tests.unit.services.cli.conftest import Run

AGREEMENT, METHODOLOGY = FOLDER / "agreement.yaml", FOLDER / "methodology.yaml"


@pytest.fixture
def mistaken(tmp_path: Path) -> Path:
    """The example with two mistakes in it, its GeoJSON beside it."""
    text = AGREEMENT.read_text(encoding="utf-8")
    assert "severity: grave" in text or "severity: serious" in text
    text = text.replace("severity:", "severty:", 1).replace("mission:", "misson:", 1)
    for file in FOLDER.glob("*.geojson"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    made = tmp_path / "mistaken.yaml"
    made.write_text(text, encoding="utf-8")
    return made


def test_sound_documents_are_named_with_their_hashes(run: Run) -> None:
    ran = run("agreement", "check", AGREEMENT, METHODOLOGY)
    assert ran.code == 0
    assert ran.out.count("no mistakes") == 2
    (said,) = run("agreement", "check", AGREEMENT, METHODOLOGY, "--json").lines
    assert said["mistakes"] == []
    assert set(said["documents"]) == {"agreement.yaml", "methodology.yaml"}


def test_every_mistake_is_shown_with_its_line(run: Run, mistaken: Path) -> None:
    ran = run("agreement", "check", mistaken, METHODOLOGY)
    assert ran.code == 1
    assert "did you mean" in ran.out.lower()
    assert ran.out.count("mistaken.yaml:") >= 2
    assert "methodology.yaml: no mistakes" in ran.out
    (said,) = run("agreement", "check", mistaken, "--json").lines
    assert len(said["mistakes"]) >= 2
    for mistake in said["mistakes"]:
        assert set(mistake) == {"code", "path", "message", "line", "file"}


@pytest.mark.parametrize("words", [("agreement", "load"), ("agreement", "show")])
def test_a_document_with_mistakes_is_not_used_and_all_are_shown(
    words: tuple[str, ...], run: Run, mistaken: Path
) -> None:
    ran = run(*words, mistaken)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("mistaken.yaml:") >= 2
    assert ran.err.splitlines()[-1].endswith("see above: mend the file and try again [mistakes]")
    failure = run(*words, mistaken, "--json").failure
    assert (failure["code"], len(failure["mistakes"]) >= 2) == ("mistakes", True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"zones: [", "yaml"),
        (b"", ""),
        (b"\xff\xfe\x00", "not_utf8"),
        (b"format: truceline.agreement.v1\n", ""),
        (b"&a [*a, *a]", ""),
    ],
)
def test_what_is_no_agreement_is_a_mistake_like_others(
    text: bytes, code: str, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "broken.yaml"
    file.write_bytes(text)
    ran = run("agreement", "check", file, METHODOLOGY, "--json")
    assert ran.code == 1
    (said,) = ran.lines
    assert said["mistakes"]
    assert code in said["mistakes"][0]["code"]
    assert "methodology.yaml" in said["documents"]


def test_broken_files_that_only_lie_beside_it_are_nothing_to_it(run: Run, tmp_path: Path) -> None:
    for file in (AGREEMENT, *FOLDER.glob("*.geojson")):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "a-folder.geojson").mkdir()
    (tmp_path / "broken.geojson").write_bytes(b"\xff")
    (tmp_path / "dangling.geojson").symlink_to(tmp_path / "nowhere")
    assert run("agreement", "check", tmp_path / "agreement.yaml").code == 0


def test_a_file_is_shown_and_compared_without_any_engine(run: Run, tmp_path: Path) -> None:
    shown = run("agreement", "show", AGREEMENT)
    assert shown.code == 0
    for text in ("security-zone", "cease-fire", "zolote-road", "No finding under it is a finding"):
        assert text in shown.out
    (whole,) = run("agreement", "show", AGREEMENT, "--json").lines
    assert whole["id"] == "donetsk-luhansk-illustrative"
    assert run("agreement", "diff", AGREEMENT, AGREEMENT).out == "nothing changed\n"
    for file in FOLDER.glob("*.geojson"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    amended = tmp_path / "amended.yaml"
    text = AGREEMENT.read_text(encoding="utf-8")
    text = text.replace("version: 1", "version: 2\nagreed_at: 2015-01-01T00:00:00Z", 1)
    amended.write_text(text, encoding="utf-8")
    changes = run("agreement", "diff", AGREEMENT, amended, "--json").lines
    assert changes


def test_a_name_that_is_neither_file_nor_loaded_needs_a_database(run: Run) -> None:
    assert run("agreement", "show", "nothing@1").code == 3


def test_two_tables_show_at_80_columns(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert max(map(len, run("agreement", "show", AGREEMENT).out.splitlines())) <= 80


def test_the_calendar_draws_the_hours_of_a_term_by_a_local_clock(run: Run, tmp_path: Path) -> None:
    """On the day on which Kyiv's clocks are set forward the night has an hour less."""
    by_day = _with_hours(tmp_path, "from: '06:00', to: '22:00'")
    days = ("--from", "2018-03-24", "--to", "2018-03-27", "--zone", "zolote")
    ran = run("agreement", "calendar", by_day, *days, "--clock", "Europe/Kyiv")
    assert ran.code == 0
    assert f"  2018-03-24{' ' * 14}  {'.' * 6}{'#' * 16}{'.' * 2}\n" in ran.out
    assert f"  2018-03-25{' ' * 14}  {'.' * 5}{'#' * 16}{'.' * 2}\n" in ran.out
    assert f"  2018-03-24 to 2018-03-26  {'#' * 24}\n" not in ran.out


def test_the_calendar_as_json_gives_spans_in_utc(run: Run, tmp_path: Path) -> None:
    by_day = _with_hours(tmp_path, "from: '06:00', to: '22:30'")
    days = ("--from", "2018-03-24", "--to", "2018-03-25", "--json")
    said = {
        line["term"]: line["spans"] for line in run("agreement", "calendar", by_day, *days).lines
    }
    assert said["disengagement-fire"] == [
        {"from": "2018-03-24T04:00:00Z", "to": "2018-03-24T20:30:00Z"}
    ]
    assert said["corridor-safety"] == []


def test_the_calendar_of_a_zone_that_is_none_is_refused(run: Run) -> None:
    days = ("--from", "2018-03-24", "--to", "2018-03-25", "--zone", "zolotte")
    ran = run("agreement", "calendar", AGREEMENT, *days)
    assert ran.code == 2
    assert "no zone or corridor 'zolotte'" in ran.err


def _with_hours(tmp_path: Path, hours: str) -> Path:
    """The example, whose term of fire in disengagement areas holds at these hours of Kyiv."""
    text = AGREEMENT.read_text(encoding="utf-8")
    before, after = text.split("  - id: disengagement-fire\n", 1)
    window = f"    when: [{{type: daily, time_zone: Europe/Kyiv, {hours}}}]\n"
    for file in FOLDER.glob("*.geojson"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    made = tmp_path / "agreement.yaml"
    made.write_text(f"{before}  - id: disengagement-fire\n{window}{after}", encoding="utf-8")
    return made
