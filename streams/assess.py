"""Assess: the pure stages in their order, on whole batches.

    Report ─ locate ─ geofence ─ judge ─→ Assessment        (reading: several versions → one)

Place on the data's way: what the worker runs between decode and the transaction, what `truceline
judge` runs on files, and what replay will run again. Same bytes in, same bytes out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from types import MappingProxyType
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import force_setattr, replace

from streams.agreement import Agreement
from streams.assessment import (
    AlikeColumns,
    Assessment,
    Context,
    encode_alike,
    encode_alike_lines,
    encode_assessment,
    named,
)
from streams.context.facts import NOTHING_KNOWN
from streams.context.touching import Touching
from streams.decode import Reason, Refusal
from streams.events import Report
from streams.inforce import InForce, Pick, Register
from streams.judge import Outcome, assessment_of, outcomes_of
from streams.methodology import Methodology
from streams.place import place
from streams.sight import Sight, Sights
from streams.when.edges import Observed


class Judged(Struct, frozen=True, eq=False, gc=False):
    """A report with its assessment and what it was judged under."""

    sight: Sight
    in_force: InForce
    outcome: Outcome
    """What it shares with reports that are alike."""
    reading: Assessment | None = None
    """Of several versions; None: one was read."""
    made: Assessment | None = None
    """The assessment, once somebody has asked for it; who writes its bytes alone never does."""
    versions: tuple[Judged, ...] = ()
    """Of several versions each by itself, by their contents; empty: one was read."""

    @property
    def assessment(self) -> Assessment:
        """The assessment: of the one version, or the reading of several."""
        if self.reading is not None:
            return self.reading
        if self.made is None:
            # The same value whenever and however often it is made.
            force_setattr(self, "made", assessment_of(self.report, self.outcome, self.in_force))
        return self.made  # type: ignore[return-value]  # just set

    @property
    def body(self) -> bytes:
        """The one byte form of the assessment, as `encode_assessment` writes it."""
        if self.reading is not None:
            return encode_assessment(self.reading)
        report, outcome = self.sight.report, self.outcome
        names = named(report.mission, report.source)
        return encode_alike(names, report.id, outcome.told, report.count, outcome.ended)

    @property
    def report(self) -> Report:
        """The report that was judged."""
        return self.sight.report


def encode_lines(judged: Sequence[Judged]) -> bytes:
    """The bodies of many, a line each, in half the time where of each one version was read."""
    readings = [it.reading for it in judged]
    if any(readings):
        return b"".join([it.body + b"\n" for it in judged])
    reports = [it.sight.report for it in judged]
    outcomes = [it.outcome for it in judged]
    return encode_alike_lines(
        AlikeColumns(
            names=[named(it.mission, it.source) for it in reports],
            ids=[it.id for it in reports],
            told=[it.told for it in outcomes],
            counts=[it.count for it in reports],
            ended=[it.ended for it in outcomes],
        )
    )


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
    for group in assess_groups(register, reports, contexts, known):
        if len(group.rows) == len(reports):  # so it is nearly always
            return [*group.results()]
        for row, result in group.by_row():
            results[row] = result
    return [result for result in results if result is not None]


class Group(NamedTuple):
    """Reports that one agreement and methodology version decide: a column each."""

    rows: Sequence[int]
    """Of the batch."""
    sights: Sights
    in_force: InForce
    outcomes: Sequence[Outcome]

    def results(self) -> Sequence[Judged | Refusal]:
        """Each with all that it was judged by."""
        sights = map(self.sights.row, range(len(self.outcomes)))
        return [*map(Judged, sights, repeat(self.in_force), self.outcomes)]

    def by_row(self) -> Iterator[tuple[int, Judged | Refusal]]:
        """The results with their rows."""
        return zip(self.rows, self.results(), strict=True)


class Undecided(NamedTuple):
    """Reports that nothing in force can judge."""

    rows: Sequence[int]
    refusals: Sequence[Refusal]

    def results(self) -> Sequence[Judged | Refusal]:
        """Why, of each."""
        return self.refusals

    def by_row(self) -> Iterator[tuple[int, Judged | Refusal]]:
        """The results with their rows."""
        return zip(self.rows, self.results(), strict=True)


def assess_groups(
    register: Register,
    reports: Sequence[Report],
    contexts: Sequence[Context],
    known: Known = NOTHING_DECLARED,
) -> Iterator[Group | Undecided]:
    """As `assess`, by what decides them; each row in one group, nearly always all in one."""
    observed = Observed.of(reports)
    for mission, rows in _by_mission(reports).items():
        for picked, pick in register.picks(mission, observed.only(rows)):
            whole = len(picked) == len(reports)
            own: Sequence[int] = range(len(reports)) if whole else [rows[at] for at in picked]
            if pick is None:
                yield Undecided(own, [_nothing_in_force(register, reports[row]) for row in own])
                continue
            told = _Told(reports, contexts)
            if not whole:
                told = _Told([reports[row] for row in own], [contexts[row] for row in own])
            yield _assess_group(pick, own, told, observed.only(own), known)


def _by_mission(reports: Sequence[Report]) -> dict[str, Sequence[int]]:
    """The rows of each mission."""
    if len({report.mission for report in reports}) == 1:
        return {reports[0].mission: range(len(reports))}
    missions: defaultdict[str, list[int]] = defaultdict(list)
    for row, report in enumerate(reports):
        missions[report.mission].append(row)
    return {**missions}


class _Told(NamedTuple):
    """Reports with what is known about each."""

    reports: Sequence[Report]
    contexts: Sequence[Context]


def _assess_group(
    pick: Pick, rows: Sequence[int], told: _Told, observed: Observed, known: Known
) -> Group:
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
    sights = Sights(told.reports, contexts, placed, pick.straddles, numbers.single())
    return Group(rows, sights, in_force, outcomes_of(sights, in_force))


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
