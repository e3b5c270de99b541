"""Claims: a term's verdict as it would be if its zones lay where one party draws them.

Place on the data's way: judge and reading → **under each claim** → assessment. What a finding says
under a party's claim is a finding of its own, decided, settled and merged like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from streams.assessment import Finding, UnderClaim

CLAIMS_DIFFER = "claims_differ"
"""The rule named where nothing is agreed and the verdicts under the parties' claims differ."""


def parties(findings: Sequence[Finding | None]) -> list[str]:
    """Who draws a zone of these findings' terms otherwise."""
    return sorted({claim.party for f in findings if f is not None for claim in f.claims})


def under(party: str, finding: Finding) -> Finding:
    """The finding under one party's claims; the agreed one, which says the same, without one."""
    claim = next((claim for claim in finding.claims if claim.party == party), None)
    if claim is None:
        return msgspec.structs.replace(finding, claims=())
    return Finding(
        finding.term, claim.verdict, claim.rule, claim.zone, claim.p_inside, truce=finding.truce
    )


def claimed(party: str, finding: Finding) -> UnderClaim:
    """What stands beside the agreed finding."""
    return UnderClaim(party, finding.verdict, finding.rule, finding.zone, finding.p_inside)


def with_each_claim(
    findings: Sequence[Finding], change: Callable[[Sequence[Finding]], Sequence[Finding]]
) -> list[Finding]:
    """Findings changed together, as agreed and under each party's claims by themselves."""
    agreed = change([msgspec.structs.replace(finding, claims=()) for finding in findings])
    told: list[list[UnderClaim]] = [[] for _ in findings]
    for party in parties(findings):
        changed = change([under(party, finding) for finding in findings])
        for at, after in enumerate(changed):
            own = any(claim.party == party for claim in findings[at].claims)
            # What a claim makes of another term may change what becomes of this one.
            if own or after != agreed[at]:
                told[at].append(claimed(party, after))
    return [
        msgspec.structs.replace(finding, claims=tuple(claims))
        for finding, claims in zip(agreed, told, strict=True)
    ]
