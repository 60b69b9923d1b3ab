"""The namespaces payments, data, monitoring and ci."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.core.store import Obj
from k9py.demo.world.building import (
    APP,
    claim,
    container,
    cron_job,
    daemon_set,
    deployment,
    from_field,
    from_secret,
    headless,
    http_probe,
    made,
    service,
    stateful_set,
)

HTTP = {"http": 8080}
POOL = "example.com/pool"
"""The label of the shop's own nodes."""
EVERYWHERE = {
    "tolerations": [{"operator": "Exists"}],
    "priorityClassName": "system-node-critical",
    "nodeSelector": {POOL: "shop"},
}
"""What runs on every node of the shop, and is not evicted."""


def payments() -> Iterator[Obj]:
    """Two that may go, and one that may not."""
    yield made("v1", "Secret", "bank", "payments", type="Opaque", data={"api-key": "c2FuZGJveC1rZXktMDAwMA=="})
    api = container(
        "api",
        "payments/api:5.0.2",
        "200m",
        "192Mi",
        "1",
        "384Mi",
        {"api": 8080},
        {"BANK_KEY": from_secret("bank", "api-key")},
        readinessProbe=http_probe("/readyz", "api", periodSeconds=5),
        livenessProbe=http_probe("/livez", "api", initialDelaySeconds=5),
    )
    yield deployment("payments", "payments-api", api, replicas=2, pod={"priorityClassName": "shop-critical"})
    yield service("payments", "payments-api", {"api": 8080})
    ledger = container("ledger", "payments/ledger:2.7.0", "100m", "128Mi", "500m", "256Mi", HTTP)
    yield deployment("payments", "ledger", ledger, spec={"strategy": {"type": "Recreate"}})
    yield service("payments", "ledger", HTTP)
    only = {"minAvailable": 1, "selector": {"matchLabels": {APP: "ledger"}}}
    note = {"kubernetes.io/description": "There is one ledger: 하나뿐이니 옮기지 마세요"}
    yield made("policy/v1", "PodDisruptionBudget", "ledger", "payments", annotations=note, spec=only)
    peers = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}}]
    yield made(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "from-shop",
        "payments",
        spec={"podSelector": {}, "ingress": [{"from": peers, "ports": [{"port": 8080}]}], "policyTypes": ["Ingress"]},
    )


def databases() -> Iterator[Obj]:
    """Postgres and Redis, with volumes."""
    sql, keys = {"postgres": 5432}, {"redis": 6379}
    yield made("v1", "Secret", "postgres", "data", type="Opaque", data={"password": "dGlnZXItYmFsbQ=="})
    yield headless("data", "postgres", sql)
    yield service("data", "postgres-rw", sql, "postgres")
    yield headless("data", "redis", keys)
    yield service("data", "redis", keys)
    postgres = container(
        "postgres",
        "postgres:18.1-alpine",
        "500m",
        "1Gi",
        "2",
        "2Gi",
        sql,
        {"POSTGRES_PASSWORD": from_secret("postgres", "password"), "PGDATA": "/var/lib/postgresql/data/pgdata"},
        volumeMounts=[{"name": "data", "mountPath": "/var/lib/postgresql/data"}],
        readinessProbe={"exec": {"command": ["pg_isready", "-U", "postgres"]}, "periodSeconds": 10},
    )
    yield stateful_set(
        "data",
        "postgres",
        postgres,
        replicas=2,
        claims=[claim("data", "40Gi")],
        pod={"terminationGracePeriodSeconds": 60},
    )
    redis = container(
        "redis",
        "redis:8.4-alpine",
        "100m",
        "256Mi",
        "500m",
        "512Mi",
        keys,
        args=["--appendonly", "yes"],
        volumeMounts=[{"name": "data", "mountPath": "/data"}],
        readinessProbe={"tcpSocket": {"port": "redis"}, "periodSeconds": 10},
    )
    yield stateful_set(
        "data", "redis", redis, replicas=3, claims=[claim("data", "8Gi")], spec={"podManagementPolicy": "Parallel"}
    )


def schedules() -> Iterator[Obj]:
    """A backup every minute, an export that fails, a report of the day."""
    batch = {"priorityClassName": "batch"}
    backup = container(
        "backup", "data/backup:1.4.0", "200m", "64Mi", env={"PGPASSWORD": from_secret("postgres", "password")}
    )
    yield cron_job("data", "postgres-backup", "* * * * *", backup, pod=batch, job={"backoffLimit": 2})
    export = container("export", "data/analytics-export:0.4.0", "100m", "128Mi")
    yield cron_job("data", "analytics-export", "*/5 * * * *", export, pod=batch, job={"backoffLimit": 1})
    report = container("report", "data/daily-report:1.0.0", "50m", "64Mi")
    yield cron_job("data", "daily-report", "0 9 * * *", report, pod=batch, spec={"timeZone": "Asia/Seoul"})
    old = container("vacuum", "data/vacuum:0.1.0", "50m", "64Mi")
    yield cron_job("data", "vacuum", "30 3 * * 0", old, pod=batch, spec={"suspend": True})


def watching() -> Iterator[Obj]:
    """Metrics and logs."""
    web = {"http": 9090}
    prometheus = container(
        "prometheus",
        "prom/prometheus:v3.8.0",
        "300m",
        "1Gi",
        "2",
        "2Gi",
        web,
        volumeMounts=[{"name": "tsdb", "mountPath": "/prometheus"}],
    )
    yield headless("monitoring", "prometheus", web)
    yield stateful_set("monitoring", "prometheus", prometheus, claims=[claim("tsdb", "60Gi", "slow")])
    yield service("monitoring", "prometheus", web)
    grafana = container(
        "grafana",
        "grafana/grafana:12.3.0",
        "100m",
        "192Mi",
        ports={"http": 3000},
        readinessProbe=http_probe("/api/health"),
    )
    helm = {"app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": "grafana"}
    note = {"meta.helm.sh/release-name": "grafana", "meta.helm.sh/release-namespace": "monitoring"}
    yield deployment("monitoring", "grafana", grafana, labels=helm, annotations=note)
    yield service("monitoring", "grafana", {"http": 3000})
    host = {"hostNetwork": True, "hostPID": True, **EVERYWHERE}
    exporter = container("node-exporter", "prom/node-exporter:v1.10.2", "20m", "32Mi", ports={"metrics": 9100})
    yield daemon_set("monitoring", "node-exporter", exporter, pod=host)
    agent = container(
        "fluent-bit",
        "fluent/fluent-bit:4.2.0",
        "30m",
        "48Mi",
        env={"NODE_NAME": from_field("spec.nodeName")},
        volumeMounts=[{"name": "logs", "mountPath": "/var/log", "readOnly": True}],
    )
    logs = [{"name": "logs", "hostPath": {"path": "/var/log"}}]
    yield daemon_set("monitoring", "log-agent", agent, pod={"volumes": logs, **EVERYWHERE})


def building_site() -> Iterator[Obj]:
    """Where builds come from, and the operator of the shop's own kinds."""
    runner = container("runner", "ci/runner:2.330.0", "50m", "96Mi")
    yield deployment("ci", "runner", runner, pod={"serviceAccountName": "deployer"})
    operator = container("manager", "ci/shop-operator:0.7.0", "20m", "48Mi", ports={"metrics": 8443})
    yield deployment("ci", "shop-operator", operator)
