"""Tree: many receipts under one signature, each of them provable alone.

    leaf  = SHA-256(0x00 ‖ receipt's canonical bytes)
    node  = SHA-256(0x01 ‖ left ‖ right); who has no neighbour goes up as it is
    root  is what is signed, behind a word that no receipt begins with

Place on the data's way: receipts of a group → **tree** → sign. A signature takes as long as all
the rest of storing an event, so a group shares it (a Merkle tree, as of RFC 9162; Ralph Merkle,
1987). Beside the signature stands a receipt's path to the root: for each level the neighbour's side
and hash. Whoever holds one receipt and the public key needs no other receipt.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

LEAVES: Final = 32
"""Receipts under one signature at most: each path is five steps, 165 bytes. A tree's row in the
store stays below what PostgreSQL would store out of line."""
LEAF_BYTES: Final = 32
STEP_BYTES: Final = 1 + LEAF_BYTES
STEPS_LIMIT: Final = 32
_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"
_LEFT: Final = b"\x00"
_RIGHT: Final = b"\x01"
_WORD: Final = b"truceline.receipts.v1\n"


def leaf_of(canonical: bytes) -> bytes:
    """The leaf of a receipt."""
    return sha256(_LEAF + canonical).digest()


def root_message(root: bytes) -> bytes:
    """What is signed for a root."""
    return _WORD + root


def prove(leaves: Sequence[bytes]) -> tuple[bytes, list[bytes]]:
    """The root, and each leaf's path to it."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        levels.append(_above(levels[-1]))
    (root,) = levels.pop()
    paths = [b""]
    for level in reversed(levels):
        paths = _below(level, paths)
    return root, paths


def _above(level: list[bytes]) -> list[bytes]:
    pairs = zip(level[::2], level[1::2], strict=False)
    above = [sha256(_NODE + left + right).digest() for left, right in pairs]
    return above + level[len(above) * 2 :]


def _below(level: list[bytes], above: list[bytes]) -> list[bytes]:
    """The paths of a level's nodes; two neighbours share that of the node above them."""
    paths: list[bytes] = []
    for left, right, path in zip(level[::2], level[1::2], above, strict=False):
        paths += (_RIGHT + right + path, _LEFT + left + path)
    return paths + above[len(level) // 2 :]


def under_each(signature: bytes, leaves: bytes) -> list[bytes]:
    """What stands under each receipt of a signature: with its path, where there is more than one.

    Args:
        signature: over the root, or over the receipt that is alone.
        leaves: one behind the other; none of one that is alone.
    """
    if not leaves:
        return [signature]
    each = [leaves[at : at + LEAF_BYTES] for at in range(0, len(leaves), LEAF_BYTES)]
    return [signature + path for path in prove(each)[1]]


def climb(leaf: bytes, path: bytes) -> bytes | None:
    """The root that a path leads to from a leaf; None: it is no path."""
    if len(path) % STEP_BYTES or len(path) > STEP_BYTES * STEPS_LIMIT:
        return None
    at = leaf
    for start in range(0, len(path), STEP_BYTES):
        side, neighbour = path[start : start + 1], path[start + 1 : start + STEP_BYTES]
        if side not in {_LEFT, _RIGHT}:
            return None
        left, right = (neighbour, at) if side == _LEFT else (at, neighbour)
        at = sha256(_NODE + left + right).digest()
    return at
