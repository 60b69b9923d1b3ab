"""Kinds of the shop's own: certificates and backups, with instances; and a namespace that cannot end."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.core.store import Obj
from k9py.demo.world.building import made

GROUP = "shop.example.com"
FINALIZER = f"{GROUP}/archive-cleanup"
"""The operator takes it off when the archive is gone; it never is."""


def definitions() -> Iterator[Obj]:
    """The CustomResourceDefinitions."""
    text, number = {"type": "string"}, {"type": "integer"}
    names = {"type": "array", "items": text, "minItems": 1}
    yield _definition(
        "Certificate",
        "certificates",
        ["cert"],
        {"dnsNames": names, "secretName": text, "renewBeforeDays": {**number, "minimum": 1, "default": 30}},
        ["dnsNames", "secretName"],
        [
            ("Ready", "string", '.status.conditions[?(@.type=="Ready")].status', 0),
            ("Secret", "string", ".spec.secretName", 0),
            ("Not After", "string", ".status.notAfter", 1),
            ("Age", "date", ".metadata.creationTimestamp", 0),
        ],
    )
    yield _definition(
        "ShopBackup",
        "shopbackups",
        ["sb"],
        {"source": text, "target": text, "keep": {**number, "minimum": 1, "maximum": 365}},
        ["source", "target"],
        [
            ("Source", "string", ".spec.source", 0),
            ("Phase", "string", ".status.phase", 0),
            ("Size", "string", ".status.size", 0),
            ("Keep", "integer", ".spec.keep", 1),
            ("Age", "date", ".metadata.creationTimestamp", 0),
        ],
    )


def _definition(
    kind: str, plural: str, short: list[str], spec: Obj, required: list[str], columns: list[tuple[str, str, str, int]]
) -> Obj:
    schema = {
        "type": "object",
        "properties": {
            "spec": {"type": "object", "properties": spec, "required": required},
            "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        },
    }
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
        "additionalPrinterColumns": [
            {"name": name, "type": kind, "jsonPath": path, "priority": priority}
            for name, kind, path, priority in columns
        ],
    }
    names = {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower(), "shortNames": short}
    return made(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        f"{plural}.{GROUP}",
        spec={"group": GROUP, "scope": "Namespaced", "names": names, "versions": [version]},
    )


def instances(stamp: str, expires: str) -> Iterator[Obj]:
    """Some are well, some are not. `stamp` is when they came to be so."""
    ready = _condition("Ready", "True", "Issued", "certificate is valid and fresh", stamp)
    yield _certificate("www", ["shop.example.com", "www.shop.example.com"], [ready], expires)
    failed = _condition(
        "Ready", "False", "ChallengeFailed", "DNS 인증 실패: no TXT record for _acme-challenge.api", stamp
    )
    yield _certificate("api", ["api.shop.example.com"], [failed], "")
    for name, source, phase, size in (
        ("orders-nightly", "postgres/orders", "Complete", "218Mi"),
        ("media-weekly", "bucket/media", "Running", "31Gi"),
    ):
        yield made(
            f"{GROUP}/v1",
            "ShopBackup",
            name,
            "data",
            spec={"source": source, "target": f"s3://shop-backups/{name}", "keep": 14},
            status={
                "phase": phase,
                "size": size,
                "conditions": [_condition("Healthy", "True", "AsExpected", "", stamp)],
            },
        )


def leftover() -> Iterator[Obj]:
    """A namespace, and in it what its operator never finishes to clean up."""
    yield made(
        "v1", "Namespace", "legacy", labels={"team": "nobody"}, annotations={"example.com/purpose": "옛날 가게 👻"}
    )
    yield made("v1", "ConfigMap", "prices-2019", "legacy", data={"kimchi": "4900"})
    yield made(
        f"{GROUP}/v1",
        "ShopBackup",
        "archive-2019",
        "legacy",
        finalizers=[FINALIZER],
        spec={"source": "bucket/archive-2019", "target": "s3://gone", "keep": 1},
        status={"phase": "Failed", "size": "0"},
    )


def _certificate(name: str, hosts: list[str], conditions: list[Obj], expires: str) -> Obj:
    return made(
        f"{GROUP}/v1",
        "Certificate",
        name,
        "shop",
        spec={"dnsNames": hosts, "secretName": f"{name}-tls", "renewBeforeDays": 30},
        status={"conditions": conditions, "observedGeneration": 1} | ({"notAfter": expires} if expires else {}),
    )


def _condition(kind: str, status: str, reason: str, message: str, stamp: str) -> Obj:
    return {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": stamp}
