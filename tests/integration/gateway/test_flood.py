"""One token floods the gateway: only its own posts are turned away."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import replace

from services.limits import Limits, Rate
from services.settings import Settings
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import client_of
from tests.integration.gateway.test_posts import JSON, event

QUOTA = Rate(20, 20)
FLOOD = 10 * QUOTA.burst
SENDERS = 100


def test_a_flood_of_ten_times_its_quota_turns_away_none_but_itself(
    gateway_settings: Settings, token: MakeToken
) -> None:
    settings = replace(gateway_settings, limits=Limits(requests=QUOTA))
    flooding, steady = JSON | token(), JSON | token()
    codes = Counter[int]()

    with client_of(settings) as client:

        def flood() -> None:
            for _ in range(FLOOD // SENDERS):
                codes[client.post("/v1/reports", content=b"{", headers=flooding).status_code] += 1

        senders = [threading.Thread(target=flood) for _ in range(SENDERS)]
        began = time.monotonic()
        for sender in senders:
            sender.start()
        others = [
            client.post("/v1/reports", content=event(), headers=steady).status_code
            for _ in range(QUOTA.burst)
        ]
        for sender in senders:
            sender.join()
        took = time.monotonic() - began
    assert others == [201] * QUOTA.burst
    assert set(codes) == {400, 429}
    # Who is refused is held, so that a flood takes its time: no more is let by than that allows.
    assert codes[400] <= QUOTA.burst + QUOTA.per_s * took
