"""`python -m services.worker`: one worker, until SIGTERM.

Place on the data's way: started by `truceline up`, by a container, or by hand; as many as wanted.
"""

from __future__ import annotations

import logging
import sys

import structlog

from services.errors import ServiceError
from services.keyring import read_keys
from services.settings import load_settings
from services.store.errors import StoreError
from services.store.migrate import check_version
from services.worker.process import make_processors
from streams.app import make_app, run_app
from streams.batching import Pulse

EXIT_UNUSABLE = 78
"""sysexits' EX_CONFIG: a person has to change something; the message says what."""


def main() -> None:
    """Run a worker."""
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    try:
        settings = load_settings()
        database_url, bootstrap = settings.database(), settings.kafka()
        keys = read_keys(settings.producer_keys)
        check_version(database_url)
    except (ServiceError, StoreError) as error:
        sys.stderr.write(f"truceline worker: {error}\n")
        sys.exit(EXIT_UNUSABLE)
    pulse = Pulse()
    reports, statuses = make_processors(database_url, bootstrap, keys, pulse.beat)
    run_app(make_app(bootstrap, judge_reports=reports, fold_statuses=statuses), pulse)


if __name__ == "__main__":
    main()
