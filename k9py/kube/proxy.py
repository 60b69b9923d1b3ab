"""Which proxy leads to a server: the cluster's proxy-url, else the environment, by the rules of Go's httpproxy.

aiohttp would read the environment too, but only together with ~/.netrc, which breaks bearer tokens; and neither it nor
urllib knows networks (10.0.0.0/8) in NO_PROXY.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from k9py.values.errors import ConfigError

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SCHEMES = ("http", "https", "socks5", "socks5h")


def find_proxy(server: str, proxy_url: str, environ: Mapping[str, str]) -> str:
    """The address of the proxy with its scheme, or "". ConfigError for one that cannot be used (SOCKS 4)."""
    proxy = proxy_url or _proxy_of_environment(urlsplit(server), environ)
    if not proxy:
        return ""
    address = proxy if "://" in proxy else f"http://{proxy}"
    parts = urlsplit(address)
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise ConfigError(
            f"the proxy of {server} is a {parts.scheme} proxy, which is not supported"
            if parts.hostname
            else f"the proxy of {server} has no address",
            f"name one of {', '.join(f'{scheme}://' for scheme in _SCHEMES)} in proxy-url or HTTPS_PROXY",
        )
    return address


def is_near(server: str) -> bool:
    """Whether the server is on this machine or in a private network: then compressing costs more than it saves."""
    host = urlsplit(server).hostname or ""
    if host == "localhost":
        return True
    address = _address(host)
    return address is not None and (address.is_loopback or address.is_private)


def _proxy_of_environment(server: SplitResult, environ: Mapping[str, str]) -> str:
    name = f"{server.scheme}_proxy"
    proxy = environ.get(name.upper()) or environ.get(name) or ""
    return "" if not proxy or _is_exempt(server, environ) else proxy


def _is_exempt(server: SplitResult, environ: Mapping[str, str]) -> bool:
    host = (server.hostname or "").rstrip(".")
    port = server.port or _DEFAULT_PORTS.get(server.scheme, 0)
    address = _address(host)
    if host == "localhost" or (address and address.is_loopback):
        return True
    listed = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
    return any(_matches(item.strip().lower(), host, port) for item in listed.split(",") if item.strip())


def _matches(item: str, host: str, port: int) -> bool:
    """Whether one entry of NO_PROXY names the host: *, a network, an address or a domain, the last two with a port."""
    if item == "*":
        return True
    address = _address(host)
    if "/" in item:
        return address is not None and _in_network(address, item)
    name, wanted_port = _split_port(item)
    if wanted_port and wanted_port != str(port):
        return False
    if address is not None:
        return _address(name) == address
    if name.startswith("*."):
        name = name[1:]
    return host.endswith(name) if name.startswith(".") else host == name or host.endswith(f".{name}")


def _split_port(item: str) -> tuple[str, str]:
    """`name:1`, `[fd00::1]:1`, or one of them, or a bare address of IPv6, without a port."""
    if item.startswith("["):
        name, _, port = item[1:].partition("]")
        return name, port.removeprefix(":")
    name, _, port = item.partition(":")
    return (item, "") if ":" in port else (name, port)


def _in_network(address: ipaddress.IPv4Address | ipaddress.IPv6Address, network: str) -> bool:
    try:
        return address in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
