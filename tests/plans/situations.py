"""Situations in which each action is tried: what there is, which of it is meant, what a person answers."""

from __future__ import annotations

import asyncio
import copy
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from k9py.actions.action import Action, Answers, Writing
from k9py.actions.plan import Plan, Target
from k9py.actions.registry import all_actions
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.crds import CustomResources
from k9py.session.audit import Audit
from k9py.session.faults import Faults
from k9py.session.job import Job
from k9py.session.ledger import Ledger
from k9py.session.session import Session
from k9py.session.tasks import Tasks
from k9py.values.document import write_plain
from k9py.values.errors import ApiError
from k9py.values.prose import whole_text
from k9py.values.reading import read_yaml
from k9py.values.request import Request
from k9py.values.resource import Key, Resource
from tests.demo.oldworld import Old, old
from tests.demo.rulebook import cluster_for_rules, read_cases

Obj = dict[str, Any]
NAMESPACE = "rules"
NOW = datetime(2026, 3, 1, 9, 14, 2, tzinfo=UTC)
KUBECTL = Path(sys.executable).with_name("kubectl")


@dataclass(frozen=True)
class Situation:
    """An object as a manifest, and what a person says to the action on it. `crd` is made before it.

    `edit` changes the object, in place, in the text that is edited: the one that `choice` names, or the first.
    """

    name: str
    manifest: Obj
    text: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    crd: Obj | None = None
    edit: Callable[[Obj], object] | None = None
    choice: str = ""


def _workload(kind: str, name: str = "web", annotations: Mapping[str, str] | None = None, **spec: Any) -> Obj:
    labels = {"app": name}
    pod = {"containers": [{"name": "main", "image": "shop/web:1"}]}
    template = {"metadata": {"labels": labels, **({"annotations": dict(annotations)} if annotations else {})}}
    return {
        "apiVersion": "v1" if kind == "ReplicationController" else "apps/v1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": {
            "selector": labels if kind == "ReplicationController" else {"matchLabels": labels},
            "template": {**template, "spec": pod},
            **spec,
        },
    }


def _gadgets(**more: Any) -> Obj:
    """A CRD; with `subresources`, it can be scaled."""
    names = {"plural": "gadgets", "singular": "gadget", "kind": "Gadget", "listKind": "GadgetList"}
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema, **more}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "gadgets.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": names, "versions": [version]},
    }


GADGET: Obj = {
    "apiVersion": "example.com/v1",
    "kind": "Gadget",
    "metadata": {"name": "one", "labels": {"a": "b"}, "finalizers": ["example.com/guard"]},
    "spec": {"replicas": 2, "list": [1, {"x": None, "y": "é 🚀\n  two\n"}], "on": "yes", "empty": {}},
}
SCALES = {
    "subresources": {
        "status": {},
        "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"},
    }
}
STAMP = {"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"}
POD: Obj = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "bare"},
    "spec": {"nodeName": "worker-a", "containers": [{"name": "main", "image": "shop/web:1"}]},
}


def _manifests() -> list[Obj]:
    """Objects of all kinds that a real server has taken."""
    return [case["sent"] for case in read_cases("creates") if case["code"] == 201]


def _mark(found: Obj) -> None:
    """A change that any object takes."""
    metadata = found["metadata"]
    metadata["labels"] = {**(metadata.get("labels") or {}), "k9py": "edited"}
    metadata["annotations"] = {**(metadata.get("annotations") or {}), "note": "two\nlines: 'of' 쿠버네티스 🚀 \n"}


def _edit_workload(found: Obj) -> None:
    found["spec"]["replicas"] = 7
    spec = found["spec"]["template"]["spec"]
    spec["containers"][0]["image"] = "shop/web:2"
    spec["containers"].append({"name": "beside", "image": "shop/beside:1", "env": [{"name": "ON", "value": "yes"}]})
    spec["nodeSelector"] = {"disk": "fast"}


def _edit_config(found: Obj) -> None:
    data = found["data"]
    data["c"], data["a"] = "", "another"
    del data["b.yaml"]


def _edit_gadget(found: Obj) -> None:
    spec = found["spec"]
    del spec["empty"], found["metadata"]["labels"]["a"]
    spec["list"], spec["on"] = {"now": "a map"}, {"deep": {"er": [[], {}, 1.5, True]}}
    spec["replicas"] += 1
    found["metadata"]["finalizers"].append("example.com/more")


CONFIG: Obj = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "config"},
    "data": {"a": "1", "b.yaml": "x: y\n# é\n"},
}
EDITS = [
    Situation("Deployment", _workload("Deployment", replicas=2), edit=_edit_workload),
    Situation("ConfigMap", CONFIG, edit=_edit_config),
    Situation("custom resource", GADGET, crd=_gadgets(), edit=_edit_gadget),
    *(Situation(f"marked {manifest['kind']} {n}", manifest, edit=_mark) for n, manifest in enumerate(_manifests())),
]


def _say(found: Obj) -> None:
    condition = {"type": "Said", "status": "True", "reason": "Person", "message": "é 🚀"}
    found["status"] = {**(found.get("status") or {}), "conditions": [condition]}


def _grow(found: Obj) -> None:
    found["spec"] = {**(found.get("spec") or {}), "replicas": 4}


PARTS = [
    *(
        Situation(f"status of a {kind}", _workload(kind), edit=_say, choice="its status")
        for kind in ("Deployment", "StatefulSet", "DaemonSet")
    ),
    *(
        Situation(f"scale of a {kind} at {today}", _workload(kind, replicas=today), edit=_grow, choice="its scale")
        for kind in ("Deployment", "StatefulSet")
        for today in (0, 2)
    ),
    Situation("scale of a custom resource", GADGET, crd=_gadgets(**SCALES), edit=_grow, choice="its scale"),
]


SITUATIONS: Mapping[str, Sequence[Situation]] = {
    "scale": [
        *(
            Situation(f"{kind} {today} to {wanted}", _workload(kind, replicas=today), str(wanted))
            for kind in ("Deployment", "ReplicaSet", "StatefulSet", "ReplicationController")
            for today, wanted in ((0, 3), (3, 0), (1, 1), (2, 2**31 - 1))
        ),
        Situation("custom resource", GADGET, "5", crd=_gadgets(**SCALES)),
    ],
    "restart": [
        Situation(f"{kind}, restarted {when}", _workload(kind, annotations=annotations))
        for kind in ("Deployment", "StatefulSet", "DaemonSet")
        for when, annotations in (("never", None), ("before", STAMP), ("never, but annotated", {"a": "b"}))
    ],
    "delete": [
        *(
            Situation(f"{manifest['kind']} {manifest['metadata'].get('name')} {n}", manifest)
            for n, manifest in enumerate(_manifests())
        ),
        *(
            Situation(f"Deployment, {policy}", _workload("Deployment"), options={"propagation": policy})
            for policy in ("background", "foreground", "orphan")
        ),
        *(Situation(f"Pod, {grace}", POD, options={"grace": grace}) for grace in ("now (1 s)", "force (0 s)")),
        Situation("custom resource", GADGET, crd=_gadgets()),
        Situation("definition", _gadgets()),
    ],
    "edit": EDITS,
    "edit-part": PARTS,
    "kill": [Situation("bare pod", POD)],
}
EXEMPT = {
    "shell": "it changes no object",
    "exec": "it changes no object",
    "attach": "it changes no object",
}
"""Actions that are not tried here, and why."""


def changes() -> list[Action]:
    """All actions that are to be tried."""
    return [each for each in all_actions() if isinstance(each, Action) and each.id not in EXEMPT]


@dataclass
class Stage:
    """A cluster without controllers, and a session on it."""

    it: Old
    ledger: Ledger

    @property
    def session(self) -> Session:
        return self.it.session

    async def put(self, manifest: Obj) -> Target:
        """Create an object as a person does."""
        resource = await self.resource(manifest)
        body = copy.deepcopy(manifest)
        namespace = body["metadata"].setdefault("namespace", NAMESPACE) if resource.namespaced else ""
        request = Request("POST", resource.path(namespace), body=body)
        found = await self.session.read(request)
        await asyncio.sleep(0)
        self.it.cluster.clock.advance(1)
        name, uid = found["metadata"]["name"], found["metadata"]["uid"]
        return Target(Key(self.session.context.name, resource.gvr, namespace, name), uid, resource)

    async def resource(self, manifest: Obj) -> Resource:
        group, _, version = manifest["apiVersion"].rpartition("/")
        word = f"{manifest['kind'].lower()}.{version}.{group}".rstrip(".")
        found = self.session.catalog.resolve(word)
        if found is None:
            await self.session.offers.renew()
            found = self.session.catalog.resolve(word)
        assert found, word
        return found

    async def read(self, target: Target) -> Obj | None:
        """The object as it is; None where it is gone."""
        try:
            found: Obj = await self.session.read(Request("GET", target.path()))
        except ApiError as error:
            if not error.missing:
                raise
            return None
        return found

    async def plan(self, action: Action, target: Target, situation: Situation) -> Plan:
        facts = await action.gather(self.session.read, [target])
        options = {option.id: option.choices[0] for option in action.options(facts)}
        question = action.ask(facts)
        if isinstance(question, Writing):
            return action.plan(facts, _write(question, situation), NOW)
        return action.plan(facts, Answers(situation.text, options={**options, **situation.options}), NOW)

    async def carry_out(self, plan: Plan) -> Job:
        """Send it; nothing may fail."""
        job, outcomes = await self.ledger.carry_out(self.session, plan)
        assert not job.failed, [outcome.failed for outcome in outcomes]
        return job

    async def clear(self, target: Target) -> None:
        """Have it gone, whatever holds it."""
        found = await self.read(target)
        if found:
            await self.session.read(Request("DELETE", target.path(), body={"gracePeriodSeconds": 0}))
        await self.let_go(target)

    async def clear_definition(self, situation: Situation) -> None:
        """Have its CRD gone, where it has one."""
        if situation.crd:
            resource = await self.resource(situation.crd)
            name = situation.crd["metadata"]["name"]
            await self.clear(Target(Key(self.session.context.name, resource.gvr, "", name), "", resource))

    async def let_go_if_going(self, target: Target) -> None:
        """Have it gone, if it is on its way."""
        found = await self.read(target)
        if found and found["metadata"].get("deletionTimestamp"):
            await self.let_go(target)

    async def let_go(self, target: Target) -> None:
        """What controllers would do for an object that is on its way: take its finalizers, end its grace."""
        found = await self.read(target)
        if found is None:
            return
        body = {**found, "metadata": {**found["metadata"], "finalizers": []}, "spec": found.get("spec") or {}}
        if target.resource.kind == "Namespace":
            await self.session.read(Request("PUT", target.path("finalize"), body={**body, "spec": {}}))
        elif found["metadata"].get("finalizers"):
            await self.session.read(Request("PUT", target.path(), body=body))
        if await self.read(target):
            await self.session.read(Request("DELETE", target.path(), body={"gracePeriodSeconds": 0}))
        assert await self.read(target) is None, target


def make_cluster() -> Cluster:
    """A cluster of the real server's rules, without controllers."""
    cluster = cluster_for_rules()
    CustomResources(cluster).start()
    return cluster


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    """A new one."""
    async with old(frozenset(), make_cluster) as it:
        await it.session.known("pods")
        yield Stage(it, Ledger(Audit(folder / "audit.jsonl"), Tasks(Faults())))


def _write(question: Writing, situation: Situation) -> Answers:
    """The text as a person leaves it."""
    choice = situation.choice or next(iter(question.texts))
    initial = question.texts[choice]
    found = read_yaml(initial).value
    assert situation.edit
    situation.edit(found)
    text = whole_text(write_plain(found))
    assert question.check(choice, initial, text) is None
    return Answers(text, initial, choice)


SERVERS = ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields")


COUNTED = "deprecated.daemonset.template.generation"
"""The server counts the changes of a DaemonSet's template here."""


def essence(found: Obj | None, *, status: bool = False) -> Obj | None:
    """What a person has written of an object, or a default has added; nothing that the server counts.

    What controllers tell is left out, too, unless the `status` is wanted.
    """
    if found is None:
        return None
    metadata = {name: value for name, value in found["metadata"].items() if name not in SERVERS}
    annotations = {name: value for name, value in metadata.pop("annotations", {}).items() if name != COUNTED}
    metadata |= {"annotations": annotations} if annotations else {}
    body = {name: value for name, value in found.items() if status or name != "status"}
    settled: Obj = _settle({**body, "metadata": metadata}, found["metadata"]["uid"])
    return settled


def _settle(value: Any, uid: str) -> Any:
    """A job bears its own uid in its labels."""
    if isinstance(value, dict):
        return {name: _settle(each, uid) for name, each in value.items()}
    if isinstance(value, list):
        return [_settle(each, uid) for each in value]
    return "UID" if value == uid else value
