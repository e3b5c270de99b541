"""Let refused bytes that may be about an exchange of people be known by hash and reason alone."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.alter_column("rejected", "raw", existing_type=sa.LargeBinary, nullable=True)


def downgrade() -> None:
    # Rows are never updated: the type is "changed" to itself, and a withheld row becomes empty.
    op.execute("ALTER TABLE rejected ALTER raw TYPE bytea USING coalesce(raw, ''::bytea)")
    op.alter_column("rejected", "raw", existing_type=sa.LargeBinary, nullable=False)
