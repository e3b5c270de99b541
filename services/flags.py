"""Flags: what in a mission's reports asks for a second look, and how sources stand to each other.

    period asked for → reports observed then → dossiers → accounts → flags, comparisons

Place on the data's way: store → **flags** → `truceline flags`, GET /v1/flags. The fold is pure
(`streams.credibility`), and is made when somebody asks. It changes nothing: no verdict, no total.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from services.dossiers import stored_dossiers
from services.errors import AnswerIsNoError
from services.store.engine import Connection
from services.store.queries.watching import reports_observed
from services.worker.documents import load_register
from streams.credibility.account import Account, account_of
from streams.credibility.compare import Comparison, comparisons
from streams.credibility.flag import FlagKind
from streams.credibility.fold import flags as flags_of
from streams.inforce import Register
from streams.methodology import UNDOUBTED, Methodology

MOST = 200_000
"""Reports that are looked at together, unless less is asked for."""


class TooManyReportsError(AnswerIsNoError):
    """More reports were observed in the period than are looked at together."""


class FlagsAsked(NamedTuple):
    """Which flags: of a mission's reports observed in [since, until); None: without a bound."""

    mission: str
    since: datetime | None = None
    until: datetime | None = None
    kind: FlagKind | None = None
    source: str | None = None
    most: int = MOST


class FlagTold(Struct, frozen=True, kw_only=True):
    """One doubt, as it is shown."""

    mission: str
    kind: FlagKind
    sources: tuple[str, ...]
    reason: str
    reports: tuple[str, ...]
    """``source/id``: the evidence."""


class ComparisonTold(Struct, frozen=True, kw_only=True):
    """Two sources that tell of the same places."""

    mission: str
    comparison: Comparison


def flags(conn: Connection, asked: FlagsAsked) -> list[FlagTold]:
    """The flags, by kind and source.

    Raises:
        TooManyReportsError: the period holds too many.
    """
    register = load_register(conn)
    methodology = _methodology(register, asked.mission)
    if methodology is None:
        return []
    found = flags_of(_accounts(conn, register, asked), methodology)
    return [
        FlagTold(
            mission=asked.mission,
            kind=it.kind,
            sources=it.sources,
            reason=it.reason,
            reports=it.reports,
        )
        for it in found
        if asked.kind in {None, it.kind} and (asked.source is None or asked.source in it.sources)
    ]


def witnesses(conn: Connection, asked: FlagsAsked) -> list[ComparisonTold]:
    """Every two sources that tell of one place: independent or not, agreeing or not.

    Raises:
        TooManyReportsError: the period holds too many.
    """
    register = load_register(conn)
    methodology = _methodology(register, asked.mission)
    if methodology is None:
        return []
    rules = methodology.credibility or UNDOUBTED
    found = sorted(comparisons(_accounts(conn, register, asked), rules))
    return [
        ComparisonTold(mission=asked.mission, comparison=it)
        for it in found
        if asked.source is None or asked.source in it.sources
    ]


def _methodology(register: Register, mission: str) -> Methodology | None:
    """The newest one: doubts are of today."""
    known = register.agreements(mission)
    return known[0][1] if known else None


def _accounts(conn: Connection, register: Register, asked: FlagsAsked) -> Iterator[Account]:
    keys = reports_observed(conn, asked.mission, asked.since, asked.until, asked.most + 1)
    if len(keys) > asked.most:
        said = f"more than {asked.most:,} reports were observed in that time: ask for less of it"
        raise TooManyReportsError(said)
    speaks_for = _speaks_for(register, asked.mission)
    for dossier in stored_dossiers(conn, register, keys):
        account = account_of(dossier, speaks_for.get(dossier.versions[0].report.source))
        if account is not None:
            yield account


def _speaks_for(register: Register, mission: str) -> Mapping[str, str]:
    """The party that each source speaks for, as the newest agreement that names it says."""
    named: dict[str, str] = {}
    for agreement, _ in reversed(register.agreements(mission)):
        named |= {it.id: it.party for it in agreement.sources if it.party is not None}
    return named
