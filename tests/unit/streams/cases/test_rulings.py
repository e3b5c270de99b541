"""A ruling takes two named people with keys of their own; everything else is none, and says why."""

from __future__ import annotations

from itertools import permutations

import pytest

from streams.agreement import Source, Validity
from streams.cases.acts import CaseState, FindingWord, HeldResponsible, Signed
from streams.cases.authority import Authority
from streams.cases.case import Case, Filed
from streams.cases.misfit import Misfit
from streams.cases.ruling import ruling_hash, signing_text
from streams.vocabulary import AttributionBasis, Right
from tests.unit.streams.builders import NOON, hours
from tests.unit.streams.cases.filing import (
    ADMINISTRATOR,
    CASE,
    NONE,
    OPENED,
    UNDER_INQUIRY,
    USUAL,
    VIOLATION,
    authority,
    fold,
    judge,
    key_of,
    ruling,
    signed,
    under,
)

ANNA, BO, CEM = signed("anna"), signed("bo"), signed("cem")


def state(*signatures: Filed, by: Authority = USUAL) -> CaseState | None:
    return fold(*UNDER_INQUIRY, *signatures, by=by).state


def why(one: Filed, *others: Filed, by: Authority = USUAL) -> Misfit | None:
    return fold(*UNDER_INQUIRY, *others, one, by=by).misfit_of(one.sha256)


def test_what_is_signed_is_lines_that_name_case_stage_and_finding() -> None:
    assert isinstance(ANNA.act, Signed)
    assert signing_text(ANNA.act).decode() == (
        "Truceline ruling signature, form 1\n"
        "mission: mission\n"
        "agreement: agreement\n"
        f"case: {CASE}\n"
        "stage: 1\n"
        "finding: ruled_violation\n"
        f"ruling sha256: {ruling_hash(VIOLATION)}\n"
        "source: anna\n"
        "key: anna\n"
        "signed at: 2026-03-02T15:00:00+00:00\n"
    )


@pytest.mark.parametrize("finding", FindingWord)
def test_two_make_a_ruling_and_one_does_not(finding: FindingWord) -> None:
    words = ruling(finding)
    one, other = signed("anna", words), signed("bo", words)
    assert state(one) is CaseState.UNDER_INQUIRY
    assert state(one, other) is finding.state


def test_who_rules_otherwise_keeps_no_two_from_ruling() -> None:
    other = signed("cem", NONE)
    for signatures in permutations([ANNA, other, BO]):
        case = fold(*UNDER_INQUIRY, *signatures)
        assert case.state is CaseState.RULED_VIOLATION
        assert case.misfit_of(other.sha256) is Misfit.RULED_OTHERWISE
        assert len(case.stages[0].findings) == 2  # both are shown


def test_a_third_who_agrees_is_of_the_ruling() -> None:
    case = fold(*UNDER_INQUIRY, ANNA, BO, CEM)
    (finding,) = case.stages[0].findings
    assert {it.principal.holder for it in finding.signatories} == {"Anna", "Bo", "Cem"}
    assert case.out_of_place == ()


def test_where_two_rulings_contradict_each_other_nobody_has_ruled() -> None:
    case = fold(*UNDER_INQUIRY, ANNA, BO, signed("cem", NONE), signed("dia", NONE))
    assert case.state is CaseState.UNDER_INQUIRY
    assert {it.reason for it in case.out_of_place} == {Misfit.RULINGS_CONTRADICT}
    assert len(case.out_of_place) == 4


def test_the_same_finding_in_other_words_is_another_ruling() -> None:
    assert state(ANNA, signed("bo", ruling(text="Heard once."))) is CaseState.UNDER_INQUIRY
    assert state(ANNA, signed("bo", ruling(text="Seen by two patrols. "))) is (
        CaseState.UNDER_INQUIRY
    )


def test_an_administrator_rules_nothing_with_whatever_key() -> None:
    mighty = signed("bo", standing=ADMINISTRATOR)
    assert why(mighty, ANNA) is Misfit.ADMINISTRATOR
    assert state(ANNA, mighty) is CaseState.UNDER_INQUIRY


def and_again(**second_key: object) -> Authority:
    """Anna has a second key, as another source."""
    key = key_of("second", **{"holder": "Anna", **second_key})
    return authority(under(Source(id="anna-again", rights=(Right.RULE,), keys=(key,))))


AGAIN = signed("anna-again", key="second")


@pytest.mark.parametrize("name", ["Anna", "ANNA", "  anna "])
def test_one_person_with_two_keys_is_one(name: str) -> None:
    by = and_again(holder=name)
    case = fold(*UNDER_INQUIRY, ANNA, AGAIN, by=by)
    assert case.state is CaseState.UNDER_INQUIRY
    assert [it.reason for it in case.out_of_place] == [Misfit.SIGNED_ALREADY]
    assert state(ANNA, AGAIN, BO, by=by) is CaseState.RULED_VIOLATION


def test_two_sources_with_one_key_are_one_whatever_they_are_called() -> None:
    key = key_of("anna", holder="Somebody else")
    by = authority(under(Source(id="alias", rights=(Right.RULE,), keys=(key,))))
    assert state(ANNA, signed("alias", key="anna"), by=by) is CaseState.UNDER_INQUIRY


def test_a_source_with_two_keys_is_one() -> None:
    keys = (key_of("anna"), key_of("second", holder="Her deputy"))
    by = authority(under(Source(id="anna", rights=(Right.RULE,), keys=keys)))
    assert state(ANNA, signed("anna", key="second"), by=by) is CaseState.UNDER_INQUIRY


def test_who_is_linked_by_another_signature_is_one() -> None:
    """The second key links two sources that nothing else does."""
    shared = key_of("shared", holder="Bo")
    by = authority(under(Source(id="anna", rights=(Right.RULE,), keys=(key_of("anna"), shared))))
    linking = signed("anna", key="shared")
    for signatures in permutations([ANNA, BO, linking]):
        assert state(*signatures, by=by) is CaseState.UNDER_INQUIRY


def test_the_same_person_with_two_tokens_signs_once() -> None:
    later = signed("anna", hour=4)
    assert why(later, ANNA) is Misfit.SIGNED_ALREADY
    assert state(ANNA, later) is CaseState.UNDER_INQUIRY


def test_who_signs_two_rulings_has_signed_none() -> None:
    both = [ANNA, signed("anna", NONE, 4)]
    case = fold(*UNDER_INQUIRY, *both, BO)
    assert case.state is CaseState.UNDER_INQUIRY
    assert {it.reason for it in case.out_of_place} == {Misfit.SIGNED_OTHERWISE}
    assert state(*both, BO, CEM) is CaseState.RULED_VIOLATION


def test_two_who_speak_for_one_party_are_one_voice() -> None:
    nils, nora = signed("nils"), signed("nora", hour=4)
    assert why(nora, nils) is Misfit.SAME_PARTY
    assert state(nils, nora) is CaseState.UNDER_INQUIRY
    assert state(nils, nora, ANNA) is CaseState.RULED_VIOLATION


FORGED = [
    (signed("anna", by="bo"), "another's key"),
    (signed("anna", case="0" * 20), "of another case"),
    (signed("anna", ruling=NONE), "over another finding"),
    (signed("anna", ruling=ruling(text="Seen by three patrols.")), "over other grounds"),
    (signed("anna", agreement="other"), "under another agreement"),
    (signed("anna", at=NOON + hours(2.5)), "at another time"),
    (signed("anna", signature="A" * 86), "no signature"),
    (signed("bo", source="anna", key="anna"), "as somebody else"),
]


@pytest.mark.parametrize("forged", [it for it, _ in FORGED], ids=[what for _, what in FORGED])
def test_what_was_signed_over_other_words_is_no_signature(forged: Filed) -> None:
    assert why(forged, BO) in {Misfit.WRONG_SIGNATURE, Misfit.NOT_OPENED}
    assert state(forged, BO) is CaseState.UNDER_INQUIRY


def expiring(**validity: float) -> Authority:
    """Anna's key holds in this time, in hours after noon."""
    times = {name: NOON + hours(hour) for name, hour in validity.items()}
    valid = Validity(from_=times.get("from_", NOON), to=times["to"])
    return authority(under(judge("anna", valid=valid)))


def revoking(hour: float) -> Authority:
    return authority(under(judge("anna", revoked_at=NOON + hours(hour))))


REFUSED = [
    (ANNA, expiring(to=3), Misfit.KEY_NOT_VALID),
    (ANNA, expiring(to=4), None),
    (ANNA, expiring(from_=3.5, to=9), Misfit.KEY_NOT_VALID),
    (ANNA, revoking(3), Misfit.KEY_REVOKED),
    (ANNA, revoking(4), None),
    (signed("anna", received=5), revoking(4), Misfit.KEY_REVOKED),
    (signed("anna", hour=3.2, received=3), USUAL, Misfit.FROM_FUTURE),
    (signed("anna", hour=3.05, received=3), USUAL, None),
    (signed("zoe"), USUAL, Misfit.UNKNOWN_SOURCE),
    (signed("anna", key="bo"), USUAL, Misfit.KEY_UNKNOWN),
    (ANNA, authority(under(judge("anna", holder=None))), Misfit.HOLDER_UNNAMED),
    (ANNA, authority(under(judge("anna", holder=" "))), Misfit.HOLDER_UNNAMED),
    (ANNA, authority(draft=True), Misfit.VERSION_IS_DRAFT),
    (ANNA, Authority([]), Misfit.NOT_IN_FORCE),
]


@pytest.mark.parametrize(("one", "by", "reason"), REFUSED)
def test_who_may_not_rule_is_told_why(one: Filed, by: Authority, reason: Misfit | None) -> None:
    assert why(one, by=by) is reason


def without(**of_source: object) -> Authority:
    fields = {"id": "anna", "rights": (Right.RULE,), "keys": (key_of("anna"),), **of_source}
    return authority(under(Source(**fields)))  # type: ignore[arg-type]


def test_the_right_and_its_time_are_asked_as_of_every_source() -> None:
    assert why(ANNA, by=without(rights=(Right.VERIFY, Right.DECLARE))) is Misfit.WITHOUT_RIGHT
    over = Validity(from_=NOON, to=NOON + hours(2))
    assert why(ANNA, by=without(valid=over)) is Misfit.NOT_IN_FORCE
    assert why(ANNA, by=without(revoked_at=NOON + hours(3))) is Misfit.REVOKED
    assert why(signed("anna", received=6), by=without(revoked_at=NOON + hours(5))) is Misfit.REVOKED


def amended(*sources: Source, hour: float) -> Authority:
    """Two versions, the second in force from an hour on; it may have lost a source."""
    turn = NOON + hours(hour)
    first = under(valid=Validity(from_=NOON - hours(99), to=turn))
    second = under(*sources, version=2, valid=Validity(from_=turn))
    return authority(first, second)


def test_a_revocation_in_one_version_counts_in_every_other() -> None:
    gone = judge("anna", revoked_at=NOON + hours(2.5))
    assert why(ANNA, by=amended(gone, hour=10)) is Misfit.KEY_REVOKED


def test_who_backdates_gains_no_right_of_then() -> None:
    no_judge = Source(id="anna", rights=(Right.REPORT,), keys=(key_of("anna"),))
    by = amended(no_judge, hour=4)
    assert why(ANNA, by=by) is None
    assert why(signed("anna", received=5), by=by) is Misfit.WITHOUT_RIGHT
    assert why(signed("anna", hour=5), by=by) is Misfit.WITHOUT_RIGHT


def test_only_a_finding_of_a_violation_says_whose_it_was() -> None:
    whose = HeldResponsible(party="south", basis=AttributionBasis.HIGHLY_PROBABLE)
    accusing = ruling(attributed=whose)
    assert state(signed("anna", accusing), signed("bo", accusing)) is CaseState.RULED_VIOLATION
    in_passing = ruling(FindingWord.INCONCLUSIVE, attributed=whose)
    assert why(signed("anna", in_passing)) is Misfit.NOTHING_TO_ATTRIBUTE
    nobody = ruling(attributed=HeldResponsible(party="west", basis=AttributionBasis.PLAUSIBLE))
    assert why(signed("anna", nobody)) is Misfit.UNKNOWN_PARTY


def test_before_there_is_an_inquiry_nobody_rules_and_what_was_signed_counts_then() -> None:
    early: Case = fold(OPENED, ANNA, BO)
    assert early.state is CaseState.ALLEGED
    assert {it.reason for it in early.out_of_place} == {Misfit.NOT_UNDER_INQUIRY}
    assert state(ANNA, BO) is CaseState.RULED_VIOLATION
