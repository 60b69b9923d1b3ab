"""What happens in the shop by itself: sales, deploys, evictions, backups. It goes on for ever, and nothing piles up."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from k9py.demo.api.events import Recorder
from k9py.demo.core.store import Key, Obj
from k9py.demo.world.building import APP, container, job_template, made
from k9py.demo.world.changes import set_image, tell, write
from k9py.demo.world.nodes import press
from k9py.demo.world.own_backups import advance_backups
from k9py.demo.world.programs.listing import VERSIONS
from k9py.demo.world.shop import NAMESPACES, Shop

BUILD_SECONDS = 24.0
KEPT_BUILDS = 2


class Release(NamedTuple):
    """What ci deploys: a Deployment of the shop, and its image."""

    app: str
    first: str
    """The version that it begins with: `2.9`."""


RELEASES = (
    Release("catalog", "2.9"),
    Release("storefront", "3.11"),
    Release("search", "1.8"),
    Release("recommendations", "0.9"),
)


class Happenings:
    """One after the other, each at its own pace, by the chance of the shop."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._cluster = shop.cluster
        self._ci = Recorder(shop.cluster, "ci")
        self._descheduler = Recorder(shop.cluster, "descheduler")
        self._operator = Recorder(shop.cluster, "shop-operator")
        self._marketing = Recorder(shop.cluster, "shop-marketing")
        self._builds = 412
        self._evicted: set[str] = set()
        self._deploys = 0

    def start(self) -> None:
        """From now on."""
        self._again(95.0, 0.2, self._sale)
        self._again(270.0, 0.05, self._deploy)
        self._again(260.0, 0.2, lambda: press(self._cluster))
        self._again(40.0, 0.1, self._clear)
        self._again(55.0, 0.3, self._try_to_evict)
        self._again(13.0, 0.5, self._back_up)

    def _again(self, pace: float, spread: float, do: Callable[[], None]) -> None:
        """Do something about every so many seconds."""

        def due() -> None:
            self._again(pace, spread, do)
            do()

        self._shop.clock.after(pace * self._shop.random.uniform(1 - spread, 1 + spread), due)

    def _back_up(self) -> None:
        advance_backups(self._cluster, self._operator, self._shop.random)

    def _sale(self) -> None:
        """More customers for a while: the HPAs have something to do."""
        now, random = self._shop.clock.now, self._shop.random
        seconds, factor = random.uniform(25, 50), random.uniform(1.5, 2.2)
        self._shop.rushes.append((now, now + seconds, factor))
        text = f"반짝 할인 시작 ⚡ for {seconds:.0f} s: {factor:.1f} times as many customers"
        tell(self._marketing, self._cluster, ("services", "shop", "gateway"), "Normal", "SaleStarted", text)

    def _deploy(self) -> None:
        """A build, and when it is done its image is rolled out."""
        release = RELEASES[self._deploys % len(RELEASES)]
        self._deploys += 1
        self._builds += 1
        tag = f"{release.first}.{3 + (self._deploys // len(RELEASES)) % VERSIONS}"
        image = f"shop/{release.app}:{tag}"
        self._build(f"build-{release.app}-{self._builds}", image)
        self._shop.clock.after(BUILD_SECONDS, lambda: self._roll_out(release.app, image))

    def _build(self, name: str, image: str) -> None:
        labels = {APP: "build"}
        builder = container("builder", "ci/builder:24.1", "500m", "256Mi", args=["--push", image])
        spec = job_template(labels, [builder], {"backoffLimit": 0}, priorityClassName="batch")
        old = [
            entry for entry in self._cluster.store.entries("jobs.batch", "ci") if entry.meta.labels.get(APP) == "build"
        ]
        for entry in sorted(old, key=lambda one: one.meta.creation_timestamp)[: -KEPT_BUILDS + 1]:
            self._cluster.registry.discard("jobs.batch", "ci", entry.key.name, propagation="Background")
        if self._cluster.store.get(Key("namespaces", "", "ci")):
            write(self._cluster, [made("batch/v1", "Job", name, "ci", labels=labels, spec=spec)])

    def _roll_out(self, app: str, image: str) -> None:
        set_image(self._cluster, "shop", app, image, f"ci: deploy {image}")
        where = ("deployments.apps", "shop", app)
        tell(self._ci, self._cluster, where, "Normal", "Deploying", f"{image} 배포를 시작합니다 🚀")

    def _clear(self) -> None:
        """Whoever looks after the shop clears evicted pods away at the second sight: the cluster itself keeps them."""
        seen = self._evicted
        self._evicted = set()
        for entry in [one for name in sorted(NAMESPACES) for one in self._cluster.store.entries("pods", name)]:
            if b'"reason":"Evicted"' in entry.raw:
                self._evicted.add(entry.meta.uid)
                if entry.meta.uid in seen:
                    self._cluster.registry.discard("pods", entry.key.namespace, entry.key.name, entry.meta.uid)

    def _try_to_evict(self) -> None:
        """The ledger has a budget that lets nobody go."""
        for entry in self._cluster.store.entries("pods", "payments"):
            if entry.meta.labels.get(APP) == "ledger" and not entry.meta.deletion_timestamp:
                pod: Obj = entry.read()
                text = "Cannot evict pod as it would violate the pod's disruption budget."
                self._descheduler.warning(pod, "EvictionBlocked", text)
