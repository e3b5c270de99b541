"""Dossiers: all that is known of a report, as it is stored.

Place on the data's way: store → **dossier** → explain, incidents, coverage, flags.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from services.errors import AnswerIsNoError
from services.store.engine import Connection
from services.store.known import StoredLink, StoredVersion, versions_of
from services.worker.vouch import vouched_still
from streams.decode import Refusal, decode_report
from streams.dossier import Dossier, Link, Version
from streams.inforce import Register
from streams.keys import Key

AT_ONCE = 1_000
"""Reports that are read together."""


class NotReplayableError(AnswerIsNoError):
    """What is stored cannot be judged again."""


def stored_dossier(
    register: Register, stored: Iterable[StoredVersion], links: Iterable[StoredLink]
) -> Dossier:
    """What a worker has taken in of a report: versions, and who vouches for each by now.

    Raises:
        NotReplayableError: the stored bytes of a version are no report any more.
    """
    versions = []
    for version in stored:
        if not version.judged:
            continue  # the gateway has it; it counts from when a worker has taken it in
        report = decode_report(bytes(version.raw))
        if isinstance(report, Refusal):
            raise NotReplayableError(f"the stored bytes are no report: {report.message}")
        authentication = vouched_still(register, report, version)
        versions.append(Version(report, authentication, version.received_at))
    spoken = tuple(Link(link.relation, link.by_id, link.vouched) for link in links)
    return Dossier(tuple(versions), spoken)


def stored_dossiers(conn: Connection, register: Register, keys: Sequence[Key]) -> Iterator[Dossier]:
    """Those of many reports, without who speaks of them; of what no worker has judged yet, none.

    Raises:
        NotReplayableError: as above.
    """
    for first in range(0, len(keys), AT_ONCE):
        for stored in versions_of(conn, keys[first : first + AT_ONCE]).values():
            dossier = stored_dossier(register, stored, ())
            if dossier.versions:
                yield dossier
