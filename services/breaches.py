"""Breaches of stored reports: what each tells, by its current reading, of the zones it breaches.

    keys → versions, readings → dossiers → breaches

Place on the data's way: store → **breaches** → `keep_incidents`, and `truceline incidents` where it
reckons again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from services.dossiers import stored_dossier
from services.store.documents import loaded_documents
from services.store.engine import Connection
from services.store.known import links_to, versions_of
from services.store.signatures import signatures
from services.worker.documents import register_of
from streams.agreement import Agreement
from streams.assessment import Assessment, Finding, decode_assessment
from streams.dossier import counted_versions
from streams.incidents.breach import Breach, Ground, breaches_of
from streams.inforce import Register
from streams.keys import Key
from streams.locate import Locator
from streams.measure_route import measure_routes
from streams.methodology import IncidentRules, Methodology
from streams.truce_terms import truce_term
from streams.vocabulary import ViolationKind

AT_ONCE = 1_000
"""Reports that are read together."""


class Grounds:
    """What is loaded, and what reports stand on under each two of the documents."""

    def __init__(self, conn: Connection) -> None:
        loaded = loaded_documents(conn)
        self.register = register_of(loaded, signatures(conn))
        both = [(it.hash.hex(), it.document) for it in loaded]
        self._agreements = {of: it for of, it in both if isinstance(it, Agreement)}
        self._methodologies = {of: it for of, it in both if isinstance(it, Methodology)}
        self._made: dict[tuple[str, str], Ground] = {}
        self.rules: Mapping[str, IncidentRules | None] = {
            of: it.incidents for of, it in self._methodologies.items()
        }

    def of(self, assessment: Assessment) -> Ground:
        """By the methodology and the agreement that a report was judged by."""
        both = assessment.agreement, assessment.methodology
        if both not in self._made:
            agreement = self._agreements[both[0]]
            locator = Locator(self._methodologies[both[1]], measure_routes(agreement.corridors))
            kind_of = partial(_kind_of, self.register, agreement)
            self._made[both] = Ground(agreement.id, locator, kind_of)
        return self._made[both]


def _kind_of(register: Register, agreement: Agreement, finding: Finding) -> ViolationKind:
    if finding.truce is not None:
        return truce_term(finding.truce).violation
    own = (term.violation for term in agreement.terms if term.id == finding.term)
    return next(own, None) or register.term(agreement.mission, finding.term).violation


_HASHES = (
    "SELECT hash FROM agreements UNION ALL SELECT hash FROM methodologies"
    " UNION ALL SELECT hash FROM agreement_signatures"
)


class KeptGrounds:
    """The same, read again once another document or signature is loaded."""

    def __init__(self) -> None:
        self._hashes: frozenset[bytes] | None = None
        self._grounds: Grounds | None = None

    def ask(self, conn: Connection) -> Grounds:
        """What is loaded now."""
        hashes = frozenset(bytes(address) for (address,) in conn.execute(_HASHES))
        if self._grounds is None or hashes != self._hashes:
            self._hashes, self._grounds = hashes, Grounds(conn)
        return self._grounds


class Told(NamedTuple):
    """What one report tells, and by which version of the agreement."""

    agreement: str
    breaches: list[Breach]
    """One a zone; none where it breaches nothing, or stands no longer."""


def stored_breaches(
    conn: Connection, grounds: Grounds, keys: Sequence[Key]
) -> Iterator[tuple[Key, Told]]:
    """What each of these reports, which were assessed, tells by its current reading."""
    for first in range(0, len(keys), AT_ONCE):
        yield from _some(conn, grounds, keys[first : first + AT_ONCE])


def _some(conn: Connection, grounds: Grounds, keys: Sequence[Key]) -> Iterator[tuple[Key, Told]]:
    versions, links = versions_of(conn, keys), links_to(conn, keys)
    for key in keys:
        stored = versions[key]
        assert stored[0].assessment is not None, "what breaches something was assessed"
        assessment = decode_assessment(stored[0].assessment)
        dossier = stored_dossier(grounds.register, stored, links.get(key, ()))
        reports = [version.report for version in counted_versions(dossier)]
        yield (
            key,
            Told(assessment.agreement, breaches_of(reports, assessment, grounds.of(assessment))),
        )
