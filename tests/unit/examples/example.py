"""The committed example, read the way a user's files are read."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import msgspec

from streams.agreement import Agreement
from streams.assess import Judged
from streams.documents.read import read_agreement, read_methodology
from streams.events import Report
from streams.gather import Refused
from streams.history import judge_history
from streams.inforce import Register
from streams.methodology import Methodology
from streams.signing import Signature, read_signature
from streams.smm.read import reports_from_smm

FOLDER = Path(__file__).parents[3] / "examples" / "donetsk-luhansk"
MISSION = "osce-smm"


def text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@cache
def agreement() -> Agreement:
    files = {"zones.geojson": text("zones.geojson")}
    return read_agreement(text("agreement.yaml"), files, file="agreement.yaml")


@cache
def methodology() -> Methodology:
    return read_methodology(text("methodology.yaml"), file="methodology.yaml")


@cache
def signatures() -> tuple[Signature, ...]:
    """Those that lie beside the agreement."""
    found = sorted(FOLDER.glob("agreement.*.signature.json"))
    return tuple(read_signature(path.read_bytes()) for path in found)


@cache
def rows() -> dict[str, dict[str, str]]:
    """The table's rows by `obs_id`."""
    return {row["obs_id"]: row for row in csv.DictReader(text("smm_observations.csv").splitlines())}


@cache
def reports() -> dict[str, Report]:
    """The reports by the row's own id (`A-1`)."""
    found = reports_from_smm(rows().values(), mission=MISSION)
    return {report.id.removeprefix("smm-"): report for report in found}


@cache
def judged() -> dict[str, Judged]:
    """Every row's judgement, through the same bytes and stages as `truceline judge`."""
    lines = [msgspec.json.encode(report) for report in reports().values()]
    register = Register((agreement(),), (methodology(),), signatures=signatures())
    results = list(judge_history(register, lines))
    assert not [result for result in results if isinstance(result, Refused)]
    return {
        result.report.id.removeprefix("smm-"): result
        for result in results
        if isinstance(result, Judged)
    }
