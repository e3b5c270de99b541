"""Turns each rule around, or leaves it out, and names a test that fails of it: `make mutate`.

    python -m tests.mutate [WORD]    all of them, or those whose name has the word in it

One at a time: the rule, or what weighs a part of it, says the opposite of what it says, or never
holds; the tests of judging are called until one fails. A mutant that no test notices survives, and
the exit code is 1.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from inspect import signature
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import msgspec

import services.timer.passed
import services.timer.settle
import services.timer.timer
import streams.context.exchanges
import streams.context.measures
import streams.context.phases
import streams.context.truces
import streams.due
import streams.exceptions
import streams.judge
import streams.matching
import streams.precedence
import streams.rights
import streams.rules
import streams.source_keys
import streams.standing_violations
import streams.truce_terms
from services.store.rows import DueRow
from streams.events import Count
from streams.exceptions import Answer
from streams.matching import Match
from streams.rules import DOUBTS, RULES, Case, Rule
from streams.vocabulary import Authentication
from streams.when.spans import Spans
from streams.when.timing import Timing
from tests.unit.services.timer import test_passed, test_settle
from tests.unit.streams import (
    builders,
    test_cases,
    test_claims,
    test_due,
    test_judge,
    test_precedence,
    test_rights,
    test_source_keys,
    test_standing_violations,
    test_truce_terms,
)
from tests.unit.streams.context import test_exchanges, test_fold


class Test(NamedTuple):
    """A test with its arguments."""

    name: str
    run: Callable[[], None]


def tests() -> Iterator[Test]:
    beside = test_judge.test_a_rule_decides_and_just_beside_it_does_not
    for name, setting, other in test_judge.CASES:
        yield Test(f"{beside.__name__}[{name}]", lambda a=name, b=setting, c=other: beside(a, b, c))  # type: ignore[misc]
    as_agreed = test_cases.test_a_case_is_judged_as_the_agreement_says
    for case in test_cases.CASES:
        yield Test(f"{as_agreed.__name__}[{case.name}]", lambda case=case: as_agreed(case))  # type: ignore[misc]
    for test in (
        test_truce_terms.test_a_truce_that_held_twice_has_one_finding_the_gravest,
        test_truce_terms.test_stretches_that_follow_each_other_on_the_same_terms_have_no_edge_between,
        test_truce_terms.test_what_is_remembered_beside_one_truce_is_not_taken_for_another,
    ):
        yield Test(test.__name__, test)
    for module in (
        test_claims,
        test_due,
        test_exchanges,
        test_fold,
        test_passed,
        test_precedence,
        test_rights,
        test_settle,
        test_source_keys,
        test_standing_violations,
    ):
        yield from of_module(module)


def of_module(module: ModuleType) -> Iterator[Test]:
    """Its tests by hand, each with its parameters; those that draw what they try take too long."""
    for name, test in vars(module).items():
        marks = [it for it in getattr(test, "pytestmark", ()) if it.name == "parametrize"]
        if not name.startswith("test_") or hasattr(test, "hypothesis") or len(marks) > 1:
            continue
        if not marks and not signature(test).parameters:
            yield Test(name, test)
        for mark in marks:
            names = (
                [it.strip() for it in mark.args[0].split(",")]
                if isinstance(mark.args[0], str)
                else list(mark.args[0])
            )
            if set(names) != set(signature(test).parameters):
                continue
            for values in mark.args[1]:
                given = values if len(names) > 1 else (values,)
                said = dict(zip(names, given, strict=True))
                yield Test(f"{name}[{', '.join(map(str, given))[:60]}]", partial(test, **said))


class Mutant(NamedTuple):
    """An attribute that says the opposite."""

    name: str
    owner: Any
    attribute: str
    instead: Any


def mutants() -> Iterator[Mutant]:
    for number, rule in enumerate(RULES):
        around = rule._replace(holds=_opposite(rule.holds))
        yield Mutant(f"`{rule.name}` turned", streams.rules, "RULES", _with(number, around))
        never = rule._replace(holds=lambda _: False)
        yield Mutant(f"`{rule.name}` left out", streams.rules, "RULES", _with(number, never))
    for attribute in ("_in_time", "_there", "_by", "_outside"):
        opposite = _wrapped(streams.exceptions, attribute, lambda it: Answer(Answer.YES - it))
        yield opposite
    swapped = {Match.YES: Match.NO, Match.NO: Match.YES, Match.UNKNOWN: Match.PARTLY}
    for attribute in ("match_detail", "match_calibre", "match_number"):
        yield _wrapped(streams.judge, attribute, lambda it: swapped.get(it, Match.UNKNOWN))
    yield Mutant("`about` read as exact", streams.matching, "_bounds", _as_printed)
    turned = {Timing.WITHIN: Timing.OUTSIDE, Timing.OUTSIDE: Timing.WITHIN}
    yield _wrapped(Spans, "timing", lambda it: turned.get(it, it))
    yield _wrapped(streams.judge, "term_timing", lambda it: turned.get(it, it))
    yield _wrapped(streams.precedence, "_may_speak", lambda speaks: not speaks)
    yield _wrapped(streams.judge, "_is_in_doubt", lambda doubt: not doubt)
    for doubt in DOUBTS:
        others = tuple(rule for rule in DOUBTS if rule is not doubt)
        yield Mutant(f"`{doubt.name}` is no doubt", streams.judge, "DOUBTS", others)
    yield _wrapped(streams.truce_terms, "_same", lambda same: not same)
    yield _wrapped(streams.truce_terms, "_joined", lambda _: iter(()))
    yield _wrapped(streams.judge, "all_hold", lambda hold: not hold)
    yield Mutant("`judge._of_each_term` left out", streams.judge, "_of_each_term", list)
    yield from of_what_stands_beside()


def of_what_stands_beside() -> Iterator[Mutant]:
    """Claims, exchanges, what stands, phases, measures, rights and keys, the timer's instants."""
    first = Mutant("`judge._gravest_of`: the first", streams.judge, "_gravest_of", lambda it: it[0])
    yield first
    one_mind = "`judge._of_one_mind`: the first"
    yield Mutant(
        one_mind, streams.judge, "_of_one_mind", lambda _, it: streams.judge._finding_of(it[0])
    )
    for owner, attributes in (
        (streams.context.exchanges, ("_differ", "_not_as_agreed", "_grew")),
        (streams.context.measures, ("_is_verified", "_is_whole")),
        (streams.due, ("_reopens",)),
        (streams.rights, ("_grants",)),
        (streams.source_keys, ("verifies",)),
        (streams.standing_violations, ("_ends",)),
    ):
        for attribute in attributes:
            yield _wrapped(owner, attribute, lambda said: not said)
    for owner, attribute, instead in (
        (streams.context.exchanges, "_accounts", {}),
        (streams.due, "_corridor_rule", None),
        (streams.due, "_begun", frozenset()),
        (streams.rights, "_lost_with", None),
        (streams.standing_violations, "_how", None),
        (streams.standing_violations, "_end_of", None),
    ):
        yield _wrapped(owner, attribute, lambda _, instead=instead: instead)  # type: ignore[misc]
    yield Mutant(
        "`context.phases._shared`: ours", streams.context.phases, "_shared", lambda ours, _: ours
    )
    yield Mutant(
        "`source_keys`: whenever",
        streams.source_keys.SourceKeys,
        "_by_time",
        lambda *_: Authentication.SIGNATURE_VALID,
    )
    yield from of_truces()
    yield from of_the_timer()


def of_truces() -> Iterator[Mutant]:
    """When a local truce holds: each step of its life left out, or its edges moved."""
    truces = streams.context.truces
    life, hour = truces._Life, builders.hours(1)
    for attribute in ("_lapse", "_cut", "_note"):
        name = f"`truces.{attribute}` left out"
        yield Mutant(name, life, attribute, lambda *_: None)
    yield Mutant("`truces.close`: held for nothing", life, "close", _closed_for_nothing)
    for edge in ("start", "end"):
        yield _moved(life, "_holding", edge, hour)
        yield _moved(life, "_holding", edge, -hour)
    yield Mutant("`truces.take` gives no reason", life, "take", _without_reason(life.take))
    yield Mutant("`truces._extend`: whatever it is", life, "_extend", _extended_anyhow)
    yield Mutant("`truces._extend`: till the first end", life, "_extend", _first_end(life._extend))
    yield Mutant(
        "`truces._RANK` turned", truces, "_RANK", {it: -at for it, at in truces._RANK.items()}
    )
    by_name = Mutant("`truces._order`: by name", truces, "_order", lambda it: (_NOON, 0, it.ref))
    yield by_name


_NOON = builders.NOON


def _moved(owner: Any, attribute: str, edge: str, by: timedelta) -> Mutant:  # noqa: ANN401
    original = getattr(owner, attribute)

    def moved(*args: Any) -> Any:  # noqa: ANN401
        held = original(*args)
        return msgspec.structs.replace(held, **{edge: getattr(held, edge) + by})

    way = "later" if by > timedelta(0) else "earlier"
    return Mutant(f"`truces.{attribute}`: {edge} an hour {way}", owner, attribute, moved)


def _closed_for_nothing(life: Any) -> None:  # noqa: ANN401
    life.open = None


def _without_reason(take: Callable[..., Any]) -> Callable[..., None]:
    def taken(*args: Any) -> None:  # noqa: ANN401
        take(*args)

    return taken


def _extended_anyhow(life: Any, ends_at: datetime, at: datetime, ref: str) -> None:  # noqa: ANN401
    if life.terms is None:
        return
    life.open = msgspec.structs.replace(life.open or life._holding(at, ref), end=ends_at)
    life._note(at, streams.context.truces.TruceState.IN_FORCE, ref)


def _first_end(extend: Callable[..., Any]) -> Callable[..., Any]:
    """The window in force is longer, and what is known of it when it is suspended is not."""

    def extended(life: Any, *args: Any) -> Any:  # noqa: ANN401
        terms = life.terms
        said = extend(life, *args)
        life.terms = terms
        return said

    return extended


def of_the_timer() -> Iterator[Mutant]:
    """What the timer writes, takes back and waits for."""
    timer, settle, passed = (
        services.timer.timer,
        services.timer.settle,
        services.timer.passed,
    )
    yield _wrapped(settle, "_stands", lambda stands: not stands)
    yield Mutant("`settle._stands`: once written", settle, "_stands", lambda last: last is not None)
    row = settle._Maker.row
    for name, change in (
        ("the first revision", lambda _: {"revision": 1}),
        ("stands anyhow", lambda _: {"stands": True}),
        ("due when it is written", lambda it: {"due_at": it.written_at}),
        ("of no generation", lambda _: {"generation": 0}),
    ):
        said = f"`settle._Maker.row`: {name}"
        yield Mutant(said, settle._Maker, "row", _changing(row, change))
    yield Mutant("`timer.Plan.pause`: none", timer.Plan, "pause", lambda *_: None)
    yield Mutant("`timer.SETTLED`: at once", timer, "SETTLED", timedelta(0))
    yield Mutant("`passed._ask`: nothing waits", passed.PassedByAll, "_ask", lambda *_: None)
    yield Mutant("`passed.waits_unjudged`: nothing", passed, "waits_unjudged", lambda *_: False)
    yield Mutant("`passed.bisect_left`: after it", passed, "bisect_left", bisect_right)


def _changing(
    row: Callable[..., DueRow], change: Callable[[DueRow], dict[str, Any]]
) -> Callable[..., DueRow]:
    def changed(*args: Any, **named: Any) -> DueRow:  # noqa: ANN401
        made = row(*args, **named)
        return msgspec.structs.replace(made, **change(made))

    return changed


def _as_printed(count: Count, _: float | None) -> SimpleNamespace:
    return SimpleNamespace(least=count.min, most=count.max)


def _opposite(holds: Callable[[Case], bool]) -> Callable[[Case], bool]:
    return lambda case: not holds(case)


def _with(number: int, rule: Rule) -> tuple[Rule, ...]:
    return (*RULES[:number], rule, *RULES[number + 1 :])


def _wrapped(owner: Any, attribute: str, turn: Callable[[Any], Any]) -> Mutant:  # noqa: ANN401
    original = getattr(owner, attribute)
    said = f"`{owner.__name__.removeprefix('streams.')}.{attribute}` turned"
    return Mutant(said, owner, attribute, lambda *args, **named: turn(original(*args, **named)))


@contextmanager
def in_place(mutant: Mutant) -> Iterator[None]:
    """The mutant instead of the rule; what was remembered of the other is forgotten."""
    original = getattr(mutant.owner, mutant.attribute)
    setattr(mutant.owner, mutant.attribute, mutant.instead)
    _forget()
    try:
        yield
    finally:
        setattr(mutant.owner, mutant.attribute, original)
        _forget()


def _forget() -> None:
    """Outcomes are remembered with an agreement in force; each test compiles its own."""
    streams.rules.first_rule.cache_clear()


def first_failure() -> str | None:
    """The first test that fails, by whatever error."""
    for test in tests():
        try:
            test.run()
        except Exception:  # noqa: BLE001  a mutant that breaks the program is noticed as well
            return test.name
    return None


def main() -> int:
    assert first_failure() is None, "the tests fail without any mutant"
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    survived = 0
    print("| mutant | a test that fails |\n| --- | --- |")
    for mutant in (it for it in mutants() if word in it.name):
        with in_place(mutant):
            test = first_failure()
        survived += test is None
        print(f"| {mutant.name} | {'**none**' if test is None else f'`{test}`'} |")
    print(f"\n{survived} survived.")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
