"""A tag vouches for these bytes, by this key, for the sources the key speaks for."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.tags import (
    KEY_ID_HEADER,
    NO_TAG,
    STORED_HEADER,
    TAG_HEADER,
    ProducerKey,
    make_tag,
    read_tag,
)
from streams.vocabulary import Authentication

KEY = ProducerKey("local", b"\x07" * 32, None, frozenset())
BOUND = ProducerKey("bound", b"\x08" * 32, "mission", frozenset({"patrol-1"}))
KEYS = {key.id: key for key in (KEY, BOUND)}
RAW = b'{"id": "r-1"}'


def authentication(headers: list[tuple[str, bytes]], raw: bytes = RAW) -> Authentication:
    return read_tag(KEYS, headers, raw).of("mission", "patrol-1")


def test_the_tag_is_hmac_sha256_of_the_raw_bytes_in_hex() -> None:
    expected = hmac.new(KEY.secret, RAW, hashlib.sha256).hexdigest()
    assert make_tag(KEY, RAW) == [(KEY_ID_HEADER, b"local"), (TAG_HEADER, expected.encode())]


def test_a_good_tag_is_valid() -> None:
    assert authentication(make_tag(KEY, RAW)) is Authentication.TAG_VALID


@given(st.binary(), st.binary())
def test_a_tag_vouches_for_its_own_bytes_alone(raw: bytes, other: bytes) -> None:
    valid = authentication(make_tag(KEY, raw), other) is Authentication.TAG_VALID
    assert valid == (raw == other)


def test_a_tag_by_another_key_does_not_match() -> None:
    forged = [(KEY_ID_HEADER, b"local"), make_tag(BOUND, RAW)[1]]
    assert authentication(forged) is Authentication.TAG_MISMATCH


@pytest.mark.parametrize("tag", [b"", b"\xff\x00", b"0" * 64, make_tag(KEY, RAW)[1][1].upper()])
def test_what_is_no_digest_does_not_match(tag: bytes) -> None:
    headers = [(KEY_ID_HEADER, b"local"), (TAG_HEADER, tag)]
    assert authentication(headers) is Authentication.TAG_MISMATCH


@pytest.mark.parametrize("key_id", [b"", b"nobody", b"\xff\xfe", b"local\x00", b"x" * 100_000])
def test_a_key_that_nobody_knows_is_said_so(key_id: bytes) -> None:
    tag = read_tag(KEYS, [(KEY_ID_HEADER, key_id), make_tag(KEY, RAW)[1]], RAW)
    assert tag.authentication is Authentication.TAG_UNKNOWN_KEY
    assert tag.key is None
    assert tag.key_id is not None
    assert len(tag.key_id) <= 64


@pytest.mark.parametrize("count", [0, 1])
def test_half_a_tag_is_none(count: int) -> None:
    assert read_tag(KEYS, make_tag(KEY, RAW)[:count], RAW) is NO_TAG
    assert authentication([("traceparent", b"x")]) is Authentication.NO_TAG


def test_a_hint_says_where_to_look_and_vouches_for_nothing() -> None:
    hinted = read_tag({}, [(STORED_HEADER, b"1")], RAW)
    assert (hinted.hinted, hinted.authentication) == (True, Authentication.NO_TAG)
    tagged = read_tag({KEY.id: KEY}, [*make_tag(KEY, RAW), (STORED_HEADER, b"1")], RAW)
    assert (tagged.hinted, tagged.authentication) == (False, Authentication.TAG_VALID)


@pytest.mark.parametrize(
    ("mission", "source", "expected"),
    [
        ("mission", "patrol-1", Authentication.TAG_VALID),
        ("mission", "patrol-2", Authentication.KEY_NOT_FOR_SOURCE),
        ("another", "patrol-1", Authentication.KEY_NOT_FOR_SOURCE),
    ],
)
def test_a_key_speaks_for_its_own_sources_alone(
    mission: str, source: str, expected: Authentication
) -> None:
    assert read_tag(KEYS, make_tag(BOUND, RAW), RAW).of(mission, source) is expected


def test_a_key_without_bounds_speaks_for_all() -> None:
    assert KEY.speaks_for("any", "thing")
    whole_mission = ProducerKey("m", b"k", "mission", frozenset())
    assert whole_mission.speaks_for("mission", "thing")
    assert not whole_mission.speaks_for("another", "thing")


def test_only_a_valid_tag_a_token_and_the_operator_vouch() -> None:
    vouched = {authentication for authentication in Authentication if authentication.vouched}
    assert vouched == {
        Authentication.TAG_VALID,
        Authentication.SIGNATURE_VALID,
        Authentication.TOKEN,
        Authentication.OPERATOR,
    }


def test_a_key_is_shown_without_its_secret() -> None:
    assert "\\x07" not in repr(KEY)
    assert KEY.secret.hex() not in f"{KEY} {KEY!r} {read_tag(KEYS, make_tag(KEY, RAW), RAW)}"
