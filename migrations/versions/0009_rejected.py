"""Keep what could not be read, whole, with the reason."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "rejected",
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("key", sa.Uuid, nullable=False),
        sa.Column("record_offset", sa.BigInteger, nullable=False),
        sa.Column("record_partition", sa.Integer, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("mission", sa.Text),
        sa.Column("source", sa.Text),
        sa.Column("event_id", sa.Text),
        sa.Column("content_hash", sa.LargeBinary, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("received_at", "key"),
        postgresql_partition_by="RANGE (received_at)",
    )
    op.execute("CREATE TABLE rejected_default PARTITION OF rejected DEFAULT")


def downgrade() -> None:
    op.drop_table("rejected")
