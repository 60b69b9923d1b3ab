"""Objects held against the schemas of a real server's words, as the embedded cluster has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from k9py.demo.api.schema_documents import documents
from k9py.demo.cluster import Cluster
from k9py.demo.plan import Plan
from k9py.demo.serve import build
from k9py.insight.explain import Schemas
from k9py.insight.schema import check_object, list_keys
from k9py.values.document import write_plain
from k9py.values.merge_patch import Keys
from k9py.values.prose import whole_text
from k9py.values.reading import Path, read_yaml
from k9py.values.resource import Gvr

APPS = Gvr("apps", "v1", "deployments")


@pytest.fixture(scope="module")
def shop() -> Cluster:
    return build(Plan(), 1_800_000_000.0)


@pytest.fixture(scope="module")
def apps(shop: Cluster) -> Schemas:
    return Schemas(documents(shop)["apis/apps/v1"])


def objects(cluster: Cluster) -> Iterator[dict[str, Any]]:
    for collection in cluster.store.collections():
        for entry in list(cluster.store.entries(collection))[:20]:
            yield entry.read()


def test_nothing_is_wrong_with_what_a_server_has(shop: Cluster) -> None:
    known: dict[str, Schemas] = {}
    seen: set[str] = set()
    for found in objects(shop):
        version, kind = found["apiVersion"], found["kind"]
        prefix = f"{'apis' if '/' in version else 'api'}/{version}"
        if prefix not in known and prefix in documents(shop):
            known[prefix] = Schemas(documents(shop)[prefix])
        group, _, number = version.rpartition("/")
        root = known[prefix].root(Gvr(group, number, ""), kind) if prefix in known else None
        if root is not None:
            seen.add(kind)
            said = check_object(known[prefix], root, read_yaml(whole_text(write_plain(found))))
            assert not said, (found["metadata"]["name"], said)
    assert {"Deployment", "Pod", "Node", "Service", "ConfigMap", "CustomResourceDefinition"} < seen


TEXT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    tier: 1
spec:
  replica: 3
  replicas: three
  paused: 1
  template:
    spec:
      restartPolicy: Sometimes
      containers:
      - image: nginx
        ports:
        - containerPort: 80
          protocol: tcp
      volumes: {}
      nodeSelector: []
  strategy:
    rollingUpdate:
      maxSurge: 25%
      maxUnavailable: 1
"""


def test_what_is_wrong_is_said_beside_its_line(apps: Schemas) -> None:
    root = apps.root(APPS, "Deployment")
    assert root is not None
    said = [(found.line, found.text) for found in check_object(apps, root, read_yaml(TEXT))]
    assert said == [
        (5, "must be a text, not a whole number"),
        (6, "selector is missing"),
        (7, "replica is no field here: replicas?"),
        (8, "must be a whole number, not a text"),
        (9, "must be true or false, not a whole number"),
        (12, "must be one of Always, Never, OnFailure"),
        (14, "name is missing"),
        (17, "must be one of SCTP, TCP, UDP"),
        (18, "must be a list, not a map of fields"),
        (19, "must be a map of fields, not a list"),
    ]


@pytest.fixture(scope="module")
def keys(apps: Schemas) -> Keys:
    root = apps.root(APPS, "Deployment")
    assert root is not None
    return list_keys(apps, root)


POD = ("spec", "template", "spec")


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ((*POD, "containers"), ("name",)),
        ((*POD, "containers", ("name=app",), "ports"), ("containerPort", "protocol")),
        ((*POD, "containers", 0, "env"), ("name",)),
        ((*POD, "containers", 0, "args"), None),
        ((*POD, "containers", 0, "volumeMounts"), ("mountPath",)),
        ((*POD, "tolerations"), None),
        (("metadata", "finalizers"), ()),
        (("metadata", "ownerReferences"), ("uid",)),
        (("spec", "nowhere", "at", "all"), None),
    ],
)
def test_lists_are_merged_as_their_schema_says(keys: Keys, path: Path, names: tuple[str, ...] | None) -> None:
    assert keys(path) == names
