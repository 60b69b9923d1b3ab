"""What all else stands on: namespaces, priorities, storage, quotas."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.core.store import Obj
from k9py.demo.world.building import made

TEAMS = {
    "shop": ("storefront", "고객이 보는 모든 것 🛒"),
    "payments": ("payments", "결제: handle with care"),
    "data": ("platform", "databases, backups"),
    "monitoring": ("platform", "metrics and logs"),
    "ci": ("platform", "builds and deploys"),
}
"""Namespaces: whose they are, and what for."""


def namespaces() -> Iterator[Obj]:
    """Those of the shop."""
    for name, (team, purpose) in TEAMS.items():
        annotations = {"example.com/purpose": purpose}
        labels = {"team": team, "pod-security.kubernetes.io/warn": "baseline"}
        yield made("v1", "Namespace", name, labels=labels, annotations=annotations)


def classes() -> Iterator[Obj]:
    """Priorities, and storage."""
    priority = "scheduling.k8s.io/v1"
    yield made(priority, "PriorityClass", "shop-critical", value=100_000, description="없으면 주문이 안 됩니다")
    yield made(priority, "PriorityClass", "shop-default", value=1_000, globalDefault=True, description="all the rest")
    yield made(
        priority, "PriorityClass", "batch", value=-10, preemptionPolicy="Never", description="may wait: backups, builds"
    )
    for name, default in (("fast", "true"), ("slow", "false")):
        yield made(
            "storage.k8s.io/v1",
            "StorageClass",
            name,
            annotations={"storageclass.kubernetes.io/is-default-class": default},
            provisioner="disk.csi.example.com",
            parameters={"type": "ssd" if name == "fast" else "hdd"},
            reclaimPolicy="Delete" if name == "fast" else "Retain",
            volumeBindingMode="WaitForFirstConsumer",
            allowVolumeExpansion=True,
        )
    yield made(
        "storage.k8s.io/v1", "CSIDriver", "disk.csi.example.com", spec={"attachRequired": True, "podInfoOnMount": False}
    )


def limits() -> Iterator[Obj]:
    """Quotas and limit ranges."""
    hard = {"requests.cpu": "40", "requests.memory": "40Gi", "pods": "80", "services.loadbalancers": "1"}
    yield made("v1", "ResourceQuota", "shop", "shop", spec={"hard": hard})
    yield made("v1", "ResourceQuota", "builds", "ci", spec={"hard": {"count/jobs.batch": "12", "pods": "10"}})
    defaults = {
        "type": "Container",
        "default": {"cpu": "500m", "memory": "512Mi"},
        "defaultRequest": {"cpu": "50m", "memory": "64Mi"},
        "max": {"cpu": "4", "memory": "4Gi"},
    }
    yield made("v1", "LimitRange", "containers", "ci", spec={"limits": [defaults]})
    yield made("v1", "LimitRange", "containers", "payments", spec={"limits": [defaults]})


def foundations() -> Iterator[Obj]:
    """All of it, in order."""
    yield from namespaces()
    yield from classes()
    yield from limits()
