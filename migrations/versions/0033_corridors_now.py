"""Show each corridor as it is now, to whoever reads the database itself.

What was known stands in intervals that reach into the future, so growing stale needs no event and
no program that runs: the view looks at the clock, at the statement's and not at the transaction's.
While the gateway has stored something that nobody has judged for longer than the mission's newest
methodology allows, nothing is usable. What waits in Kafka alone PostgreSQL cannot know: for that
ask the API.
"""

from alembic import op

from services.local.postgres import API_ROLE

revision = "0033"
down_revision = "0032"

NOW = "statement_timestamp()"
USABLE = "told.state IN ('open', 'impeded')"
VIEW = f"""
CREATE VIEW corridors_now WITH (security_invoker = true) AS
SELECT name.mission, name.corridor_id, told.starts_at, told.ends_at,
    CASE WHEN NOT lag.behind OR NOT {USABLE} THEN told.not_valid_after END AS not_valid_after,
    told.known_at,
    CASE WHEN lag.behind AND {USABLE} THEN 'unknown' ELSE told.state END AS state,
    CASE WHEN lag.behind AND {USABLE} THEN 'system_behind' ELSE told.cause END AS cause,
    CASE WHEN lag.behind AND {USABLE} THEN '{{}}' ELSE told.cause_events END AS cause_events,
    CASE WHEN NOT lag.behind THEN convert_from(told.parts, 'UTF8')::jsonb END AS parts
FROM (SELECT DISTINCT mission, corridor_id FROM corridor_availability) AS name,
LATERAL (
    SELECT * FROM corridor_availability AS one
    WHERE one.mission = name.mission AND one.corridor_id = name.corridor_id
        AND one.from_instant <= {NOW} AND one.known_at <= {NOW}
        AND one.starts_at <= {NOW} AND coalesce(one.ends_at, 'infinity') > {NOW}
    ORDER BY one.generation DESC LIMIT 1
) AS told,
LATERAL (
    SELECT coalesce((
        SELECT waits_unjudged(name.mission, {NOW} - make_interval(secs => coalesce(
            (convert_from(document, 'UTF8')::jsonb #>> '{{corridor,unassessed_after_s}}')::float8,
            60
        )))
        FROM methodologies WHERE methodologies.mission = name.mission
        ORDER BY version DESC, loaded_at DESC LIMIT 1
    ), true) AS behind
) AS lag
"""  # noqa: S608  of our own text alone


def upgrade() -> None:
    op.execute(VIEW)
    op.execute(f"GRANT SELECT ON corridors_now TO {API_ROLE}")


def downgrade() -> None:
    op.execute("DROP VIEW corridors_now")
