"""A worker that somebody has sent to sleep."""

from __future__ import annotations

from k9py.demo.world.changes import set_replicas
from k9py.demo.world.shop import Shop
from k9py.demo.world.stories.story import Story


def _begin(shop: Shop) -> None:
    set_replicas(shop.cluster, "shop", "orders-worker", 0)
    shop.queue += 30


STORY = Story(
    "sleeping-worker",
    "Customers pay, but no parcel leaves the house. Who takes the orders out of the queue?",
    """A script that saves money at night scales orders-worker to 0 and never back. Orders pile up in the queue:
warnings at the Deployment, and notifications falls silent. Mended by scaling orders-worker to 2 or more: the
queue drains.""",
    _begin,
)
