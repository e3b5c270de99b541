"""Assess: the pure stages in their order, on whole batches.

    Report ─ locate ─ geofence ─ judge ─→ Assessment        (reading: several versions → one)

Place on the data's way: what the worker runs between decode and the transaction, what `truceline
judge` runs on files, and what replay will run again. Same bytes in, same bytes out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from streams.agreement import Agreement
from streams.assessment import Assessment, Context, encode_alike, encode_assessment
from streams.context.facts import NOTHING_KNOWN
from streams.context.touching import Touching
from streams.decode import Reason, Refusal
from streams.events import Report
from streams.inforce import InForce, Pick, Register
from streams.judge import Outcome, assessment_of, outcome_of
from streams.methodology import Methodology
from streams.place import place
from streams.sight import Sight
from streams.when.edges import Observed


class Judged(Struct, frozen=True, gc=False):
    """A report with its assessment and what it was judged under."""

    sight: Sight
    assessment: Assessment
    in_force: InForce
    outcome: Outcome | None = None
    """What it shares with reports that are alike; None: several versions were read."""

    @property
    def body(self) -> bytes:
        """The one byte form of the assessment, as `encode_assessment` writes it."""
        if self.outcome is None:
            return encode_assessment(self.assessment)
        return encode_alike(self.outcome.told, self.assessment)

    @property
    def report(self) -> Report:
        """The report that was judged."""
        return self.sight.report


Known = Mapping[str, Touching]
"""What is declared, notified and agreed, by the content hash of the version that reads it."""

NOTHING_DECLARED: Final[Known] = MappingProxyType({})


def assess(
    register: Register,
    reports: Sequence[Report],
    contexts: Sequence[Context],
    known: Known = NOTHING_DECLARED,
) -> list[Judged | Refusal]:
    """Judge a batch; a row's result depends on nothing but that row and what is in force.

    Args:
        register: the versions of all missions.
        reports: the batch.
        contexts: what is known about each report, by row.
        known: what is known of its mission; of that, what touches the report joins its context.
    """
    results: list[Judged | Refusal | None] = [None] * len(reports)
    missions: defaultdict[str, list[int]] = defaultdict(list)
    for row, report in enumerate(reports):
        missions[report.mission].append(row)
    observed = Observed.of(reports)
    for mission, rows in missions.items():
        for picked, pick in register.picks(mission, observed.only(rows)):
            own = [rows[at] for at in picked]
            if pick is None:
                for row in own:
                    results[row] = _nothing_in_force(register, reports[row])
                continue
            told = _Told([reports[row] for row in own], [contexts[row] for row in own])
            judged = _assess_group(pick, told, observed.only(own), known)
            for row, result in zip(own, judged, strict=True):
                results[row] = result
    return [result for result in results if result is not None]


class _Told(NamedTuple):
    """Reports with what is known about each."""

    reports: Sequence[Report]
    contexts: Sequence[Context]


def _assess_group(pick: Pick, told: _Told, observed: Observed, known: Known) -> list[Judged]:
    """Judge reports that one agreement and methodology version decide."""
    in_force = pick.in_force
    numbers = in_force.stretches.edges.numbers(observed)
    placed = place(in_force, told.reports, numbers)
    touching = known.get(in_force.agreement_hash)
    contexts = told.contexts
    if touching is not None:
        contexts = [
            _with_facts(it, touching, report)
            for it, report in zip(contexts, told.reports, strict=True)
        ]
    judged: list[Judged] = []
    for report, context, there, number in zip(
        told.reports, contexts, placed, numbers.single(), strict=True
    ):
        sight = Sight(report, context, there.hits, there.unlocated, pick.straddles, number)
        outcome = outcome_of(sight, in_force)
        judged.append(Judged(sight, assessment_of(sight, outcome, in_force), in_force, outcome))
    return judged


def _with_facts(context: Context, touching: Touching, report: Report) -> Context:
    """The context with the facts that touch the report, and with no others."""
    start = report.observed_from
    facts = touching.of(start, report.observed_to or start)
    if facts is NOTHING_KNOWN:
        return context
    return replace(
        context,
        notifications=facts.notifications,
        phases=facts.phases,
        truces=facts.truces,
    )


def refusal_of(register: Register, report: Report) -> Refusal | None:
    """Why nothing can judge the report, asked before it is stored; None where something can."""
    start = report.observed_from
    if register.pick(report.mission, start, report.observed_to or start) is not None:
        return None
    return _nothing_in_force(register, report)


def _nothing_in_force(register: Register, report: Report) -> Refusal:
    if not register.knows(report.mission):
        return unknown_mission(report.mission)
    return Refusal(
        Reason.NOTHING_IN_FORCE,
        f"mission {report.mission!r} has no agreement and methodology in force when it was "
        f"observed, {report.observed_from.isoformat()}",
    )


def unknown_mission(mission: str) -> Refusal:
    """The refusal of an event whose mission has nothing to be judged by."""
    return Refusal(
        Reason.UNKNOWN_MISSION,
        f"no agreement and methodology are loaded for mission {mission!r}; "
        "load them, then submit again",
    )


def judge_one(
    report: Report, agreement: Agreement, methodology: Methodology, context: Context
) -> Assessment | Refusal:
    """`judge(report, agreement, methodology, context)`: the whole core on one report."""
    result = assess(Register((agreement,), (methodology,)), (report,), (context,))[0]
    return result if isinstance(result, Refusal) else result.assessment
