"""Builders of objects as an API server tells them, for the tests of what is known of a cluster."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from k9py.kinds.registry import decoder, kind_for
from k9py.kinds.wellknown import PODS
from k9py.store.collection import Collection
from k9py.values.batch import Batch
from k9py.values.resource import Resource


def raw(obj: Any) -> msgspec.Raw:
    """An object as it stands in a batch."""
    return msgspec.Raw(json.dumps(obj).encode())


def pod(
    name: str, namespace: str = "shop", *, version: int = 1, node: str = "worker-a", **status: Any
) -> dict[str, Any]:
    """A pod that runs, unless its status says otherwise."""
    ready = [{"name": "app", "ready": True, "restartCount": 0, "state": {"running": {}}}]
    return {
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": f"uid-{namespace}-{name}",
            "resourceVersion": str(version),
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": {"app": name.partition("-")[0]},
        },
        "spec": {"nodeName": node, "containers": [{"name": "app"}]},
        "status": {"phase": "Running", "containerStatuses": ready, **status},
    }


def changes(*objects: Any, deleted: bool = False) -> Batch:
    """A batch of a watch."""
    return Batch([(deleted, raw(obj)) for obj in objects])


def listing(*objects: Any) -> Batch:
    """A whole list in one batch."""
    return Batch([(False, raw(obj)) for obj in objects], begins_list=True, ends_list=True)


def collect(*objects: Any, resource: Resource = PODS, context: str = "prod") -> Collection:
    """A collection that has been told these objects."""
    kind = kind_for(resource)
    collection = Collection(context, resource, decoder(kind), kind.keep_whole)
    collection.apply(listing(*objects))
    return collection
