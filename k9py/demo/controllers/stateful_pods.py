"""The pods and claims of a StatefulSet: named by ordinals, made and deleted with events of their own."""

from __future__ import annotations

import copy
from typing import Any

from k9py.demo.api.events import Recorder
from k9py.demo.api.registry import SYSTEM, Deletion, Registry
from k9py.demo.controllers.controller import is_terminating
from k9py.demo.controllers.history import POD_LABEL
from k9py.demo.controllers.owning import controller_ref
from k9py.demo.controllers.pods import Pod, pod_from_template
from k9py.demo.core.status import StatusError
from k9py.demo.core.store import Entry, Key, Obj

CLAIMS = "persistentvolumeclaims"


class StatefulPods:
    """Makes and deletes pods and claims in the name of the statefulset-controller."""

    def __init__(self, registry: Registry, recorder: Recorder) -> None:
        self._registry = registry
        self._recorder = recorder

    def create(self, entry: Entry, obj: Obj, ordinal: int, template: dict[str, Any], revision: str) -> None:
        """Make the pod of an ordinal, its claims first. StatusError if it is refused: an event says so."""
        pod = self._pod(entry, obj, ordinal, template, revision)
        name = pod["metadata"]["name"]
        self.create_claims(entry, obj, name, ordinal)
        try:
            self._registry.make("pods", pod)
        except StatusError as error:
            if not is_terminating(error):
                text = f"Create Pod {name} in StatefulSet {entry.key.name} failed error: {error.message}"
                self._recorder.warning(obj, "FailedCreate", text)
            raise
        text = f"Create Pod {name} in StatefulSet {entry.key.name} successful"
        self._recorder.normal(obj, "SuccessfulCreate", text)

    def create_claims(self, entry: Entry, obj: Obj, pod: str, ordinal: int) -> None:
        """Make the claims of a pod that are not there."""
        for template in obj["spec"].get("volumeClaimTemplates") or ():
            claim = self._claim(entry, obj, template, ordinal)
            name = claim["metadata"]["name"]
            if self._registry.store.get(Key(CLAIMS, entry.key.namespace, name)):
                continue
            where = f"Pod {pod} in StatefulSet {entry.key.name}"
            try:
                self._registry.make(CLAIMS, claim)
            except StatusError as error:
                if not is_terminating(error):
                    text = f"Create Claim {name} for {where} failed error: {error.message}"
                    self._recorder.warning(obj, "FailedCreate", text)
                raise
            self._recorder.normal(obj, "SuccessfulCreate", f"Create Claim {name} {where} success")

    def delete(self, obj: Obj, pod: Pod) -> None:
        """Delete a pod."""
        served = self._registry.catalog.storage("pods")
        where = f"Delete Pod {pod.name} in StatefulSet {obj['metadata']['name']}"
        try:
            self._registry.delete(served, pod.key.namespace, pod.name, Deletion(), SYSTEM)
        except StatusError as error:
            self._recorder.warning(obj, "FailedDelete", f"{where} failed error: {error.message}")
            raise
        self._recorder.normal(obj, "SuccessfulDelete", f"{where} successful")

    def give_claims(self, obj: Obj, pod: Pod, ordinal: int) -> None:
        """Let the claims of a pod that is scaled away go with it, where whenScaled says Delete."""
        if (obj["spec"].get("persistentVolumeClaimRetentionPolicy") or {}).get("whenScaled") != "Delete":
            return
        ref = controller_ref(pod.entry, "Pod", "v1")

        def change(claim: Obj) -> Obj:
            claim["metadata"]["ownerReferences"] = [ref]
            return claim

        for template in obj["spec"].get("volumeClaimTemplates") or ():
            name = claim_name(template, obj["metadata"]["name"], ordinal)
            if self._registry.store.get(Key(CLAIMS, pod.key.namespace, name)):
                self._registry.patch(CLAIMS, (pod.key.namespace, name), change)

    def _pod(self, entry: Entry, obj: Obj, ordinal: int, template: dict[str, Any], revision: str) -> Obj:
        name = entry.key.name
        pod = pod_from_template(template, name, controller_ref(entry, "StatefulSet", "apps/v1"))
        metadata, spec = pod["metadata"], pod["spec"]
        metadata |= {"name": f"{name}-{ordinal}", "namespace": entry.key.namespace}
        metadata.setdefault("labels", {})
        metadata["labels"] |= {
            "apps.kubernetes.io/pod-index": str(ordinal),
            POD_LABEL: revision,
            "statefulset.kubernetes.io/pod-name": metadata["name"],
        }
        spec["hostname"] = metadata["name"]
        if obj["spec"].get("serviceName"):
            spec["subdomain"] = obj["spec"]["serviceName"]
        claims = [
            {"name": one["metadata"]["name"], "persistentVolumeClaim": {"claimName": claim_name(one, name, ordinal)}}
            for one in obj["spec"].get("volumeClaimTemplates") or ()
        ]
        taken = {one["name"] for one in claims}
        volumes = [*claims, *(one for one in spec.get("volumes") or () if one["name"] not in taken)]
        if volumes:
            spec["volumes"] = volumes
        return pod

    def _claim(self, entry: Entry, obj: Obj, template: Obj, ordinal: int) -> Obj:
        found = template.get("metadata") or {}
        labels = (obj["spec"].get("selector") or {}).get("matchLabels") or {}
        metadata: Obj = {
            "name": claim_name(template, entry.key.name, ordinal),
            "namespace": entry.key.namespace,
            "labels": {**(found.get("labels") or {}), **labels},
        }
        if found.get("annotations"):
            metadata["annotations"] = dict(found["annotations"])
        if (obj["spec"].get("persistentVolumeClaimRetentionPolicy") or {}).get("whenDeleted") == "Delete":
            metadata["ownerReferences"] = [controller_ref(entry, "StatefulSet", "apps/v1")]
        spec = copy.deepcopy(template["spec"])
        return {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "metadata": metadata, "spec": spec}


def claim_name(template: Obj, owner: str, ordinal: int) -> str:
    """The name of a claim: of its template, its set and its ordinal."""
    return f"{template['metadata']['name']}-{owner}-{ordinal}"
