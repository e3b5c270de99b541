"""Vouch: events whose sources have keys in the agreement, held against these keys.

    read, signed or tagged → the source's keys, by the documents loaded → who vouches for it

Place on the data's way: first in the transaction, as soon as it is known what is loaded. Most
missions' sources have none, and their events pass as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from services.store.known import StoredVersion
from services.worker.incoming import E, Incoming
from streams.events import Report
from streams.inforce import Register
from streams.vocabulary import Authentication


def vouch(register: Register, incoming: Sequence[Incoming[E]]) -> Sequence[Incoming[E]]:
    """The batch, in its order, with who vouches for each event."""
    signing = register.signing_sources
    if not signing:
        return incoming
    return [
        _vouched(register, item) if (item.event.mission, item.event.source) in signing else item
        for item in incoming
    ]


def _vouched(register: Register, item: Incoming[E]) -> Incoming[E]:
    keys = register.source_keys(item.event.mission)
    if item.signing is None:
        if item.authentication is not Authentication.TAG_VALID or not keys.of_event(item.event):
            return item
        return replace(item, authentication=Authentication.SOURCE_SIGNS)
    signer = keys.signer(item.event, item.signing, item.content_hash, item.received_at)
    if signer.key is None:
        return replace(item, authentication=signer.authentication)
    return replace(
        item,
        authentication=signer.authentication,
        key_id=signer.key.id,
        public_key=signer.key.public_key,
    )


def vouched_still(register: Register, report: Report, version: StoredVersion) -> Authentication:
    """Who vouches for a stored report by the documents loaded now: a key may be revoked since."""
    authentication = Authentication(version.authentication)
    if authentication is not Authentication.SIGNATURE_VALID:
        return authentication
    keys = register.source_keys(report.mission)
    return keys.still(report, version.key_id, version.received_at)
