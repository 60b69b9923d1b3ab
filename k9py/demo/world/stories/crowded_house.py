"""A load test that takes the room of the shop."""

from __future__ import annotations

from k9py.demo.world.building import container, deployment
from k9py.demo.world.changes import write
from k9py.demo.world.shop import Shop
from k9py.demo.world.stories.story import Story


def _begin(shop: Shop) -> None:
    hungry = container("load", "ci/runner:2.330.0", "1500m", "256Mi")
    note = {"kubernetes.io/description": "부하 테스트: to be taken down on Friday"}
    urgent = {"priorityClassName": "shop-critical"}
    test = deployment("monitoring", "load-test", hungry, replicas=12, annotations=note, pod=urgent)
    write(shop.cluster, [test])


STORY = Story(
    "crowded-house",
    "New pods of the shop stay Pending: who takes all the cores?",
    """Somebody runs a load test with the priority of the shop itself. It drives out what matters less, and asks for
more cores than the nodes have, so that whatever the shop scales up or rolls out stays Pending. Mended by scaling
monitoring/load-test to 0.""",
    _begin,
)
