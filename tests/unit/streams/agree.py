"""Terms in full, judged and asked of the oracle: as many (agreement, methodology, context, report).

    python -m tests.unit.streams.agree 100000 [FIRST_SEED]

A scene has its zones and methodology, some places, and many sets of terms; each place is told of in
another way under each set. Each core asks scenes of its own. Exits with 1 where both differ on a
tuple, but for those in which the oracle's sampled share lies on the other side of a threshold:
there it is asked again.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from multiprocessing import get_context
from random import Random
from typing import NamedTuple

from geo.containment import Relation
from streams.assess import Judged, assess
from streams.assessment import Finding, UnderClaim
from streams.inforce import Register
from tests.unit.streams.judge_oracle import Cut, Question, Told, shares_of, told
from tests.unit.streams.scenes import (
    disputed,
    random_agreement,
    random_full_context,
    random_methodology,
    random_report,
    said_otherwise,
    with_full_terms,
)

PLACES, TERM_SETS = 10, 20
SCENE = PLACES * TERM_SETS
FINENESS = 3
"""A place serves a whole scene: its shares may be found with care."""
REASON = {
    "report_retracted": "report",
    "retraction": "report",
    "report_superseded": "report",
    "exercise": "report",
    "nothing_there": "nothing",
    "still_there": "there",
    "other_weapon": "weapon",
    "other_detail": "detail",
    "other_calibre": "calibre",
    "other_party": "party",
    "phase_not_begun": "date",
    "other_time": "date",
    "outside": "outside",
    "within_number": "number",
    "live_fire_exercise_outside_zone": "exception",
    "notified_demining": "exception",
    "notified_movement": "exception",
    "notified_repair": "exception",
    "from_future": "future",
    "location_unknown": "location",
    "mostly_outside": "share",
    "straddles_edge": "edge",
    "weapon_unknown": "weapon",
    "detail_unknown": "detail",
    "calibre_unknown": "calibre",
    "party_unknown": "party",
    "perhaps_none": "count",
    "number_unknown": "number",
    "exception_unclear": "exception",
    "likely_inside": "share",
    "unauthenticated": "authentication",
    "grading_below_minimum": "grading",
    "means_insufficient": "means",
    "monitor_contradicts": "monitor",
    "weapon_partly_named": "weapon",
    "calibre_partly_named": "calibre",
    "anywhere": "inside",
    "inside": "inside",
    "yields": "yields",
    "precedence_unclear": "precedence",
    "claims_differ": "claims",
}
"""The reason of the table that each rule speaks for."""


class Asked(NamedTuple):
    """One tuple, as it was judged, with the oracle's shares of its place."""

    seed: int
    question: Question
    judged: Judged
    shares: dict[int, float] | None


def scene(seed: int) -> Iterator[Asked]:
    rng = Random(seed)
    agreed, method = disputed(rng, random_agreement(rng)), random_methodology(rng)
    places = [random_report(rng, agreed) for _ in range(PLACES)]
    asked = [Question(place, None, agreed, method) for place in places]  # type: ignore[arg-type]
    there = [shares_of(question, FINENESS) for question in asked]
    for _ in range(TERM_SETS):
        terms = with_full_terms(rng, agreed)
        reports = [said_otherwise(rng, place, agreed) for place in places]
        contexts = [random_full_context(rng, said, terms) for said in reports]
        results = assess(Register((terms,), (method,)), reports, contexts)
        for said, context, result, shares in zip(reports, contexts, results, there, strict=True):
            assert isinstance(result, Judged)
            yield Asked(seed, Question(said, context, terms, method), result, shares)


def agrees(judged: Judged, question: Question, shares: dict[int, float] | None) -> bool:
    """As agreed, and as each party draws it: what a finding says, or says nothing else of."""
    found, expected = judged.assessment.findings, told(question, shares)
    if {finding.term for finding in found} != expected.keys():
        return False
    if not all(_same(finding, expected[finding.term]) for finding in found):
        return False
    for party in sorted({it.party for it in question.outlines if it.party is not None}):
        drawn = told(replace(question, drawn_by=party), shares)
        if not all(_same_under(party, finding, drawn[finding.term]) for finding in found):
            return False
    return True


def _same(said: Finding | UnderClaim, expected: Told) -> bool:
    return said.verdict is expected.verdict and REASON[said.rule] in expected.reasons


def _same_under(party: str, finding: Finding, expected: Told) -> bool:
    claim = next((it for it in finding.claims if it.party == party), None)
    return finding.verdict is expected.verdict if claim is None else _same(claim, expected)


def differs(asked: Asked) -> str | None:
    """Why they differ: "sampling" where they agree on the shares that were judged."""
    question, judged, shares = asked.question, asked.judged, asked.shares
    if agrees(judged, question, shares):
        return None
    # How good its shares are is for test_judge_against_oracle to say.
    exact = {
        hit.zone: hit.p_inside if hit.relation is Relation.INSIDE else Cut(hit.p_inside)
        for hit in judged.sight.hits
    }
    agreed = agrees(judged, question, exact)
    return "sampling" if shares is not None and agreed else "verdict"


class Tally(NamedTuple):
    """What came of it."""

    total: int
    rules: Counter[str]
    sampling: int
    wrong: Asked | None


def compare(wanted: int, first_seed: int = 0) -> Tally:
    rules: Counter[str] = Counter()
    total = sampling = 0
    tuples = (asked for seed in range(first_seed, first_seed + wanted) for asked in scene(seed))
    for asked in islice(tuples, wanted):
        total += 1
        findings = asked.judged.assessment.findings
        rules.update(finding.rule for finding in findings)
        rules.update(f"claim: {it.rule}" for finding in findings for it in finding.claims)
        why = differs(asked)
        sampling += why == "sampling"
        if why not in {None, "sampling"}:
            return Tally(total, rules, sampling, asked)
    return Tally(total, rules, sampling, None)


class Heard(NamedTuple):
    """A tally as it comes from another process: what differed first, in words."""

    tally: Tally
    wrong: str


def in_scenes(wanted: int, first_seed: int) -> Iterator[Heard]:
    """The tallies of so many tuples, scene by scene, by as many processes as there are cores."""
    full, rest = divmod(wanted, SCENE)
    sizes = [SCENE] * full + [rest] * bool(rest)
    with get_context("spawn").Pool() as pool:
        asked = [(size, seed) for seed, size in enumerate(sizes, first_seed)]
        yield from pool.imap(_compare, asked)


def _compare(asked: tuple[int, int]) -> Heard:
    tally = compare(*asked)
    wrong = "" if tally.wrong is None else _in_words(tally.wrong)
    return Heard(tally._replace(wrong=None), wrong)


def _in_words(wrong: Asked) -> str:
    expected = told(wrong.question, wrong.shares)
    findings = [*wrong.judged.assessment.findings]
    return f"they differ, seed {wrong.seed}: {wrong.question}\n{findings}\n{expected}"


def main() -> int:
    wanted, first_seed = (*map(int, sys.argv[1:3]), *(100_000, 0)[len(sys.argv[1:3]) :])
    rules: Counter[str] = Counter()
    total = sampling = 0
    wrong: list[str] = []
    for tally, differs_first in in_scenes(wanted, first_seed):
        total, sampling = total + tally.total, sampling + tally.sampling
        rules.update(tally.rules)
        wrong += [differs_first] if differs_first else []
        print(f"\r{total} of {wanted}, {len(wrong)} differ", end="", file=sys.stderr, flush=True)
    print(f"\n{total} tuples, {sum(rules.values())} findings; {sampling} near a")
    print("threshold, where the oracle's sampling decides otherwise and its exact share does not")
    for rule, count in sorted(rules.items()):
        print(f"{count:8}  {rule}")
    print(*wrong, sep="\n")  # the first of each scene
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
