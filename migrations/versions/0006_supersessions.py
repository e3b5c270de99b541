"""Say which judgement is current."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

CURRENT = """
CREATE VIEW current_{table} AS
SELECT * FROM {table} AS one
WHERE NOT EXISTS (
    SELECT FROM supersessions AS later
    WHERE later.key = one.key AND later.revision = one.revision
)
"""


def upgrade() -> None:
    op.create_table(
        "supersessions",
        sa.Column("key", sa.Uuid, nullable=False),
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("by_revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key", "revision"),
    )
    for table in ("assessments", "violations"):
        op.execute(CURRENT.format(table=table))


def downgrade() -> None:
    for table in ("assessments", "violations"):
        op.execute(f"DROP VIEW current_{table}")
    op.drop_table("supersessions")
