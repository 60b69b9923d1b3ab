"""How the shop came to be: chapters, each at its time, so that ages, revisions and restarts have arisen as they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj
from k9py.demo.world.changes import CAUSE, set_image, set_replicas, write
from k9py.demo.world.happenings import Happenings
from k9py.demo.world.monitor import Monitor
from k9py.demo.world.nodes import add_machines, press
from k9py.demo.world.parts import backstage, ground, helm, own_kinds, rights, storefront
from k9py.demo.world.shop import Shop
from k9py.demo.world.traffic import Traffic

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

FIRST = {"storefront": "3.10.4", "cart": "4.2.0", "checkout": "7.1.1", "catalog": "2.8.5", "search": "1.8.3"}
"""The versions with which the Deployments of the shop began, small."""

LATER: tuple[dict[str, str], ...] = (
    {"storefront": "3.11.2", "checkout": "7.1.2", "catalog": "2.9.0", "search": "1.8.4"},
    {"cart": "4.2.1"},
    {"checkout": "7.1.3"},
)
"""What was rolled out, and together when. With the last of its versions each has grown to its size."""

SIZES = {"storefront": 3, "cart": 3, "checkout": 3, "search": 3}
"""Of the others it is 2."""

PERIODS = {"postgres-backup": MINUTE, "analytics-export": 5 * MINUTE, "daily-report": DAY}
"""Seconds from one run of a CronJob to the next."""


class Chapter(NamedTuple):
    """Something that happened so long ago (seconds), and the time after it that is lived through."""

    ago: float
    lived: float
    write: Callable[[Shop], None]


def leap(cluster: Cluster, until: float) -> None:
    """Let the time until then pass at once. Nodes are as if heard of just now."""
    seconds = until - cluster.clock.now
    if seconds <= 0:
        return
    cluster.clock.skip(seconds)
    for entry in cluster.store.entries("leases.coordination.k8s.io"):
        lease = entry.read()
        if "renewTime" in lease.get("spec", {}):
            lease["spec"]["renewTime"] = cluster.clock.micro_stamp()
            cluster.store.put(entry.key, lease)
    _try_again(cluster)


def _try_again(cluster: Cluster) -> None:
    """What waits to be tried again has waited long enough."""
    for entry in cluster.store.entries("pods"):
        run = cluster.kubelets.find(entry.meta.uid) if b'"ready":false' in entry.raw else None
        if run:
            run.sync_in(0.0)


def _begin(shop: Shop) -> None:
    """Ground, databases, watchers."""
    cluster = shop.cluster
    add_machines(cluster)
    write(cluster, ground.foundations())
    write(cluster, own_kinds.definitions())
    cluster.clock.advance(1.0)
    write(cluster, rights.rights())
    write(cluster, backstage.databases())
    write(cluster, backstage.watching())


def _open(shop: Shop) -> None:
    """The shop opens, in its first versions."""
    cluster = shop.cluster
    write(cluster, backstage.payments())
    write(cluster, backstage.building_site())
    write(cluster, own_kinds.leftover())
    for part in (storefront.settings, storefront.gateway, storefront.buying, storefront.looking):
        write(cluster, (_aged(obj) for obj in part()))
    write(cluster, storefront.reaching())
    now = cluster.clock.now
    write(cluster, own_kinds.instances(cluster.clock.stamp(), cluster.clock.stamp(now + 61 * DAY)))


def _aged(obj: Obj) -> Obj:
    """A Deployment in its first version and size."""
    name = obj["metadata"]["name"]
    if obj["kind"] == "Deployment" and name in FIRST:
        main = obj["spec"]["template"]["spec"]["containers"][0]
        obj["spec"]["replicas"] = 1
        main["image"] = f"{main['image'].rpartition(':')[0]}:{FIRST[name]}"
        obj["metadata"].setdefault("annotations", {})[CAUSE] = f"ci: deploy {main['image']}"
    return obj


def _roll(number: int) -> Callable[[Shop], None]:
    def roll(shop: Shop) -> None:
        for app, version in LATER[number].items():
            image = f"shop/{app}:{version}"
            set_image(shop.cluster, "shop", app, image, f"ci: deploy {image}")
            if not any(app in later for later in LATER[number + 1 :]):
                set_replicas(shop.cluster, "shop", app, SIZES.get(app, 2))

    return roll


def _go_wrong(shop: Shop) -> None:
    """The old namespace is given up; things are tried that do not work; Helm upgrades Grafana."""
    cluster = shop.cluster
    cluster.registry.discard("namespaces", "", "legacy")
    write(cluster, storefront.unfortunate())
    clock = cluster.clock
    times = (clock.now - 30 * DAY, clock.now)
    write(cluster, helm.releases((clock.stamp(times[0]), clock.stamp(times[1])), (int(times[0]), int(times[1]))))


def _nothing(shop: Shop) -> None:
    """Time passes."""


def _wake(shop: Shop) -> None:
    """Customers come, and all the rest begins: CronJobs so late that they have not missed a thousand runs."""
    write(shop.cluster, storefront.scalers(), shop.clock.now - 23 * DAY)
    write(shop.cluster, (_scheduled(shop, obj) for obj in backstage.schedules()), shop.clock.now - 23 * DAY)
    Traffic(shop).start()
    Monitor(shop).start()
    Happenings(shop).start()


def _scheduled(shop: Shop, obj: Obj) -> Obj:
    """A CronJob as it is after many runs: one of them is due."""
    last = PERIODS.get(obj["metadata"]["name"])
    if last:
        then = shop.clock.now // last * last - last
        obj["status"] = {"lastScheduleTime": shop.clock.stamp(then), "lastSuccessfulTime": shop.clock.stamp(then + 13)}
    return obj


def _deploy(shop: Shop) -> None:
    """A rollout that is under way when somebody looks, and a node that is short of memory."""
    cluster = shop.cluster
    press(cluster)
    image = "shop/storefront:3.11.3"
    set_image(cluster, "shop", "storefront", image, f"ci: deploy {image}")


TRIES = tuple(Chapter(minutes * MINUTE, 14.0, _nothing) for minutes in (71, 66, 61, 50, 39, 28, 17))
"""What crashes does so again and again: the time between is skipped."""

WOKEN = 95.0
"""Seconds ago from which on no time is leapt over any more: events from before would not last."""

CHAPTERS = (
    Chapter(41 * DAY, 30.0, _begin),
    Chapter(23 * DAY, 45.0, _open),
    Chapter(9 * DAY, 45.0, _roll(0)),
    Chapter(51 * HOUR, 60.0, _roll(1)),
    Chapter(5 * HOUR, 30.0, _go_wrong),
    *TRIES,
    Chapter(12 * MINUTE, 50.0, _roll(2)),
    Chapter(WOKEN, 87.0, _wake),
    Chapter(8.0, 8.0, _deploy),
)
"""In order. The last one ends now."""

HISTORY = CHAPTERS[0].ago
"""Seconds before now at which the clock of a new cluster has to stand."""


def live(shop: Shop) -> None:
    """Live through the chapters, until now."""
    now = shop.clock.now + HISTORY
    for chapter in CHAPTERS:
        leap(shop.cluster, now - chapter.ago)
        shop.cluster.quiet = chapter.ago > WOKEN
        chapter.write(shop)
        shop.clock.advance(chapter.lived)
    leap(shop.cluster, now)
