"""The lab's network: a bridge on this machine and a network namespace for each node.

No address outside the bridge, these namespaces and loopback is ever used, and this machine forwards nothing for
them. A node on loopback would not do: the API server refuses to proxy to such addresses.
"""

from __future__ import annotations

from pathlib import Path

from tests.cluster.lab.shell import attempt, run

BRIDGE = "k9lab"
GATEWAY = "10.99.0.1"
NODES = (1, 2)
#: holds the pod ranges of all nodes
POD_RANGES = "10.240.0.0/12"


def address(node: int) -> str:
    """The address of a node."""
    return f"10.99.0.1{node}"


def pod_range(node: int) -> str:
    """The addresses of a node's pods."""
    return f"10.24{node}.0.0/16"


def namespace(node: int) -> str:
    """The name of a node's network namespace."""
    return f"k9n{node}"


def inside(node: int) -> tuple[str, ...]:
    """The words before a command that put it into a node's network (`ip netns exec` would hide the cgroups)."""
    return ("/usr/bin/nsenter", f"--net=/run/netns/{namespace(node)}")


def create() -> None:
    """Make the bridge and the nodes' namespaces; there must be none of them yet."""
    _ip("link", "add", BRIDGE, "type", "bridge")
    _ip("addr", "add", f"{GATEWAY}/24", "dev", BRIDGE)
    _ip("link", "set", BRIDGE, "up")
    for node in NODES:
        _create_node(node)
    for node in NODES:
        _route_to_pods(node)


def _create_node(node: int) -> None:
    name, outer = namespace(node), f"k9v{node}"
    _ip("netns", "add", name)
    _ip("link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", name)
    _ip("link", "set", outer, "master", BRIDGE, "up")
    _ip("-n", name, "addr", "add", f"{address(node)}/24", "dev", "eth0")
    for link in ("lo", "eth0"):
        _ip("-n", name, "link", "set", link, "up")
    _ip("-n", name, "route", "add", "default", "via", GATEWAY)
    run("ip", "netns", "exec", name, "sysctl", "-qw", "net.ipv4.ip_forward=1")


def _route_to_pods(node: int) -> None:
    route = ("route", "replace", pod_range(node), "via", address(node))
    _ip(*route)
    for other in NODES:
        if other != node:
            _ip("-n", namespace(other), *route)


def remove() -> None:
    """Remove whatever is there of it; the namespaces' iptables go with them."""
    for node in NODES:
        attempt("ip", "link", "del", f"k9v{node}")
        if Path("/run/netns", namespace(node)).exists():
            attempt("ip", "netns", "del", namespace(node))
    attempt("ip", "link", "del", BRIDGE)


def _ip(*argv: str) -> None:
    run("ip", *argv)
