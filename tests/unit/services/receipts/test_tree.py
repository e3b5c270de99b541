"""Many receipts under one signature: each provable alone, none of what was not in it."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.receipts.receipt import canonical, signed
from services.receipts.tree import (
    LEAF_BYTES,
    LEAVES,
    STEP_BYTES,
    STEPS_LIMIT,
    climb,
    leaf_of,
    prove,
    under_each,
)
from services.receipts.verify import SIGNATURE_BYTES, Finding, verify
from tests.unit.services.receipts.samples import KEYS, RECEIPT, SIGNER

GROUPS = st.lists(st.binary(max_size=8), min_size=1, max_size=LEAVES + 3)


@given(GROUPS)
def test_every_leaf_climbs_to_the_root(texts: list[bytes]) -> None:
    leaves = [leaf_of(text) for text in texts]
    root, paths = prove(leaves)
    assert [climb(leaf, path) for leaf, path in zip(leaves, paths, strict=True)] == [root] * len(
        leaves
    )
    assert climb(leaf_of(b"not among them"), paths[0]) != root


def test_three_receipts_make_the_tree_that_the_docs_describe() -> None:
    one, two, three = (leaf_of(text) for text in (b"1", b"2", b"3"))
    pair = sha256(b"\x01" + one + two).digest()
    root, paths = prove([one, two, three])
    assert root == sha256(b"\x01" + pair + three).digest()
    assert paths == [b"\x01" + two + b"\x01" + three, b"\x00" + one + b"\x01" + three, b"\0" + pair]


@pytest.mark.parametrize(
    "path", [b"\x00", b"\x02" + bytes(32), bytes(STEP_BYTES * (STEPS_LIMIT + 1))]
)
def test_what_is_no_path_leads_nowhere(path: bytes) -> None:
    assert climb(leaf_of(b""), path) is None


@pytest.mark.parametrize("count", [1, 2, 3, LEAVES - 1, LEAVES])
def test_each_receipt_of_a_tree_is_verified_without_the_others(count: int) -> None:
    receipts = [replace(RECEIPT, revision=number + 1) for number in range(count)]
    signatures = SIGNER.sign_tree([canonical(one) for one in receipts]).under
    pairs = list(zip(receipts, signatures, strict=True))
    assert {verify(signed(*pair), KEYS) for pair in pairs} == {Finding.VALID}
    other = replace(RECEIPT, revision=count + 1)
    found = {verify(signed(other, signature), KEYS) for signature in signatures}
    assert found == {Finding.WRONG_SIGNATURE}


@given(st.data())
def test_a_bit_changed_anywhere_in_signature_or_path_is_seen(data: st.DataObject) -> None:
    receipts = [replace(RECEIPT, revision=number + 1) for number in range(5)]
    signature = bytearray(SIGNER.sign_tree([canonical(one) for one in receipts]).under[2])
    bit = data.draw(st.integers(0, len(signature) * 8 - 1))
    signature[bit // 8] ^= 1 << bit % 8
    assert verify(signed(receipts[2], bytes(signature)), KEYS) is Finding.WRONG_SIGNATURE


def test_a_signature_over_a_root_is_none_over_a_receipt() -> None:
    signature = SIGNER.sign_tree([canonical(RECEIPT)] * 2).signature
    assert verify(signed(RECEIPT, signature), KEYS) is Finding.WRONG_SIGNATURE


@pytest.mark.parametrize("count", [1, 2, 19, LEAVES])
def test_what_stands_under_each_is_made_again_from_signature_and_leaves(count: int) -> None:
    texts = [canonical(replace(RECEIPT, revision=number + 1)) for number in range(count)]
    tree = SIGNER.sign_tree(texts)
    assert len(tree.signature) == SIGNATURE_BYTES
    assert len(tree.leaves) == (count * LEAF_BYTES if count > 1 else 0)
    assert under_each(tree.signature, tree.leaves) == tree.under


def test_no_tree_has_more_leaves_than_its_row_has_room_for() -> None:
    with pytest.raises(AssertionError):
        SIGNER.sign_tree([canonical(RECEIPT)] * (LEAVES + 1))
