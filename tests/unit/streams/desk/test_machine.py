"""Every way through the desk, against a model written another way.

The model keeps for each item what a person would write on a card; it knows nothing of acts in a
row. After each step the fold over all acts, shuffled and doubled, must read as the cards do.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from streams.desk.act import Act, Action
from streams.desk.decide import Refused, decide
from streams.desk.fold import Held, ItemState, Reason, fold
from tests.unit.streams.desk.acts import wish

ITEMS = ("a", "b", "c")
PEOPLE = ("ana", "ben", "cai")
items = st.sampled_from(ITEMS)
people = st.sampled_from(PEOPLE)


@dataclass
class Card:
    """What is written on an item's card."""

    reading: int = 1
    seen_by: set[str] = field(default_factory=set)
    asked: bool = False
    out: bool = False
    inside: str | None = None
    holds: set[str] = field(default_factory=set)
    told: list[tuple[int, str]] = field(default_factory=list)
    """Of each release: its reading, and what became of it."""

    @property
    def word(self) -> str:
        if self.inside:
            return "merged"
        if self.out:
            return "released"
        if self.asked:
            return "returned"
        return "confirmed" if self.seen_by else "unreviewed"

    def look_again(self) -> None:
        self.seen_by = set()


class Desk(RuleBasedStateMachine):
    """People at one desk, and a program that judges again."""

    def __init__(self) -> None:
        super().__init__()
        self.cards = {name: Card() for name in ITEMS}
        self.acts: list[Act] = []

    def state(self, item: str) -> ItemState:
        own = [act for act in self.acts if act.item == item]
        return fold(item, own, self.cards[item].reading)

    def ask(
        self, action: Action, item: str, by: str, others: Sequence[str] = (), need: int = 2
    ) -> Reason | None:
        """Do it, if it may be done; why not, else."""
        states = [self.state(other) for other in others]
        made = decide(wish(action, by, need), self.state(item), states)
        if isinstance(made, Refused):
            return made.reason
        self.acts += made
        return None

    @rule(item=items, by=people)
    def confirm(self, item: str, by: str) -> None:
        card = self.cards[item]
        refused = self.ask(Action.CONFIRM, item, by)
        may = not card.inside and not card.out and by not in card.seen_by
        assert (refused is None) == may
        if may:
            card.seen_by.add(by)
            card.asked = False

    @rule(item=items, by=people)
    def give_back(self, item: str, by: str) -> None:
        card = self.cards[item]
        refused = self.ask(Action.RETURN, item, by)
        assert (refused is None) == (not card.inside)
        if not card.inside:
            if card.out:
                card.told[-1] = (card.told[-1][0], "withdrawn")
            card.out, card.asked = False, True
            card.look_again()

    @rule(item=items, by=people, need=st.sampled_from([1, 2]))
    def release(self, item: str, by: str, need: int) -> None:
        card = self.cards[item]
        refused = self.ask(Action.RELEASE, item, by, need=need)
        enough = len(card.seen_by | {by}) >= need
        may = not card.inside and not card.out and not card.asked and enough
        assert (refused is None) == may
        if may:
            card.out = True
            card.told.append((card.reading, "stands"))

    @rule(item=items, other=items, by=people)
    def merge(self, item: str, other: str, by: str) -> None:
        whole, part = self.cards[item], self.cards[other]
        if item == other:
            assert self.ask(Action.MERGE, item, by) is not None
            return
        refused = self.ask(Action.MERGE, item, by, [other])
        free = not (whole.inside or whole.out or part.inside or part.out)
        may = free and not part.holds
        assert (refused is None) == may
        if may:
            whole.holds.add(other)
            whole.look_again()
            part.look_again()
            part.inside, part.asked = item, False

    @rule(item=items, other=items, by=people)
    def split_off(self, item: str, other: str, by: str) -> None:
        whole, part = self.cards[item], self.cards[other]
        if item == other or whole.inside:
            return
        refused = self.ask(Action.SPLIT, item, by, [other])
        elsewhere = part.inside is not None and part.inside != item
        may = not whole.out and other in whole.holds and not elsewhere
        assert (refused is None) == may
        if may:
            whole.holds.remove(other)
            whole.look_again()
            part.inside = None

    @rule(item=items, by=people)
    def leave(self, item: str, by: str) -> None:
        """A part is split off by name, without naming its whole's."""
        card = self.cards[item]
        if card.inside is None:
            return
        whole = self.cards[card.inside]
        refused = self.ask(Action.SPLIT, item, by, [card.inside])
        may = not whole.out and not whole.inside
        assert (refused is None) == may
        if may:
            whole.holds.discard(item)
            whole.look_again()
            card.inside = None

    @rule(item=items)
    def judge_again(self, item: str) -> None:
        card = self.cards[item]
        card.reading += 1
        card.told = [(r, "superseded" if w == "stands" else w) for r, w in card.told]
        card.look_again()
        card.asked = card.out = False
        card.inside = None

    @invariant()
    def the_acts_read_as_the_cards_do(self) -> None:
        for name, card in self.cards.items():
            own = [act for act in self.acts if act.item == name] * 2
            random.Random(len(own)).shuffle(own)
            state = fold(name, own, card.reading)
            assert state.review == card.word
            assert state.out_of_place == ()
            assert set(state.confirmed_by) == card.seen_by
            assert set(state.parts) == card.holds
            assert state.into == card.inside
            assert [(it.reading, it.held.value) for it in state.releases] == card.told

    @invariant()
    def nothing_is_out_that_too_few_stand_behind(self) -> None:
        for name in ITEMS:
            needed = {it.seq: it.people for it in self.acts if it.item == name}
            for release in self.state(name).releases:
                assert len(set(release.people)) >= needed[release.seq]

    @invariant()
    def a_part_is_out_with_nobody(self) -> None:
        for name in ITEMS:
            state = self.state(name)
            stands = [it for it in state.releases if it.held is Held.STANDS]
            assert state.into is None or not stands


TestDesk = Desk.TestCase
TestDesk.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
