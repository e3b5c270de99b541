"""Let the timer read what was said of corridors: a closure's own end is a due instant."""

from alembic import op

from services.local.postgres import TIMER_ROLE

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.execute(
        f"CREATE POLICY timer_reads ON corridor_events FOR SELECT TO {TIMER_ROLE} USING (true)"
    )
    op.execute(f"GRANT SELECT ON corridor_events TO {TIMER_ROLE}")


def downgrade() -> None:
    op.execute(f"REVOKE ALL ON corridor_events FROM {TIMER_ROLE}")
    op.execute("DROP POLICY timer_reads ON corridor_events")
