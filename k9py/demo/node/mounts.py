"""Whether the volumes of a pod can be mounted. What they hold is laid out in shell/mounting.py."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Key, Obj
from k9py.demo.node.environment import ConfigError, read_data


def missing(cluster: Cluster, pod: Obj) -> list[str]:
    """What keeps the pod from starting, volume by volume, as its FailedMount events say it."""
    return [text for volume in pod["spec"].get("volumes", ()) for text in _problems(cluster, pod, volume)]


def _problems(cluster: Cluster, pod: Obj, volume: Obj) -> Iterator[str]:
    wrong = []
    for part in (volume, *volume.get("projected", {}).get("sources", ())):
        for field, collection in (("configMap", "configmaps"), ("secret", "secrets")):
            try:
                if field in part:
                    _check(cluster, collection, pod["metadata"]["namespace"], part[field])
            except ConfigError as error:
                wrong.append(str(error))
    if wrong:
        text = wrong[0] if len(wrong) == 1 else f"[{', '.join(wrong)}]"
        yield f'MountVolume.SetUp failed for volume "{volume["name"]}" : {text}'
    if "persistentVolumeClaim" in volume:
        yield from _claim(cluster, pod, volume["persistentVolumeClaim"]["claimName"])
    elif "ephemeral" in volume:
        yield from _claim(cluster, pod, f"{pod['metadata']['name']}-{volume['name']}")


def _check(cluster: Cluster, collection: str, namespace: str, source: Obj) -> None:
    data = read_data(cluster, collection, namespace, source)
    absent = [item["key"] for item in source.get("items", ()) if item["key"] not in data]
    if absent and not source.get("optional"):
        raise ConfigError(f"references non-existent config key: {absent[0]}")


def _claim(cluster: Cluster, pod: Obj, name: str) -> Iterator[str]:
    """A claim that is bound can be mounted."""
    namespace = pod["metadata"]["namespace"]
    claim = cluster.store.get(Key("persistentvolumeclaims", namespace, name))
    if claim is None:
        why = f'failed to get PVC {namespace}/{name}: persistentvolumeclaim "{name}" not found'
    elif claim.read().get("status", {}).get("phase") != "Bound":
        why = f"PVC {namespace}/{name} is not bound"
    else:
        return
    claims = [one["name"] for one in pod["spec"]["volumes"] if "persistentVolumeClaim" in one or "ephemeral" in one]
    listed = f"[{' '.join(claims)}]"
    yield (
        f"Unable to attach or mount volumes: unmounted volumes={listed}, unattached volumes={listed}, "
        f"failed to process volumes={listed}: error processing PVC {why}"
    )
