"""A source's own signature vouches for its events while its key holds, and for nothing else."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
import pytest

from streams.agreement import Agreement, SigningKey, Source, Validity
from streams.signing import public_text
from streams.source_keys import SourceKeys, sign_event
from streams.tags import SIGNATURE_HEADER, Signing, read_tag, signed_headers
from streams.vocabulary import Authentication, Right
from tests.unit.streams import builders
from tests.unit.streams.builders import NOON, SOURCE, hours, report
from tests.unit.streams.signatures import private_key

OWN, OTHER = private_key("patrol"), private_key("someone")
RAW = msgspec.json.encode(report("r"))
DIGEST = sha256(RAW).digest()


def at(hour: float) -> datetime:
    return NOON + hours(hour)


def key(**changes: Any) -> SigningKey:  # noqa: ANN401 (fields of SigningKey)
    return SigningKey(**{"id": "own", "public_key": public_text(OWN)} | changes)


def version(*keys: SigningKey, source: str = SOURCE, **changes: object) -> Agreement:
    entry = Source(id=source, rights=(Right.REPORT,), keys=keys)
    return builders.agreement(sources=(entry,), **changes)


def signer(
    keys: SourceKeys, *, name: str = "own", received: float = 1, made: str = ""
) -> Authentication:
    """Who vouches for a report of noon."""
    signing = Signing(name, made or sign_event(OWN, RAW))
    return keys.signer(report("r"), signing, DIGEST, at(received)).authentication


def under(**changes: object) -> SourceKeys:
    return SourceKeys((version(key(**changes)),))


def test_what_the_sources_key_signed_is_vouched_for() -> None:
    assert signer(under()) is Authentication.SIGNATURE_VALID
    assert Authentication.SIGNATURE_VALID.vouched


@pytest.mark.parametrize(
    "made",
    [
        sign_event(OTHER, RAW),
        sign_event(OWN, RAW + b" "),
        sign_event(OWN, RAW)[:-2],
        sign_event(OWN, RAW) + "==",
        "\N{REPLACEMENT CHARACTER}",
    ],
)
def test_any_other_signature_is_a_mismatch(made: str) -> None:
    assert signer(under(), made=made) is Authentication.SIGNATURE_MISMATCH


@pytest.mark.parametrize(
    "keys",
    [
        SourceKeys((version(key(), source="another"),)),
        SourceKeys((version(key(id="older")),)),
        SourceKeys((version(),)),
        SourceKeys(()),
    ],
)
def test_a_key_that_is_not_the_sources_is_unknown(keys: SourceKeys) -> None:
    assert signer(keys) is Authentication.SIGNATURE_UNKNOWN_KEY


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 1, Authentication.SIGNATURE_VALID),
        (-1, 0, Authentication.KEY_NOT_VALID),
        (0.01, 1, Authentication.KEY_NOT_VALID),
    ],
)
def test_a_key_signs_what_happens_while_it_is_valid(
    start: float, end: float, expected: Authentication
) -> None:
    assert signer(under(valid=Validity(from_=at(start), to=at(end)))) is expected


@pytest.mark.parametrize(
    ("revoked", "received", "expected"),
    [
        (2, 1.9, Authentication.SIGNATURE_VALID),
        (2, 2, Authentication.KEY_REVOKED),
        (0, -1, Authentication.KEY_REVOKED),
    ],
)
def test_what_is_said_or_comes_after_the_revocation_is_void(
    revoked: float, received: float, expected: Authentication
) -> None:
    assert signer(under(revoked_at=at(revoked)), received=received) is expected


def test_a_later_version_revokes_for_what_came_before_it_too() -> None:
    first, later = version(key()), version(key(revoked_at=at(1)), version=2, valid=_from(5))
    event = report("r")
    assert SourceKeys((first,)).still(event, "own", at(1)) is Authentication.SIGNATURE_VALID
    both = SourceKeys((later, first))
    assert both.still(event, "own", at(0.9)) is Authentication.SIGNATURE_VALID
    assert both.still(event, "own", at(1)) is Authentication.KEY_REVOKED
    assert both.still(event, "older", at(0.9)) is Authentication.SIGNATURE_UNKNOWN_KEY


def test_the_keys_are_those_of_the_version_in_force_then() -> None:
    new = key(id="new", public_key=public_text(OTHER))
    both = SourceKeys((version(new, version=2, valid=_from(5)), version(key())))
    assert [it.id for it in both.of_event(report("r"))] == ["own"]
    assert [it.id for it in both.of_event(report("r", observed_from=at(5)))] == ["new"]


def _from(hour: float) -> Validity:
    return Validity(from_=at(hour))


def test_a_record_carries_key_and_signature_and_a_tag_beside_them_is_not_read() -> None:
    headers = signed_headers("own", sign_event(OWN, RAW))
    tag = read_tag({}, [*headers, ("truceline-tag", b"x")], RAW)
    assert tag.signing == Signing("own", sign_event(OWN, RAW))
    assert tag.of("m", "s") is Authentication.SIGNATURE_UNKNOWN_KEY
    assert read_tag({}, [(SIGNATURE_HEADER, b"x")], RAW).signing is None
    long = read_tag({}, [("truceline-key-id", b"a"), (SIGNATURE_HEADER, b"\xff" * 9_999)], RAW)
    assert long.signing is not None
    assert len(long.signing.signature) == 128
