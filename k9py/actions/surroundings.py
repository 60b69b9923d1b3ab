"""What stands around an object that is to be deleted: what goes with it, who uses it, what becomes of its data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from k9py.actions.contents import count_page, read_contents
from k9py.actions.finalizers import FOREGROUND, is_going, name_some, say_conditions
from k9py.actions.plan import Target
from k9py.actions.reading import METADATA, Remembered, try_list, try_read
from k9py.kinds.wellknown import CRONJOBS, DAEMONSETS, DEPLOYMENTS, JOBS, PODS, REPLICASETS, STATEFULSETS
from k9py.values.remake import kind_of
from k9py.values.request import Request
from k9py.values.resource import Gvr, Resource

Obj = Mapping[str, Any]

VOLUMES = Resource(Gvr("", "v1", "persistentvolumes"), "PersistentVolume", "persistentvolume", False, frozenset())
_OWNED: Mapping[tuple[str, str], tuple[Resource, ...]] = {
    ("apps", "Deployment"): (REPLICASETS, PODS),
    ("apps", "ReplicaSet"): (PODS,),
    ("apps", "StatefulSet"): (PODS,),
    ("apps", "DaemonSet"): (PODS,),
    ("", "ReplicationController"): (PODS,),
    ("batch", "Job"): (PODS,),
    ("batch", "CronJob"): (JOBS, PODS),
}
"""The kinds that each owns, owners before what they own in turn."""
_OFTEN_OWNED = (DEPLOYMENTS, STATEFULSETS, DAEMONSETS, REPLICASETS, CRONJOBS, JOBS, PODS)
"""Those that a custom resource may own."""
_OWN_GROUPS = ("", "apps", "batch", "autoscaling", "policy", "extensions")


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of the surroundings of one object.

    `owned` counts what it owns, by kind; `remarks` are what a person should know; `holders` names what each finalizer
    waits for. `volume_kept` is what becomes of a claim's volume, None where it is not known.
    """

    owned: Mapping[Resource, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    holders: Mapping[str, Sequence[str]] = field(default_factory=dict)
    volume_kept: bool | None = None


def may_own(resource: Resource) -> bool:
    """Whether objects of a kind own others: of those that are built in it is known, a custom one may."""
    gvr = resource.gvr
    return (gvr.group, resource.kind) in _OWNED or not (gvr.group in _OWN_GROUPS or gvr.group.endswith(".k8s.io"))


async def look_around(read: Remembered, target: Target, found: Obj, alone: bool) -> Around:
    """Read it. `alone` says that it is the only target: then a list is asked for what concerns it only."""
    look = _LOOKS.get((target.resource.gvr.group, target.resource.kind))
    if look:
        return await look(read, target, found, alone)
    if may_own(target.resource):
        return await _look_at_owned(read, target, found, alone)
    return Around()


# ── what it owns ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def _look_at_owned(read: Remembered, target: Target, found: Obj, alone: bool) -> Around:
    owners, counts, names = [target.uid], dict[Resource, int](), list[str]()
    labels = _selected(found) if alone else ""
    for resource in _OWNED.get(kind_of(found), _OFTEN_OWNED) if target.resource.namespaced else ():
        by_owner = await _by_owner(read, resource, target.key.namespace, labels)
        owned = dict(each for owner in owners for each in by_owner.get(owner, ()))
        if owned:
            owners += owned
            counts[resource] = len(owned)
            names += [f"{resource.singular} {name}" for name in owned.values()]
    return Around(counts, tuple(_remarks(target, found)), {FOREGROUND: names})


async def _by_owner(
    read: Remembered, resource: Resource, namespace: str, labels: str
) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Uid and name of the objects of a kind by the uid of each of their owners."""

    async def make() -> Mapping[str, Sequence[tuple[str, str]]]:
        found = defaultdict[str, list[tuple[str, str]]](list)
        for item in await try_list(read, resource, namespace, labels=labels, accept=METADATA) or ():
            metadata = item["metadata"]
            for owner in metadata.get("ownerReferences") or ():
                found[owner.get("uid", "")].append((metadata["uid"], metadata["name"]))
        return found

    return await read.once(("by owner", resource.gvr, namespace, labels), make)


def _selected(found: Obj) -> str:
    """The labels of what a workload selects, for a list; nothing where it is not as simple as that."""
    spec = found.get("spec")
    selector = spec.get("selector") if isinstance(spec, Mapping) else None
    if not isinstance(selector, Mapping) or selector.get("matchExpressions"):
        return ""
    labels = selector.get("matchLabels")
    return ",".join(f"{name}={value}" for name, value in labels.items()) if isinstance(labels, Mapping) else ""


def _remarks(target: Target, found: Obj) -> Iterator[str]:
    if target.resource.kind != "StatefulSet" or not (spec := found.get("spec") or {}).get("volumeClaimTemplates"):
        return
    policy = (spec.get("persistentVolumeClaimRetentionPolicy") or {}).get("whenDeleted", "Retain")
    what = "its volume claims are deleted with it" if policy == "Delete" else "its volume claims stay"
    yield f"{target.key.label}: {what}"


# ── kinds of their own ───────────────────────────────────────────────────────────────────────────────────────────────


async def _look_into_namespace(read: Remembered, target: Target, found: Obj, alone: bool) -> Around:
    going = is_going(found)
    contents = await read_contents(read, target.key.name, finalizers=going)
    if not going:
        return Around(remarks=(f"{target.key.name}: with it goes all that is in it: {contents.line}",))
    left = (f"{target.key.name} still holds {contents.line}",) if contents.held or not contents.whole else ()
    said = tuple(f"{target.key.name}: {line}" for line in say_conditions(found))
    return Around(remarks=(*left, *said))


async def _look_at_definition(read: Remembered, target: Target, found: Obj, alone: bool) -> Around:
    """A CustomResourceDefinition takes all its objects with it."""
    spec = found.get("spec") or {}
    names, group = spec.get("names") or {}, spec.get("group", "")
    version = next((each["name"] for each in spec.get("versions") or () if each.get("served")), "")
    gvr = Gvr(group, version, names.get("plural", ""))
    page = await try_read(read, Request("GET", f"{gvr.prefix}/{gvr.plural}", {"limit": "1"}, accept=METADATA))
    count = "" if page is None else f": {count_page(page)}"
    return Around(remarks=(f"{target.key.name}: all its objects go with it{count}",))


async def _look_at_volume(read: Remembered, target: Target, found: Obj, alone: bool) -> Around:
    spec = found.get("spec") or {}
    policy, claim = spec.get("persistentVolumeReclaimPolicy", ""), spec.get("claimRef") or {}
    data = "its data are deleted too" if policy == "Delete" else "its data stay in the storage"
    remarks = [f"{target.key.name}: reclaim policy {policy}: {data}"]
    holders: dict[str, Sequence[str]] = {}
    if claim.get("name"):
        named = f"{claim.get('namespace')}/{claim['name']}"
        bound = (found.get("status") or {}).get("phase") == "Bound"
        remarks += [f"{target.key.name} is bound to the claim {named}, and goes after it"] if bound else []
        holders = {"kubernetes.io/pv-protection": [named]}
    return Around(remarks=tuple(remarks), holders=holders)


async def _look_at_claim(read: Remembered, target: Target, found: Obj, alone: bool) -> Around:
    users = await _users(read, target)
    kept, volume = None, (found.get("spec") or {}).get("volumeName", "")
    remarks = [f"{target.key.label} is mounted by {name_some(users)}, and goes after them"] if users else []
    if volume:
        policy = await _reclaim_policy(read, volume, alone)
        kept = policy != "Delete" if policy else None
        become = {None: "is not known to us", True: "stays with its data", False: "is deleted with all its data"}[kept]
        told = f"reclaim policy {policy}: " if policy else ""
        remarks.append(f"{target.key.label}: {told}its volume {volume} {become}")
    return Around(remarks=tuple(remarks), holders={"kubernetes.io/pvc-protection": users}, volume_kept=kept)


async def _reclaim_policy(read: Remembered, volume: str, alone: bool) -> str:
    """What becomes of a volume that is let go; empty where it may not be read. For many, all are listed once."""

    async def make() -> Mapping[str, Obj]:
        return {each["metadata"]["name"]: each for each in await try_list(read, VOLUMES) or ()}

    found: Obj | None
    if alone:
        found = await try_read(read, Request("GET", VOLUMES.path(name=volume)))
    else:
        found = (await read.once("volumes", make)).get(volume)
    policy: str = ((found or {}).get("spec") or {}).get("persistentVolumeReclaimPolicy", "")
    return policy


async def _look_for_users(read: Remembered, target: Target, found: Obj, alone: bool) -> Around:
    """Pods that need a Secret, a ConfigMap or a ServiceAccount: they run on, and cannot start again without it."""
    users = await _users(read, target)
    said = f"{target.key.label} is used by {name_some(users)}: they cannot start again without it"
    release = _release(found)
    return Around(remarks=(*((said,) if users else ()), *((release,) if release else ())))


def _release(found: Obj) -> str:
    """What a Secret in which Helm keeps a release is, or nothing."""
    if found.get("type") != "helm.sh/release.v1":
        return ""
    labels = found["metadata"].get("labels") or {}
    name, version = labels.get("name", ""), labels.get("version", "")
    return f"it is what Helm knows of version {version} of its release {name}: Helm cannot go back to that without it"


async def _look_at_node(read: Remembered, target: Target, found: Obj, alone: bool) -> Around:
    said = "only its record goes, and its pods with that: the machine runs on, and its kubelet may register it again"
    return Around(remarks=(f"{target.key.name}: {said}",))


_LOOKS: Mapping[tuple[str, str], Callable[[Remembered, Target, Obj, bool], Awaitable[Around]]] = {
    ("", "Namespace"): _look_into_namespace,
    ("", "Node"): _look_at_node,
    ("", "PersistentVolume"): _look_at_volume,
    ("", "PersistentVolumeClaim"): _look_at_claim,
    ("", "Secret"): _look_for_users,
    ("", "ConfigMap"): _look_for_users,
    ("", "ServiceAccount"): _look_for_users,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _look_at_definition,
}


# ── who uses it ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def _users(read: Remembered, target: Target) -> Sequence[str]:
    """The pods that name an object, as far as they have not ended."""

    async def make() -> Mapping[tuple[str, str], Sequence[str]]:
        found = defaultdict[tuple[str, str], list[str]](list)
        for pod in await try_list(read, PODS, target.key.namespace) or ():
            if (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed"):
                for named in {*_named(pod.get("spec") or {}), *_claims(pod)}:
                    found[named].append(f"pod {pod['metadata']['name']}")
        return found

    users = await read.once(("users", target.key.namespace), make)
    return users.get((target.resource.kind, target.key.name), ())


def _claims(pod: Obj) -> Iterator[tuple[str, str]]:
    """The claims that a pod mounts: those it names, and those made for its ephemeral volumes."""
    for volume in (pod.get("spec") or {}).get("volumes") or ():
        yield "PersistentVolumeClaim", (volume.get("persistentVolumeClaim") or {}).get("claimName", "")
        if volume.get("ephemeral"):
            yield "PersistentVolumeClaim", f"{pod['metadata']['name']}-{volume['name']}"


def _named(spec: Obj) -> Iterator[tuple[str, str]]:
    """The Secrets, ConfigMaps and the ServiceAccount that a pod names, by kind and name."""
    yield "ServiceAccount", spec.get("serviceAccountName", "")
    for each in spec.get("imagePullSecrets") or ():
        yield "Secret", each.get("name", "")
    for volume in spec.get("volumes") or ():
        for source in (volume, *((volume.get("projected") or {}).get("sources") or ())):
            secret = source.get("secret") or {}
            yield "Secret", secret.get("secretName") or secret.get("name", "")
            yield "ConfigMap", (source.get("configMap") or {}).get("name", "")
    for container in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ())):
        sources = [each.get("valueFrom") or {} for each in container.get("env") or ()]
        for source in (*sources, *(container.get("envFrom") or ())):
            yield "Secret", (source.get("secretKeyRef") or source.get("secretRef") or {}).get("name", "")
            yield "ConfigMap", (source.get("configMapKeyRef") or source.get("configMapRef") or {}).get("name", "")
