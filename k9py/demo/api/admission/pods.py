"""Admission of pods: ServiceAccount, Priority and DefaultTolerationSeconds."""

from __future__ import annotations

from typing import Any, NamedTuple

from k9py.demo.api.registry import Registry
from k9py.demo.core.status import forbidden
from k9py.demo.core.store import Change, Entry, Key, Obj

TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
TOLERATED = 300
"""Seconds that a pod stays on a node that is not ready or cannot be reached (default-not-ready-toleration-seconds)."""
_TAINTS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


class Account(NamedTuple):
    """What pods take from a service account."""

    automount: bool
    pull_secrets: tuple[str, ...]


class Accounts:
    """The service accounts, read once each."""

    def __init__(self, registry: Registry) -> None:
        self._store = registry.store
        self._known: dict[Key, tuple[Entry, Account]] = {}
        registry.store.listen("serviceaccounts", self._forget)

    def find(self, namespace: str, name: str) -> Account | None:
        """An account, None if there is none."""
        key = Key("serviceaccounts", namespace, name)
        known = self._known.get(key)
        if known:
            return known[1]
        entry = self._store.get(key)
        if entry is None:
            return None
        obj = entry.read()
        secrets = tuple(one["name"] for one in obj.get("imagePullSecrets") or ())
        found = Account(obj.get("automountServiceAccountToken", True), secrets)
        self._known[key] = (entry, found)
        return found

    def _forget(self, change: Change) -> None:
        self._known.pop(change.entry.key, None)


def admit_account(pod: Obj, registry: Registry) -> None:
    """Its service account, and the volume with the account's token. StatusError if there is no such account."""
    spec, namespace = pod["spec"], pod["metadata"].get("namespace", "")
    if "kubernetes.io/config.mirror" in (pod["metadata"].get("annotations") or {}):
        return
    name = spec.setdefault("serviceAccountName", "default")
    spec["serviceAccount"] = name
    account = _account(registry, namespace, name)
    if account is None:
        why = f'error looking up service account {namespace}/{name}: serviceaccount "{name}" not found'
        raise forbidden("", "pods", pod["metadata"]["name"], why)
    if spec.get("automountServiceAccountToken", account.automount):
        mount_token(spec, registry)
    if account.pull_secrets and not spec.get("imagePullSecrets"):
        spec["imagePullSecrets"] = [{"name": secret} for secret in account.pull_secrets]


def _account(registry: Registry, namespace: str, name: str) -> Account | None:
    """The real server waits for the default account of a new namespace: here it is made at once."""
    accounts = registry.part(Accounts)
    found = accounts.find(namespace, name)
    if found is None and name == "default":
        metadata = {"name": name, "namespace": namespace}
        registry.make("serviceaccounts", {"kind": "ServiceAccount", "apiVersion": "v1", "metadata": metadata})
        found = accounts.find(namespace, name)
    return found


def mount_token(spec: Obj, registry: Registry) -> None:
    """Mount the token into each container that has nothing there yet."""
    containers = [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]
    bare = [one for one in containers if not _mounted(one)]
    if not bare:
        return
    name = f"kube-api-access-{registry.suffix()}"
    spec["volumes"] = [*(spec.get("volumes") or ()), _token_volume(name)]
    for container in bare:
        mount = {"name": name, "readOnly": True, "mountPath": TOKEN_PATH}
        container["volumeMounts"] = [*(container.get("volumeMounts") or ()), mount]


def _mounted(container: Obj) -> bool:
    return any(mount.get("mountPath") == TOKEN_PATH for mount in container.get("volumeMounts") or ())


def _token_volume(name: str) -> dict[str, Any]:
    namespace = {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
    sources = [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [namespace]}},
    ]
    return {"name": name, "projected": {"sources": sources, "defaultMode": 420}}


class Priority(NamedTuple):
    """What pods take from a priority class."""

    name: str
    value: int
    preemption: str


class Priorities:
    """The priority classes."""

    def __init__(self, registry: Registry) -> None:
        self._by_name: dict[str, tuple[Priority, bool]] = {}
        registry.store.follow("priorityclasses.scheduling.k8s.io", self._learn)

    def find(self, name: str) -> Priority | None:
        """The class of that name; without a name the default one, if there is one."""
        if name:
            found = self._by_name.get(name)
            return found[0] if found else None
        defaults = [priority for priority, default in self._by_name.values() if default]
        return min(defaults, key=lambda one: one.value) if defaults else None

    def _learn(self, change: Change) -> None:
        name = change.entry.key.name
        if change.type == "DELETED":
            self._by_name.pop(name, None)
            return
        obj = change.entry.read()
        preemption = obj.get("preemptionPolicy", "PreemptLowerPriority")
        self._by_name[name] = (Priority(name, obj.get("value", 0), preemption), obj.get("globalDefault", False))


def admit_priority(pod: Obj, registry: Registry) -> None:
    """The number behind its priority class. StatusError if there is none, or if the pod says another number."""
    spec = pod["spec"]
    wanted = spec.get("priorityClassName", "")
    found = registry.part(Priorities).find(wanted)
    if found is None and wanted:
        raise forbidden("", "pods", pod["metadata"]["name"], f"no PriorityClass with name {wanted} was found")
    value, preemption = (found.value, found.preemption) if found else (0, "PreemptLowerPriority")
    if found and not wanted:
        spec["priorityClassName"] = found.name
    if spec.get("priority", value) != value:
        why = (
            f"the integer value of priority ({spec['priority']}) must not be provided in pod spec; "
            f"priority admission controller computed {value} from the given PriorityClass name"
        )
        raise forbidden("", "pods", pod["metadata"]["name"], why)
    spec["priority"] = value
    spec.setdefault("preemptionPolicy", preemption)


def admit_tolerations(spec: Obj) -> None:
    """It stays a while on a node that is gone."""
    tolerations = spec.get("tolerations") or []
    added = [_toleration(key) for key in _TAINTS if not any(_tolerates(one, key) for one in tolerations)]
    if added:
        spec["tolerations"] = [*tolerations, *added]


def _toleration(key: str) -> dict[str, Any]:
    return {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": TOLERATED}


def _tolerates(toleration: Obj, key: str) -> bool:
    return toleration.get("key", "") in (key, "") and toleration.get("effect", "") in ("NoExecute", "")
