"""Keep which report retracts or supersedes which."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "report_links",
        sa.Column("target_key", sa.Uuid, nullable=False),
        sa.Column("by_key", sa.Uuid, nullable=False),
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("by_revision", sa.Integer, nullable=False),
        sa.Column("vouched", sa.Boolean, nullable=False),
        sa.Column("relation", sa.Text, nullable=False),
        sa.Column("by_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("target_key", "by_key", "by_revision", "relation"),
    )


def downgrade() -> None:
    op.drop_table("report_links")
