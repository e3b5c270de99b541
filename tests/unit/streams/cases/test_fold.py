"""A case goes its way by the set of its acts; what is out of place is kept with its reason."""

from __future__ import annotations

from itertools import permutations
from random import Random

from streams.cases.acts import CaseState, FindingWord, Step
from streams.cases.case import Filed, Standing
from streams.cases.fold import fold_case
from streams.cases.misfit import Misfit
from tests.unit.streams.cases.filing import (
    ADMINISTRATOR,
    CASE,
    NONE,
    OPENED,
    PARTY,
    UNDER_INQUIRY,
    USUAL,
    VIOLATION,
    addressed,
    advanced,
    appealed,
    dissented,
    filed,
    fold,
    held,
    opened,
    released,
    replied,
    ruling,
    signed,
)

RULED = (*UNDER_INQUIRY, signed("anna"), signed("bo"))
SECOND = ruling(FindingWord.RULED_NO_VIOLATION, stage=2)
REOPENED = (*RULED, appealed(), advanced(Step.UNDER_INQUIRY, 7, stage=2))


def why(one: Filed, *others: Filed) -> Misfit | None:
    return fold(*others, one).misfit_of(one.sha256)


def test_a_case_goes_its_way_step_by_step() -> None:
    states = [fold(*RULED[:count]).state for count in range(1, len(RULED) + 1)]
    assert states == [
        CaseState.ALLEGED,
        CaseState.PENDING,
        CaseState.UNDER_INQUIRY,
        CaseState.UNDER_INQUIRY,
        CaseState.RULED_VIOLATION,
    ]


def test_no_step_is_left_out() -> None:
    inquiry = advanced(Step.UNDER_INQUIRY)
    assert why(inquiry, OPENED) is Misfit.NOT_PENDING
    assert fold(OPENED, inquiry, signed("anna"), signed("bo")).state is CaseState.ALLEGED
    assert why(advanced(Step.PENDING, stage=2), OPENED) is Misfit.OTHER_STAGE


def test_who_does_what_is_done_already_is_told() -> None:
    assert why(advanced(Step.PENDING, 4), *UNDER_INQUIRY) is Misfit.DONE_ALREADY
    assert why(advanced(Step.UNDER_INQUIRY, 4), *UNDER_INQUIRY) is Misfit.DONE_ALREADY


def test_nothing_has_an_effect_in_a_case_that_nobody_opened() -> None:
    case = fold(*RULED[1:], replied(), held("lab", 1))
    assert (case.state, case.stages, case.replies, case.custody) == (None, (), (), ())
    assert {it.reason for it in case.out_of_place} == {Misfit.NOT_OPENED}
    assert len(case.out_of_place) == case.acts == len(RULED) + 1


def test_an_act_of_another_case_or_agreement_has_no_effect_in_this_one() -> None:
    assert why(opened(text="Another one."), OPENED) is Misfit.NOT_OPENED
    elsewhere = opened(agreement="other")
    assert fold_case(elsewhere.sha256[:20], [elsewhere, *RULED[1:]], USUAL).state is (
        CaseState.ALLEGED
    )


def test_the_mission_does_what_is_the_missions_and_parties_what_is_theirs() -> None:
    for act in (*UNDER_INQUIRY[1:], held("lab", 1), addressed("north"), released()):
        assert why(filed(act.act, PARTY), OPENED) is Misfit.NOT_THE_MISSIONS
        assert why(filed(act.act, ADMINISTRATOR), OPENED) is Misfit.ADMINISTRATOR
    for act in (replied(), dissented(), appealed()):
        assert why(filed(act.act), *RULED) is Misfit.NOT_A_PARTYS
        assert why(filed(act.act, ADMINISTRATOR), *RULED) is Misfit.ADMINISTRATOR
        assert why(act, *RULED) is None


def test_a_party_may_open_a_case_and_is_shown_it() -> None:
    ours = opened(source="north-liaison")
    case = fold_case(ours.sha256[:20], [ours], USUAL)
    assert (case.state, set(case.addressed)) == (CaseState.ALLEGED, {"north"})
    nobody = filed(opened(source="stranger").act, Standing.PARTY)
    assert fold_case(nobody.sha256[:20], [nobody], USUAL).state is None


def test_replies_and_dissents_stand_beside_the_finding_word_for_word() -> None:
    said = replied(text="  Not ours.\n\tSee annex.  ")
    case = fold(*RULED, said, replied("south"), dissented(), dissented("south"))
    assert said.sha256 in dict(case.replies)
    assert dict(case.replies)[said.sha256].text == "  Not ours.\n\tSee annex.  "
    assert (len(case.replies), len(case.dissents)) == (2, 2)
    assert case.state is CaseState.RULED_VIOLATION
    assert case.out_of_place == ()


def test_nobody_dissents_from_or_releases_what_was_not_ruled() -> None:
    for act in (dissented(), released()):
        assert why(act, *UNDER_INQUIRY) is Misfit.NOT_RULED
        assert why(act, *RULED) is None
    assert why(dissented(stage=2), *RULED) is Misfit.OTHER_STAGE
    assert why(released(stage=2), *REOPENED) is Misfit.NOT_RULED


def test_an_appeal_reopens_the_case_and_the_first_ruling_stays_shown() -> None:
    case = fold(*RULED, appealed())
    assert case.state is CaseState.PENDING
    assert [it.number for it in case.stages] == [1, 2]
    first = case.stages[0]
    assert first.state is CaseState.RULED_VIOLATION
    assert first.ruling is not None
    assert first.ruling.ruling == VIOLATION
    again = fold(*REOPENED, signed("cem", SECOND, 8), signed("dia", SECOND, 8))
    assert again.state is CaseState.RULED_NO_VIOLATION
    assert again.stages[0] == first


def test_both_parties_may_appeal_and_the_case_is_reopened_once() -> None:
    case = fold(*RULED, appealed(), appealed("south"))
    assert (len(case.stages), len(case.stages[0].appeals)) == (2, 2)
    assert case.out_of_place == ()


def test_an_appeal_is_against_the_ruling_that_there_is() -> None:
    assert why(appealed(), *UNDER_INQUIRY) is Misfit.NOT_RULED
    assert why(appealed(words=NONE), *RULED) is Misfit.OTHER_RULING
    assert why(appealed(words=SECOND), *RULED) is Misfit.OTHER_STAGE


def test_who_signed_the_first_ruling_does_not_rule_on_appeal() -> None:
    for who in ("anna", "bo"):
        assert why(signed(who, SECOND, 8), *REOPENED) is Misfit.RULED_BEFORE
    assert why(signed("cem", SECOND, 8), *REOPENED) is None
    assert why(signed("cem", VIOLATION, 8), *REOPENED) is None  # one more of the first stage


def test_an_appealed_case_is_pending_by_the_appeal() -> None:
    assert why(advanced(Step.PENDING, 7, stage=2), *RULED, appealed()) is Misfit.DONE_ALREADY
    assert why(signed("cem", SECOND, 8), *RULED, appealed()) is Misfit.NOT_UNDER_INQUIRY


def test_only_parties_of_the_agreement_are_addressed_or_accused() -> None:
    assert why(addressed("west"), OPENED) is Misfit.UNKNOWN_PARTY
    assert fold(OPENED, addressed("north", "south")).addressed == {"north", "south"}
    accused = opened(alleged_party="west")
    assert fold_case(accused.sha256[:20], [accused], USUAL).state is None


EVERYTHING = (
    *REOPENED,
    signed("cem", SECOND, 8),
    signed("dia", SECOND, 8),
    signed("cem", NONE),
    signed("anna", hour=4),
    signed("nils", by="bo"),
    advanced(Step.PENDING, 4),
    replied(),
    dissented("south"),
    appealed("south"),
    held("lab", 1),
    held("press", 1),
    addressed("north"),
    addressed("west"),
    released(),
    opened(text="Another one."),
)


def test_any_order_and_any_repetition_come_to_the_same_case() -> None:
    expected, random = fold(*EVERYTHING), Random(8)
    assert expected.out_of_place
    for _ in range(300):
        acts = [*EVERYTHING, *random.choices(EVERYTHING, k=5)]
        random.shuffle(acts)
        assert fold(*acts) == expected


def test_the_earlier_row_of_one_act_counts_in_any_order() -> None:
    late = signed("anna", received=5)
    expected = fold(*UNDER_INQUIRY, signed("anna"), late)
    for acts in permutations([*UNDER_INQUIRY, signed("anna"), late]):
        assert fold(*acts) == expected


def test_every_act_has_an_effect_or_a_reason() -> None:
    case = fold(*EVERYTHING)
    assert case.acts == len(EVERYTHING)
    known = {it.sha256 for it in EVERYTHING}
    assert {it.sha256 for it in case.out_of_place} < known
    assert len({it.sha256 for it in case.out_of_place}) == len(case.out_of_place)
    assert case.id == CASE
