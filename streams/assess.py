"""Assess: the pure stages in their order, on whole batches.

    Report ─ locate ─ geofence ─ judge ─→ Assessment        (reading: several versions → one)

Place on the data's way: what the worker runs between decode and the transaction, what `truceline
judge` runs on files, and what replay will run again. Same bytes in, same bytes out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streams.agreement import Agreement
from streams.assessment import Assessment, Context
from streams.context.facts import NOTHING_KNOWN
from streams.context.touching import Touching
from streams.decode import Reason, Refusal
from streams.events import Report
from streams.geofence import geofence
from streams.inforce import InForce, Pick, Register
from streams.judge import judge
from streams.methodology import Methodology
from streams.sight import Sight


class Judged(Struct, frozen=True, gc=False):
    """A report with its assessment and what it was judged under."""

    sight: Sight
    assessment: Assessment
    in_force: InForce

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
    groups: defaultdict[int, list[int]] = defaultdict(list)
    picks: list[Pick | None] = []
    for row, report in enumerate(reports):
        start = report.observed_from
        pick = register.pick(report.mission, start, report.observed_to or start)
        picks.append(pick)
        if pick is None:
            results[row] = _nothing_in_force(register, report)
        else:
            groups[id(pick.in_force)].append(row)
    for rows in groups.values():
        _assess_group(rows, reports, contexts, known, picks, results)
    return [result for result in results if result is not None]


def _assess_group(  # noqa: PLR0913, PLR0917 (what a batch is, its rows and where results go)
    rows: Sequence[int],
    reports: Sequence[Report],
    contexts: Sequence[Context],
    known: Known,
    picks: Sequence[Pick | None],
    results: list[Judged | Refusal | None],
) -> None:
    """Judge the rows of a batch that one agreement and methodology version decide."""
    first = picks[rows[0]]
    assert first is not None
    in_force = first.in_force
    group = [reports[row] for row in rows]
    located = in_force.locator.locate(group)
    hits = geofence(in_force, group, located.regions)
    touching = known.get(in_force.agreement_hash)
    for at, row in enumerate(rows):
        pick, context = picks[row], contexts[row]
        sight = Sight(
            report=group[at],
            context=context if touching is None else _with_facts(context, touching, group[at]),
            hits=hits[at],
            unlocated=located.unlocated.get(at),
            straddles=pick is not None and pick.straddles,
        )
        results[row] = Judged(sight, judge(sight, in_force), in_force)


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
