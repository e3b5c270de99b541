from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from streams.offsets import Delivery, PrefixLedger

PARTITIONS = ("reports-0", "reports-1")


@given(
    sizes=st.lists(st.integers(1, 50), min_size=1, max_size=30),
    start=st.integers(0, 1000),
    data=st.data(),
)
def test_commits_the_end_of_the_longest_acknowledged_prefix_in_any_order(
    sizes: list[int], start: int, data: st.DataObject
) -> None:
    ledger: PrefixLedger[str] = PrefixLedger()
    ledger.start("p", start)
    ends = [start + sum(sizes[: i + 1]) for i in range(len(sizes))]
    deliveries = [ledger.deliver("p", end) for end in ends]
    acknowledged: set[int] = set()
    for index in data.draw(st.permutations(range(len(sizes)))):
        deliveries[index].acknowledge()
        acknowledged.add(index)
        prefix = next((i for i in range(len(sizes)) if i not in acknowledged), len(sizes))
        assert ledger.committable("p") == (ends[prefix - 1] if prefix else start)
    assert ledger.committable("p") == ends[-1]


def test_a_forgotten_partition_has_nothing_to_commit_and_its_chunks_are_void() -> None:
    ledger: PrefixLedger[str] = PrefixLedger()
    ledger.start("p", 0)
    in_hand = ledger.deliver("p", 10)
    ledger.forget("p")
    in_hand.acknowledge()
    assert in_hand.void
    assert ledger.committable("p") is None
    assert ledger.next_offset("p") is None
    assert ledger.partitions() == ()


def test_the_same_records_delivered_again_after_a_seek_do_not_stall_the_partition() -> None:
    ledger: PrefixLedger[str] = PrefixLedger()
    ledger.start("p", 0)
    before = ledger.deliver("p", 10)  # in hand when the group rebalances, never acknowledged
    ledger.start("p", 0)
    again = ledger.deliver("p", 7)  # the same records, cut into other chunks
    ledger.deliver("p", 12).acknowledge()
    assert ledger.committable("p") == 0
    again.acknowledge()
    assert before.void
    assert ledger.committable("p") == 12


def test_an_acknowledgement_from_before_a_seek_commits_nothing_after_it() -> None:
    ledger: PrefixLedger[str] = PrefixLedger()
    ledger.start("p", 0)
    before = ledger.deliver("p", 10)
    ledger.start("p", 0)
    before.acknowledge()
    assert ledger.committable("p") == 0


def test_delivering_what_was_delivered_is_a_mistake_of_the_caller() -> None:
    ledger: PrefixLedger[str] = PrefixLedger()
    ledger.start("p", 5)
    with pytest.raises(ValueError, match="before 5"):
        ledger.deliver("p", 5)


def test_a_gap_is_read_again_once_and_then_taken_for_the_logs_own() -> None:
    ledger: PrefixLedger[str] = PrefixLedger()
    ledger.start("p", 5)
    assert not ledger.accepts("p", 8)
    assert ledger.accepts("p", 8)
    ledger.deliver("p", 10)
    assert ledger.accepts("p", 10)
    assert not ledger.accepts("p", 11)


@dataclass(eq=False)
class _Model:
    """The oracle: one flag an offset, by the letter of the rule."""

    start: int
    delivered_to: int
    done: set[int] = field(default_factory=set)

    def committable(self) -> int:
        offset = self.start
        while offset in self.done:
            offset += 1
        return offset


class LedgerMachine(RuleBasedStateMachine):
    """Any history of starts, deliveries, acknowledgements and losses agrees with the oracle."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger: PrefixLedger[str] = PrefixLedger()
        self.models: dict[str, _Model] = {}
        self.in_hand: list[tuple[_Model, int, Delivery]] = []

    @rule(partition=st.sampled_from(PARTITIONS), offset=st.integers(0, 20))
    def start(self, partition: str, offset: int) -> None:
        self.ledger.start(partition, offset)
        self.models[partition] = _Model(offset, offset)

    @rule(partition=st.sampled_from(PARTITIONS))
    def forget(self, partition: str) -> None:
        self.ledger.forget(partition)
        self.models.pop(partition, None)

    @precondition(lambda self: self.models)
    @rule(size=st.integers(1, 5), data=st.data())
    def deliver(self, size: int, data: st.DataObject) -> None:
        partition = data.draw(st.sampled_from(sorted(self.models)))
        model = self.models[partition]
        begin, end = model.delivered_to, model.delivered_to + size
        self.in_hand.append((model, begin, self.ledger.deliver(partition, end)))
        model.delivered_to = end

    @precondition(lambda self: self.in_hand)
    @rule(data=st.data())
    def acknowledge(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(self.in_hand) - 1))
        model, begin, delivery = self.in_hand.pop(index)
        delivery.acknowledge()
        model.done.update(range(begin, delivery.end))

    @invariant()
    def commits_what_the_oracle_commits(self) -> None:
        for partition in PARTITIONS:
            model = self.models.get(partition)
            expected = model.committable() if model else None
            assert self.ledger.committable(partition) == expected

    @invariant()
    def only_chunks_of_lines_that_ended_are_void(self) -> None:
        for model, _, delivery in self.in_hand:
            assert delivery.void == (model not in self.models.values())


TestLedgerMachine = LedgerMachine.TestCase
