"""Find what stands, or stood, without reading every violation."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_index(
        "standing_violations_by_state",
        "standing_violations",
        ["state", "key"],
        postgresql_where=sa.text("state IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("standing_violations_by_state", "standing_violations")
