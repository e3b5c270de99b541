"""Say of each violation whether it was found under a draft.

What was found before could not be signed: no version had keys to sign by. A view's columns are
those that its table had when it was made, so it is made again.
"""

import sqlalchemy as sa
from alembic import op

from services.local.postgres import API_ROLE

revision = "0026"
down_revision = "0025"

CURRENT = """
CREATE OR REPLACE VIEW current_violations WITH (security_invoker = true) AS
SELECT * FROM violations AS one
WHERE NOT EXISTS (
    SELECT FROM supersessions AS later
    WHERE later.key = one.key AND later.revision = one.revision
)
"""


def upgrade() -> None:
    op.add_column(
        "violations", sa.Column("draft", sa.Boolean, nullable=False, server_default=sa.true())
    )
    op.alter_column("violations", "draft", server_default=None)
    op.execute(CURRENT)


def downgrade() -> None:
    op.execute("DROP VIEW current_violations")
    op.drop_column("violations", "draft")
    op.execute(CURRENT)
    op.execute(f"GRANT SELECT ON current_violations TO {API_ROLE}")
