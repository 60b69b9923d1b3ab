"""Selectors: what they keep, and in which words those are refused that are none."""

from __future__ import annotations

from typing import Any

import pytest

from k9py.demo.api.labels import parse_labels
from k9py.demo.api.select import selection
from k9py.demo.api.target import Target
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import StatusError
from tests.demo.asking import asking, make_cluster


def _cluster() -> Cluster:
    cluster = make_cluster()
    for name, node, phase in (("a", "n1", "Running"), ("b", "n2", "Pending"), ("c", "", "Pending")):
        spec = {"nodeName": node} if node else {}
        pod = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": name, "namespace": "shop"}, "spec": spec}
        cluster.registry.make("pods", {**pod, "status": {"phase": phase, "podIPs": [{"ip": f"10.0.0.{ord(name)}"}]}})
    return cluster


def _kept(cluster: Cluster, version: str = "v1", plural: str = "pods", group: str = "", **query: str) -> list[str]:
    served = cluster.catalog.find(group, version, plural)
    assert served
    keep = selection(cluster, Target(served), query)
    return [entry.key.name for entry in cluster.store.entries(served.storage) if keep(entry)]


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ("spec.nodeName=n1", ["a"]),
        ("spec.nodeName==n1", ["a"]),
        ("spec.nodeName!=n1", ["b", "c"]),
        ("spec.nodeName=", ["c"]),
        ("status.phase=Pending,metadata.name!=b", ["c"]),
        ("metadata.name=a,metadata.namespace=shop", ["a"]),
        ("metadata.namespace=other", []),
        ("spec.hostNetwork=false", ["a", "b", "c"]),
        ("status.podIP=10.0.0.98", ["b"]),
    ],
)
def test_fields(fields: str, names: list[str]) -> None:
    assert _kept(_cluster(), fieldSelector=fields) == names


def test_events_are_found_by_what_they_are_about_in_both_groups() -> None:
    cluster = make_cluster()
    event: dict[str, Any] = {"kind": "Event", "apiVersion": "v1", "metadata": {"name": "e", "namespace": "shop"}}
    cluster.registry.make(
        "events",
        {**event, "involvedObject": {"kind": "Pod", "name": "a"}, "source": {"component": "kubelet"}, "type": "Normal"},
    )
    assert _kept(cluster, plural="events", fieldSelector="involvedObject.name=a,source=kubelet") == ["e"]
    assert _kept(cluster, plural="events", fieldSelector="reportingComponent=kubelet,type!=Warning") == ["e"]
    assert _kept(cluster, "v1", "events", "events.k8s.io", fieldSelector="regarding.kind=Pod") == ["e"]


@pytest.mark.parametrize(
    ("plural", "group", "fields", "message"),
    [
        ("pods", "", "foo", "invalid selector: 'foo'; can't understand 'foo'"),
        ("pods", "", "spec.foo=bar", "field label not supported: spec.foo"),
        ("pods", "", "metadata.name=x=y", "invalid field selector: unescaped character in value: 61"),
        ("pods", "", "metadata.name=x\\y", "invalid field selector: invalid escape sequence: \\y"),
        ("jobs", "batch", "zz=1", 'field label "zz" not supported for Job'),
        (
            "deployments",
            "apps",
            "status.replicas=1",
            '"status.replicas" is not a known field selector: only "metadata.name", "metadata.namespace"',
        ),
        ("events", "events.k8s.io", "involvedObject.kind=Pod", "field label not supported: involvedObject.kind"),
    ],
)
def test_fields_that_cannot_be_used(plural: str, group: str, fields: str, message: str) -> None:
    with pytest.raises(StatusError) as refused:
        _kept(make_cluster(), "v1", plural, group, fieldSelector=fields)
    assert (refused.value.code, refused.value.message) == (400, message)


NAME = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (",", "found ',', expected: !, identifier, or 'end of string'"),
        ("a,", "found '', expected: identifier after ','"),
        ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
        ("a===b", "unable to parse requirement: found '=', expected: identifier"),
        ("a in b", "unable to parse requirement: found 'b' expected: '('"),
        ("a in (b c)", "unable to parse requirement: found 'c', expected: ',' or ')'"),
        ("a in (", "unable to parse requirement: found '', expected: ',', ')' or identifier"),
        ("-a", f'unable to parse requirement: <nil>: Invalid value: "-a": {NAME}'),
        (
            "a>x",
            "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must",
        ),
    ],
)
def test_labels_that_are_no_selector(text: str, message: str) -> None:
    with pytest.raises(StatusError) as refused:
        parse_labels(text)
    assert refused.value.message.startswith(message)


def test_labels_as_they_are_typed() -> None:
    assert str(parse_labels("a = b, !c ,d in (e,f,),in notin (x)")) == "a=b,!c,d in (,e,f),in notin (x)"
    assert not parse_labels("a in ()").matches({"a": ""})


async def test_a_custom_resource_is_found_by_the_fields_that_its_definition_names() -> None:
    cluster = make_cluster()
    names = {"plural": "paints", "singular": "paint", "kind": "Paint", "listKind": "PaintList"}
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    crd = {"group": "example.com", "scope": "Namespaced", "names": names}
    head = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    spec = {**crd, "versions": [{**version, "selectableFields": [{"jsonPath": ".spec.color"}]}]}
    cluster.registry.make(
        "customresourcedefinitions.apiextensions.k8s.io",
        {**head, "metadata": {"name": "paints.example.com"}, "spec": spec},
    )
    cluster.clock.advance(5)
    for name in ("red", "blue"):
        paint = {"apiVersion": "example.com/v1", "kind": "Paint", "metadata": {"name": name, "namespace": "shop"}}
        cluster.registry.make("paints.example.com", {**paint, "spec": {"color": name}})
    async with asking(cluster) as client:
        found = await client.get("/apis/example.com/v1/paints?fieldSelector=spec.color%3Dred")
        assert [item["metadata"]["name"] for item in found["items"]] == ["red"]
        refused = await client.ask("GET", "/apis/example.com/v1/paints?fieldSelector=spec.other%3Dred")
        assert refused.message == "field label not supported: spec.other"
