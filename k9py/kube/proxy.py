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


def find_proxy(server: str, proxy_url: str, environ: Mapping[str, str]) -> str:
    """The address of the proxy, or "". ConfigError for a scheme that cannot be used (SOCKS)."""
    proxy = proxy_url or _proxy_of_environment(urlsplit(server), environ)
    if not proxy:
        return ""
    address = proxy if "://" in proxy else f"http://{proxy}"
    scheme = urlsplit(address).scheme
    if scheme not in _DEFAULT_PORTS:
        raise ConfigError(
            f"the proxy of {server} is a {scheme} proxy, which is not supported",
            "use an http:// proxy in proxy-url or HTTPS_PROXY",
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
    name, _, wanted_port = item.partition(":") if item.count(":") == 1 else (item.strip("[]"), "", "")
    if wanted_port and wanted_port != str(port):
        return False
    if address is not None:
        return _address(name) == address
    if name.startswith("*."):
        name = name[1:]
    return host.endswith(name) if name.startswith(".") else host == name or host.endswith(f".{name}")


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
