"""Keep every version of every event, as it came, by month."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "submissions",
        sa.Column("key", sa.Uuid, nullable=False),
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("observed_from", sa.TIMESTAMP(timezone=True)),
        sa.Column("observed_to", sa.TIMESTAMP(timezone=True)),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("authentication", sa.Text, nullable=False),
        sa.Column("key_id", sa.Text),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("content_hash", sa.LargeBinary, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", "received_at", "revision"),
        postgresql_partition_by="RANGE (received_at)",
    )
    op.execute("CREATE TABLE submissions_default PARTITION OF submissions DEFAULT")


def downgrade() -> None:
    op.drop_table("submissions")
