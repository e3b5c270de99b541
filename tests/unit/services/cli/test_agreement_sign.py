"""`truceline agreement keygen`, `sign`, `signatures` on files, with no engine."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.unit.services.cli.conftest import Run
from tests.unit.services.cli.ran import Ran

AGREEMENT = """\
format: truceline.agreement.v1
id: local
version: 1
mission: smm
title: Local truce
valid: {from: 2026-01-01T00:00:00Z}
parties:
  - id: north
    name: North
    keys:
      - {id: north-1, public_key: NORTH}
  - id: south
    name: South
    keys:
      - {id: south-1, public_key: SOUTH}
terms:
  - id: t
    clause: Article 1
    text: No fire.
    prohibits: [shot]
    where: {everywhere: true}
    severity: grave
    violation: fire_into_zone
"""
METHODOLOGY = """\
format: truceline.methodology.v1
id: method
version: 1
mission: smm
title: Method
valid: {from: 2026-01-01T00:00:00Z}
thresholds: {violation: 0.9, possible: 0.5}
accuracy_otherwise_m: 1000
clock_skew_s: 300
corridor: {stale_after_s: 3600}
"""
REPORT = (
    b'{"id": "r-1", "mission": "smm", "source": "p", "kind": "shot", "means": ["saw"],'
    b' "observed_from": "2026-03-02T12:00:00Z"}\n'
)


@pytest.fixture
def folder(run: Run, tmp_path: Path) -> Path:
    text = AGREEMENT
    for name in ("north", "south"):
        ran = run("agreement", "keygen", tmp_path / f"{name}.pem", "--json")
        assert ran.code == 0, ran
        text = text.replace(name.upper(), ran.lines[0]["public_key"])
    (tmp_path / "agreement.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "methodology.yaml").write_text(METHODOLOGY, encoding="utf-8")
    (tmp_path / "reports.ndjson").write_bytes(REPORT)
    return tmp_path


def sign(run: Run, folder: Path, party: str, key: str | None = None) -> Ran:
    file, pem = folder / "agreement.yaml", folder / f"{key or party}.pem"
    return run("agreement", "sign", file, "--party", party, "--key", pem, "--json")


def judge(run: Run, folder: Path) -> Ran:
    names = ("agreement.yaml", "methodology.yaml", "reports.ndjson")
    return run("judge", *(folder / name for name in names))


def test_a_key_is_for_its_owner_alone_and_never_written_over(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "k.pem"
    ran = run("agreement", "keygen", file)
    assert "public_key:" in ran.out
    assert "PRIVATE" not in ran.out + ran.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    held = file.read_bytes()
    assert run("agreement", "keygen", file).code != 0
    assert file.read_bytes() == held


def test_a_version_is_a_draft_until_all_have_signed(run: Run, folder: Path) -> None:
    file = folder / "agreement.yaml"
    (said,) = run("agreement", "signatures", file, "--json").lines
    assert (said["draft"], said["missing"], said["signatures"]) == (True, ["north", "south"], [])
    (line,) = judge(run, folder).lines
    assert line["draft"] is True
    assert sign(run, folder, "north").code == 0
    shown = run("agreement", "signatures", file)
    assert (shown.code, "south missing" in shown.out) == (1, True)
    sign(run, folder, "south")
    shown = run("agreement", "signatures", file)
    assert (shown.code, "signed by all parties" in shown.out) == (0, True)
    (line,) = judge(run, folder).lines
    assert "draft" not in line


def test_the_signature_lies_beside_the_agreement_and_is_never_written_over(
    run: Run, folder: Path
) -> None:
    (said,) = sign(run, folder, "north").lines
    assert said["file"] == "agreement.north.north-1.signature.json"
    assert sign(run, folder, "north").code != 0


def test_a_key_that_is_not_the_partys_signs_nothing(run: Run, folder: Path) -> None:
    refused = sign(run, folder, "north", key="south")
    assert refused.code == 1
    assert refused.failure["code"] == "cannot_sign"
    assert sign(run, folder, "west", key="south").code == 1
    assert list(folder.glob("*.signature.json")) == []


def test_a_key_that_others_may_read_is_refused(run: Run, folder: Path) -> None:
    (folder / "north.pem").chmod(0o644)
    refused = sign(run, folder, "north")
    assert refused.code == 3
    assert "chmod 600" in refused.failure["error"]


def test_a_signature_under_another_text_counts_for_nothing_and_says_so(
    run: Run, folder: Path
) -> None:
    sign(run, folder, "north")
    sign(run, folder, "south")
    file = folder / "agreement.yaml"
    file.write_text(file.read_text().replace("No fire.", "No fire at all."))
    (said,) = run("agreement", "signatures", file, "--json").lines
    assert said["draft"] is True
    assert [one["why_not"] for one in said["signatures"]] == ["other_text", "other_text"]
    ran = judge(run, folder)
    assert ran.lines[0]["draft"] is True
    assert "agreement.north.north-1.signature.json does not count" in ran.err


def test_a_file_that_is_no_signature_is_refused(run: Run, folder: Path) -> None:
    (folder / "agreement.x.signature.json").write_text("{}")
    refused = run("agreement", "signatures", folder / "agreement.yaml", "--json")
    assert (refused.code, refused.failure["code"]) == (1, "signature_file")
