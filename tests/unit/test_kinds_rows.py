"""Kinds in the server's columns that know more of their objects than the server says."""

from __future__ import annotations

from typing import Any

import pytest

from k9py.kinds.clusterrolebindings import KIND as CLUSTER_ROLE_BINDINGS
from k9py.kinds.configmaps import KIND as CONFIG_MAPS
from k9py.kinds.customresourcedefinitions import KIND as DEFINITIONS
from k9py.kinds.horizontalpodautoscalers import KIND as AUTOSCALERS
from k9py.kinds.ingresses import KIND as INGRESSES
from k9py.kinds.kind import Kind
from k9py.kinds.leases import KIND as LEASES
from k9py.kinds.networkpolicies import KIND as POLICIES
from k9py.kinds.persistentvolumes import KIND as VOLUMES
from k9py.kinds.poddisruptionbudgets import KIND as BUDGETS
from k9py.kinds.registry import kinds
from k9py.kinds.rolebindings import KIND as ROLE_BINDINGS
from k9py.kinds.secrets import KIND as SECRETS
from k9py.kinds.services import KIND as SERVICES
from k9py.kinds.storageclasses import KIND as CLASSES
from k9py.values.batch import ServerColumn
from k9py.values.cell import Tone
from tests.unit.kinds import LEAVING, Shown, ShownRow
from tests.unit.objects import pod
from tests.unit.test_pods import read as read_pod

ROWS = [kind for kind in kinds().values() if kind.table]


@pytest.mark.parametrize("kind", ROWS, ids=lambda kind: kind.plural)
def test_the_servers_columns_stay_and_ours_stand_before_the_age(kind: Kind) -> None:
    server = (ServerColumn("Name"), ServerColumn("Special"), ServerColumn("Age", "date"), ServerColumn("Last"))
    titles = [column.title for column in kind.columns(server)]
    assert [title for title in titles if title in ("NAME", "SPECIAL", "AGE", "LAST")] == titles[:2] + titles[-2:]
    assert {"LABELS", "CONDITIONS"} < set(titles)
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("kind", [kind for kind in ROWS if not kind.light], ids=lambda kind: kind.plural)
def test_fields_that_are_null_are_as_good_as_absent(kind: Kind) -> None:
    nulls = dict.fromkeys(
        ("subjects", "rules", "ingress", "egress", "selector", "podSelector", "scaleTargetRef", "versions", "renewTime")
    )
    shown = ShownRow(kind, **nulls, spec=nulls, status={"conditions": None, "currentHealthy": None})
    assert [shown.cell(column.title).tone for column in kind.columns(())].count(Tone.BAD) == 0
    shown.kind.opens(shown.obj)
    assert ShownRow(kind, metadata=LEAVING).tone is Tone.GOING


@pytest.mark.parametrize("kind", [CONFIG_MAPS, SECRETS])
def test_what_may_be_heavy_or_secret_is_not_read(kind: Kind) -> None:
    assert kind.table
    assert kind.light
    assert not kind.keep_whole


def autoscaler(*told: tuple[str, str, str], **target: str) -> ShownRow:
    conditions = [{"type": kind, "status": status, "reason": reason} for kind, status, reason in told]
    return ShownRow(AUTOSCALERS, spec={"scaleTargetRef": target}, status={"conditions": conditions})


@pytest.mark.parametrize(
    ("told", "says", "tone"),
    [
        ([("AbleToScale", "True", "Ready"), ("ScalingLimited", "False", "InRange")], "AbleToScale", Tone.OK),
        ([("AbleToScale", "False", "FailedGetScale")], "AbleToScale=False (FailedGetScale)", Tone.BAD),
        ([("ScalingActive", "False", "NoMetric")], "ScalingActive=False (NoMetric)", Tone.BAD),
        (
            [("AbleToScale", "True", ""), ("ScalingLimited", "True", "TooManyReplicas")],
            "ScalingLimited=True (TooManyReplicas)",
            Tone.WARN,
        ),
        ([("AbleToScale", "True", ""), ("ScalingLimited", "True", "TooFewReplicas")], "AbleToScale", Tone.OK),
    ],
)
def test_autoscalers(told: list[tuple[str, str, str]], says: str, tone: Tone) -> None:
    shown = autoscaler(*told)
    assert (shown.cell("CONDITIONS").text, shown.cell("CONDITIONS").tone, shown.tone) == (says, tone, tone)


def test_an_autoscaler_leads_to_what_it_scales() -> None:
    opening = autoscaler(kind="Deployment", name="web", apiVersion="apps/v1").opening
    assert (opening.what, opening.title, opening.namespace) == ("deployment.apps", "autoscaler web", "shop")
    assert opening.keep(Shown(SERVICES).obj)
    assert not opening.keep(Shown(SERVICES, metadata={"name": "other"}).obj)
    core = autoscaler(kind="ReplicationController", name="web", apiVersion="v1").opening
    assert core.what == "replicationcontroller"
    assert AUTOSCALERS.opens(autoscaler().obj) is None


@pytest.mark.parametrize(
    ("allowed", "current", "desired", "expected", "tone"),
    [
        (1, 3, 2, 3, Tone.OK),
        (0, 2, 2, 2, Tone.WARN),
        (0, 1, 2, 3, Tone.BAD),
        (0, 0, 0, 0, Tone.DONE),
    ],
)
def test_disruption_budgets(allowed: int, current: int, desired: int, expected: int, tone: Tone) -> None:
    status = {"disruptionsAllowed": allowed, "currentHealthy": current, "desiredHealthy": desired}
    shown = ShownRow(BUDGETS, status={**status, "expectedPods": expected})
    assert shown.texts("CURRENT", "DESIRED", "EXPECTED") == [str(current), str(desired), str(expected)]
    assert shown.cell("CURRENT").tone is shown.tone is tone


def test_a_budget_and_a_network_policy_lead_to_the_pods_that_they_are_about() -> None:
    selector = {"matchLabels": {"app": "web"}}
    for shown in (ShownRow(BUDGETS, spec={"selector": selector}), ShownRow(POLICIES, spec={"podSelector": selector})):
        opening = shown.opening
        assert (opening.what, opening.namespace) == ("pods", "shop")
        assert opening.keep(read_pod(pod("web-1")))
        assert not opening.keep(read_pod(pod("api-1")))
        assert not opening.keep(read_pod(pod("web-1", "other")))
    everything = ShownRow(POLICIES, spec={"podSelector": {}}).opening
    assert everything.keep(read_pod(pod("api-1")))


def test_whom_a_network_policy_lets_in_and_out() -> None:
    app, team = {"matchLabels": {"app": "web"}}, {"matchLabels": {"team": "a"}}
    ingress = [
        {"from": [{"podSelector": app, "namespaceSelector": team}, {"namespaceSelector": {}}], "ports": [{"port": 80}]},
        {"ports": [{"port": "dns", "protocol": "UDP"}, {"protocol": "SCTP"}]},
    ]
    blocks = [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}, {"ipBlock": {"cidr": "1.1.1.1/32"}}]
    egress = [{"to": blocks, "ports": [{"port": 8000, "endPort": 9000}]}]
    shown = ShownRow(POLICIES, spec={"policyTypes": ["Ingress", "Egress"], "ingress": ingress, "egress": egress})
    assert shown.texts("TYPES", "ING-SELECTOR", "ING-PORTS", "ING-BLOCK") == [
        "Ingress,Egress",
        "pods app=web in namespaces team=a,namespaces *",
        "80/TCP,dns/UDP,*/SCTP",
        "<none>",
    ]
    assert shown.texts("EGR-SELECTOR", "EGR-PORTS", "EGR-BLOCK") == [
        "<none>",
        "8000-9000/TCP",
        "10.0.0.0/8 but 10.1.0.0/16,1.1.1.1/32",
    ]


def test_an_ingress_leads_to_the_services_behind_it() -> None:
    def to(name: str, /, **port: Any) -> dict[str, Any]:
        return {"service": {"name": name, "port": port}}

    paths = [{"path": "/", "backend": to("web", number=80)}, {"path": "/api", "backend": to("api", name="http")}]
    rules = [{"host": "a.example", "http": {"paths": paths}}, {"http": {"paths": paths[:1]}}, {"host": "b.example"}]
    shown = ShownRow(INGRESSES, spec={"rules": rules, "defaultBackend": to("rest", number=1)})
    assert shown.texts("BACKENDS") == ["web:80,api:http,rest:1"]
    opening = shown.opening
    assert (opening.what, opening.title, opening.namespace) == ("services", "ingress web", "shop")
    named = {"web": True, "rest": True, "other": False}
    assert {name: opening.keep(Shown(SERVICES, metadata={"name": name}).obj) for name in named} == named
    assert not opening.keep(Shown(SERVICES, metadata={"namespace": "other"}).obj)
    elsewhere = ShownRow(INGRESSES, spec={"defaultBackend": {"resource": {"kind": "Bucket", "name": "b"}}})
    assert elsewhere.texts("BACKENDS") == ["<none>"]
    assert INGRESSES.opens(elsewhere.obj) is None


@pytest.mark.parametrize("kind", [ROLE_BINDINGS, CLUSTER_ROLE_BINDINGS])
def test_whom_a_binding_names(kind: Kind) -> None:
    subjects = [
        {"kind": "User", "name": "사용자"},
        {"kind": "ServiceAccount", "name": "robot", "namespace": "shop"},
        {"kind": "User", "name": "other"},
    ]
    shown = ShownRow(kind, subjects=subjects)
    assert shown.texts("KIND", "SUBJECTS") == ["User,ServiceAccount", "사용자,shop/robot,other"]
    assert ShownRow(kind, subjects=None).texts("KIND", "SUBJECTS") == ["<none>", "<none>"]


def test_what_a_definition_defines() -> None:
    names = {"plural": "choirs", "kind": "Choir", "shortNames": ["ch"]}
    versions = [{"name": "v1", "served": True}, {"name": "v1beta1", "served": False}, {"name": "v2", "schema": {}}]
    spec = {"group": "example.com", "names": names, "scope": "Namespaced", "versions": versions}
    established = {
        "conditions": [{"type": "Established", "status": "True"}, {"type": "NamesAccepted", "status": "True"}]
    }
    shown = ShownRow(DEFINITIONS, metadata={"name": "choirs.example.com"}, spec=spec, status=established)
    titles = ("GROUP", "KIND", "VERSIONS", "SCOPE", "SHORTNAMES", "CONDITIONS")
    assert shown.texts(*titles) == ["example.com", "Choir", "v1,v2", "Namespaced", "ch", "Established"]
    assert shown.tone is Tone.OK
    assert shown.opening.what == "choirs.example.com"
    assert ShownRow(DEFINITIONS, spec={"version": "v1beta1"}).texts("VERSIONS") == ["v1beta1"]
    taken = {"conditions": [{"type": "NamesAccepted", "status": "False", "reason": "PluralConflict"}]}
    assert ShownRow(DEFINITIONS, status=taken).tone is Tone.BAD


def test_when_a_lease_was_renewed() -> None:
    cell = ShownRow(LEASES, spec={"renewTime": "1970-01-01T00:01:40.500000Z"}).cell("RENEWED")
    assert (cell.text, cell.since) == ("", 100.5)
    assert ShownRow(LEASES, spec={}).texts("RENEWED") == ["<none>"]


def test_a_class_leads_to_its_volumes() -> None:
    opening = ShownRow(CLASSES, metadata={"name": "fast", "namespace": ""}).opening
    assert (opening.what, opening.title) == ("persistentvolumes", "class fast")
    assert opening.keep(Shown(VOLUMES, spec={"storageClassName": "fast"}).obj)
    assert not opening.keep(Shown(VOLUMES, spec={"storageClassName": "slow"}).obj)
