"""The subresource scale, and parts of pods that have one of their own."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from k9py.demo.api.bootstrap import bootstrap
from k9py.demo.cluster import Cluster
from tests.demo.asking import START, Answer, Client, asking

DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
PODS = "/api/v1/namespaces/default/pods"
MERGE, STRATEGIC = "application/merge-patch+json", "application/strategic-merge-patch+json"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    cluster = Cluster(START)
    bootstrap(cluster)
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "app", "image": "x"}]}}
    spec = {"replicas": 0, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    metadata = {"name": "web", "namespace": "default"}
    cluster.registry.make(
        "deployments.apps", {"kind": "Deployment", "apiVersion": "apps/v1", "metadata": metadata, "spec": spec}
    )
    cluster.registry.make("pods", {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": template["spec"]})
    async with asking(cluster) as found:
        yield found


def _scale(replicas: Any, **metadata: str) -> dict[str, Any]:
    head = {"kind": "Scale", "apiVersion": "autoscaling/v1"}
    return {**head, "metadata": {"name": "web", "namespace": "default", **metadata}, "spec": {"replicas": replicas}}


async def _put(client: Client, scale: Any) -> Answer:
    return await client.ask("PUT", f"{DEPLOYMENTS}/web/scale", scale)


async def test_at_zero_the_spec_is_empty(client: Client) -> None:
    found = await client.get(f"{DEPLOYMENTS}/web/scale")
    assert (found["kind"], found["spec"], found["status"]) == ("Scale", {}, {"replicas": 0, "selector": "app=web"})


async def test_a_put_and_every_form_of_patch_scale(client: Client) -> None:
    assert (await _put(client, _scale(2))).body["spec"] == {"replicas": 2}
    path = f"{DEPLOYMENTS}/web/scale"
    for body, kind, replicas in (
        ({"spec": {"replicas": 3}}, MERGE, 3),
        ({"spec": {"replicas": 4}}, STRATEGIC, 4),
        ([{"op": "replace", "path": "/spec/replicas", "value": 5}], "application/json-patch+json", 5),
    ):
        answer = await client.ask("PATCH", path, body, Content_Type=kind)
        assert (answer.status, answer.body["spec"]) == (200, {"replicas": replicas})
    applied = json.dumps({**_scale(6), "metadata": {"name": "web"}})
    answer = await client.ask("PATCH", f"{path}?fieldManager=x", applied, Content_Type="application/apply-patch+yaml")
    assert answer.body["spec"] == {"replicas": 6}
    deployment = await client.get(f"{DEPLOYMENTS}/web")
    assert (deployment["spec"]["replicas"], deployment["metadata"]["generation"]) == (6, 6)


async def test_a_dry_run_changes_nothing(client: Client) -> None:
    path = f"{DEPLOYMENTS}/web/scale?dryRun=All"
    answer = await client.ask("PATCH", path, {"spec": {"replicas": 9}}, Content_Type=MERGE)
    assert answer.body["spec"] == {"replicas": 9}
    assert (await client.get(f"{DEPLOYMENTS}/web"))["spec"]["replicas"] == 0


async def test_who_has_seen_another_object_or_version_is_told_so(client: Client) -> None:
    uid = (await client.get(f"{DEPLOYMENTS}/web"))["metadata"]["uid"]
    put = await _put(client, _scale(2, uid="x"))
    assert (put.status, put.message) == (
        409,
        (
            'Operation cannot be fulfilled on deployments.apps "web": StorageError: invalid object, Code: 4, Key: '
            "/registry/deployments/default/web, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: "
            f"UID in precondition: x, UID in object meta: {uid}"
        ),
    )
    path = f"{DEPLOYMENTS}/web/scale"
    patch = await client.ask("PATCH", path, {"metadata": {"uid": "x"}, "spec": {"replicas": 1}}, Content_Type=MERGE)
    assert patch.message.startswith(
        'Operation cannot be fulfilled on deployments/scale.apps "web": Precondition failed: UID'
    )
    old = await _put(client, _scale(2, resourceVersion="5"))
    assert old.message.endswith(
        "the object has been modified; please apply your changes to the latest version and try again"
    )


async def test_what_is_no_scale_is_refused(client: Client) -> None:
    assert (await _put(client, _scale(-2))).message == (
        'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -2: must be greater than or equal to 0'
    )
    assert (await _put(client, {"spec": {"replicas": 2}})).message == (
        "the name of the object (web based on URL) was undeterminable: name must be provided"
    )
    patch = await client.ask("PATCH", f"{DEPLOYMENTS}/web/scale", {"spec": {"replicas": "x"}}, Content_Type=MERGE)
    assert patch.status == 422
    assert patch.message.endswith("cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32")


async def _patch_pod(client: Client, side: str, spec: Any, kind: str = STRATEGIC) -> Answer:
    return await client.ask("PATCH", f"{PODS}/web/{side}", {"spec": spec}, Content_Type=kind)


async def test_ephemeral_containers_are_added_and_stay(client: Client) -> None:
    added = await _patch_pod(
        client, "ephemeralcontainers", {"ephemeralContainers": [{"name": "look", "image": "busybox"}]}
    )
    assert added.status == 200
    assert added.body["spec"]["ephemeralContainers"][0]["terminationMessagePolicy"] == "File"
    assert added.body["metadata"]["generation"] == 2
    changed = await _patch_pod(
        client, "ephemeralcontainers", {"ephemeralContainers": [{"name": "look", "image": "other"}]}
    )
    assert 'existing ephemeral containers "look" may not be changed\n@@ ' in changed.message
    assert '- "Image": "busybox",\n+ "Image": "other",' in changed.message
    gone = await _patch_pod(client, "ephemeralcontainers", {"ephemeralContainers": []}, MERGE)
    assert gone.message.endswith('existing ephemeral containers "look" may not be removed\n')
    other = await _patch_pod(client, "ephemeralcontainers", {"restartPolicy": "Never"})
    assert other.body["spec"]["restartPolicy"] == "Always"


async def test_a_resize_keeps_the_quality_of_service(client: Client) -> None:
    resources = {"requests": {"cpu": "10m"}}
    refused = await _patch_pod(client, "resize", {"containers": [{"name": "app", "resources": resources}]})
    assert refused.message == (
        'Pod "web" is invalid: spec: Invalid value: "BestEffort": Pod QOS Class may not change as a result of resizing'
    )
    ignored = await _patch_pod(client, "resize", {"containers": [{"name": "app", "image": "other"}]})
    assert ignored.body["spec"]["containers"][0]["image"] == "x"
    stranger = await _patch_pod(client, "resize", {"containers": [{"name": "zz", "image": "y"}]})
    assert "spec.containers: Forbidden: containers may not be added or removed on resize" in stranger.message


async def test_a_pod_that_requests_can_be_resized(client: Client) -> None:
    metadata = {"name": "sized", "namespace": "default"}
    containers = [{"name": "app", "image": "x", "resources": {"requests": {"cpu": "100m"}}}]
    pod = {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": {"containers": containers}}
    client.cluster.registry.make("pods", pod)
    body = {"spec": {"containers": [{"name": "app", "resources": {"requests": {"cpu": "200m"}}}]}}
    answer = await client.ask("PATCH", f"{PODS}/sized/resize", body, Content_Type=STRATEGIC)
    assert answer.body["spec"]["containers"][0]["resources"] == {"requests": {"cpu": "200m"}}
    assert answer.body["metadata"]["generation"] == 2


async def test_a_binding_puts_a_pod_on_a_node_once(client: Client) -> None:
    binding = {
        "kind": "Binding",
        "apiVersion": "v1",
        "metadata": {"name": "web"},
        "target": {"kind": "Node", "name": "n"},
    }
    first = await client.ask("POST", f"{PODS}/web/binding", binding)
    assert (first.status, first.body["status"]) == (201, "Success")
    pod = await client.get(f"{PODS}/web")
    assert (pod["spec"]["nodeName"], pod["metadata"]["generation"]) == ("n", 1)
    assert pod["status"]["conditions"][0]["type"] == "PodScheduled"
    again = await client.ask("POST", f"{PODS}/web/binding", binding)
    assert again.message == (
        'Operation cannot be fulfilled on pods/binding "web": pod web is already assigned to node "n"'
    )
