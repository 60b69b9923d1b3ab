"""The kubelet of one node."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

from k9py.demo.api.events import Recorder
from k9py.demo.api.registry import Intent
from k9py.demo.core.store import Entry, Key, Obj
from k9py.demo.node import evicting, mirrors
from k9py.demo.node.container import INIT
from k9py.demo.node.heartbeat import Heartbeat
from k9py.demo.node.images import Image, Images, full_name, image_id
from k9py.demo.node.nodes import internal_address
from k9py.demo.node.pod_run import PodRun

if TYPE_CHECKING:
    from k9py.demo.cluster import Cluster
    from k9py.demo.node.kubelets import Kubelets

DEFAULT_RANGE = "10.244.0.0/24"
MOST_IMAGES = 100
"""From so many on, those that are not in use are dropped (the kubelet does so when its disk is full)."""


class Kubelet:
    """What runs on one node, and what is there of images and addresses."""

    def __init__(self, kubelets: Kubelets, entry: Entry) -> None:
        node = entry.read()
        self.cluster: Cluster = kubelets.cluster
        self.name = entry.key.name
        self.uid = entry.meta.uid
        self.images: Images = kubelets.images
        self.recorder = Recorder(self.cluster, "kubelet", self.name)
        self.runs: dict[str, PodRun] = {}
        self.dormant: dict[str, Entry] = {}
        """Pods that have been running for long and that nobody has looked at."""
        self.present: dict[str, int] = {}
        """Images that were pulled, by full name, with their size."""
        self.down = False
        self.intent = Intent("kubelet", f"system:node:{self.name}")
        self._pulls_end = 0.0
        self._pulling: dict[str, float] = {}
        self.address = internal_address(node) or "10.0.0.10"
        self._range = ip_network(node.get("spec", {}).get("podCIDR") or DEFAULT_RANGE)
        self._used: set[str] = set()
        self._last = 1
        self.heartbeat = Heartbeat(self)

    # pods

    def add(self, entry: Entry) -> PodRun:
        """A pod that is bound here."""
        run = self.runs[entry.meta.uid] = PodRun(self, entry)
        if not self.down:
            run.begin()
        return run

    def adopt(self, entry: Entry) -> None:
        """A pod that has been here for long; what runs in it is made when somebody looks."""
        self.dormant[entry.meta.uid] = entry

    def find(self, uid: str) -> PodRun | None:
        """What runs of a pod."""
        entry = self.dormant.pop(uid, None)
        if entry is not None:
            run = self.runs[uid] = PodRun(self, entry)
            run.resume()
        return self.runs.get(uid)

    def seen(self, entry: Entry) -> None:
        """A pod has changed. One that sleeps is woken if there is something to do."""
        uid = entry.meta.uid
        old = self.dormant.get(uid)
        if old is not None and not entry.meta.deletion_timestamp and entry.meta.generation == old.meta.generation:
            self.dormant[uid] = entry
            return
        run = self.find(uid)
        if run and entry.meta.deletion_timestamp and mirrors.is_mirror(run.pod()):
            mirrors.confirm(run)
        elif run:
            run.seen(entry)

    def bound(self) -> list[Entry]:
        """All pods that are here, as the store has them."""
        return [*(run.entry for run in self.runs.values()), *self.dormant.values()]

    def drop(self, uid: str) -> None:
        """A pod that is gone."""
        sleeping = self.dormant.get(uid)
        if sleeping is not None and not mirrors.is_mirror(sleeping.read()):
            del self.dormant[uid]
            return
        run = self.find(uid)
        if run is None:
            return
        del self.runs[uid]
        if mirrors.is_mirror(run.pod()):
            mirrors.renew(run)
        run.vanish()

    def write_status(self, key: Key, status: Obj) -> None:
        """Write a pod's status."""
        if not self.down:
            self.cluster.registry.set_status(key, status)

    # addresses

    def claim_address(self, run: PodRun) -> None:
        """Give a pod an address of the node's range; one in the host's network has the node's own."""
        pod = run.pod()
        if pod["spec"].get("hostNetwork"):
            run.ip = self.address
            return
        known = (pod.get("status") or {}).get("podIP")
        run.ip = known or self._free_address()
        self._used.add(run.ip)

    def free_address(self, run: PodRun) -> None:
        """Its address may be given again."""
        self._used.discard(run.ip)

    def reserve(self, ip: str) -> None:
        """An address that is in use already."""
        self._used.add(ip)

    def _free_address(self) -> str:
        size = self._range.num_addresses
        for _ in range(size):
            self._last = self._last + 1 if self._last + 2 < size else 2
            found = str(self._range[self._last])
            if found not in self._used:
                return found
        return str(self._range[-2])

    # images

    def queue_pull(self, full: str, seconds: float) -> float:
        """Wait for the pulls before, then for this one. Answers how long that takes together."""
        now = self.cluster.clock.now
        if self._pulling.get(full, 0.0) > now:
            seconds = 0.05  # its layers are there by then
        self._pulling[full] = max(self._pulls_end, now) + seconds
        self._pulls_end = max(self._pulls_end, now) + seconds
        return self._pulls_end - now

    def has_image(self, full: str) -> bool:
        """Whether it need not be pulled."""
        return full in self.present or self.images.is_everywhere(full)

    def all_images(self) -> dict[str, int]:
        """Images that are here, by full name, with their size."""
        return {**dict(self.images.everywhere()), **self.present}

    def keep_image(self, full: str, image: Image) -> None:
        """It is there now."""
        if full not in self.present:
            self.present[full] = image.size
            self.heartbeat.dirty = True
            if len(self.present) > MOST_IMAGES:
                self._drop_images()

    def _drop_images(self) -> None:
        """Those that nothing here needs go, but for the newest: a disk is not without end."""
        specs = (entry.read()["spec"] for entry in self.bound())
        used = {full_name(one["image"]) for spec in specs for one in (*spec["containers"], *spec.get(INIT, ()))}
        unused = [full for full in self.present if full not in used]
        for full in unused[: -MOST_IMAGES // 2]:
            del self.present[full]
            self._pulling.pop(full, None)

    def names_of(self, full: str) -> list[str]:
        """As the node's status names an image: by digest too, if it was pulled."""
        image = self.images.find(full)
        return [full] if image.everywhere or "@" in full else [image_id(full, image), full]

    # the machine

    def go_down(self) -> None:
        """The machine stops, with all that runs on it. Nobody says so: its lease is not renewed."""
        for uid in list(self.dormant):
            self.find(uid)
        self.down = True
        for run in self.runs.values():
            run.crash()

    def press(self, kind: str, on: bool) -> None:
        """A pressure begins or ends."""
        self.heartbeat.press(kind, on)
        if on and kind in evicting.WHAT:
            self.cluster.clock.after(evicting.PERIOD, lambda: self._evict(kind))

    def _evict(self, kind: str) -> None:
        """One pod after the other has to go as long as it lasts."""
        if kind in self.heartbeat.pressed and not self.down and evicting.evict_one(self, kind):
            self.cluster.clock.after(evicting.PERIOD, lambda: self._evict(kind))

    def reference(self) -> Obj:
        """What events of a kubelet are about: its node, by name only."""
        return {"kind": "Node", "apiVersion": "v1", "metadata": {"name": self.name, "uid": ""}}

    def come_back(self) -> None:
        """The machine has been started again, and so is what was on it."""
        self.down = False
        boot = f"{self.cluster.random.getrandbits(128):032x}"
        self.recorder.warning(self.reference(), "Rebooted", f"Node {self.name} has been rebooted, boot id: {boot}")
        self.heartbeat.announce()
        self.heartbeat.beat()
        self.heartbeat.report()
        for run in list(self.runs.values()):
            run.revive()
