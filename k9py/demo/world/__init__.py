"""What lives in the cluster: a shop in several namespaces, its programs, and what happens to it."""

from __future__ import annotations

from dataclasses import replace

from k9py.demo.cluster import Cluster
from k9py.demo.node.filling import Filling
from k9py.demo.plan import Plan
from k9py.demo.world.bulk import fill
from k9py.demo.world.history import HISTORY, live
from k9py.demo.world.nodes import add_plain_machines
from k9py.demo.world.programs.listing import images
from k9py.demo.world.shop import Shop
from k9py.demo.world.stories import BEGINNING, STORIES

LOADED = ("registry.local/busybox:1", "registry.local/pause:1")
"""What a cluster without a shop has on its nodes, as one without a registry would: pods name them with policy Never."""
FULL = {("monitoring", "tsdb-prometheus-0"): 0.87, ("data", "data-postgres-0"): 0.64, ("data", "data-redis-1"): 0.96}
"""How full some claims of the shop are; of the others, chance says it."""

__all__ = ["HISTORY", "furnish", "populate"]


def furnish(cluster: Cluster, plan: Plan) -> None:
    """A cluster without a shop, whose clock stands at now: nodes, and as many pods as the plan asks for."""
    images = cluster.kubelets.images
    for name in LOADED:
        images.add(name, replace(images.default("docker.io/library/busybox:1"), everywhere=True))
    add_plain_machines(cluster)
    fill(cluster, plan)


def populate(cluster: Cluster, plan: Plan) -> None:
    """Fill a cluster whose controllers and kubelets are started, and whose clock stands HISTORY seconds before now.

    It ends now: all that has happened since has arisen from the controllers themselves.
    """
    shop = Shop(cluster, plan.seed, cluster.clock.now + HISTORY)
    for name, image in images(shop):
        cluster.kubelets.images.add(name, image)
    cluster.registry.part(Filling).shares.update(FULL)
    live(shop)
    fill(cluster, plan)
    if plan.story:
        story = STORIES[plan.story]
        cluster.clock.after(BEGINNING, lambda: story.begin(shop))
