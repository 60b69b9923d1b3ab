"""A load test that takes the room of the shop."""

from __future__ import annotations

from k9py.demo.world.building import container, deployment
from k9py.demo.world.changes import write
from k9py.demo.world.shop import Shop
from k9py.demo.world.stories.story import Story


def _begin(shop: Shop) -> None:
    hungry = container("load", "ci/runner:2.330.0", "300m", "96Mi")
    note = {"kubernetes.io/description": "부하 테스트: to be taken down on Friday"}
    test = deployment("monitoring", "load-test", hungry, replicas=40, annotations=note)
    write(shop.cluster, [test])


STORY = Story(
    "crowded-house",
    "New pods of the shop stay Pending: who takes all the cores?",
    """Somebody runs a load test in the namespace monitoring. It asks for more cores than the nodes have, so that
whatever the shop scales up or rolls out stays Pending. Mended by scaling monitoring/load-test to 0.""",
    _begin,
)
