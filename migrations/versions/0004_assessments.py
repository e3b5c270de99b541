"""Keep every judgement, by month."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "assessments",
        sa.Column("key", sa.Uuid, nullable=False),
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("observed_from", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("observed_to", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("supersedes", sa.Integer),
        sa.Column("cause", sa.Uuid),
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("standing", sa.Text, nullable=False),
        sa.Column("agreement", sa.LargeBinary, nullable=False),
        sa.Column("methodology", sa.LargeBinary, nullable=False),
        sa.Column("context", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", "received_at", "revision"),
        postgresql_partition_by="RANGE (received_at)",
    )
    op.execute("CREATE TABLE assessments_default PARTITION OF assessments DEFAULT")


def downgrade() -> None:
    op.drop_table("assessments")
