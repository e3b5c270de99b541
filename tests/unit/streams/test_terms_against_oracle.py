"""Terms in full: `judge` agrees with the oracle, and nothing depends on the rest of a document."""

from __future__ import annotations

from itertools import islice
from random import Random

import pytest
from msgspec.structs import replace

from streams.agreement import Where
from streams.assess import judge_one
from streams.assessment import Assessment
from streams.decode import Refusal
from streams.rules import RULES
from streams.vocabulary import Kind
from tests.unit.streams.agree import REASON, Asked, compare, scene
from tests.unit.streams.builders import term

SUITE = 2_000
"""`make agree` compares 100,000."""


def test_judge_agrees_with_the_oracle_on_terms_in_full() -> None:
    tally = compare(SUITE, first_seed=5_000)
    assert tally.wrong is None, tally.wrong
    assert tally.total == SUITE
    assert tally.sampling < 0.01 * SUITE
    assert len(tally.rules) > 30


def test_every_rule_has_a_reason_in_the_oracle() -> None:
    assert {rule.name for rule in RULES} <= set(REASON)


def again(asked: Asked, **changes: object) -> Assessment:
    question = asked.question
    agreed = replace(question.agreement, **changes)
    result = judge_one(question.report, agreed, question.methodology, question.context)
    assert not isinstance(result, Refusal)
    return replace(result, agreement=asked.judged.assessment.agreement)


@pytest.mark.parametrize("seed", range(7_000, 7_003))
def test_the_order_of_terms_and_a_term_of_other_things_change_nothing(seed: int) -> None:
    rng = Random(seed)
    unrelated = term("a-term", prohibits=(Kind.COVERAGE,), where=Where(everywhere=True))
    for asked in islice(scene(seed), 0, None, 5):
        terms = list(asked.question.agreement.terms)
        rng.shuffle(terms)
        before = asked.judged.assessment
        assert again(asked, terms=tuple(terms)) == before
        assert again(asked, terms=(unrelated, *terms)) == before


def test_a_term_of_the_same_kind_leaves_every_other_finding_as_it_was() -> None:
    for asked in islice(scene(7_100), 0, None, 5):
        kinds = (asked.question.report.kind,)
        another = term("a-term", prohibits=kinds, where=Where(everywhere=True))
        more = again(asked, terms=(another, *asked.question.agreement.terms))
        others = tuple(finding for finding in more.findings if finding.term != "a-term")
        assert others == asked.judged.assessment.findings
