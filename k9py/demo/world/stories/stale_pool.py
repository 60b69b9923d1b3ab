"""Connections that have died while nobody looked."""

from __future__ import annotations

from k9py.demo.world.shop import Shop
from k9py.demo.world.stories.story import Story


def _begin(shop: Shop) -> None:
    shop.bank_closed = shop.clock.now


STORY = Story(
    "stale-pool",
    "Payments fail, yet all pods are green. The logs of payments-api say when its connections are made.",
    """The bank closes all connections. payments-api fills its pool at its start only, so that every charge fails with
a broken pipe; its probes do not notice. Mended by a restart of the Deployment payments-api in the namespace
payments.""",
    _begin,
)
