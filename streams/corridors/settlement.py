"""Which events are settled by name, and from when.

Place on the data's way: status events → **settlements** → words and holds. Nothing else settles:
not a later `open`, not the passing of time. A settling status that exists in contradicting
versions settles only what all of them settle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from streams.corridors.authority import Authority
from streams.corridors.events import StatusEvent, ref_of
from streams.instants import FOREVER, micros


@dataclass(frozen=True, slots=True)
class Settlement:
    """One status settles one event."""

    issued: int
    """When somebody said so (µs): only what had ended by then is settled."""
    since: int
    """From when on it is settled (µs)."""
    party: str | None
    """The party that the settling source speaks for; None: it is no party's."""


@dataclass(frozen=True, slots=True)
class Settlements:
    """Everything that was settled by name, by the ref of the settled event."""

    of: Mapping[str, Sequence[Settlement]]

    def since(self, ref: str, cause_end: int, party: str | None = None) -> int:
        """From when on `ref` is settled (µs), `FOREVER` if it is not.

        `cause_end` (µs): a settlement issued before it does not know the whole cause. `party`: whom
        the settled word speaks for, None for a report, a source that is no party's and a word that
        nobody vouches for. A party can close, and can't open: it lifts its own caution, which
        nobody else can, and no other, whatever its rights.
        """
        return min(
            (
                settlement.since
                for settlement in self.of.get(ref, ())
                if settlement.issued >= cause_end and settlement.party == party
            ),
            default=FOREVER,
        )


def settlements(ids: Iterable[Sequence[StatusEvent]], authority: Authority) -> Settlements:
    """What the statuses settle; `ids`: for each event id, all versions of it that count."""
    found: dict[str, list[Settlement]] = {}
    for versions in ids:
        if not any(version.status.settles for version in versions):
            continue
        if not all(authority.may_settle(version) for version in versions):
            continue
        status = versions[0].status
        settlement = Settlement(
            issued=min(micros(version.status.issued_at) for version in versions),
            since=max(_since(version) for version in versions),
            party=authority.party_of(status.source),
        )
        # A status that named itself would take its own caution back as it is said.
        for ref in _named_by_all(versions) - {ref_of(status.source, status.id)}:
            found.setdefault(ref, []).append(settlement)
    return Settlements(found)


def _since(event: StatusEvent) -> int:
    return max(micros(event.status.issued_at), micros(event.status.effective_from))


def _named_by_all(versions: Sequence[StatusEvent]) -> set[str]:
    named = [{ref_of(it.source, it.id) for it in version.status.settles} for version in versions]
    return set.intersection(*named)
