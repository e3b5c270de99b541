"""Show a token of one agreement what crossed the baselines that this agreement draws.

It was shown its zones and corridors (0019); a passage over a baseline stands under `baseline:ID`.
"""

from alembic import op

revision = "0028"
down_revision = "0027"

MISSIONS = "(SELECT string_to_array(current_setting('truceline.missions', true), ','))::text[]"
AGREEMENTS = "(SELECT string_to_array(current_setting('truceline.agreements', true), ','))::text[]"
ZONES, CORRIDORS, BASELINES = ("zones", ""), ("corridors", "corridor:"), ("baselines", "baseline:")


def _drawn(*lists: tuple[str, str]) -> str:
    items = " UNION ALL ".join(
        f"""SELECT '{prefix}' AS prefix, item FROM jsonb_array_elements(
            coalesce(convert_from(document, 'UTF8')::jsonb -> '{name}', '[]'::jsonb)
        ) AS item"""  # noqa: S608  of our own text alone
        for name, prefix in lists
    )
    return f"""
mission = ANY ({MISSIONS}) AND ('*' = ANY ({AGREEMENTS}) OR (mission, zone_id) IN (
    SELECT mission, drawn.prefix || (drawn.item ->> 'id')
    FROM agreements, LATERAL ({items}) AS drawn
))
"""  # noqa: S608  of our own text alone


def upgrade() -> None:
    shown = _drawn(ZONES, CORRIDORS, BASELINES)
    op.execute(f"ALTER POLICY api_reads ON whereabouts USING ({shown})")


def downgrade() -> None:
    op.execute(f"ALTER POLICY api_reads ON whereabouts USING ({_drawn(ZONES, CORRIDORS)})")
