"""Services and endpoint slices say where they are reached and whether somebody answers there."""

from __future__ import annotations

from typing import Any

import pytest

from k9py.kinds.endpointslices import KIND as ENDPOINT_SLICES
from k9py.kinds.services import KIND as SERVICES
from k9py.values.cell import Tone
from tests.unit.kinds import LEAVING, Shown
from tests.unit.objects import pod
from tests.unit.test_pods import read as read_pod


def service(type: str, *addresses: dict[str, str], metadata: Any = None, **spec: Any) -> Shown:
    balancer = {"loadBalancer": {"ingress": list(addresses) or None}}
    return Shown(
        SERVICES, metadata=metadata or {}, spec={"type": type, "clusterIP": "10.0.0.1", **spec}, status=balancer
    )


@pytest.mark.parametrize(
    ("shown", "external", "tone"),
    [
        (service("ClusterIP"), "<none>", Tone.OK),
        (service("ClusterIP", externalIPs=["1.2.3.4", "5.6.7.8"]), "1.2.3.4,5.6.7.8", Tone.OK),
        (service("NodePort"), "<none>", Tone.OK),
        (service("LoadBalancer"), "<pending>", Tone.BUSY),
        (service("LoadBalancer", {"ip": "2.2.2.2"}, {"hostname": "a.example"}), "2.2.2.2,a.example", Tone.OK),
        (service("LoadBalancer", externalIPs=["1.2.3.4"]), "1.2.3.4", Tone.OK),
        (service("ExternalName", externalName="db.example.com"), "db.example.com", Tone.OK),
        (service("Future"), "<unknown>", Tone.OK),
        (service("ClusterIP", metadata=LEAVING), "<none>", Tone.GOING),
    ],
)
def test_services(shown: Shown, external: str, tone: Tone) -> None:
    assert shown.texts("EXTERNAL-IP") == [external]
    assert shown.tone is shown.cell("TYPE").tone is tone


def test_the_ports_of_a_service() -> None:
    ports = [{"port": 80, "protocol": "TCP"}, {"port": 53, "protocol": "UDP", "nodePort": 30053}]
    assert service("NodePort", ports=ports).texts("PORT(S)") == ["80/TCP,53:30053/UDP"]
    assert service("ClusterIP", ports=None).texts("PORT(S)") == ["<none>"]


def test_the_address_of_a_service_in_the_cluster() -> None:
    assert service("ClusterIP").texts("CLUSTER-IP") == ["10.0.0.1"]
    assert service("ClusterIP", clusterIPs=["10.0.0.2", "fd00::2"]).texts("CLUSTER-IP") == ["10.0.0.2"]
    assert service("ExternalName", clusterIP="").texts("CLUSTER-IP") == ["<none>"]


def test_a_service_leads_to_the_pods_that_it_selects() -> None:
    opening = service("ClusterIP", selector={"app": "web"}).opening
    assert (opening.what, opening.title, opening.namespace) == ("pods", "service web", "shop")
    assert opening.keep(read_pod(pod("web-1")))
    assert not opening.keep(read_pod(pod("api-1")))
    assert not opening.keep(read_pod(pod("web-1", "other")))


def test_a_service_without_a_selector_leads_to_its_endpoints() -> None:
    opening = service("ClusterIP", selector=None).opening
    assert (opening.what, opening.title, opening.namespace) == ("endpoints", "service web", "shop")
    assert opening.keep(service("ClusterIP").obj)
    assert not opening.keep(service("ClusterIP", metadata={"name": "other"}).obj)
    assert SERVICES.opens(service("ExternalName").obj) is None


def endpoints(*ready: bool | None, metadata: Any = None) -> Shown:
    def endpoint(index: int, ready: bool | None) -> dict[str, Any]:
        target = {"kind": "Pod", "name": f"web-{index}"}
        return {"addresses": [f"10.1.0.{index}"], "conditions": {"ready": ready}, "targetRef": target}

    ports = [{"port": 80}, {"name": "any", "port": None}, {"name": None}]
    listed = [endpoint(index, each) for index, each in enumerate(ready, 1)]
    metadata = {"labels": {"kubernetes.io/service-name": "web"}, **(metadata or {})}
    return Shown(ENDPOINT_SLICES, metadata=metadata, addressType="IPv4", endpoints=listed or None, ports=ports)


@pytest.mark.parametrize(
    ("shown", "ready", "tone"),
    [
        (endpoints(True, True), "2/2", Tone.OK),
        (endpoints(True, None), "2/2", Tone.OK),
        (endpoints(True, False), "1/2", Tone.WARN),
        (endpoints(False, False), "0/2", Tone.BAD),
        (endpoints(), "0/0", Tone.DONE),
        (endpoints(True, metadata=LEAVING), "1/1", Tone.GOING),
    ],
)
def test_endpoint_slices(shown: Shown, ready: str, tone: Tone) -> None:
    assert shown.texts("READY", "PORTS", "SERVICE") == [ready, "80,any,*", "web"]
    assert shown.tone is shown.cell("READY").tone is tone


def test_of_many_addresses_the_first_are_named() -> None:
    assert endpoints(*[True] * 3).texts("ENDPOINTS") == ["10.1.0.1,10.1.0.2,10.1.0.3"]
    assert endpoints(*[True] * 5).texts("ENDPOINTS") == ["10.1.0.1,10.1.0.2,10.1.0.3 + 2 more..."]
    assert endpoints().texts("ENDPOINTS") == ["<unset>"]


def test_an_endpoint_slice_leads_to_its_pods() -> None:
    opening = endpoints(True).opening
    assert (opening.what, opening.namespace) == ("pods", "shop")
    assert opening.keep(read_pod(pod("web-1")))
    assert not opening.keep(read_pod(pod("web-2")))
    assert not opening.keep(read_pod(pod("web-1", "other")))
