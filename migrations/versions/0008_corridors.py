"""Keep what bears on a corridor, and its availability as it became known."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "corridor_events",
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("corridor_id", sa.Text, nullable=False),
        sa.Column("key", sa.Uuid, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("mission", "corridor_id", "key", "revision"),
    )
    op.create_table(
        "corridor_availability",
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("corridor_id", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("from_instant", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("starts_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ends_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("not_valid_after", sa.TIMESTAMP(timezone=True)),
        sa.Column("known_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("cause_events", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("events_digest", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("mission", "corridor_id", "generation", "seq"),
    )


def downgrade() -> None:
    op.drop_table("corridor_availability")
    op.drop_table("corridor_events")
