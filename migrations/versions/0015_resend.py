"""Find what the gateway has stored and nobody has judged."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_index(
        "submissions_by_receipt",
        "submissions",
        ["received_at"],
        postgresql_where=sa.text("authentication = 'token'"),
    )
    op.create_index("corridor_events_by_key", "corridor_events", ["key", "revision"])
    op.create_table(
        "resend_progress",
        sa.Column("id", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("judged_before", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    # The relay's own, and no business of the gateway's role: without a policy it sees nothing.
    op.execute("ALTER TABLE resend_progress ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_table("resend_progress")
    op.drop_index("corridor_events_by_key", "corridor_events")
    op.drop_index("submissions_by_receipt", "submissions")
