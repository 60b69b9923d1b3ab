"""What a server says of fields that its kinds do not have, that stand twice, or that are of another type."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from k9py.demo.api.gotypes import as_go
from k9py.demo.api.schema import check_fields
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import StatusError
from k9py.demo.core.store import Obj
from tests.demo.asking import START

CLUSTER = Cluster(START)
DEPLOYMENT: Obj = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "replicas": 1,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": "web:1"}]},
        },
    },
}
POD: Obj = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{"name": "c"}]}}
CONTAINER = ("spec", "template", "spec", "containers", 0)


def changed(obj: Obj, path: tuple[str | int, ...], value: Any) -> Obj:
    """A copy with another value somewhere."""
    found: Any = copy.deepcopy(obj)
    place = found
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    result: Obj = found
    return result


def check(obj: Obj, mode: str = "", body: str = "") -> list[str]:
    """The warnings."""
    served = CLUSTER.catalog.of_kind(obj["apiVersion"], obj["kind"])
    assert served
    warnings: list[str] = []
    check_fields(CLUSTER, served, obj, mode, warnings, body.encode())
    return warnings


def refusal(obj: Obj, mode: str = "", body: str = "") -> str:
    """Why it is refused."""
    with pytest.raises(StatusError) as caught:
        check(obj, mode, body)
    assert (caught.value.code, caught.value.reason) == (400, "BadRequest")
    kind, version = obj["kind"], obj["apiVersion"].rpartition("/")[2]
    return caught.value.message.removeprefix(f'{kind} in version "{version}" cannot be handled as a {kind}: ')


def test_unknown_fields_are_dropped_with_a_warning() -> None:
    obj = changed(changed(DEPLOYMENT, ("spec", "foo"), 1), (*CONTAINER, "imag"), "x")
    assert check(obj) == ['unknown field "spec.template.spec.containers[0].imag"', 'unknown field "spec.foo"']
    assert obj == DEPLOYMENT


def test_unknown_fields_are_refused_where_that_is_asked_for() -> None:
    obj = changed(changed(DEPLOYMENT, ("spec", "foo"), 1), ("status",), {"bar": 1})
    assert refusal(obj, "Strict") == 'strict decoding error: unknown field "spec.foo", unknown field "status.bar"'


def test_unknown_fields_may_be_ignored() -> None:
    obj = changed(DEPLOYMENT, ("spec", "Replicas"), 3)
    assert check(obj, "Ignore") == []
    assert "Replicas" not in obj["spec"]


def test_doubled_fields_are_seen_in_the_body() -> None:
    body = json.dumps(DEPLOYMENT).replace('"replicas": 1', '"replicas": 1, "replicas": 1')
    body = body.replace('"app": "web"}}, "spec"', '"app": "web", "app": "web"}}, "spec"')
    assert check(copy.deepcopy(DEPLOYMENT), "", body) == [
        'duplicate field "spec.replicas"',
        'duplicate field "spec.template.metadata.labels.app"',
    ]
    assert refusal(copy.deepcopy(DEPLOYMENT), "Strict", body).startswith("strict decoding error: duplicate field")


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        (("spec", "replicas"), "3", "string into Go struct field DeploymentSpec.spec.replicas of type int32"),
        (("spec", "replicas"), 1.5, "number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32"),
        (
            ("spec", "replicas"),
            99999999999,
            "number 99999999999 into Go struct field DeploymentSpec.spec.replicas of type int32",
        ),
        (("spec", "paused"), "true", "string into Go struct field DeploymentSpec.spec.paused of type bool"),
        (("spec",), [], "array into Go struct field Deployment.spec of type v1.DeploymentSpec"),
        (("metadata", "labels"), [], "array into Go struct field ObjectMeta.metadata.labels of type map[string]string"),
        (
            ("metadata", "annotations"),
            {"a": 1},
            "number into Go struct field ObjectMeta.metadata.annotations of type string",
        ),
        (
            (*CONTAINER, "image"),
            True,
            "bool into Go struct field Container.spec.template.spec.containers.image of type string",
        ),
        (
            CONTAINER[:-1],
            "x",
            "string into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container",
        ),
        (
            (*CONTAINER, "livenessProbe"),
            {"httpGet": {"port": 1.5}},
            (
                "number 1.5 into Go struct field "
                "HTTPGetAction.spec.template.spec.containers.livenessProbe.ProbeHandler.httpGet.port of type int32"
            ),
        ),
        (
            ("spec", "strategy"),
            {"rollingUpdate": {"maxSurge": True}},
            "bool into Go struct field RollingUpdateDeployment.spec.strategy.rollingUpdate.maxSurge of type int32",
        ),
    ],
)
def test_another_type_is_refused_in_the_words_of_go(path: tuple[str | int, ...], value: Any, text: str) -> None:
    assert refusal(changed(DEPLOYMENT, path, value)) == f"json: cannot unmarshal {text}"


@pytest.mark.parametrize("value", ["1x", "abc", "", {}, True])
def test_a_quantity_that_is_none(value: Any) -> None:
    obj = changed(DEPLOYMENT, (*CONTAINER, "resources"), {"limits": {"cpu": value}})
    assert refusal(obj) == (
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("yesterday", 'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"'),
        ("2026-03-01", 'parsing time "2026-03-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'),
        (5, "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.creationTimestamp of type string"),
    ],
)
def test_a_time_that_is_none(value: Any, text: str) -> None:
    assert refusal(changed(POD, ("metadata", "creationTimestamp"), value)) == text


def test_a_secret_must_be_base64() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"a": "!!"}}
    assert refusal(secret) == "illegal base64 data at input byte 0"


def test_values_are_stored_as_the_server_writes_them() -> None:
    obj = changed(DEPLOYMENT, ("metadata", "creationTimestamp"), "2026-03-01T21:00:00+09:00")
    obj = changed(obj, (*CONTAINER, "resources"), {"limits": {"cpu": 1.5, "memory": "1024Mi"}, "requests": {}})
    obj = changed(obj, ("metadata", "labels"), {"a": None})
    obj = changed(obj, ("spec", "replicas"), None)
    assert check(obj, "Strict") == []
    obj = as_go(obj)
    assert obj["metadata"] == {
        "name": "web",
        "creationTimestamp": "2026-03-01T12:00:00Z",
        "labels": {"a": ""},
    }
    assert "replicas" not in obj["spec"]
    container = obj["spec"]["template"]["spec"]["containers"][0]
    assert container["resources"] == {"limits": {"cpu": "1500m", "memory": "1Gi"}}


def test_empty_objects_stay_but_not_empty_lists() -> None:
    obj = changed(POD, ("spec", "volumes"), [{"name": "tmp", "emptyDir": {}}])
    obj["spec"] |= {"tolerations": [], "nodeSelector": {}, "securityContext": {}}
    assert check(obj) == []
    assert as_go(obj)["spec"] == {
        "containers": [{"name": "c", "resources": {}}],
        "volumes": [{"name": "tmp", "emptyDir": {}}],
        "securityContext": {},
    }
