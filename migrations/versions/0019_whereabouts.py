"""Keep the sightings of subjects, and where each subject was as it became known.

The gateway's role reads whereabouts and no sighting: who reported a subject stays with the workers.
A token of one agreement is shown the zones that this agreement draws (as in 0017), and not the
contradictions, which are of no zone.
"""

import sqlalchemy as sa
from alembic import op

from services.local.postgres import API_ROLE

revision = "0019"
down_revision = "0018"

TABLES = ("sightings", "whereabouts")

MISSIONS = "(SELECT string_to_array(current_setting('truceline.missions', true), ','))::text[]"
AGREEMENTS = "(SELECT string_to_array(current_setting('truceline.agreements', true), ','))::text[]"
DRAWN = f"""
mission = ANY ({MISSIONS}) AND ('*' = ANY ({AGREEMENTS}) OR (mission, zone_id) IN (
    SELECT mission, drawn.prefix || (drawn.item ->> 'id')
    FROM agreements, LATERAL (
        SELECT '' AS prefix, item FROM jsonb_array_elements(
            coalesce(convert_from(document, 'UTF8')::jsonb -> 'zones', '[]'::jsonb)
        ) AS item
        UNION ALL
        SELECT 'corridor:', item FROM jsonb_array_elements(
            coalesce(convert_from(document, 'UTF8')::jsonb -> 'corridors', '[]'::jsonb)
        ) AS item
    ) AS drawn
))
"""  # noqa: S608  of our own text alone


def upgrade() -> None:
    op.create_table(
        "sightings",
        sa.Column("key", sa.Uuid, nullable=False),
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("subject_ref", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("mission", "subject_ref", "key", "revision"),
    )
    op.create_table(
        "whereabouts",
        sa.Column("known_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("begun_after", sa.TIMESTAMP(timezone=True)),
        sa.Column("ended_before", sa.TIMESTAMP(timezone=True)),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("from_seq", sa.Integer, nullable=False),
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("subject_ref", sa.Text, nullable=False),
        sa.Column("zone_id", sa.Text, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("sightings_digest", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("mission", "subject_ref", "zone_id", "generation", "seq"),
    )
    op.create_index(
        "whereabouts_by_zone", "whereabouts", ["mission", "zone_id", "answer", "begun_after"]
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER history_rows BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()"
        )
        op.execute(
            f"CREATE TRIGGER history_table BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY api_reads ON whereabouts FOR SELECT TO {API_ROLE} USING ({DRAWN})")
    op.execute(f"GRANT SELECT ON whereabouts TO {API_ROLE}")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
