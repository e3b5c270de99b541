"""Show each corridor as it is now without a look at what is no longer known of it."""

from alembic import op

revision = "0035"
down_revision = "0034"

NOW = "statement_timestamp()"
USABLE = "told.state IN ('open', 'impeded')"
BEHIND = f"""
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
SHOWN = f"""
SELECT name.mission, name.corridor_id, told.starts_at, told.ends_at,
    CASE WHEN NOT lag.behind OR NOT {USABLE} THEN told.not_valid_after END AS not_valid_after,
    told.known_at,
    CASE WHEN lag.behind AND {USABLE} THEN 'unknown' ELSE told.state END AS state,
    CASE WHEN lag.behind AND {USABLE} THEN 'system_behind' ELSE told.cause END AS cause,
    CASE WHEN lag.behind AND {USABLE} THEN '{{}}' ELSE told.cause_events END AS cause_events,
    CASE WHEN NOT lag.behind THEN convert_from(told.parts, 'UTF8')::jsonb END AS parts
"""
BY_INDEX = f"""
CREATE OR REPLACE VIEW corridors_now WITH (security_invoker = true) AS
WITH RECURSIVE name AS (
    (SELECT mission, corridor_id FROM corridor_availability ORDER BY mission, corridor_id LIMIT 1)
    UNION ALL
    SELECT following.* FROM name, LATERAL (
        SELECT mission, corridor_id FROM corridor_availability
        WHERE (mission, corridor_id) > (name.mission, name.corridor_id)
        ORDER BY mission, corridor_id LIMIT 1
    ) AS following
)
{SHOWN}
FROM name,
LATERAL (
    SELECT generation FROM corridor_availability AS one
    WHERE one.mission = name.mission AND one.corridor_id = name.corridor_id AND one.seq = 0
        AND one.known_at <= {NOW} AND one.from_instant <= {NOW}
    ORDER BY one.generation <-> 2147483647 LIMIT 1
) AS newest,
LATERAL (
    SELECT * FROM corridor_availability AS one
    WHERE one.mission = name.mission AND one.corridor_id = name.corridor_id
        AND one.generation = newest.generation
        AND one.starts_at <= {NOW} AND coalesce(one.ends_at, 'infinity') > {NOW}
) AS told,
{BEHIND}
"""  # noqa: S608  of our own text alone
BY_ALL = f"""
CREATE OR REPLACE VIEW corridors_now WITH (security_invoker = true) AS
{SHOWN}
FROM (SELECT DISTINCT mission, corridor_id FROM corridor_availability) AS name,
LATERAL (
    SELECT * FROM corridor_availability AS one
    WHERE one.mission = name.mission AND one.corridor_id = name.corridor_id
        AND one.from_instant <= {NOW} AND one.known_at <= {NOW}
        AND one.starts_at <= {NOW} AND coalesce(one.ends_at, 'infinity') > {NOW}
    ORDER BY one.generation DESC LIMIT 1
) AS told,
{BEHIND}
"""  # noqa: S608  of our own text alone


def upgrade() -> None:
    op.execute(BY_INDEX)


def downgrade() -> None:
    op.execute(BY_ALL)
