"""Find the generations of a corridor that speak of a period, as known then, and no others.

The newest generation that was known at one instant and speaks of another lies nowhere in any order
that a B-tree has: what became known later may speak of what is earlier. A GiST index finds it by
the distance of its number from the last there could be. `btree_gist` is a trusted extension: who
owns the database may create it, and it comes with PostgreSQL.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

# Where something else in the database uses the extension it stays.
DROP_UNUSED = """
DO $$ BEGIN DROP EXTENSION btree_gist; EXCEPTION WHEN dependent_objects_still_exist THEN END $$
"""
COLUMNS = ["mission", "corridor_id", "known_at", "from_instant", "generation"]


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_index(
        "corridor_generations",
        "corridor_availability",
        COLUMNS,
        postgresql_using="gist",
        postgresql_where=sa.text("seq = 0"),
    )


def downgrade() -> None:
    op.drop_index("corridor_generations", "corridor_availability")
    op.execute(DROP_UNUSED)
