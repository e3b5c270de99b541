"""Show a token of one agreement that agreement's corridors, and no others of its mission.

A corridor's events and intervals do not say which agreement drew it; the agreements themselves do.
Only where a scope names agreements are they looked into.
"""

from alembic import op

revision = "0017"
down_revision = "0016"

MISSIONS = "(SELECT string_to_array(current_setting('truceline.missions', true), ','))::text[]"
AGREEMENTS = "(SELECT string_to_array(current_setting('truceline.agreements', true), ','))::text[]"
OF_MISSION = f"mission = ANY ({MISSIONS})"
DRAWN = f"""
{OF_MISSION} AND ('*' = ANY ({AGREEMENTS}) OR (mission, corridor_id) IN (
    SELECT mission, drawn ->> 'id' FROM agreements, LATERAL jsonb_array_elements(
        coalesce(convert_from(document, 'UTF8')::jsonb -> 'corridors', '[]'::jsonb)
    ) AS drawn
))
"""  # noqa: S608  of our own text alone
TABLES = ("corridor_events", "corridor_availability")


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER POLICY api_reads ON {table} USING ({DRAWN})")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER POLICY api_reads ON {table} USING ({OF_MISSION})")
