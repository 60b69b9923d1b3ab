"""Trees of owners and references, and how they change as objects come and go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from k9py.insight.relations.graph import Graph, Stand, Standing, Thing
from k9py.insight.relations.identity import Identity
from k9py.insight.relations.tree import Branch, forest_of, tree_of, users_of
from k9py.values.cell import Tone
from k9py.values.resource import Resource
from tests.unit.test_relations import (
    ACCOUNT,
    BUDGET,
    CHOIR,
    CONFIG_MAP,
    DEPLOYMENT,
    POD,
    REPLICA_SET,
    SECRET,
    SERVICE,
    Json,
    make,
)

RUNS: Json = {
    "phase": "Running",
    "containerStatuses": [{"name": "a", "ready": True, "restartCount": 0, "state": {"running": {}}}],
}
FAILS: Json = {
    "phase": "Running",
    "containerStatuses": [
        {"name": "a", "ready": False, "restartCount": 9, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
    ],
}
WEB = {"app": "web"}


def template(**spec: Any) -> Json:
    return {"template": {"metadata": {"labels": WEB}, "spec": {"containers": [{"name": "a", "image": "a"}], **spec}}}


def shop() -> Graph:
    """A deployment of two pods, one of which fails; its service, its settings, a secret that is missing."""
    volumes = [{"name": "v", "configMap": {"name": "settings"}}, {"name": "s", "secret": {"secretName": "absent"}}]
    web = make(DEPLOYMENT, "web", spec=template(volumes=volumes))
    set_ = make(REPLICA_SET, "web-1", [web], spec=template(volumes=volumes))
    pods = [
        make(
            POD,
            f"web-1-{number}",
            [set_],
            WEB,
            spec={"volumes": volumes, "nodeName": "worker-a", "containers": [{"name": "a"}]},
            status=status,
        )
        for number, status in enumerate((RUNS, FAILS))
    ]
    service = make(SERVICE, "web", spec={"selector": WEB})
    return grow(web, set_, *pods, service, make(CONFIG_MAP, "settings"), make(CONFIG_MAP, "alone"))


def grow(*things: Thing) -> Graph:
    graph = Graph()
    for thing in things:
        graph.put(thing)
    return graph


def standing(**known: Standing) -> Stand:
    """What is known of those that are not in the graph, by their names."""
    return lambda identity: known.get(identity.name.replace("-", "_"), Standing.MISSING)


def draw(branches: Sequence[Branch], depth: int = 0) -> list[str]:
    """The lines of a tree, without what is below a second mention."""
    lines: list[str] = []
    for branch in branches:
        how = f" [{branch.how}]" if branch.how else ""
        lacks = f" {branch.health.word}" if branch.thing is None else ""
        lines.append("  " * depth + f"{branch.identity.label}{how}{lacks}{' …' if branch.again else ''}")
        lines += draw(branch.children, depth + 1)
    return lines


def identity(resource: Resource, name: str) -> Identity:
    return Identity(resource.gvr.group, resource.kind, "shop" if resource.namespaced else "", name)


def test_the_tree_of_a_deployment() -> None:
    tree = tree_of(shop(), standing(worker_a=Standing.READING), identity(DEPLOYMENT, "web"))
    assert draw(tree) == [
        "deployment web",
        "  replicaset web-1",
        "    pod web-1-0",
        "      node worker-a [on node] reading …",
        "    pod web-1-1",
        "      node worker-a [on node] reading …",
        "  configmap settings [volume v]",
        "  secret absent [volume s] not there",
        "  service web [selects]",
    ]
    assert tree[0].below == 8
    assert tree[0].troubles[Tone.BAD] == 2, "the pod that fails, and the secret that is not there"
    assert tree[0].children[0].troubles == {Tone.BAD: 1}


def test_the_tree_of_a_pod_has_its_owners() -> None:
    tree = tree_of(shop(), standing(worker_a=Standing.DENIED), identity(POD, "web-1-0"))
    assert draw(tree) == [
        "pod web-1-0",
        "  replicaset web-1 [owner]",
        "    deployment web [owner]",
        "  configmap settings [volume v]",
        "  secret absent [volume s] not there",
        "  node worker-a [on node] may not be read",
        "  service web [selects]",
    ]
    assert tree[0].troubles == {Tone.BAD: 1, Tone.WARN: 1}


def test_the_tree_of_a_config_map_has_who_uses_it() -> None:
    tree = tree_of(shop(), standing(), identity(CONFIG_MAP, "settings"))
    assert draw(tree)[:4] == [
        "configmap settings",
        "  deployment web [used: volume v]",
        "    replicaset web-1",
        "      pod web-1-0",
    ]


def test_the_tree_of_what_is_not_there() -> None:
    tree = tree_of(shop(), standing(absent=Standing.UNSERVED), identity(CHOIR, "absent"))
    assert draw(tree) == ["choir absent no such kind here"]


def test_who_uses_an_object() -> None:
    graph = shop()
    assert draw(users_of(graph, standing(), identity(CONFIG_MAP, "settings"))) == [
        "configmap settings",
        "  deployment web [volume v]",
        "    replicaset web-1 [volume v]",
        "      pod web-1-0 [volume v]",
        "      pod web-1-1 [volume v]",
    ]
    assert draw(users_of(graph, standing(), identity(CONFIG_MAP, "alone"))) == ["configmap alone"]
    assert draw(users_of(graph, standing(), identity(SECRET, "absent")))[0] == "secret absent not there"


def test_bare_pods_and_custom_resources_use_it_too() -> None:
    pod = make(POD, "bare", spec={"containers": [], "serviceAccountName": "seller"})
    choir = make(CHOIR, "choir", spec={"serviceAccountName": "seller"})
    tree = users_of(grow(pod, choir, make(ACCOUNT, "seller")), standing(), identity(ACCOUNT, "seller"))
    assert draw(tree) == ["serviceaccount seller", "  choir choir [serviceAccountName]", "  pod bare [service account]"]


def test_a_namespace_shows_each_object_where_it_belongs() -> None:
    lines = draw(forest_of(shop(), standing()))
    assert [line for line in lines if not line.startswith(" ")] == ["deployment web", "configmap alone"]
    assert len([line for line in lines if "pod web-1-" in line]) == 2


def test_a_kind_in_a_namespace() -> None:
    graph = shop()
    assert [branch.identity.name for branch in forest_of(graph, standing(), ("", "Pod"))] == ["web-1-0", "web-1-1"]
    services = forest_of(graph, standing(), ("", "Service"))
    assert draw(services)[:2] == ["service web", "  pod web-1-0 [selects]"]
    assert forest_of(graph, standing(), ("batch", "Job")) == []


def test_what_was_unfolded_once_is_only_named_again() -> None:
    names = [{"name": "v", "secret": {"secretName": "absent"}}]
    account = make(ACCOUNT, "seller", secrets=[{"name": "token"}])
    pods = [
        make(POD, f"p{number}", spec={"containers": [], "serviceAccountName": "seller", "volumes": names})
        for number in (1, 2)
    ]
    lines = draw(forest_of(grow(account, *pods), standing()))
    assert lines == [
        "pod p1",
        "  secret absent [volume v] not there",
        "  serviceaccount seller [service account]",
        "    secret token [token] not there",
        "pod p2",
        "  secret absent [volume v] not there",
        "  serviceaccount seller [service account] …",
    ]


def test_what_is_owned_and_named_stands_once() -> None:
    choir = make(CHOIR, "choir", spec={"secretRef": {"name": "tls"}})
    tree = tree_of(grow(choir, make(SECRET, "tls", [choir])), standing(), identity(CHOIR, "choir"))
    assert draw(tree) == ["choir choir", "  secret tls [secretRef]"]


def test_a_guess_counts_only_if_there_is_such_an_object() -> None:
    choir = make(CHOIR, "choir", spec={"secretName": "tls"})
    assert draw(tree_of(grow(choir), standing(), identity(CHOIR, "choir"))) == ["choir choir"]
    assert len(draw(tree_of(grow(choir, make(SECRET, "tls")), standing(), identity(CHOIR, "choir")))) == 2


def test_objects_that_own_each_other_end() -> None:
    first = make(CHOIR, "a", [make(CHOIR, "b")])
    graph = grow(first, make(CHOIR, "b", [first]))
    assert draw(tree_of(graph, standing(), identity(CHOIR, "a"))) == ["choir a", "  choir b [owner]", "  choir b"]
    assert draw(forest_of(graph, standing(), ("example.com", "Choir")))[:2] == ["choir a", "  choir b"]


def test_an_optional_object_that_is_missing_is_no_trouble() -> None:
    volumes = [{"name": "v", "configMap": {"name": "absent", "optional": True}}]
    tree = tree_of(grow(make(POD, "p", spec={"containers": [], "volumes": volumes})), standing(), identity(POD, "p"))
    assert draw(tree)[1] == "  configmap absent [volume v] not there, optional"
    assert tree[0].children[0].health.tone is Tone.DIM


# ── as objects come and go ───────────────────────────────────────────────────────────────────────────────────────────


def test_what_changes_belongs_elsewhere() -> None:
    graph = shop()
    pod = graph.things[identity(POD, "web-1-0")]
    graph.put(make(POD, "web-1-0", labels={"app": "other"}, spec={"containers": []}, status=RUNS))
    assert pod not in list(graph.owned_by(graph.things[identity(REPLICA_SET, "web-1")]))
    assert len(list(graph.selected(graph.things[identity(SERVICE, "web")]))) == 1
    graph.remove(identity(SERVICE, "web"))
    graph.remove(identity(SERVICE, "web"))
    assert not list(graph.selecting(graph.things[identity(DEPLOYMENT, "web")]))
    for each in list(graph.things):
        graph.remove(each)
    assert not any(vars(graph).values()), "nothing of what is gone is kept"


def test_a_selector_is_found_by_whatever_label_it_names() -> None:
    budgets = [
        make(BUDGET, "equal", spec={"selector": {"matchLabels": WEB}}),
        make(BUDGET, "everything", spec={"selector": {}}),
        make(BUDGET, "exists", spec={"selector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}}),
        make(BUDGET, "other", spec={"selector": {"matchLabels": {"app": "other"}}}),
        make(BUDGET, "both", spec={"selector": {"matchLabels": {**WEB, "tier": "back"}}}),
    ]
    pod = make(POD, "p", labels={**WEB, "x": "y"}, spec={"containers": []})
    found = {tie.thing.identity.name for tie in grow(pod, *budgets).selecting(pod)}
    assert found == {"equal", "everything", "exists"}
