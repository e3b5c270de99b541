"""Case: how a case stands, as the fold makes it.

Place on the data's way: `fold` → **case** → what is shown of it, and whether a further act fits.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from streams.cases.acts import (
    Appealed,
    CaseAct,
    CaseState,
    Dissented,
    Opened,
    Replied,
    Ruling,
)
from streams.cases.authority import Principal
from streams.cases.custody import Chain
from streams.cases.misfit import Misfit
from streams.vocabulary import Word


class Standing(Word):
    """As whom somebody acts, by the token under which the act came."""

    MISSION = "mission"
    """An investigator."""
    PARTY = "party"
    ADMINISTRATOR = "administrator"
    """Whatever else the token is for: nothing in a case is theirs to do."""


class Filed(NamedTuple):
    """An act as it came to us."""

    sha256: str
    """Of its bytes."""
    act: CaseAct
    received_at: datetime
    standing: Standing


class Signatory(NamedTuple):
    """Whose signature stands under a ruling."""

    principal: Principal
    filed: Filed


class Finding(NamedTuple):
    """A ruling and who has signed it so far."""

    sha256: str
    """Of its words: `ruling.ruling_hash`."""
    ruling: Ruling
    signatories: tuple[Signatory, ...]
    is_complete: bool
    """Two who count apart have signed."""


class Stage(NamedTuple):
    """The case between its beginning, or an appeal, and a ruling."""

    number: int
    state: CaseState
    steps: tuple[Filed, ...]
    """By which the mission took it here."""
    findings: tuple[Finding, ...]
    """What has been signed, complete or not."""
    ruling: Finding | None
    appeals: tuple[tuple[str, Appealed], ...]
    """Against its ruling, each with its hash."""


class Misplaced(NamedTuple):
    """An act without effect."""

    sha256: str
    reason: Misfit


class Case(NamedTuple):
    """Everything that its acts come to."""

    id: str
    opened: Opened | None
    """None: nothing has opened it, and nothing in it has an effect."""
    stages: tuple[Stage, ...]
    replies: tuple[tuple[str, Replied], ...]
    dissents: tuple[tuple[str, Dissented], ...]
    custody: tuple[Chain, ...]
    addressed: frozenset[str]
    """The parties to whom it is shown; one that opened it is of them."""
    released: frozenset[int]
    """The stages with whose rulings it was published."""
    out_of_place: tuple[Misplaced, ...]
    acts: int
    """How many there are, with effect or without."""

    @property
    def state(self) -> CaseState | None:
        """That of its last stage."""
        return self.stages[-1].state if self.stages else None

    def misfit_of(self, sha256: str) -> Misfit | None:
        """Why an act of it has no effect; None: it has one."""
        return next((it.reason for it in self.out_of_place if it.sha256 == sha256), None)
