"""Keep a row for each tree of receipts, where there was one for each receipt.

A receipt's path is made from the leaves when somebody asks for it again. What was kept with its
path stays as it is, a row of its own without leaves. On the way down each receipt gets its path.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

# A new type is a rewrite, and no row is updated: history has a trigger against that.
UP = """
ALTER TABLE receipts ADD COLUMN keys uuid[], ADD COLUMN leaves bytea;
ALTER TABLE receipts DROP CONSTRAINT receipts_pkey,
    ALTER COLUMN keys TYPE uuid[] USING ARRAY[key], ALTER COLUMN keys SET NOT NULL,
    ALTER COLUMN leaves TYPE bytea USING '', ALTER COLUMN leaves SET NOT NULL,
    ADD PRIMARY KEY (received_at, revision, key)
"""

OPEN = """
DROP TRIGGER history_rows ON receipts;
ALTER TABLE receipts DROP CONSTRAINT receipts_pkey, ALTER COLUMN keys DROP NOT NULL,
    ALTER COLUMN leaves DROP NOT NULL
"""
CLOSE = """
DELETE FROM receipts WHERE leaves <> '';
ALTER TABLE receipts DROP COLUMN keys, DROP COLUMN leaves,
    ADD PRIMARY KEY (key, received_at, revision);
CREATE TRIGGER history_rows BEFORE UPDATE OR DELETE ON receipts
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()
"""
TREES = sa.text("""
SELECT received_at, revision, mission, key_id, signature, keys, leaves FROM receipts
WHERE leaves <> ''
""")
ONE = sa.text("""
INSERT INTO receipts (key, received_at, revision, mission, key_id, signature)
VALUES (:key, :received_at, :revision, :mission, :key_id, :signature)
""")
LEAF_BYTES = 32
TREES_AT_ONCE = 500


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    connection = op.get_bind()
    op.execute(OPEN)
    portions = {"yield_per": TREES_AT_ONCE}
    with connection.execute(TREES, execution_options=portions) as trees:
        for portion in trees.partitions():
            connection.execute(ONE, [receipt for tree in portion for receipt in receipts(tree)])
    op.execute(CLOSE)


def receipts(tree: sa.Row[Any]) -> Iterator[dict[str, object]]:
    """The receipts of a tree, each with its path."""
    leaves = [tree.leaves[at : at + LEAF_BYTES] for at in range(0, len(tree.leaves), LEAF_BYTES)]
    for key, path in zip(tree.keys, paths(leaves), strict=True):
        if key is not None:
            yield {
                "key": key,
                "received_at": tree.received_at,
                "revision": tree.revision,
                "mission": tree.mission,
                "key_id": tree.key_id,
                "signature": tree.signature + path,
            }


def paths(leaves: list[bytes]) -> list[bytes]:
    """Each leaf's path to the root, from the leaf up, as receipts had it at this version."""
    found = [b""] * len(leaves)
    level = [(leaf, [place]) for place, leaf in enumerate(leaves)]
    while len(level) > 1:
        above = []
        for (left, lefts), (right, rights) in zip(level[::2], level[1::2], strict=False):
            for place in lefts:
                found[place] += b"\x01" + right
            for place in rights:
                found[place] += b"\x00" + left
            above.append((sha256(b"\x01" + left + right).digest(), lefts + rights))
        level = above + level[len(above) * 2 :]
    return found
