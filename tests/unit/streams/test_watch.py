"""What a rule saw is what its answer rests on, and watching changes no answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.exceptions import Excepted
from streams.matching import Match
from streams.rules import RULES, Case, Rule, Share
from streams.traits import Traits
from streams.vocabulary import ExceptionName, Weapon
from streams.watch import ask
from streams.when.timing import Timing
from tests.unit.streams.builders import NOON, agreement, register, term

WEAPONS = st.frozensets(st.sampled_from([Weapon.MORTAR, Weapon.TANK, Weapon.UNDETERMINED]))
PICK = register(
    agreement(
        terms=(
            term("plain"),
            term("weapons", weapons=(Weapon.MORTAR,), binds=("north",)),
        )
    )
).pick("mission", NOON, NOON)
assert PICK is not None
TERMS = next(iter(PICK.in_force.terms_of.values()))
TRAITS = st.builds(
    Traits, weapons=WEAPONS, weapons_said=WEAPONS, party=st.none() | st.just("north")
)
CASES = st.builds(
    Case,
    traits=TRAITS,
    term=st.sampled_from(TERMS),
    zone=st.none() | st.just("z"),
    share=st.sampled_from(Share),
    timing=st.sampled_from(Timing),
    detail=st.sampled_from(Match),
    calibre=st.sampled_from(Match),
    number=st.sampled_from(Match),
    excepted=st.builds(Excepted, st.none() | st.sampled_from(ExceptionName), st.booleans()),
)
FIELDS = ("zone", "share", "timing", "detail", "calibre", "number")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@settings(max_examples=30)
@given(case=CASES, other=CASES)
def test_only_what_was_seen_decides(rule: Rule, case: Case, other: Case) -> None:
    held, saw = ask(rule, case)
    assert held == rule.holds(case)
    unseen = {name: getattr(other, name) for name in FIELDS if name not in saw}
    traits = {
        name: getattr(other.traits, name)
        for name in Traits.__struct_fields__
        if f"report.{name}" not in saw
    }
    changed = replace(case, traits=replace(case.traits, **traits), **unseen)
    assert rule.holds(changed) == held


def test_what_was_seen_is_json_with_sets_in_order() -> None:
    other_weapon = next(rule for rule in RULES if rule.name == "other_weapon")
    tanks = frozenset({Weapon.TANK, Weapon.MORTAR})
    (weapons,) = [one for one in TERMS if one.weapons]
    case = Case(traits_of(tanks), weapons, "z", Share.ENOUGH, Timing.WITHIN)
    saw = ask(other_weapon, case).saw
    assert json.loads(json.dumps(saw)) == {
        "term.weapons": ["mortar"],
        "report.weapons_said": ["mortar", "tank"],
    }


def traits_of(weapons: frozenset[Weapon]) -> Traits:
    """A report of these weapons, of which nothing else is known."""
    said: dict[str, Any] = dict.fromkeys(Traits.__struct_fields__, False)
    said |= {"party": None, "outside_of": frozenset(), "weapons": weapons, "weapons_said": weapons}
    return Traits(**said)
