"""Keep from when on each generation of a corridor could be seen.

When its word reached us is another instant, and earlier: nobody can be asked again what he saw by
that. Who writes takes the mission's lock, then the instant, and commits; who reads waits for those
that have the lock, and then takes his own. So whatever is shown from an instant on that is not
later than his he sees, and nothing else. The clock of a mission never goes back, even if the
machine's does. Of what was written before, the receipt counts, as it did.
"""

import sqlalchemy as sa
from alembic import op

from services.local.postgres import API_ROLE

revision = "0044"
down_revision = "0043"

TABLE = "corridor_availability"
INDEX = "corridor_generations"
# A new type is a rewrite, and no row is updated: history has a trigger against that.
ADD = f"""
ALTER TABLE {TABLE} ADD COLUMN shown_from timestamptz;
ALTER TABLE {TABLE} ALTER COLUMN shown_from TYPE timestamptz USING known_at,
    ALTER COLUMN shown_from SET NOT NULL
"""
BEFORE = f"""
INSERT INTO shown_clocks SELECT mission, max(known_at) FROM {TABLE} GROUP BY mission
"""  # noqa: S608  of our own text alone
LOCK = "hashtextextended('shown/' || of_mission, 0)"
# A writer that hangs while it has the lock is ended: its chunk is run again, and readers go on.
SHOW = f"""
CREATE FUNCTION show_from(of_mission text) RETURNS timestamptz
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    taken timestamptz;
BEGIN
    PERFORM set_config('idle_in_transaction_session_timeout', '10s', true);
    PERFORM pg_advisory_xact_lock({LOCK});
    INSERT INTO public.shown_clocks AS clock (mission, instant)
    VALUES (of_mission, clock_timestamp() + interval '1 microsecond')
    ON CONFLICT (mission) DO UPDATE
        SET instant = greatest(excluded.instant, clock.instant + interval '1 microsecond')
    RETURNING clock.instant INTO taken;
    RETURN taken;
END
$$
"""  # noqa: S608  of our own text alone
SEE = f"""
CREATE FUNCTION seen_as_of(of_mission text) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared({LOCK});
    RETURN greatest(clock_timestamp(),
        (SELECT instant FROM public.shown_clocks WHERE mission = of_mission));
END
$$
"""  # noqa: S608  of our own text alone

NOW = "statement_timestamp()"
USABLE = "told.state IN ('open', 'impeded')"


def view(known: str) -> str:
    """The view of now; whoever sees a row sees it now, whatever the clock says."""
    return f"""
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
SELECT name.mission, name.corridor_id, told.starts_at, told.ends_at,
    CASE WHEN NOT lag.behind OR NOT {USABLE} THEN told.not_valid_after END AS not_valid_after,
    told.known_at,
    CASE WHEN lag.behind AND {USABLE} THEN 'unknown' ELSE told.state END AS state,
    CASE WHEN lag.behind AND {USABLE} THEN 'system_behind' ELSE told.cause END AS cause,
    CASE WHEN lag.behind AND {USABLE} THEN '{{}}' ELSE told.cause_events END AS cause_events,
    CASE WHEN NOT lag.behind THEN convert_from(told.parts, 'UTF8')::jsonb END AS parts
FROM name,
LATERAL (
    SELECT generation FROM corridor_availability AS one
    WHERE one.mission = name.mission AND one.corridor_id = name.corridor_id AND one.seq = 0
        AND {known}one.from_instant <= {NOW}
    ORDER BY one.generation <-> 2147483647 LIMIT 1
) AS newest,
LATERAL (
    SELECT starts_at, ends_at, not_valid_after, known_at, state, cause, cause_events, parts
    FROM corridor_availability AS one
    WHERE one.mission = name.mission AND one.corridor_id = name.corridor_id
        AND one.generation = newest.generation
        AND one.starts_at <= {NOW} AND coalesce(one.ends_at, 'infinity') > {NOW}
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
    op.drop_index(INDEX, TABLE)
    op.execute(ADD)
    _index("shown_from")
    op.execute(view(""))
    op.create_table(
        "shown_clocks",
        sa.Column("mission", sa.Text, primary_key=True),
        sa.Column("instant", sa.TIMESTAMP(timezone=True), nullable=False),
    )
    op.execute(BEFORE)
    op.execute("ALTER TABLE shown_clocks ENABLE ROW LEVEL SECURITY")
    op.execute(SHOW)  # with the eyes of who calls it: it is for those who may write the clock
    op.execute(SEE)
    op.execute("REVOKE ALL ON FUNCTION seen_as_of FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION seen_as_of TO {API_ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION seen_as_of")
    op.execute("DROP FUNCTION show_from")
    op.drop_table("shown_clocks")
    op.execute(view(f"one.known_at <= {NOW} AND "))
    op.drop_index(INDEX, TABLE)
    op.drop_column(TABLE, "shown_from")
    _index("known_at")


def _index(known: str) -> None:
    op.create_index(
        INDEX,
        TABLE,
        ["mission", "corridor_id", known, "from_instant", "generation"],
        postgresql_using="gist",
        postgresql_where=sa.text("seq = 0"),
    )
