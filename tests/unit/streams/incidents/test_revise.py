"""Revisions: on whichever way, they lead to what the set of breaches makes."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from streams.incidents.breach import Breach
from streams.incidents.fold import holding, incidents_of
from streams.incidents.revise import Reason
from tests.unit.streams.incidents.kept import Kept, live
from tests.unit.streams.incidents.scenes import METHODOLOGY, MISSION, RULES, breach, histories
from tests.unit.streams.incidents.shuffles import ends

A, B, C = breach("a", 60, 0.0), breach("b", 61, 0.8), breach("c", 62, 1.6)
"""a and c are apart, b joins them."""


def name_of_one(of: Breach) -> str:
    (name,) = live([of])
    return name


def test_a_late_report_merges_two_and_its_retraction_splits_them() -> None:
    kept = Kept()
    first, second = name_of_one(A), name_of_one(C)
    assert {it.reason for it in kept.fold([A, C]).values()} == {Reason.BEGUN}
    merged = kept.fold([A, B, C])
    assert (merged[first].reason, merged[first].others) == (Reason.MERGED, (second,))
    assert (merged[second].reason, merged[second].became) == (Reason.BECAME, (first,))
    assert kept.leads_to(second) == {first}
    split = kept.fold([A, C])
    assert (split[first].reason, split[first].others) == (Reason.SPLIT, (second,))
    assert split[second].reason is Reason.RESUMED
    assert kept.current() == live([A, C])


def test_a_report_that_was_the_first_leaves_its_name_leading_to_what_is_left() -> None:
    kept = Kept()
    kept.fold([A, B])
    gone = kept.fold([B])[name_of_one(A)]
    assert (gone.reason, gone.became) == (Reason.BECAME, (name_of_one(B),))
    kept.fold([])
    assert kept.leads_to(name_of_one(A)) == set()
    assert kept.rows[name_of_one(B)][-1].reason is Reason.WITHDRAWN


def test_what_falls_apart_names_all_that_came_of_it() -> None:
    kept = Kept()
    early = breach("0", 59, 0.8)
    kept.fold([early, A, C])
    gone = kept.fold([A, C])[name_of_one(early)]
    assert set(gone.became or ()) == {name_of_one(A), name_of_one(C)}


def test_what_says_the_same_gets_no_revision() -> None:
    kept = Kept()
    kept.fold([A, B])
    assert kept.fold([B, A]) == {}
    grown = kept.fold([A, B, C])
    assert [it.reason for it in grown.values()] == [Reason.GROWN]
    assert [it.reason for it in kept.fold([A, B]).values()] == [Reason.SHRUNK]


@given(histories(most=25), st.randoms(use_true_random=False))
def test_on_any_way_it_ends_as_the_set_has_it(breaches: list[Breach], chance: Random) -> None:
    kept = Kept()
    for _ in range(6):
        kept.fold(chance.sample(breaches, chance.randint(0, len(breaches))))
    kept.fold(breaches)
    assert kept.current() == live(breaches)
    held = holding(MISSION, incidents_of(MISSION, breaches, {METHODOLOGY: RULES}))
    for name in kept.rows:
        # A name leads to where its first report is now, and to others that it shared it with.
        assert {held[name]} <= kept.leads_to(name)


@given(histories(most=25), st.randoms(use_true_random=False))
def test_members_are_what_the_revisions_come_to(breaches: list[Breach], chance: Random) -> None:
    kept = Kept()
    for _ in range(5):
        some = chance.sample(breaches, chance.randint(0, len(breaches)))
        kept.fold(some)
        assert {name: it.members for name, it in kept.current().items()} == {
            name: it.members for name, it in live(some).items()
        }


def test_a_hundred_orders_end_in_one_digest() -> None:
    # `make incidents-shuffled` tries 10,000.
    assert len(set(ends(100))) == 1
