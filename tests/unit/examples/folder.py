"""Example folders with expectations: an agreement, what was reported and said, what must follow.

`expected.ndjson` was written from the clauses, before the program was asked. A line says what is
expected of one report, measure, phase, truce or word without effect, and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from services.documents import examine_file, read_agreement_file, read_methodology_file
from streams.agreement import Agreement
from streams.assess import Judged
from streams.context.authority import NoEffect
from streams.context.exchanges import Discrepancy
from streams.context.fold import MissionState, fold
from streams.context.heard import Heard
from streams.context.known import known_by
from streams.context.measures import MeasureState
from streams.context.truces import TruceState
from streams.decode import Refusal, decode_context
from streams.errors import Mistake
from streams.gather import Refused
from streams.history import judge_history
from streams.inforce import Register
from streams.methodology import Methodology
from streams.vocabulary import ExchangeCategory, ExchangeStep, Verdict

EXAMPLES = Path(__file__).parents[3] / "examples"


class Line(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="of", tag=str.lower
):
    """One line of `expected.ndjson`."""

    why: str


class Report(Line, frozen=True, kw_only=True):
    """What a report is found to be."""

    id: str
    verdict: Verdict
    """The gravest."""
    findings: dict[str, tuple[Verdict, str]]
    """By term: verdict and rule. A term that is not named here is not applicable."""


class Measure(Line, frozen=True, kw_only=True):
    """How a measure stands at an instant."""

    id: str
    at: datetime
    state: MeasureState
    overdue: bool
    verified: int | None = None


class Phase(Line, frozen=True, kw_only=True):
    """When a phase began or will begin."""

    id: str
    at: datetime | None


class Truce(Line, frozen=True, kw_only=True):
    """How a local truce stands at an instant."""

    id: str
    at: datetime
    state: TruceState
    holds: bool


class Tally(Line, frozen=True, kw_only=True):
    """How one step of a list of an exchange is counted at an instant, and what does not fit."""

    exchange: int
    at: datetime
    handed_over_by: str
    category: ExchangeCategory
    step: ExchangeStep
    giver_says: tuple[int, ...] = ()
    receiver_says: tuple[int, ...] = ()
    mission_says: tuple[int, ...] = ()
    discrepancies: tuple[Discrepancy, ...] = ()


class Unheeded(Line, frozen=True, kw_only=True):
    """A word without effect."""

    ref: str
    reason: NoEffect


Expected = Report | Measure | Phase | Truce | Tally | Unheeded
_LINES = msgspec.json.Decoder(Expected)


@dataclass(frozen=True)
class Example:
    """A folder, read."""

    folder: Path
    agreement: Agreement
    methodology: Methodology
    reports: list[bytes]
    heard: list[Heard]
    expected: list[Expected]

    def judged(self) -> dict[str, Judged]:
        """Every report's judgement, by the stages of `truceline judge`."""
        register = Register((self.agreement,), (self.methodology,))
        known = known_by(register, self.agreement.mission, self.heard)
        results = list(judge_history(register, self.reports, known))
        assert not [result for result in results if isinstance(result, Refused)]
        return {one.report.id: one for one in results if isinstance(one, Judged)}

    def state(self) -> MissionState:
        """What is known beside the reports."""
        return fold(self.agreement, self.methodology, self.heard)

    def examined(self) -> tuple[list[Mistake], list[Mistake]]:
        """Mistakes and advice, of agreement and methodology."""
        both = [examine_file(self.folder / name) for name in ("agreement.yaml", "methodology.yaml")]
        return (
            [mistake for one in both for mistake in one.mistakes],
            [advice for one in both for advice in one.advice],
        )


FOLDERS = sorted(path.parent.name for path in EXAMPLES.glob("*/expected.ndjson"))


@cache
def example(name: str) -> Example:
    folder = EXAMPLES / name
    return Example(
        folder,
        read_agreement_file(folder / "agreement.yaml"),
        read_methodology_file(folder / "methodology.yaml"),
        (folder / "reports.ndjson").read_bytes().splitlines(),
        [_heard(raw) for raw in _optional(folder / "context.ndjson")],
        [_LINES.decode(raw) for raw in (folder / "expected.ndjson").read_bytes().splitlines()],
    )


def _optional(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []


def _heard(raw: bytes) -> Heard:
    event = decode_context(raw)
    assert not isinstance(event, Refusal), event
    return Heard(event, vouched=True, content_hash=sha256(raw).hexdigest())
