"""Claims get volumes: one that is there, or a new one of their class (pkg/controller/volume/persistentvolume)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from k9py.demo.api.events import Recorder
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.claim_writes import COMPLETED, PROVISIONERS, SELECTED, bind, new_volume, size_of, suits
from k9py.demo.controllers.controller import Controller
from k9py.demo.core.store import Change, Entry, Key, Obj

CLAIMS = "persistentvolumeclaims"
VOLUMES = "persistentvolumes"
CLASSES = "storageclasses.storage.k8s.io"
AGAIN = 15.0
"""Seconds after which a claim that waits is looked at again."""
MAKING = 2.0
"""Seconds that a new volume takes."""
NONE_AT_ALL = "kubernetes.io/no-provisioner"


class Claims(Controller):
    """Binds claims that are Pending."""

    name: ClassVar[str] = "persistentvolume-binder"
    component: ClassVar[str] = "persistentvolume-controller"

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.provisioners: dict[str, Recorder] = {}
        self.ready: dict[Key, float] = {}
        """When the volumes that are being made will be there."""

    def start(self) -> None:
        """Watch claims, volumes and classes."""
        self.watch(CLAIMS)
        self.watch(VOLUMES, lambda change: self._waiting() if change.type == "ADDED" else self._bound(change))
        self.watch(CLASSES, lambda _: self._waiting())

    def reconcile(self, entry: Entry) -> None:
        """Bind it, make a volume for it, or say why it waits."""
        key, claim = entry.key, entry.read()
        if entry.meta.deletion_timestamp:
            return
        if (claim["metadata"].get("annotations") or {}).get(COMPLETED):
            self._check(key, claim)
        elif claim["spec"].get("volumeName"):
            self._bind_to(key, claim, claim["spec"]["volumeName"])
        else:
            self._find(key, claim)

    def forget(self, key: Key) -> None:
        """Nothing is made for it any more."""
        self.ready.pop(key, None)

    def _waiting(self) -> list[Key]:
        return [
            entry.key
            for entry in self.store.entries(CLAIMS)
            if (entry.read().get("status") or {}).get("phase") == "Pending"
        ]

    def _bound(self, change: Change) -> Iterable[Key]:
        """The claim of a volume that has gone."""
        ref = change.entry.read()["spec"].get("claimRef")
        return [Key(CLAIMS, ref["namespace"], ref["name"])] if ref and change.type == "DELETED" else []

    def _check(self, key: Key, claim: Obj) -> None:
        """Whether the volume of a bound claim is still there."""
        if self.store.get(Key(VOLUMES, "", claim["spec"].get("volumeName", ""))):
            return
        if claim["status"].get("phase") == "Lost":
            return
        self.registry.patch(CLAIMS, key[1:], lambda now: {**now, "status": {"phase": "Lost"}}, "status")
        text = "Bound claim has lost its PersistentVolume. Data on the volume is lost!"
        self.recorder.warning(claim, "ClaimLost", text)

    def _bind_to(self, key: Key, claim: Obj, name: str) -> None:
        """A claim that names its volume gets that one, as soon as it is there and free."""
        volume = self.registry.read(VOLUMES, "", name)
        ref = volume["spec"].get("claimRef") if volume else None
        if volume is None or (ref and ref.get("uid") not in (None, claim["metadata"]["uid"])):
            self.enqueue(key, AGAIN)
            return
        bind(self.registry, claim, volume)

    def _find(self, key: Key, claim: Obj) -> None:
        """A free volume that suits; the smallest."""
        found = [volume for entry in self.store.entries(VOLUMES) if suits(volume := entry.read(), claim)]
        if found:
            bind(self.registry, claim, min(found, key=size_of))
            return
        name = claim["spec"].get("storageClassName") or ""
        offered = self.store.get(Key(CLASSES, "", name)) if name else None
        if offered is not None:
            self._provide(key, claim, offered)
            return
        if name:
            text = f'storageclass.storage.k8s.io "{name}" not found'
            self.recorder.warning(claim, "ProvisioningFailed", text)
        else:
            text = "no persistent volumes available for this claim and no storage class is set"
            self.recorder.normal(claim, "FailedBinding", text)
        self.enqueue(key, AGAIN)

    def _provide(self, key: Key, claim: Obj, offered: Entry) -> None:
        """Have a volume made, when somebody needs it if the class waits for that."""
        found = offered.read()
        provisioner = found["provisioner"]
        node = (claim["metadata"].get("annotations") or {}).get(SELECTED, "")
        if found.get("volumeBindingMode") == "WaitForFirstConsumer" and not node:
            text = "waiting for first consumer to be created before binding"
            self.recorder.normal(claim, "WaitForFirstConsumer", text)
            self.enqueue(key, AGAIN)
            return
        if provisioner == NONE_AT_ALL:
            self.enqueue(key, AGAIN)
            return
        due = self.ready.get(key)
        if due is None:
            self._order(key, claim, provisioner)
        elif due <= self.clock.now:
            del self.ready[key]
            driver = self.registry.read("csidrivers.storage.k8s.io", "", found["provisioner"]) is not None
            volume = self.registry.make(VOLUMES, new_volume(claim, found, node, driver))
            text = f"Successfully provisioned volume {volume['metadata']['name']}"
            self._provisioner(provisioner).normal(claim, "ProvisioningSucceeded", text)
            bind(self.registry, claim, volume)
        else:
            self.enqueue(key, due - self.clock.now)

    def _order(self, key: Key, claim: Obj, provisioner: str) -> None:
        self.ready[key] = self.clock.now + MAKING
        self.enqueue(key, MAKING)
        text = (
            f"Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the"
            " system administrator. If volume creation is delayed, please verify that the provisioner is running and"
            " correctly registered."
        )
        self.recorder.normal(claim, "ExternalProvisioning", text)
        name = f"{key.namespace}/{key.name}"
        text = f'External provisioner is provisioning volume for claim "{name}"'
        self._provisioner(provisioner).normal(claim, "Provisioning", text)

        def change(obj: Obj) -> Obj:
            obj["metadata"].setdefault("annotations", {}).update(dict.fromkeys(PROVISIONERS, provisioner))
            return obj

        self.registry.patch(CLAIMS, key[1:], change)

    def _provisioner(self, name: str) -> Recorder:
        if name not in self.provisioners:
            self.provisioners[name] = Recorder(self.cluster, name)
        return self.provisioners[name]
