"""Keep the state of a corridor's parts beside its own, where they are not all alike.

What was known before there were parts was known of all of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.add_column("corridor_availability", sa.Column("parts", sa.LargeBinary))


def downgrade() -> None:
    op.drop_column("corridor_availability", "parts")
