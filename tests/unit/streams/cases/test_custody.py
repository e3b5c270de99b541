"""A chain of custody goes on from the act that each link names, and says where it breaks."""

from __future__ import annotations

from itertools import permutations

from streams.cases.case import Case, Filed
from streams.cases.misfit import Misfit
from tests.unit.streams.cases.filing import OPENED, fold, held

TAKEN = held("patrol-1", 1)
LAB = held("lab", 2, TAKEN)
VAULT = held("vault", 3, LAB)


def holders(case: Case) -> list[tuple[str, str | None]]:
    (chain,) = case.custody
    return [(it.holder, it.handed_to) for it in chain.holdings]


def why(case: Case, one: Filed) -> Misfit | None:
    return case.misfit_of(one.sha256)


def test_it_says_who_held_it_and_whom_it_was_handed_to_in_any_order() -> None:
    for links in permutations([TAKEN, LAB, VAULT]):
        case = fold(OPENED, *links)
        assert holders(case) == [("patrol-1", "lab"), ("lab", "vault"), ("vault", None)]
        assert not case.custody[0].is_broken


def test_a_missing_link_leaves_out_what_follows_until_it_is_there() -> None:
    case = fold(OPENED, TAKEN, VAULT)
    assert holders(case) == [("patrol-1", None)]
    assert case.custody[0].is_broken
    assert why(case, VAULT) is Misfit.CUSTODY_GAP


def test_where_two_take_it_over_nobody_is_said_to_hold_it() -> None:
    other = held("press", 2.5, TAKEN)
    case = fold(OPENED, TAKEN, LAB, other, VAULT)
    assert holders(case) == [("patrol-1", None)]
    assert why(case, LAB) is why(case, other) is Misfit.CUSTODY_FORK
    assert why(case, VAULT) is Misfit.CUSTODY_GAP
    assert why(fold(OPENED, TAKEN, held("x", 0)), TAKEN) is Misfit.CUSTODY_FORK


def test_nobody_holds_it_before_who_held_it_before() -> None:
    early = held("lab", 0.5, TAKEN)
    case = fold(OPENED, TAKEN, early)
    assert why(case, early) is Misfit.CUSTODY_BACKWARDS


def test_each_piece_of_evidence_has_a_chain_of_its_own() -> None:
    other = held("camera", 1, evidence="f" * 64)
    case = fold(OPENED, TAKEN, LAB, other)
    assert [it.evidence[0] for it in case.custody] == ["e", "f"]
    assert case.out_of_place == ()
    crossed = held("lab", 2, other)
    assert why(fold(OPENED, TAKEN, other, crossed), crossed) is Misfit.CUSTODY_GAP
