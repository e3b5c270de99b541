"""Keep of each violation that stands whether it is open, as it became known.

The gateway's role reads what it reads of the violations themselves. Sightings are found by report
as well: what a changed context judges again may be a subject's.
"""

import sqlalchemy as sa
from alembic import op

from services.local.postgres import API_ROLE

revision = "0024"
down_revision = "0023"

MISSIONS = "(SELECT string_to_array(current_setting('truceline.missions', true), ','))::text[]"
BY_IT = "agreement IN (SELECT hash FROM agreements)"  # those that their own policy lets by
READ = f"mission = ANY ({MISSIONS}) AND {BY_IT}"


def upgrade() -> None:
    op.create_table(
        "standing_violations",
        sa.Column("key", sa.Uuid, nullable=False),
        sa.Column("known_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("since", sa.TIMESTAMP(timezone=True)),
        sa.Column("ended_by", sa.TIMESTAMP(timezone=True)),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("subject_ref", sa.Text, nullable=False),
        sa.Column("term_id", sa.Text, nullable=False),
        sa.Column("state", sa.Text),
        sa.Column("ended_as", sa.Text),
        sa.Column("ended_event", sa.Text),
        sa.Column("agreement", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", "term_id", "generation"),
    )
    op.execute(
        "CREATE TRIGGER history_rows BEFORE UPDATE OR DELETE ON standing_violations"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()"
    )
    op.execute(
        "CREATE TRIGGER history_table BEFORE TRUNCATE ON standing_violations"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
    )
    op.execute("ALTER TABLE standing_violations ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY api_reads ON standing_violations FOR SELECT TO {API_ROLE} USING ({READ})"
    )
    op.execute(f"GRANT SELECT ON standing_violations TO {API_ROLE}")
    op.create_index("sightings_by_key", "sightings", ["key"])


def downgrade() -> None:
    op.drop_index("sightings_by_key", "sightings")
    op.drop_table("standing_violations")
