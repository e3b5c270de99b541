"""Keep the states of a corridor beside their key: a year's are read where they lie together.

A worker writes a row of every corridor in turn: a year of one lies on a thousand pages, and the
more the others hear, the farther apart. The index has one corridor's rows beside each other; what
a figure sums stands in it now, and the table is not looked into.
"""

from alembic import op

revision = "0039"
down_revision = "0038"

TABLE = "corridor_availability"
KEY = "mission, corridor_id, generation, seq"
STATES = " INCLUDE (starts_at, ends_at, state, cause)"


def upgrade() -> None:
    _replace_key(STATES)


def downgrade() -> None:
    _replace_key("")


def _replace_key(beside: str) -> None:
    """The new one is built first: at no time may a row be there twice."""
    key = f"{TABLE}_pkey"
    op.execute(f"CREATE UNIQUE INDEX corridor_states ON {TABLE} ({KEY}){beside}")
    op.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT {key}")
    op.execute(f"ALTER TABLE {TABLE} ADD CONSTRAINT {key} PRIMARY KEY USING INDEX corridor_states")
