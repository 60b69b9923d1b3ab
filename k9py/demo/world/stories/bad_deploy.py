"""A new version that looks for payments where they are not."""

from __future__ import annotations

from k9py.demo.world.changes import set_image
from k9py.demo.world.shop import Shop
from k9py.demo.world.stories.story import Story


def _begin(shop: Shop) -> None:
    set_image(shop.cluster, "shop", "checkout", "shop/checkout:7.2.0", "ci: deploy shop/checkout:7.2.0")


STORY = Story(
    "bad-deploy",
    "Orders fail since a deploy. Look at the pods of checkout and their logs; a version that works is kept at hand.",
    """ci rolls out checkout 7.2.0. It is ready at once, and only then sees that it cannot reach payments: its packaged
application.yaml has the host payments-api.payment, a letter too few. Orders fail, the gateway answers 504, and
each pod gives up after a while: a crash loop, and its previous logs end with the reason. Mended by: `kubectl
rollout undo deployment/checkout -n shop`; by the image of 7.1.3; by PAYMENTS_V2_URL in the Deployment's
environment; or by scaling checkout to 0 and checkout-fallback, which has the last good version, to 3.""",
    _begin,
)
