"""A cart that never lets go of anything."""

from __future__ import annotations

from k9py.demo.world.changes import set_image
from k9py.demo.world.shop import Shop
from k9py.demo.world.stories.story import Story


def _begin(shop: Shop) -> None:
    set_image(shop.cluster, "shop", "cart", "shop/cart:4.3.0", "ci: deploy shop/cart:4.3.0")


STORY = Story(
    "leaking-cart",
    "The cart gets restarted again and again. Watch its memory against its limit.",
    """cart 4.3.0 keeps every session: its memory grows by more than a mebibyte a second until the kernel ends it
(OOMKilled, exit code 137), about every minute; while all of its pods are down, orders fail. A restart helps for
a minute. Mended by `kubectl rollout undo deployment/cart -n shop`, or by the image of 4.2.1.""",
    _begin,
)
