"""Tell: what is said of one incident, to whoever asks.

Place on the data's way: Incident → **account** → store → **told** → CLI, HTTP. An account follows
from the breaches alone, so that it is the same however they came. Whether an incident may go on is
a matter of the clock as well, and is said when somebody asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from geo.spread import Middle
from streams.assessment import GRAVITY, status_of
from streams.incidents.breach import Breach
from streams.incidents.fold import Incident
from streams.incidents.observed import Observed, observed, uncounted
from streams.instants import micros, moment_of, seconds_to_micros
from streams.methodology import IncidentRules
from streams.vocabulary import Kind, Verdict, ViolationKind


class Progress(StrEnum):
    """Whether an incident may still go on; only passing time ends it."""

    STARTED = "started"
    """One report tells of it so far."""
    ONGOING = "ongoing"
    """Several do, and nothing has been seen for less than the methodology's gap."""
    ENDED = "ended"
    """The gap is over: nothing that happens from now on belongs to it."""


class Account(Struct, frozen=True, omit_defaults=True, gc=False):
    """What is stored of one incident: all that follows from its breaches."""

    agreement: str
    """Content hash of the version that its first report was judged by."""
    zone: str | None
    """None: of terms that hold everywhere."""
    day: date
    """The mission day."""
    verdict: Verdict
    """The gravest among its reports."""
    kinds: tuple[Kind, ...]
    """What was seen."""
    violates: tuple[ViolationKind, ...]
    """What the terms call it."""
    begun: datetime
    """At the earliest."""
    ended: datetime
    """The latest that anything in it was over."""
    over_at: datetime
    """From then on nothing that happens belongs to it; a late report of an earlier time may."""
    violations: Observed
    possible: Observed
    """What is only a `possible_violation`, apart."""
    parties: tuple[str, ...] = ()
    """Those that its monitors name; it is nobody's finding."""
    draft: bool = False
    middle: Middle | None = None
    """Of the first report that has a place."""
    continues: tuple[str, ...] = ()
    adjoins: tuple[str, ...] = ()

    @property
    def reports(self) -> int:
        """How many tell of it."""
        return self.violations.reports + self.possible.reports


encode_account = msgspec.json.Encoder(order="deterministic").encode
decode_account = msgspec.json.Decoder(Account).decode


def account(incident: Incident, rules: IncidentRules | None) -> Account:
    """What follows from an incident's breaches, by the rules of its methodology."""
    part = incident.breaches
    ended = max(breach.end for breach in part)
    gap = seconds_to_micros(rules.gap_s) if rules else 0
    return Account(
        agreement=part[0].agreement,
        zone=incident.zone,
        day=incident.day,
        verdict=max((it.verdict for it in part), key=GRAVITY.__getitem__),
        kinds=tuple(sorted({it.kind for it in part})),
        violates=tuple(sorted({kind for it in part for kind in it.violations})),
        begun=part[0].start,
        ended=ended,
        over_at=moment_of(micros(ended) + gap),
        violations=observed([it for it in part if it.verdict is Verdict.VIOLATION]),
        possible=observed([it for it in part if it.verdict is not Verdict.VIOLATION]),
        parties=tuple(sorted({it.party for it in part if it.party is not None})),
        draft=any(it.draft for it in part),
        middle=next((it.middle for it in part if it.middle is not None), None),
        continues=incident.continues,
        adjoins=incident.adjoins,
    )


class Told(Struct, frozen=True, omit_defaults=True, gc=False):
    """One incident, with its two totals."""

    id: str
    mission: str
    zone: str | None
    day: date
    """The mission day."""
    progress: Progress
    verdict: Verdict
    kinds: tuple[Kind, ...]
    violates: tuple[ViolationKind, ...]
    begun: datetime
    ended: datetime
    over_at: datetime
    violations: Observed
    possible: Observed
    reports: tuple[str, ...]
    """``source/id``, by when they were observed."""
    status: str
    uncounted: tuple[str, ...] = ()
    """Of its reports those that give no number."""
    parties: tuple[str, ...] = ()
    continues: tuple[str, ...] = ()
    adjoins: tuple[str, ...] = ()


def progress_of(reports: int, over_at: datetime, now: datetime) -> Progress:
    """Whether an incident may go on at `now`; the gap's last instant is still in it."""
    if now > over_at:
        return Progress.ENDED
    return Progress.STARTED if reports == 1 else Progress.ONGOING


def tell(mission: str, name: str, said: Account, members: Sequence[Breach], now: datetime) -> Told:
    """What is said at `now` of an incident and of its `members`, which are in order."""
    return Told(
        id=name,
        mission=mission,
        zone=said.zone,
        day=said.day,
        progress=progress_of(said.reports, said.over_at, now),
        verdict=said.verdict,
        kinds=said.kinds,
        violates=said.violates,
        begun=said.begun,
        ended=said.ended,
        over_at=said.over_at,
        violations=said.violations,
        possible=said.possible,
        reports=tuple("/".join(it.ref) for it in members),
        status=status_of(draft=said.draft),
        uncounted=uncounted(members),
        parties=said.parties,
        continues=said.continues,
        adjoins=said.adjoins,
    )
