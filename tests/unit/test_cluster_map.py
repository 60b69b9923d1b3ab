from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from k9py.insight.cluster.addons import service_address
from k9py.insight.cluster.drawing import MOST_ALARMS, draw
from k9py.insight.cluster.facts import Facts, NodeProbes, Seen
from k9py.insight.cluster.health import Check, read_health
from k9py.insight.cluster.lines import Line
from k9py.insight.cluster.nodes import NodeLines
from k9py.insight.cluster.objects import Service
from k9py.insight.cluster.probes import Probe, Verdict, judge_error
from k9py.insight.cluster.skew import skew_of
from k9py.values.cell import Tone
from k9py.values.errors import ApiError, Unreachable
from k9py.values.usage import Usage
from tests.unit.cluster_objects import (
    NOW,
    OK,
    api,
    daemon_set,
    instance,
    lease,
    node,
    pod,
    service,
)

SERVER = "https://seoul:6443"
SERVICES = f"{SERVER}/api/v1/namespaces/kube-system/services"
PASSED = "[+]ping ok\n[+]etcd ok\n[+]etcd-readiness ok\nreadyz check passed\n"
FAILED = "[+]ping ok\n[-]etcd failed: reason withheld\n[+]etcd-readiness ok\nreadyz check failed\n"
DENIED = 'not permitted: leases is forbidden: User "kim" cannot list'


def facts(**known: Any) -> Facts:
    """A cluster that is well, but for what is given."""
    well: dict[str, Any] = {
        "readyz": read_health("readyz", Probe(Verdict.OK, PASSED, 0.012)),
        "livez": read_health("livez", Probe(Verdict.OK, "[+]ping ok\nlivez check passed\n", 0.009)),
        "leases": Seen((instance("cp-1", 3), lease("kube-scheduler"), lease("kube-controller-manager"))),
        "node_leases": Seen((lease("worker-a", 4, lasts=40),)),
        "nodes": Seen((node("worker-a"),)),
    }
    return Facts(NOW, SERVER, "v1.36.3", **(well | known))


def drawn(**known: Any) -> dict[str, Line]:
    return {line.key: line for line in draw(facts(**known), NodeLines())}


def said(line: Line) -> str:
    return line.text(NOW)


def verdict(**known: Any) -> str:
    return draw(facts(**known), NodeLines())[0].label


def test_health_is_read_check_by_check_what_failed_first() -> None:
    health = read_health("readyz", Probe(Verdict.BAD, FAILED))
    assert health.checks[0] == Check("etcd", False, "failed: reason withheld")
    assert [check.name for check in health.checks] == ["etcd", "ping", "etcd-readiness"]
    assert [check.name for check in health.of("etcd")] == ["etcd", "etcd-readiness"]
    assert read_health("readyz", Probe(Verdict.DENIED, FAILED)).checks == ()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Unreachable("seoul does not answer"), Verdict.SILENT),
        (ApiError(403, "Forbidden", "no"), Verdict.DENIED),
        (ApiError(401, "Unauthorized", "no"), Verdict.DENIED),
        (ApiError(503, "ServiceUnavailable", "dial tcp 10.0.0.1:10256: connect: connection refused"), Verdict.REFUSED),
        (ApiError(503, "ServiceUnavailable", "dial tcp 10.0.0.1:10250: i/o timeout"), Verdict.SILENT),
        (ApiError(503, "", "HTTP 503: {}", text='{"healthy": false}'), Verdict.BAD),
    ],
)
def test_what_an_error_means(error: ApiError | Unreachable, expected: Verdict) -> None:
    assert judge_error(error).verdict is expected


def test_a_failing_readyz_tells_its_failed_checks_and_etcd() -> None:
    error = ApiError(500, "", "HTTP 500: cut", text=FAILED)
    lines = drawn(readyz=read_health("readyz", judge_error(error, 0.01)))
    assert said(lines["readyz"]) == "readyz  failed  1 of 3 checks failed  10 ms"
    assert said(lines["readyz:etcd"]) == "etcd  failed: reason withheld"
    assert "readyz:ping" not in lines
    assert lines["etcd"].tone is Tone.BAD
    assert said(lines["alarm:etcd"]) == "etcd  the API server says: etcd failed"
    assert said(lines["alarm:readyz"]) == "readyz  failed: etcd"
    assert verdict(readyz=read_health("readyz", judge_error(error))) == "2 things are not well"


def test_all_checks_are_told_where_they_are_unfolded() -> None:
    lines = drawn(unfolded=frozenset({"livez"}))
    assert "livez:ping" in lines
    assert "readyz:ping" not in lines
    assert lines["readyz"].foldable


@pytest.mark.parametrize(
    ("probe", "expected", "tone"),
    [
        (Probe(Verdict.DENIED, "kim may not"), "readyz  not permitted  kim may not", Tone.DIM),
        (Probe(Verdict.SILENT, "no answer came"), "readyz  no answer  no answer came", Tone.WARN),
        (Probe(Verdict.BAD, "<html>\nno</html>"), "readyz  failed  <html> no</html>", Tone.BAD),
        (Probe(), "readyz  asking …", Tone.BUSY),
    ],
)
def test_a_readyz_that_tells_no_checks(probe: Probe, expected: str, tone: Tone) -> None:
    lines = drawn(readyz=read_health("readyz", probe))
    assert said(lines["readyz"]).rstrip() == expected
    assert lines["readyz"].tone is tone
    assert said(lines["etcd"]).startswith("etcd  not seen  readyz does not tell of it")


def test_nothing_is_said_to_be_well_before_it_is_known() -> None:
    assert verdict(readyz=read_health("readyz", Probe())) == "Asking how it is …"
    assert verdict() == "Nothing is broken, as far as can be seen from here"


@pytest.mark.parametrize(
    ("renewed", "lasts", "tone", "word"),
    [(14, 15, Tone.OK, "ok"), (16, 15, Tone.BAD, "expired"), (29, 30, Tone.OK, "ok"), (41, 40, Tone.BAD, "expired")],
)
def test_a_leader_s_lease_is_judged_by_its_own_duration(renewed: float, lasts: int, tone: Tone, word: str) -> None:
    lines = drawn(leases=Seen((lease("kube-scheduler", renewed, lasts=lasts),)))
    assert lines["kube-scheduler"].tone is tone
    assert lines["kube-scheduler"].cells[0].text == word
    assert ("alarm:kube-scheduler" in lines) is (tone is Tone.BAD)


@pytest.mark.parametrize(("renewed", "tone"), [(59, Tone.OK), (61, Tone.WARN), (3601, Tone.BAD)])
def test_an_api_server_s_lease_is_judged_by_a_minute_then_by_its_hour(renewed: float, tone: Tone) -> None:
    line = drawn(leases=Seen((instance("cp-1", renewed),)))["lease:apiserver-cp-1"]
    assert line.tone is tone
    assert line.label == "instance on cp-1"
    assert said(line).endswith("10.0.0.1:6443")


def test_leases_are_judged_by_the_cluster_s_clock() -> None:
    behind = lease("kube-scheduler", 301)
    assert drawn(leases=Seen((behind,)))["kube-scheduler"].tone is Tone.BAD
    lines = drawn(leases=Seen((behind,)), node_leases=Seen((lease("worker-a", 301, lasts=40),)), ahead=300.0)
    assert lines["kube-scheduler"].tone is Tone.OK
    assert "renewed  1s ago" in said(lines["kube-scheduler"])
    assert said(lines["clock"]).startswith("this machine's clock  5m ahead of the cluster's")
    assert "clock" not in drawn(ahead=2.0)


def test_who_leads_since_when_and_how_often_that_has_changed() -> None:
    led = lease("kube-scheduler", 2, holder="cp-1_uuid", acquireTime="2027-01-15T07:00:00Z", leaseTransitions=3)
    assert said(drawn(leases=Seen((led,)))["kube-scheduler"]) == (
        "kube-scheduler  ok  renewed  2s ago  led for 60m by cp-1_uuid  3 changes"
    )


def test_a_lease_that_nobody_holds() -> None:
    line = drawn(leases=Seen((lease("kube-scheduler", 5, holder=""),)))["kube-scheduler"]
    assert (line.tone, line.cells[0].text) == (Tone.WARN, "held by nobody")


def test_while_leases_are_not_heard_of_none_is_said_to_be_expired() -> None:
    trouble = "not heard of for 5m: seoul refuses connections"
    lines = drawn(
        leases=Seen((lease("kube-scheduler", 300),), trouble), node_leases=Seen((lease("worker-a", 300),), trouble)
    )
    assert lines["kube-scheduler"].cells[0].text == "not known now"
    assert "alarm:kube-scheduler" not in lines
    assert lines["node:worker-a"].tone is Tone.OK


def test_what_may_not_be_seen_says_so_line_by_line() -> None:
    denied: Seen[Any] = Seen((), DENIED)
    lines = drawn(leases=denied, node_leases=denied, nodes=denied, services=denied, api_services=denied)
    for key in ("instances", "kube-scheduler", "kube-controller-manager", "cloud-controller-manager", "nodes"):
        assert said(lines[key]).endswith(DENIED), key
        assert lines[key].tone is Tone.DIM
    assert said(lines["services"]) == f"services  not seen: {DENIED}"
    assert said(lines["apis"]) == f"APIs  not seen  {DENIED}"
    assert not [key for key in lines if key.startswith("alarm:")]


def test_components_without_a_lease_are_seen_by_their_pods() -> None:
    pods = (pod("kube-scheduler-cp-1", static=True, component="kube-scheduler"), pod("my-kube-scheduler-9"))
    lines = drawn(leases=Seen((), DENIED), pods=Seen(pods))
    assert lines["kube-scheduler"].tone is Tone.OK
    assert said(lines["pod:kube-scheduler-cp-1"]) == "kube-scheduler-cp-1  Running  static pod on cp-1"
    assert "pod:my-kube-scheduler-9" not in lines


def test_a_component_that_is_hidden_is_no_alarm() -> None:
    lines = drawn(leases=Seen())
    assert "who runs this cluster for you may hide it" in said(lines["kube-scheduler"])
    assert lines["kube-scheduler"].tone is Tone.DIM
    assert "cloud-controller-manager" not in lines


def test_a_static_pod_that_crashes_is_told() -> None:
    lines = drawn(pods=Seen((pod("etcd-cp-1", status="CrashLoopBackOff", component="etcd"),)))
    assert lines["pod:etcd-cp-1"].tone is Tone.BAD
    assert said(lines["alarm:pod:etcd-cp-1"]) == "etcd-cp-1  CrashLoopBackOff"


def test_kube_proxy_by_its_daemon_set_or_by_its_healthz() -> None:
    assert said(drawn(daemon_sets=Seen((daemon_set("kube-proxy", 3, 3),)))["kube-proxy"]).endswith("3 of 3 ready")
    short = drawn(daemon_sets=Seen((daemon_set("kube-proxy", 3, 1),)))
    assert said(short["alarm:kube-proxy"]) == "kube-proxy  1 of 3 ready"
    probes = {"worker-a": NodeProbes(proxy=OK), "worker-b": NodeProbes(proxy=Probe(Verdict.REFUSED))}
    assert said(drawn(probes=probes)["kube-proxy"]).endswith("its healthz answers on 1 of 2 nodes")
    assert "none of the nodes asked" in said(drawn(probes={"b": probes["worker-b"]})["kube-proxy"])
    assert said(drawn()["kube-proxy"]).endswith("no node has been asked yet")


def test_aggregated_apis_those_first_that_cannot_be_had() -> None:
    apis = (api("v1.apps", service=""), api("v1.a.io"), api("v1beta1.metrics.k8s.io", "False", message="no endpoints"))
    keys = [key for key in drawn(api_services=Seen(apis)) if key.startswith("api:")]
    assert keys == ["api:v1beta1.metrics.k8s.io", "api:v1.a.io"]
    lines = drawn(api_services=Seen(apis))
    assert said(lines["alarm:api:v1beta1.metrics.k8s.io"]) == "v1beta1.metrics.k8s.io  Checked: no endpoints"
    assert said(drawn()["apis"]).startswith("none")


@pytest.mark.parametrize(
    ("told", "address"),
    [
        (
            service("dns", (53, "dns"), (53, "dns-tcp")),
            f"{SERVICES}/dns:dns/proxy",
        ),
        (service("m", (443, "")), f"{SERVICES}/https:m:/proxy"),
        (service("m", (8443, "https")), f"{SERVICES}/https:m:https/proxy"),
        (service("m", (80, "")), f"{SERVICES}/m/proxy"),
        (service("m"), f"{SERVICES}/m/proxy"),
        (service("m", (80, ""), (81, ""), ip="1.2.3.4"), "http://1.2.3.4:80 http://1.2.3.4:81"),
    ],
)
def test_services_are_where_kubectl_cluster_info_says(told: Service, address: str) -> None:
    assert service_address(SERVER, told) == address


def test_cluster_info_names_services_as_kubectl_does() -> None:
    lines = drawn(services=Seen((service("kube-dns", (53, "dns"), name="CoreDNS"), service("other", (80, "")))))
    assert lines["service:kube-dns"].label == "CoreDNS"
    assert lines["service:other"].label == "other"
    assert said(lines["info"]) == f"Kubernetes control plane  {SERVER}"


def test_nodes_in_trouble_stand_first() -> None:
    nodes = (
        node("a-well"),
        node("b-cordoned", cordoned=True),
        node("c-full", DiskPressure="disk is full"),
        node("d-gone", ready="Unknown"),
        node("e-old", version="v1.31.0"),
    )
    leases = tuple(lease(each.metadata.name, 2, lasts=40) for each in nodes)
    lines = drawn(nodes=Seen(nodes), node_leases=Seen(leases))
    order = [line.label for key, line in lines.items() if key.startswith("node:")]
    assert order == ["d-gone", "c-full", "e-old", "b-cordoned", "a-well"]
    assert said(lines["alarm:node:c-full"]) == "c-full  DiskPressure: disk is full"
    assert said(lines["alarm:node:d-gone"]) == "d-gone  not ready: Kubelet: it says so"
    assert "alarm:node:b-cordoned" not in lines


def test_a_node_that_does_not_renew_its_lease() -> None:
    lines = drawn(node_leases=Seen((lease("worker-a", 45, lasts=40),)))
    assert lines["node:worker-a"].tone is Tone.BAD
    assert lines["node:worker-a"].cells[1].at(NOW) == "expired 45s"
    assert "has not been renewed for 45s" in said(lines["alarm:node:worker-a"])


@pytest.mark.parametrize(
    ("proxy", "probe", "expected", "tone"),
    [
        (None, OK, "ok, no pod", Tone.OK),
        (None, Probe(Verdict.REFUSED), "none seen", Tone.DIM),
        (None, Probe(Verdict.DENIED), "not permitted", Tone.DIM),
        (None, Probe(Verdict.BAD), "not well, no pod", Tone.BAD),
        (pod("kube-proxy-x", "worker-a"), OK, "ok, pod", Tone.OK),
        (pod("kube-proxy-x", "worker-a"), Probe(Verdict.DENIED), "pod Running, not permitted", Tone.OK),
        (pod("kube-proxy-x", "worker-a", status="CrashLoopBackOff"), OK, "pod CrashLoopBackOff", Tone.BAD),
        (pod("p", "worker-a", k8s_app="kube-proxy"), OK, "ok, pod", Tone.OK),
        (pod("kube-proxy-x", "worker-a"), Probe(Verdict.BAD), "not well, pod", Tone.BAD),
    ],
)
def test_a_node_s_kube_proxy(proxy: Any, probe: Probe, expected: str, tone: Tone) -> None:
    line = drawn(pods=Seen((proxy,) if proxy else ()), probes={"worker-a": NodeProbes(proxy=probe)})["node:worker-a"]
    assert (line.cells[4].text, line.cells[4].tone) == (expected, tone)


def test_what_a_node_uses_by_its_kubelet_else_by_the_metrics() -> None:
    usage = {("", "worker-a"): Usage(1, 2**31)}
    assert [cell.text for cell in drawn(usage=usage)["node:worker-a"].cells[5:7]] == ["25%", "25%"]
    probes = {"worker-a": NodeProbes(usage=Usage(3.8, 2**30))}
    assert [cell.text for cell in drawn(usage=usage, probes=probes)["node:worker-a"].cells[5:7]] == ["95%", "12%"]
    assert [cell.text for cell in drawn()["node:worker-a"].cells[5:7]] == ["-", "-"]


def test_a_node_unfolded_tells_its_conditions_and_what_was_asked() -> None:
    probes = {"worker-a": NodeProbes(OK, Probe(Verdict.REFUSED, "connection refused"), Probe(Verdict.DENIED, "no"))}
    lines = drawn(probes=probes, unfolded=frozenset({"node:worker-a"}))
    assert said(lines["node:worker-a:Ready"]) == "Ready  True  Kubelet: it says so"
    assert said(lines["node:worker-a:kubelet"]).startswith("kubelet  ok")
    assert said(lines["node:worker-a:kube-proxy"]).startswith("kube-proxy  nothing listens  connection refused")
    assert said(lines["node:worker-a:stats"]).startswith("stats  not permitted  no")


def test_only_nodes_that_have_changed_are_drawn_anew() -> None:
    nodes = NodeLines()
    known = facts(nodes=Seen((node("a"), node("b"))), node_leases=Seen())
    before = {line.key: line for line in draw(known, nodes)}
    after = {line.key: line for line in draw(replace(known, probes={"b": NodeProbes(OK)}, now=NOW + 1), nodes)}
    assert after["node:a"] is before["node:a"]
    assert after["node:b"] is not before["node:b"]


def test_of_many_alarms_the_worst_are_told_and_the_others_counted() -> None:
    nodes = tuple(node(f"n-{number:02}", ready="False") for number in range(MOST_ALARMS + 3))
    lines = drawn(nodes=Seen((*nodes, node("full", MemoryPressure="full"))), node_leases=Seen())
    assert len([key for key in lines if key.startswith("alarm:node:")]) == MOST_ALARMS
    assert said(lines["alarm:more"]).startswith("and 4 more")
    assert "alarm:node:full" not in lines


@pytest.mark.parametrize(
    ("kubelet", "server", "wrong"),
    [
        ("v1.36.3", "v1.36.1", ""),
        ("v1.33.0", "v1.36.3", ""),
        ("v1.32.9", "v1.36.3", "4 minors older"),
        ("v1.37.0", "v1.36.3", "newer"),
        ("v1.25.0", "v1.27.3", ""),
        ("v1.24.0", "v1.27.3", "3 minors older"),
        ("v1.31.2-eks-94953ac", "v1.36.3+k3s1", "5 minors older"),
        ("", "v1.36.3", ""),
        ("v1.36.3", "", ""),
    ],
)
def test_version_skew(kubelet: str, server: str, wrong: str) -> None:
    assert wrong in skew_of(kubelet, server)
    assert bool(skew_of(kubelet, server)) is bool(wrong)


def test_control_characters_of_a_cluster_never_get_through() -> None:
    bad = "\x1b[31mred\x1b]0;title\x07"
    lines = drawn(
        nodes=Seen((node("worker-a", ready="False", version=bad, DiskPressure=bad),)),
        leases=Seen((lease("kube-scheduler", holder=bad, acquireTime="2027-01-15T07:00:00Z"),)),
        readyz=read_health("readyz", Probe(Verdict.BAD, f"[-]etcd {bad}\n")),
        services=Seen((service("a", (80, bad), name=bad),)),
        api_services=Seen((api("v1.a.io", "False", message=bad),)),
        unfolded=frozenset({"node:worker-a"}),
    )
    assert [line for line in lines.values() if not said(line).isprintable()] == []
