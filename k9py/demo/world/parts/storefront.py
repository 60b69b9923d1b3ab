"""The namespace shop: what customers use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k9py.demo.core.store import Obj
from k9py.demo.world.building import (
    APP,
    container,
    deployment,
    from_config,
    from_field,
    from_secret,
    http_probe,
    made,
    service,
)

SHOP = "shop"
HTTP = {"http": 8080}
DOOR = "203.0.113.10"
"""The address from which customers come in."""
CALM = {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}}
"""A rollout that never has fewer pods than it should."""


def settings() -> Iterator[Obj]:
    """ConfigMaps and Secrets."""
    yield made(
        "v1",
        "ConfigMap",
        "shop",
        SHOP,
        data={
            "PAYMENTS_URL": "http://payments-api.payments:8080",
            "REDIS_URL": "redis://redis.data:6379/0",
            "greeting.txt": "어서 오세요! Welcome! 👋\n",
            "features.yaml": "express-checkout: true\ngift-wrap: false\n추천: true\n",
        },
    )
    conf = "events {}\nhttp {\n  server { listen 8080; location / { proxy_pass http://storefront; } }\n}\n"
    yield made("v1", "ConfigMap", "gateway", SHOP, data={"nginx.conf": conf}, immutable=True)
    yield made(
        "v1", "Secret", "database", SHOP, type="Opaque", data={"username": "c2hvcA==", "password": "a2ltY2hpLTQy"}
    )
    yield made(
        "v1",
        "Secret",
        "operator",
        SHOP,
        type="kubernetes.io/basic-auth",
        data={"username": "b3BlcmF0b3I=", "password": "bm90LXNlY3JldA=="},
    )
    pem = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCm5vdCBhIHJlYWwgb25lCi0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K"
    yield made("v1", "Secret", "www-tls", SHOP, type="kubernetes.io/tls", data={"tls.crt": pem, "tls.key": pem})
    pull = "eyJhdXRocyI6eyJyZWdpc3RyeS5leGFtcGxlLmNvbSI6eyJhdXRoIjoiYzJodmNEcHdkV3hzIn19fQ=="
    yield made(
        "v1", "Secret", "registry", SHOP, type="kubernetes.io/dockerconfigjson", data={".dockerconfigjson": pull}
    )


def _app(name: str, version: str, cpu: str, memory: str, replicas: int, **fields: Any) -> Iterator[Obj]:
    """A Deployment of one container that answers HTTP, and its Service. It keeps few of its old versions."""
    main = container(
        name,
        f"shop/{name}:{version}",
        cpu,
        memory,
        most_memory=fields.pop("most_memory", ""),
        ports=HTTP,
        env={"POD_NAME": from_field("metadata.name"), **fields.pop("env", {})},
        readinessProbe=http_probe("/readyz", periodSeconds=5, failureThreshold=2),
        livenessProbe=http_probe("/livez", initialDelaySeconds=5),
    )
    spec = {"revisionHistoryLimit": 3, **fields.pop("spec", {})}
    yield deployment(SHOP, name, main, replicas=replicas, spec=spec, **fields)
    yield service(SHOP, name, HTTP)


def gateway() -> Iterator[Obj]:
    """nginx, with a container beside it that looks after its certificate."""
    mounts = [{"name": "conf", "mountPath": "/etc/nginx", "readOnly": True}, {"name": "tls", "mountPath": "/etc/tls"}]
    nginx = container(
        "nginx",
        "shop/gateway:1.29.4",
        "100m",
        "64Mi",
        "1",
        "256Mi",
        HTTP,
        volumeMounts=mounts,
        readinessProbe=http_probe("/healthz", periodSeconds=5),
        livenessProbe=http_probe("/healthz"),
        lifecycle={"preStop": {"sleep": {"seconds": 5}}},
    )
    reloader = container("tls-reloader", "shop/tls-reloader:0.3.1", "5m", "16Mi", volumeMounts=mounts[1:])
    volumes = [{"name": "conf", "configMap": {"name": "gateway"}}, {"name": "tls", "secret": {"secretName": "www-tls"}}]
    spread = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {APP: "gateway"}},
    }
    pod = {
        "volumes": volumes,
        "priorityClassName": "shop-critical",
        "topologySpreadConstraints": [spread],
        "annotations": {
            "kubectl.kubernetes.io/default-container": "nginx",
            "example.com/owner": "스토어프론트 팀 🧑‍🍳 (storefront team)",
        },
    }
    yield deployment(SHOP, "gateway", nginx, reloader, replicas=3, pod=pod, spec=CALM)
    door = service(SHOP, "gateway", HTTP, type="LoadBalancer")
    yield door | {"status": {"loadBalancer": {"ingress": [{"ip": DOOR}]}}}


def checkout(name: str = "checkout", version: str = "7.1.3", replicas: int = 3) -> Obj:
    """Waits for the database and brings its schema up to date before it starts."""
    main = container(
        "checkout",
        f"shop/checkout:{version}",
        "300m",
        "448Mi",
        "2",
        "768Mi",
        HTTP,
        {
            "PAYMENTS_URL": from_config("shop", "PAYMENTS_URL"),
            "DB_PASSWORD": from_secret("database", "password"),
            "JAVA_TOOL_OPTIONS": "-XX:MaxRAMPercentage=70",
            "TZ": "Asia/Seoul",
        },
        readinessProbe=http_probe("/readyz", periodSeconds=5, initialDelaySeconds=3),
        livenessProbe=http_probe("/livez", initialDelaySeconds=20),
        startupProbe=http_probe("/livez", periodSeconds=2, failureThreshold=30),
    )
    waits = container("wait-for-postgres", "shop/wait:1", "5m", "8Mi", args=["postgres-rw.data:5432"])
    migrates = container("migrate", "shop/flyway:11.8", "100m", "128Mi", args=["migrate"])
    pod = {
        "initContainers": [waits, migrates],
        "priorityClassName": "shop-critical",
        "serviceAccountName": "checkout",
        "imagePullSecrets": [{"name": "registry"}],
    }
    found = deployment(SHOP, name, main, replicas=replicas, pod=pod, pod_labels={"role": "checkout"})
    if name != "checkout":
        found["metadata"]["annotations"] = {
            "kubernetes.io/description": "비상용: the last good version, kept at zero. Scale it up when checkout fails."
        }
    return found


def buying() -> Iterator[Obj]:
    """From the cart to the parcel."""
    yield from _app(
        "cart", "4.2.1", "150m", "128Mi", 3, most_memory="192Mi", env={"REDIS_URL": from_config("shop", "REDIS_URL")}
    )
    yield checkout()
    yield checkout("checkout-fallback", "7.1.2", 0)
    yield service(SHOP, "checkout", HTTP, selector={"role": "checkout"})
    worker = container("worker", "shop/orders-worker:1.5.0", "100m", "96Mi", ports={"metrics": 9100})
    vault = container("vault-agent", "shop/vault-agent:1.19.0", "10m", "32Mi", restartPolicy="Always")
    yield deployment(SHOP, "orders-worker", worker, replicas=2, pod={"initContainers": [vault]})
    yield deployment(SHOP, "notifications", container("notifications", "shop/notifications:1.1.0", "50m", "64Mi"))
    wrong = {"PAYMENTS_URL": "http://payments-gateway.payments:8080"}
    refunds = container(
        "refunds",
        "shop/refunds:1.2.0",
        "100m",
        "256Mi",
        most_memory="512Mi",
        ports=HTTP,
        env=wrong,
        livenessProbe=http_probe("/livez", initialDelaySeconds=10),
    )
    yield deployment(SHOP, "refunds", refunds)
    yield service(SHOP, "refunds", HTTP)


def looking() -> Iterator[Obj]:
    """What customers look at."""
    yield from _app(
        "storefront", "3.11.2", "200m", "192Mi", 3, most_memory="512Mi", spec=CALM | {"minReadySeconds": 15}
    )
    yield from _app("catalog", "2.9.0", "100m", "96Mi", 2)
    yield from _app("search", "1.8.4", "200m", "288Mi", 3, most_memory="640Mi")
    yield from _app("reviews", "0.6.1", "50m", "64Mi", 2, env={"CACHE_URL": "redis://reviews-cache:6379"})
    yield from _app("recommendations", "0.9.2", "100m", "224Mi", 2, most_memory="384Mi", spec=CALM)


def unfortunate() -> Iterator[Obj]:
    """What never came to run: no such image, no node so large."""
    preview = container("storefront", "shop/storefront:3.12.0-rc1", "100m", "128Mi", ports=HTTP)
    yield deployment(SHOP, "storefront-preview", preview)
    resizer = container("resizer", "shop/image-resizer:2.0.0", "24", "2Gi")
    yield deployment(SHOP, "image-resizer", resizer, pod={"priorityClassName": "batch"})


def scalers() -> Iterator[Obj]:
    """Those that follow the load."""
    yield _scaler("search", 2, 8, 70)
    yield _scaler("storefront", 3, 6, 80)


def reaching() -> Iterator[Obj]:
    """Ingresses, network policies, budgets."""
    yield made(
        "networking.k8s.io/v1",
        "IngressClass",
        "nginx",
        spec={"controller": "k8s.io/ingress-nginx"},
        annotations={"ingressclass.kubernetes.io/is-default-class": "true"},
    )
    backend = {"service": {"name": "gateway", "port": {"name": "http"}}}
    rules = [
        {"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
        for host in ("shop.example.com", "www.shop.example.com")
    ]
    tls = [{"hosts": ["shop.example.com", "www.shop.example.com"], "secretName": "www-tls"}]
    yield made(
        "networking.k8s.io/v1",
        "Ingress",
        "www",
        SHOP,
        spec={"ingressClassName": "nginx", "rules": rules, "tls": tls},
        status={"loadBalancer": {"ingress": [{"ip": DOOR}]}},
    )
    yield made(
        "policy/v1",
        "PodDisruptionBudget",
        "gateway",
        SHOP,
        spec={"minAvailable": 2, "selector": {"matchLabels": {APP: "gateway"}}},
    )
    yield made(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "default-deny",
        SHOP,
        spec={"podSelector": {}, "policyTypes": ["Ingress"]},
    )
    yield made(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "within-shop",
        SHOP,
        spec={"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"from": [{"podSelector": {}}]}]},
    )


def _scaler(name: str, least: int, most: int, target: int) -> Obj:
    """A HorizontalPodAutoscaler by cpu that calms down within a minute, so that it can be seen to act."""
    metric = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": target}}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
        "minReplicas": least,
        "maxReplicas": most,
        "metrics": [{"type": "Resource", "resource": metric}],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 45}},
    }
    return made("autoscaling/v2", "HorizontalPodAutoscaler", name, SHOP, spec=spec)
