"""The volumes of a pod, as its containers see them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj
from k9py.demo.node.files import Files, Folder, Link, LiveFolder, Mount, Node, Plain, Volume
from k9py.demo.node.filling import Disk, Filling, claim_of

if TYPE_CHECKING:
    from k9py.demo.node.program import Process

_NODES = Disk(8 * 2**30, 8 * 2**30 // 10)
"""The node's own."""
_CA = (
    "-----BEGIN CERTIFICATE-----\nMIIDBTCCAe2gAwIBAgIIb6Zq4jR0c3QwDQYJKoZIhvcNAQELBQAwFTETMBEGA1UE\n"
    "AxMKa3ViZXJuZXRlczAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMBUx\n-----END CERTIFICATE-----\n"
)


class Mounted(NamedTuple):
    """A volume in a container: where, what, the type of its file system, whether it can only be read, how large."""

    path: str
    node: Node
    type: str
    read_only: bool
    disk: Disk


def mounted(
    cluster: Cluster, pod: Obj, container: Obj, ip: str, shared: dict[str, Volume] | None = None
) -> Iterator[Mounted]:
    """What a container mounts. `shared` has the volumes that the pod's containers have in common, by name."""
    volumes = {volume["name"]: volume for volume in pod["spec"].get("volumes", ())}
    kept: dict[str, Volume] = {} if shared is None else shared
    for wanted in container.get("volumeMounts", ()):
        volume = volumes.get(wanted["name"])
        if volume is None:
            continue
        namespace = pod["metadata"]["namespace"]
        node, kind = _volume(cluster, namespace, pod, volume, kept)
        read_only = bool(wanted.get("readOnly")) or isinstance(node, LiveFolder)
        sub = wanted.get("subPath", "").strip("/")
        if sub:
            node = _below(node, sub, cluster.clock.now)
        if read_only and isinstance(node, Folder) and not node.read_only:
            node = LiveFolder(mode=node.mode, time=node.time, read_only=True, source=node.entries)
        yield Mounted("/" + wanted["mountPath"].strip("/"), node, kind, read_only, _disk(cluster, pod, volume))


def mount_all(files: Files, process: Process, pod: Obj, shared: dict[str, Volume]) -> None:
    """Mount what a container of a pod asks for."""
    for one in mounted(process.cluster, pod, process.container, process.ip, shared):
        own = "/dev/vda1" if one.disk is _NODES else "/dev/vdb"
        device = "tmpfs" if one.type == "tmpfs" else own
        options = ("ro" if one.read_only else "rw") + ",relatime"
        files.mount(one.path, one.node, Mount(device, one.path, one.type, options, *one.disk))


def _disk(cluster: Cluster, pod: Obj, volume: Obj) -> Disk:
    """What df says of a volume: of a claim's that it is a disk of its own."""
    claim = claim_of(pod, volume)
    found = cluster.registry.part(Filling).find(pod["metadata"]["namespace"], claim) if claim else None
    return found or _NODES


def _volume(cluster: Cluster, namespace: str, pod: Obj, volume: Obj, shared: dict[str, Volume]) -> tuple[Node, str]:
    for name, make in _LIVE.items():
        if name in volume:
            read = make(cluster, namespace, pod, volume[name])
            return _live(read, cluster.clock.now), "tmpfs" if name in ("secret", "projected") else "ext4"
    found = shared.setdefault(volume["name"], Volume(time=cluster.clock.now))
    memory = (volume.get("emptyDir") or {}).get("medium") == "Memory"
    return found, "tmpfs" if memory else "ext4"


def _below(node: Node, path: str, now: float) -> Node:
    """A part of a volume; made if it is not there."""
    for part in path.split("/"):
        if not isinstance(node, Folder):
            break
        found = node.entries().get(part)
        if isinstance(found, Link):
            data = node.entries().get("..data")
            target = node.entries().get(data.target) if isinstance(data, Link) else None
            found = target.entries().get(part) if isinstance(target, Folder) else None
        if found is None:
            found = node.own.setdefault(part, Volume(time=now))
        node = found
    return node


Read = Callable[[], dict[str, bytes]]


def _live(read: Read, now: float) -> Folder:
    """A folder as the kubelet's atomic writer makes it: `..data` points to a folder that is replaced as a whole."""
    stamp = datetime.fromtimestamp(now, UTC).strftime("..%Y_%m_%d_%H_%M_%S.") + str(int(now * 1e9) % 4_000_000_000)

    def entries() -> dict[str, Node]:
        folder = Folder(time=now)
        found: dict[str, Node] = {stamp: folder, "..data": Link(mode=0o777, time=now, target=stamp)}
        for path, data in read().items():
            *above, name = path.split("/")
            place = folder
            for part in above:
                inner = place.own.setdefault(part, Folder(time=now))
                assert isinstance(inner, Folder)
                place = inner
            place.own[name] = Plain(data=data, time=now)
            found[path.split("/")[0]] = Link(mode=0o777, time=now, target=f"..data/{path.split('/')[0]}")
        return found

    return LiveFolder(mode=0o777, time=now, read_only=True, source=entries)


def _chosen(data: Mapping[str, bytes], items: list[Obj] | None) -> dict[str, bytes]:
    if not items:
        return dict(data)
    return {item["path"]: data[item["key"]] for item in items if item["key"] in data}


def _config_map(cluster: Cluster, namespace: str, pod: Obj, source: Obj) -> Read:
    def read() -> dict[str, bytes]:
        found = cluster.registry.read("configmaps", namespace, source.get("name", "")) or {}
        data = {key: text.encode() for key, text in (found.get("data") or {}).items()}
        data |= {key: base64.b64decode(text) for key, text in (found.get("binaryData") or {}).items()}
        return _chosen(data, source.get("items"))

    return read


def _secret(cluster: Cluster, namespace: str, pod: Obj, source: Obj) -> Read:
    def read() -> dict[str, bytes]:
        name = source.get("secretName") or source.get("name", "")
        found = cluster.registry.read("secrets", namespace, name) or {}
        data = {key: base64.b64decode(text) for key, text in (found.get("data") or {}).items()}
        return _chosen(data, source.get("items"))

    return read


def _token(cluster: Cluster, namespace: str, pod: Obj, source: Obj) -> Read:
    """A service account's token. It is not one that the server takes: nothing in a container can reach it."""
    account = pod["spec"].get("serviceAccountName", "default")
    head = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"demo"}').rstrip(b"=")
    body = f'{{"iss":"https://kubernetes.default.svc","sub":"system:serviceaccount:{namespace}:{account}"}}'
    token = head + b"." + base64.urlsafe_b64encode(body.encode()).rstrip(b"=") + b".ZGVtbw"
    return lambda: {source.get("path", "token"): token}


def _downward(cluster: Cluster, namespace: str, pod: Obj, source: Obj) -> Read:
    def read() -> dict[str, bytes]:
        now = cluster.registry.read("pods", namespace, pod["metadata"]["name"]) or pod
        return {item["path"]: _field(now, item).encode() for item in source.get("items", ())}

    return read


def _field(pod: Obj, item: Obj) -> str:
    path = (item.get("fieldRef") or {}).get("fieldPath", "")
    found: Any = pod
    name, _, key = path.partition("['")
    for part in name.split("."):
        found = found.get(part, {}) if isinstance(found, dict) else {}
    if key:
        found = found.get(key.rstrip("']"), "") if isinstance(found, dict) else ""
    if isinstance(found, dict):
        return "\n".join(f'{label}="{value}"' for label, value in sorted(found.items()))
    return str(found)


def _projected(cluster: Cluster, namespace: str, pod: Obj, source: Obj) -> Read:
    parts = [_projection(cluster, namespace, pod, one) for one in source.get("sources", ())]

    def read() -> dict[str, bytes]:
        return {path: data for part in parts for path, data in part().items()}

    return read


def _projection(cluster: Cluster, namespace: str, pod: Obj, source: Obj) -> Read:
    for name, make in (("serviceAccountToken", _token), *_LIVE.items()):
        if name in source:
            read = make(cluster, namespace, pod, source[name])
            if (source[name] or {}).get("name") == "kube-root-ca.crt":
                return lambda: read() or {"ca.crt": _CA.encode()}
            return read
    return dict


_LIVE: Mapping[str, Callable[[Cluster, str, Obj, Obj], Read]] = {
    "configMap": _config_map,
    "secret": _secret,
    "downwardAPI": _downward,
    "projected": _projected,
}
