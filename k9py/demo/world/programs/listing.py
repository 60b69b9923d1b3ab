"""Which image runs which program."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.node.images import Image
from k9py.demo.node.program import Program
from k9py.demo.world.programs.cart import Cart, LeakingCart
from k9py.demo.world.programs.checkout import BadCheckout, Checkout, Refunds
from k9py.demo.world.programs.daemons import DAEMONS, Daemon
from k9py.demo.world.programs.front import Gateway, Storefront
from k9py.demo.world.programs.looking import Catalog, Recommendations, Reviews, Search
from k9py.demo.world.programs.paying import Ledger, Notifications, OrdersWorker, Payments
from k9py.demo.world.programs.service import Service
from k9py.demo.world.programs.tasks import TASKS
from k9py.demo.world.shop import Shop

VERSIONS = 20
"""So many builds of a minor version there are; then ci begins anew, so that nothing piles up."""


def _builds(minor: str, count: int = VERSIONS + 3) -> tuple[str, ...]:
    return tuple(f"{minor}.{patch}" for patch in range(count))


SERVICES: dict[str, tuple[type[Service], tuple[str, ...]]] = {
    "shop/gateway": (Gateway, _builds("1.29", 5)),
    "shop/storefront": (Storefront, (*_builds("3.10", 5), *_builds("3.11"))),
    "shop/cart": (Cart, (*_builds("4.1", 8), *_builds("4.2"))),
    "shop/checkout": (Checkout, _builds("7.1", 4)),
    "shop/catalog": (Catalog, (*_builds("2.8", 6), *_builds("2.9"))),
    "shop/search": (Search, _builds("1.8")),
    "shop/reviews": (Reviews, ("0.6.0", "0.6.1")),
    "shop/recommendations": (Recommendations, _builds("0.9")),
    "shop/orders-worker": (OrdersWorker, ("1.4.9", "1.5.0")),
    "shop/notifications": (Notifications, ("1.1.0",)),
    "shop/refunds": (Refunds, ("1.2.0",)),
    "payments/api": (Payments, ("5.0.1", "5.0.2")),
    "payments/ledger": (Ledger, ("2.7.0",)),
}
"""Repositories, their program, and the tags that there are. Others of the same repository are not found."""

SPECIAL = {"shop/checkout:7.2.0": BadCheckout, "shop/cart:4.3.0": LeakingCart}
"""Versions that are not what their makers think."""


def images(shop: Shop) -> Iterator[tuple[str, Image | Program]]:
    """All images of the shop, by name and tag."""
    for repository, (make, tags) in SERVICES.items():
        for tag in tags:
            yield f"{repository}:{tag}", make(shop, tag)
    for name, make in SPECIAL.items():
        yield name, make(shop, name.rpartition(":")[2])
    for name, (app, habit, idle) in DAEMONS.items():
        yield name, Daemon(shop, app, habit, idle)
    yield from TASKS.items()
