"""A release of Helm, as Helm 3 and 4 keep it: a Secret whose content is JSON, gzipped, in base64 twice."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from k9py.demo.core.store import Obj
from k9py.demo.world.building import made

VALUES = {"replicas": 1, "adminUser": "admin", "dashboards": {"shop": True, "결제": True}}

CHART = {
    "metadata": {
        "name": "grafana",
        "version": "10.3.0",
        "appVersion": "12.3.0",
        "apiVersion": "v2",
        "description": "The leading tool for querying and visualizing time series and metrics.",
        "type": "application",
    },
    "lock": None,
    "templates": [
        {"name": "templates/deployment.yaml", "data": b64encode(b"# {{ .Values.replicas }} replicas\n").decode()}
    ],
    "values": {"replicas": 1, "adminUser": "admin", "persistence": {"enabled": False}},
    "schema": None,
    "files": [],
}

MANIFEST = """---
# Source: grafana/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: grafana
  namespace: monitoring
---
# Source: grafana/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: grafana
  namespace: monitoring
"""


def releases(stamps: tuple[str, str], seconds: tuple[int, int]) -> Iterator[Obj]:
    """Two revisions: installed, then upgraded. Times as RFC 3339 and as seconds since the epoch."""
    for number, (stamp, modified) in enumerate(zip(stamps, seconds, strict=True), 1):
        status = ("superseded", "deployed")[number - 1]
        text = ("Install complete", "Upgrade complete")[number - 1]
        info = {
            "first_deployed": stamps[0],
            "last_deployed": stamp,
            "deleted": "",
            "description": text,
            "status": status,
        }
        release = {
            "name": "grafana",
            "info": info | {"notes": "1. 어서 오세요: open http://grafana.monitoring:3000\n"},
            "chart": CHART,
            "config": VALUES,
            "manifest": MANIFEST,
            "version": number,
            "namespace": "monitoring",
        }
        labels = {
            "modifiedAt": str(modified),
            "name": "grafana",
            "owner": "helm",
            "status": status,
            "version": str(number),
        }
        secret = made(
            "v1",
            "Secret",
            f"sh.helm.release.v1.grafana.v{number}",
            "monitoring",
            labels=labels,
            type="helm.sh/release.v1",
            data={"release": packed(release)},
        )
        secret["metadata"]["creationTimestamp"] = stamp
        yield secret


def packed(release: dict[str, Any]) -> str:
    """As it stands in the Secret's data: Helm's own base64 inside that of the API."""
    raw = gzip.compress(json.dumps(release).encode(), mtime=0)
    return b64encode(b64encode(raw)).decode()
