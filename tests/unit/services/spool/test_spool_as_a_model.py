"""The spool does what a dictionary would, whatever is put, settled, refused or reopened."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.spool.entries import Event, Kind, Receipt, Settlement, State
from services.spool.spool import Spool

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
RAWS = strategies.lists(strategies.sampled_from([b"%d\n" % n for n in range(9)]), max_size=6)


class SpoolMachine(RuleBasedStateMachine):
    """Two processes at one spool, beside the dictionary that says what must be there."""

    @initialize()
    def begin(self) -> None:
        """An empty spool, opened twice."""
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "spool"
        self.spools = [Spool(self.path), Spool(self.path)]
        self.states: dict[bytes, State] = {}

    @rule(raws=RAWS, which=strategies.integers(0, 1))
    def put(self, raws: list[bytes], which: int) -> None:
        """New is new once; refused waits again; a receipt stays."""
        new = len(set(raws) - set(self.states))
        found = self.spools[which].put([Event(raw, Kind.REPORT) for raw in raws], NOW)
        assert found == (new, len(raws) - new)
        for raw in raws:
            if self.states.get(raw, State.REFUSED) is State.REFUSED:
                self.states[raw] = State.WAITING

    @rule(
        which=strategies.integers(0, 1),
        limit=strategies.integers(1, 4),
        state=strategies.sampled_from([State.RECEIPTED, State.REFUSED, State.CONFLICT]),
    )
    def settle(self, which: int, limit: int, state: State) -> None:
        """The first that wait are settled."""
        taken = self.spools[which].waiting(limit)
        self.spools[1 - which].settle([_settlement(e.number, state) for e in taken], "g", NOW)
        self.states |= {entry.event.raw: state for entry in taken}

    @rule(which=strategies.integers(0, 1))
    def settle_late(self, which: int) -> None:
        """An answer that comes late takes no receipt back."""
        kept = list(self.spools[which].entries([State.RECEIPTED, State.CONFLICT]))
        late = [_settlement(entry.number, State.REFUSED) for entry in kept]
        self.spools[which].settle(late, "g", NOW)

    @rule(which=strategies.integers(0, 1))
    def ask_again(self, which: int) -> None:
        """What was refused waits."""
        refused = [raw for raw, state in self.states.items() if state is State.REFUSED]
        assert self.spools[which].ask_again() == len(refused)
        self.states |= dict.fromkeys(refused, State.WAITING)

    @rule(which=strategies.integers(0, 1))
    def reopen(self, which: int) -> None:
        """A process ends in between, without a word."""
        self.spools[which]._db.close()
        self.spools[which] = Spool(self.path)

    @invariant()
    def both_see_what_must_be_there(self) -> None:
        """States by bytes, and a receipt exactly where the state promises one."""
        if not hasattr(self, "spools"):
            return
        for spool in self.spools:
            entries = list(spool.entries(list(State)))
            assert {entry.event.raw: entry.state for entry in entries} == self.states
            assert len(entries) == len(self.states)
            for entry in entries:
                assert bool(entry.receipt) == (entry.state in (State.RECEIPTED, State.CONFLICT))

    def teardown(self) -> None:
        """Leave nothing."""
        if hasattr(self, "spools"):
            for spool in self.spools:
                spool.close()
            self.folder.cleanup()


def _settlement(number: int, state: State) -> Settlement:
    if state is State.REFUSED:
        return Settlement(number, state, reason="bad_format")
    return Settlement(number, state, Receipt(b"{}", "s"))


TestSpool = SpoolMachine.TestCase
TestSpool.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
