"""A signature counts for one party under one text, by a key that holds; else it says why not."""

from __future__ import annotations

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.agreement import Agreement, Validity, content_hash
from streams.assess import Judged, assess
from streams.assessment import Assessment
from streams.explain import explain
from streams.inforce import Register
from streams.signing import (
    Flaw,
    NoSignatureError,
    Signature,
    flaw_of,
    key_bytes,
    read_signature,
    signature_hash,
    signed,
    signing_text,
    write_signature,
)
from streams.text64 import bytes64, text64
from tests.unit.streams.builders import NOON, OPERATOR, agreement, hours, methodology, report
from tests.unit.streams.signatures import PARTIES, party, signed_by

UNDER = agreement(parties=PARTIES, guarantors=(party("chair"),))
SHA256 = content_hash(UNDER)


def flaw(signature: Signature, under: Agreement = UNDER, **known: object) -> Flaw | None:
    return flaw_of(signature, under, content_hash(under), **known)  # type: ignore[arg-type]


def test_what_is_signed_is_lines_that_name_form_version_and_hash() -> None:
    made = signed_by("north", UNDER)
    assert signing_text(made).decode() == (
        "Truceline agreement signature, form 1\n"
        f"agreement: {UNDER.id}\n"
        f"version: {UNDER.version}\n"
        f"sha256: {SHA256}\n"
        "party: north\n"
        "key: north-key\n"
        "signed at: 2026-03-02T12:00:00Z\n"
    )
    held = key_bytes(PARTIES[0].keys[0].public_key)
    assert held is not None
    public = Ed25519PublicKey.from_public_bytes(held)
    raw = bytes64(made.signature)
    assert raw is not None
    public.verify(raw, signing_text(made))


def test_a_party_signs_with_its_own_key() -> None:
    assert flaw(signed_by("north", UNDER)) is None
    assert flaw(signed_by("chair", UNDER)) is None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"agreement": "another"}, Flaw.OTHER_AGREEMENT),
        ({"version": 2}, Flaw.OTHER_VERSION),
        ({"sha256": "0" * 64}, Flaw.OTHER_TEXT),
        ({"party": "west"}, Flaw.UNKNOWN_PARTY),
        ({"key": "south-key"}, Flaw.UNKNOWN_KEY),
        ({"by": "south"}, Flaw.WRONG_SIGNATURE),
        ({"party": "south", "key": "south-key", "by": "north"}, Flaw.WRONG_SIGNATURE),
    ],
)
def test_a_signature_that_is_not_this_partys_under_this_text_says_why(
    said: dict[str, object], why: Flaw
) -> None:
    assert flaw(signed_by("north", UNDER, **said)) is why  # type: ignore[arg-type]


@given(st.sampled_from(["agreement", "party", "key", "sha256", "signed_at", "version"]))
def test_no_field_can_be_changed_under_a_signature(name: str) -> None:
    """Whatever another version it is held against has: the signature is over all of it."""
    made = signed_by("north", UNDER)
    other = {"version": 7, "sha256": "1" * 64, "signed_at": "2026-03-02T12:00:01Z"}
    changed = replace(made, **{name: other.get(name, "other")})
    twin = replace(party("other"), id=changed.party)
    keys = (replace(PARTIES[0].keys[0], id=changed.key),)
    under = agreement(
        id=changed.agreement,
        version=changed.version,
        parties=(replace(twin, keys=keys), *PARTIES[1:]),
    )
    assert flaw_of(changed, under, changed.sha256) is Flaw.WRONG_SIGNATURE


@given(st.integers(0, 63), st.integers(1, 255))
def test_one_changed_byte_is_no_signature(at: int, by: int) -> None:
    made = signed_by("north", UNDER)
    raw = bytearray(bytes64(made.signature) or b"")
    raw[at] ^= by
    assert flaw(replace(made, signature=text64(bytes(raw)))) is Flaw.WRONG_SIGNATURE


@pytest.mark.parametrize(
    ("key", "at", "received", "why"),
    [
        ({"valid": Validity(from_=NOON)}, 0, None, None),
        ({"valid": Validity(from_=NOON)}, -0.1, None, Flaw.KEY_NOT_VALID),
        ({"valid": Validity(from_=NOON - hours(9), to=NOON)}, 0, None, Flaw.KEY_NOT_VALID),
        ({"revoked_at": NOON}, -0.1, None, None),
        ({"revoked_at": NOON}, 0, None, Flaw.KEY_REVOKED),
        ({"revoked_at": NOON}, -2, -1, None),
        ({"revoked_at": NOON}, -2, 0, Flaw.KEY_REVOKED),
        ({}, 0.08, 0, None),
        ({}, 0.1, 0, Flaw.FROM_FUTURE),
    ],
)
def test_a_key_signs_while_it_holds(
    key: dict[str, object], at: float, received: float | None, why: Flaw | None
) -> None:
    under = agreement(parties=(party("north", **key), PARTIES[1]))
    made = signed_by("north", under, NOON + hours(at))
    reached = None if received is None else NOON + hours(received)
    assert flaw(made, under, received_at=reached) is why


def test_a_key_that_a_later_version_revokes_signs_the_earlier_one_no_more() -> None:
    later = agreement(version=2, parties=(party("north", revoked_at=NOON), PARTIES[1]))
    made = signed_by("north", UNDER, NOON - hours(1))
    before, after = NOON - hours(0.5), NOON
    assert flaw(made, received_at=before, versions=(UNDER, later)) is None
    assert flaw(made, received_at=after, versions=(UNDER, later)) is Flaw.KEY_REVOKED


def test_a_version_is_a_draft_until_every_party_has_signed() -> None:
    north, south, chair = (signed_by(name, UNDER) for name in ("north", "south", "chair"))
    assert signed(UNDER, SHA256, ()).missing == ("north", "south")
    assert signed(UNDER, SHA256, (north, chair, north)).missing == ("south",)
    assert signed(UNDER, SHA256, (north, signed_by("south", UNDER, by="north"))).draft
    all_of_them = signed(UNDER, SHA256, (south, north))
    assert not all_of_them.draft
    assert all_of_them.signatures == tuple(sorted(map(signature_hash, (north, south))))


def test_what_is_signed_by_nobody_is_a_draft() -> None:
    plain = agreement()
    assert signed(plain, content_hash(plain), ()).draft


def test_a_file_says_what_was_signed_and_nothing_else_is_read() -> None:
    made = signed_by("north", UNDER)
    assert read_signature(write_signature(made)) == made
    plain = msgspec.to_builtins(made)
    for wrong in (
        {**plain, "signed_at": "2026-13-02T12:00:00Z"},
        {**plain, "signed_at": "2026-03-02T12:00:00+00:00"},
        {**plain, "note": "more"},
        {**plain, "format": "truceline.agreement-signature.v2"},
        {**plain, "version": 0},
    ):
        with pytest.raises(NoSignatureError):
            read_signature(msgspec.json.encode(wrong))
    for raw in (b"", b"[" * 100_000, b"\xff", b"null"):
        with pytest.raises(NoSignatureError):
            read_signature(raw)


def test_a_key_is_32_bytes_written_in_one_way() -> None:
    good = PARTIES[0].keys[0].public_key
    assert len(key_bytes(good) or b"") == 32
    assert key_bytes(good[:-1]) is None
    assert key_bytes("A" * 42 + "B") is None


def judged_with(*signatures: Signature) -> Judged:
    register = Register((UNDER,), (methodology(),), signatures=signatures)
    (result,) = assess(register, (report(),), (OPERATOR,))
    assert isinstance(result, Judged)
    return result


def assessed_with(*signatures: Signature) -> Assessment:
    return judged_with(*signatures).assessment


def test_a_judgement_says_whether_it_was_by_a_draft_and_is_hashed_with_the_signatures() -> None:
    north, south, chair = (signed_by(name, UNDER) for name in ("north", "south", "chair"))
    unsigned, half, whole = assessed_with(), assessed_with(north), assessed_with(south, north)
    assert [unsigned.draft, half.draft, whole.draft] == [True, True, False]
    assert whole == assessed_with(north, south, north)
    assert assessed_with(signed_by("south", UNDER, by="north")) == unsigned
    contexts = {unsigned.context, half.context, whole.context}
    assert len(contexts | {assessed_with(north, south, chair).context}) == 4
    same = {"draft": False, "context": ""}
    assert replace(unsigned, **same) == replace(whole, **same)


def test_an_explanation_names_who_has_not_signed() -> None:
    north, south = signed_by("north", UNDER), signed_by("south", UNDER)
    said = "That version is a draft: not signed by south."
    assert said in explain(judged_with(north)).sentences
    assert not any("draft" in line for line in explain(judged_with(north, south)).sentences)


def test_an_indexed_register_knows_the_signatures_as_well() -> None:
    signatures = (signed_by("north", UNDER), signed_by("south", UNDER))
    register = Register((UNDER,), (methodology(),), signatures=signatures)
    (result,) = assess(register.indexed(lambda zones, _: zones), (report(),), (OPERATOR,))
    assert isinstance(result, Judged)
    assert result.assessment == assessed_with(*signatures)
