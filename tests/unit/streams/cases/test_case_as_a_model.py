"""Whatever people try in a case, in whatever order, it stands as a few words of a model say.

The model is a plain clerk: it takes act after act, writes down what it lets by, and knows nothing
of sets, stages' folds or signatures. The fold is asked as the gateway asks it, with one act more;
what the clerk turns away it must turn away, for the reason that the clerk gives, and what was let
by must come to the same case in any order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from streams.cases.acts import FindingWord, Step
from streams.cases.case import Filed, Standing
from streams.cases.misfit import Misfit
from tests.unit.streams.cases.filing import (
    JUDGES,
    OF_NORTH,
    OPENED,
    addressed,
    advanced,
    appealed,
    dissented,
    filed,
    fold,
    held,
    released,
    replied,
    ruling,
    signed,
)

RULERS = (*JUDGES, *OF_NORTH)
Why = Misfit | None


@dataclass
class Sitting:
    """A stage as the clerk keeps it."""

    state: str
    signed: dict[str, FindingWord] = field(default_factory=dict)
    """By whom, which finding; the words are the same for the same finding."""

    def voices(self, finding: FindingWord) -> set[str]:
        return {_voice(who) for who, what in self.signed.items() if what is finding}

    @property
    def ruled(self) -> FindingWord | None:
        return next((it for it in FindingWord if len(self.voices(it)) > 1), None)


def _voice(who: str) -> str:
    return "north" if who in OF_NORTH else who


class Clerk:
    """Keeps one case."""

    def __init__(self) -> None:
        self.sittings = [Sitting("alleged")]
        self.beside: dict[str, int] = {"reply": 0, "dissent": 0}
        self.held_by: str | None = None

    def at(self, stage: int) -> Sitting | None:
        return self.sittings[stage - 1] if stage <= len(self.sittings) else None

    @property
    def state(self) -> str:
        last = self.sittings[-1]
        return last.ruled.value if last.ruled else last.state

    def step(self, to: Step, stage: int) -> Why:
        sitting = self.at(stage)
        if sitting is None:
            return Misfit.OTHER_STAGE
        order = ["alleged", "pending", "under_inquiry"]
        have, want = order.index(sitting.state), order.index(to)
        if want <= have:
            return Misfit.DONE_ALREADY
        if want > have + 1:
            return Misfit.NOT_PENDING
        sitting.state = to.value
        return None

    def sign(self, who: str, finding: FindingWord, stage: int) -> Why:
        sitting = self.at(stage)
        if sitting is None:
            return Misfit.OTHER_STAGE
        if any(who in it.signed for it in self.sittings[: stage - 1] if _carried(it, who)):
            return Misfit.RULED_BEFORE
        if sitting.state != "under_inquiry":
            return Misfit.NOT_UNDER_INQUIRY
        if who in sitting.signed:
            same = sitting.signed[who] is finding
            return Misfit.SIGNED_ALREADY if same else Misfit.SIGNED_OTHERWISE
        if _voice(who) in sitting.voices(finding):
            return Misfit.SAME_PARTY
        if sitting.ruled not in {None, finding}:
            second = bool(sitting.voices(finding))
            return Misfit.RULINGS_CONTRADICT if second else Misfit.RULED_OTHERWISE
        sitting.signed[who] = finding
        return None

    def after_ruling(self, stage: int) -> Why:
        sitting = self.at(stage)
        if sitting is None:
            return Misfit.OTHER_STAGE
        return None if sitting.ruled else Misfit.NOT_RULED

    def appeal(self, against: FindingWord, stage: int) -> Why:
        why = self.after_ruling(stage)
        sitting = self.at(stage)
        if why is None and sitting is not None and sitting.ruled is not against:
            return Misfit.OTHER_RULING
        if why is None and stage == len(self.sittings):
            self.sittings.append(Sitting("pending"))
        return why


def _carried(sitting: Sitting, who: str) -> bool:
    """Whether this one's signature is under what was ruled."""
    return sitting.ruled is not None and sitting.signed.get(who) is sitting.ruled


PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""A story of thirty steps takes minutes to be made shorter; it is read as it is."""
STAGES = st.integers(1, 3)
FINDINGS = st.sampled_from(FindingWord)


class CaseMachine(RuleBasedStateMachine):
    """People at one case, beside the clerk."""

    @initialize()
    def begin(self) -> None:
        """Somebody alleges something."""
        self.clerk, self.kept, self.hour = Clerk(), [OPENED], 1.0

    def bring(self, act: Filed, why: Why) -> None:
        """As the gateway does: what does not fit is told so, and not kept."""
        self.hour += 0.125
        found = fold(*self.kept, act).misfit_of(act.sha256)
        assert found is why, (found, why)
        if why is None:
            self.kept.append(act)

    @rule(to=st.sampled_from(Step), stage=STAGES)
    def advance(self, to: Step, stage: int) -> None:
        """The mission takes it on."""
        self.bring(advanced(to, self.hour, stage), self.clerk.step(to, stage))

    @rule()
    def hurry(self) -> None:
        """The mission goes the whole way to an inquiry, so that rulings are tried often."""
        for to in Step:
            self.advance(to, len(self.clerk.sittings))

    @rule(who=st.sampled_from(RULERS), finding=FINDINGS, stage=STAGES)
    def sign(self, who: str, finding: FindingWord, stage: int) -> None:
        """A judge signs."""
        act = signed(who, ruling(finding, stage), self.hour)
        self.bring(act, self.clerk.sign(who, finding, stage))

    @rule(finding=FINDINGS, judges=st.permutations(RULERS))
    def agree(self, finding: FindingWord, judges: list[str]) -> None:
        """Several sign the same in the last stage."""
        for who in judges[:3]:
            self.sign(who, finding, len(self.clerk.sittings))

    @rule(who=st.sampled_from(RULERS), by=st.sampled_from(RULERS), finding=FINDINGS)
    def forge(self, who: str, by: str, finding: FindingWord) -> None:
        """Somebody signs for somebody else."""
        if who != by:
            act = signed(who, ruling(finding), self.hour, by=by)
            self.bring(act, Misfit.WRONG_SIGNATURE)

    @rule(who=st.sampled_from(RULERS), signed_as=FINDINGS, said=FINDINGS)
    def twist(self, who: str, signed_as: FindingWord, said: FindingWord) -> None:
        """A signature is put under another finding."""
        if said is not signed_as:
            act = signed(who, ruling(signed_as), self.hour, ruling=ruling(said))
            self.bring(act, Misfit.WRONG_SIGNATURE)

    @rule(who=st.sampled_from(RULERS), finding=FINDINGS)
    def administer(self, who: str, finding: FindingWord) -> None:
        """An administrator brings a judge's signature, and tries the rest."""
        mighty = Standing.ADMINISTRATOR
        self.bring(signed(who, ruling(finding), self.hour, standing=mighty), Misfit.ADMINISTRATOR)
        self.bring(filed(advanced(Step.PENDING, self.hour).act, mighty), Misfit.ADMINISTRATOR)

    @rule(party=st.sampled_from(["north", "south"]))
    def reply(self, party: str) -> None:
        """A party is heard at any time."""
        self.bring(replied(party, self.hour), None)
        self.clerk.beside["reply"] += 1

    @rule(party=st.sampled_from(["north", "south"]), stage=STAGES)
    def dissent(self, party: str, stage: int) -> None:
        """A party disagrees."""
        why = self.clerk.after_ruling(stage)
        self.bring(dissented(party, self.hour, stage), why)
        self.clerk.beside["dissent"] += why is None

    @rule(party=st.sampled_from(["north", "south"]), against=FINDINGS, stage=STAGES)
    def appeal(self, party: str, against: FindingWord, stage: int) -> None:
        """A party wants another ruling."""
        why = self.clerk.appeal(against, stage)
        self.bring(appealed(party, ruling(against, stage), self.hour), why)

    @rule()
    def appeal_what_is_ruled(self) -> None:
        """The same of the last ruling, so that appeals succeed often."""
        ruled = self.clerk.sittings[-1].ruled
        if ruled is not None:
            self.appeal("south", ruled, len(self.clerk.sittings))

    @rule(stage=STAGES)
    def release(self, stage: int) -> None:
        """The mission publishes."""
        self.bring(released(self.hour, stage), self.clerk.after_ruling(stage))

    @rule()
    def address(self) -> None:
        """The mission shows it to a party."""
        self.bring(addressed("north", hour=self.hour), None)

    @rule(forks=st.booleans())
    def hand_over(self, forks: bool) -> None:
        """Evidence goes from hand to hand; whoever takes it over a second time is told."""
        links = [it for it in self.kept if hasattr(it.act, "evidence")]
        after = links[-1] if links else None
        fork = forks and len(links) > 1
        act = held(f"holder-{len(self.kept)}", self.hour, links[-2] if fork else after)
        self.bring(act, Misfit.CUSTODY_FORK if fork else None)

    @invariant()
    def stands_as_the_clerk_says(self) -> None:
        """What was let by has its effect, all of it, in any order and however often it comes."""
        acts = [*self.kept, *self.kept[::2]]
        Random(len(acts)).shuffle(acts)
        case = fold(*acts)
        assert case == fold(*self.kept)
        assert case.state is not None
        assert case.state.value == self.clerk.state
        assert len(case.stages) == len(self.clerk.sittings)
        beside = {"reply": len(case.replies), "dissent": len(case.dissents)}
        assert beside == self.clerk.beside
        overruled = {it.reason for it in case.out_of_place}
        assert overruled <= {Misfit.RULED_OTHERWISE}

    @invariant()
    def no_ruling_has_fewer_than_two_people(self) -> None:
        """Of none of its stages."""
        for stage in fold(*self.kept).stages:
            if stage.ruling is not None:
                people = {it.principal.holder for it in stage.ruling.signatories}
                assert len(people) > 1
                assert not people <= {"Nils", "Nora"}


CaseMachine.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, phases=PHASES
)
test_a_case_is_what_the_clerk_says = CaseMachine.TestCase
