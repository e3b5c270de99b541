"""Account: what one report says, as flags take it.

Place on the data's way: dossier → **account** → each flag. Only what stands says something; a
drill is no account.
"""

from __future__ import annotations

from msgspec import Struct

from streams.dossier import Dossier, counted_versions
from streams.events import Report
from streams.instants import micros


class Account(Struct, frozen=True, gc=False):
    """One report, and what is known of who sent it."""

    report: Report
    start: int
    """Microseconds, as all instants of a fold."""
    end: int
    received: int | None
    """The earliest receipt; None: read from a file."""
    speaks_for: str | None
    """The party whose source it is, by the agreement; None: the mission's own, or nobody's."""

    @property
    def source(self) -> str:
        """Who says so."""
        return self.report.source

    @property
    def ref(self) -> str:
        """As it is shown."""
        return f"{self.report.source}/{self.report.id}"

    @property
    def goes_back_to(self) -> frozenset[str]:
        """The ids, of reports or of whoever saw it first, that it names itself."""
        origin = () if self.report.origin is None else (self.report.origin,)
        return frozenset((*origin, *self.report.derived_from))

    def shares_origin(self, other: Account) -> bool:
        """Whether they say themselves that they are one testimony: so nobody copies."""
        mine, theirs = self.goes_back_to, other.goes_back_to
        return bool(mine & theirs) or other.report.id in mine or self.report.id in theirs


def account_of(dossier: Dossier, speaks_for: str | None) -> Account | None:
    """What a dossier testifies; None: nothing, it was withdrawn, or it was a drill.

    Of several versions the first by content speaks, with the earliest receipt of all.
    """
    if any(link.vouched for link in dossier.links):
        return None
    version = counted_versions(dossier)[0]
    report = version.report
    if report.exercise or report.retracts is not None:
        return None
    received = [it.received_at for it in dossier.versions if it.received_at is not None]
    return Account(
        report=report,
        start=micros(report.observed_from),
        end=micros(report.observed_to or report.observed_from),
        received=micros(min(received)) if received else None,
        speaks_for=speaks_for,
    )
