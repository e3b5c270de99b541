"""Keep what a term was breached by, by month, with the indexes coordinators need."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "violations",
        sa.Column("key", sa.Uuid, nullable=False),
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("observed_from", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("observed_to", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("p_inside", sa.Double),
        sa.Column("count_min", sa.Integer),
        sa.Column("count_max", sa.Integer),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("supersedes", sa.Integer),
        sa.Column("term_id", sa.Text, nullable=False),
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("clause", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("zone_id", sa.Text),
        sa.Column("zone_kind", sa.Text),
        sa.Column("count_qualifier", sa.Text),
        sa.Column("attributed_party", sa.Text),
        sa.Column("attribution_basis", sa.Text),
        sa.Column("agreement", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", "received_at", "revision", "term_id"),
        postgresql_partition_by="RANGE (received_at)",
    )
    op.execute("CREATE TABLE violations_default PARTITION OF violations DEFAULT")
    op.create_index("violations_by_kind", "violations", ["kind", "observed_from"])
    op.create_index("violations_by_time", "violations", ["observed_from"])
    op.create_index("violations_by_zone", "violations", ["zone_id", "observed_from"])


def downgrade() -> None:
    op.drop_table("violations")
