"""`truceline judge --context`: what is declared counts by the agreement's own sources."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from streams.agreement import PhaseDays, canonical_bytes
from streams.events import Event
from tests.unit.services.cli.conftest import Run
from tests.unit.streams import builders
from tests.unit.streams.context.said import METHODOLOGY, agreement, at, begins


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Agreement, methodology and a report of fire, two hours after noon."""
    during = PhaseDays(phase="declared", time_zone="Europe/Kyiv")
    under = agreement(terms=(builders.term("t", during=during),))
    fire = builders.report("r", observed_from=at(2))
    written = (canonical_bytes(under), canonical_bytes(METHODOLOGY), msgspec.json.encode(fire))
    paths = tuple(tmp_path / name for name in ("agreement.json", "methodology.json", "r.ndjson"))
    for path, raw in zip(paths, written, strict=True):
        path.write_bytes(raw)
    return paths[0], paths[1], paths[2]


def told(path: Path, *events: Event) -> Path:
    path.write_bytes(b"\n".join(msgspec.json.encode(event) for event in events))
    return path


def test_a_declared_phase_is_judged_by(run: Run, files: tuple[Path, ...], tmp_path: Path) -> None:
    context = told(tmp_path / "context.ndjson", begins("d", hour=1))
    without = run("judge", *files)
    declared = run("judge", *files, "--context", context)
    assert [line["verdict"] for line in (*without.lines, *declared.lines)] == [
        "not_applicable",
        "violation",
    ]
    assert run("judge", *files, "--context", context).out == declared.out


def test_whose_word_does_not_count_changes_nothing(
    run: Run, files: tuple[Path, ...], tmp_path: Path
) -> None:
    context = told(tmp_path / "context.ndjson", begins("d", hour=1, source="monitor"))
    (line,) = run("judge", *files, "--context", context).lines
    assert line["verdict"] == "not_applicable"


def test_a_context_event_that_cannot_be_read_is_said_first(
    run: Run, files: tuple[Path, ...], tmp_path: Path
) -> None:
    context = tmp_path / "context.ndjson"
    context.write_bytes(b'{"event": "rumour"}')
    ran = run("judge", *files, "--context", context)
    assert ran.code == 1
    assert ran.lines[0]["refused"] == "unknown_word"
    assert ran.lines[1]["verdict"] == "not_applicable"
