"""Incidents that a newcomer can find and mend: `k9py demo --story NAME`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from k9py.demo.world.building import container, deployment
from k9py.demo.world.changes import set_image, set_replicas, write
from k9py.demo.world.shop import Shop

BEGINNING = 20.0
"""Seconds after the cluster's start until it begins."""


@dataclass(frozen=True, slots=True)
class Story:
    """An incident. What is wrong shows in its symptoms only; the summary gives a hint."""

    name: str
    summary: str
    """One line of at most 78 cells: it must fit on the smallest screen."""
    plot: str
    """What happens, and how it can be mended: for the documentation."""
    begin: Callable[[Shop], None]
    """Let it happen, now."""


def _bad_deploy(shop: Shop) -> None:
    set_image(shop.cluster, "shop", "checkout", "shop/checkout:7.2.0", "ci: deploy shop/checkout:7.2.0")


def _sleeping_worker(shop: Shop) -> None:
    set_replicas(shop.cluster, "shop", "orders-worker", 0)
    shop.queue += 30


def _stale_pool(shop: Shop) -> None:
    shop.bank_closed = shop.clock.now


def _leaking_cart(shop: Shop) -> None:
    set_image(shop.cluster, "shop", "cart", "shop/cart:4.3.0", "ci: deploy shop/cart:4.3.0")


def _crowded_house(shop: Shop) -> None:
    hungry = container("load", "ci/runner:2.330.0", "1500m", "256Mi")
    note = {"kubernetes.io/description": "부하 테스트: to be taken down on Friday"}
    urgent = {"priorityClassName": "shop-critical"}
    test = deployment("monitoring", "load-test", hungry, replicas=12, annotations=note, pod=urgent)
    write(shop.cluster, [test])


_ALL = (
    Story(
        "bad-deploy",
        "Orders fail since a deploy. Look at the pods of checkout, and their logs.",
        """ci rolls out checkout 7.2.0. It is ready at once, and only then sees that it cannot reach payments: its
packaged application.yaml has the host payments-api.payment, a letter too few. Orders fail, the gateway answers 504, and
each pod gives up after a while: a crash loop, and its previous logs end with the reason. Mended by: `kubectl
rollout undo deployment/checkout -n shop`; by the image of 7.1.3; by PAYMENTS_V2_URL in the Deployment's
environment; or by scaling checkout to 0 and checkout-fallback, which has the last good version, to 3.""",
        _bad_deploy,
    ),
    Story(
        "sleeping-worker",
        "Customers pay, but no parcel leaves. Who takes orders out of the queue?",
        """A script that saves money at night scales orders-worker to 0 and never back. Orders pile up in the queue:
warnings at the Deployment, and notifications falls silent. Mended by scaling orders-worker to 2 or more: the
queue drains.""",
        _sleeping_worker,
    ),
    Story(
        "stale-pool",
        "Payments fail, yet all pods are green. What do the logs of payments-api say?",
        """The bank closes all connections. payments-api fills its pool at its start only, so that every charge fails
with a broken pipe; its probes do not notice. Mended by a restart of the Deployment payments-api in the namespace
payments.""",
        _stale_pool,
    ),
    Story(
        "leaking-cart",
        "The cart gets restarted again and again. Watch its memory against its limit.",
        """cart 4.3.0 keeps every session: its memory grows by more than a mebibyte a second until the kernel ends it
(OOMKilled, exit code 137), about every minute; while all of its pods are down, orders fail. A restart helps for
a minute. Mended by `kubectl rollout undo deployment/cart -n shop`, or by the image of 4.2.1.""",
        _leaking_cart,
    ),
    Story(
        "crowded-house",
        "New pods of the shop stay Pending: who takes all the cores?",
        """Somebody runs a load test with the priority of the shop itself. It drives out what matters less, and asks for
more cores than the nodes have, so that whatever the shop scales up or rolls out stays Pending. Mended by scaling
monitoring/load-test to 0.""",
        _crowded_house,
    ),
)
STORIES = {story.name: story for story in _ALL}
"""By name. The first is the one to begin with."""
